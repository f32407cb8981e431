"""Links that open the private chat and say there what they are for (https://core.telegram.org/bots/features#deep-linking)."""

import re

CONNECT, MENU, SHOP = "connect", "menu", "shop"
_PRODUCT, _INVITE = "buy_", "i_"
_KEY = re.compile(rf"\A{_PRODUCT}([A-Za-z0-9_-]{{11}})\Z")
_CODE = re.compile(rf"\A{_INVITE}([A-Za-z0-9_-]{{1,24}})\Z")
_LINK = re.compile(r"[?&]start=([A-Za-z0-9_-]{1,64})\Z")


def product_link(username: str, key: str) -> str:
    """Write the link to a product, by its key: whoever follows it is asked whether to buy, at the price of their own account."""
    return f"https://t.me/{username}?start={_PRODUCT}{key}"


def product_in(parameter: str) -> str | None:
    """Read a product's key from what a link says; None where it speaks of something else."""
    found = _KEY.match(parameter)
    return found[1] if found else None


def product_behind(url: str) -> str | None:
    """Read a product's key from a whole link."""
    found = _LINK.search(url)
    return product_in(found[1]) if found else None


def invite_link(username: str, invite_id: str) -> str:
    """Write the link of an invitation."""
    return f"https://t.me/{username}?start={_INVITE}{invite_id}"


def invite_in(parameter: str) -> str | None:
    """Read an invitation's id from what a link says; None where it speaks of something else."""
    found = _CODE.match(parameter)
    return found[1] if found else None
