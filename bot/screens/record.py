"""A purchase written down for the seller's support: in English, whatever the user speaks, and without codes or tokens."""

from datetime import UTC, datetime
from decimal import Decimal

from bot.locales import Words
from bot.screens.callbacks import Menu, OpenCard
from bot.screens.screen import Screen, button, copy_button, html, lines, shorten
from storage.statements import Entry

COPY_LENGTH = 256
"""What a button can put on the clipboard (https://core.telegram.org/bots/api#copytextbutton)."""
VALUE_LENGTH = 128


def record(words: Words, entry: Entry) -> Screen:
    """Show the record as a block that a tap copies."""
    _ = words.gettext
    text = written(words, entry)
    copy = [[copy_button(_("📋 Copy the record"), text)]] if len(text) <= COPY_LENGTH else []
    return Screen(
        lines(
            html(_("🧾 <b>Record for otpbuddy’s support</b>")),
            html(_("Tap it to copy it, and send it to them. It holds no code and no token.")),
            html("<pre>{text}</pre>", text=text),
        ),
        [*copy, [button(_("‹ Back"), OpenCard(entry.purchase.id)), button(_("‹ Menu"), Menu())]],
    )


def written(words: Words, entry: Entry) -> str:
    """Write everything down that the other side can look up, a line each; what is not known is left out."""
    bought = entry.purchase
    known = [
        ("Call", "getNumber"),
        ("Server", bought.country),
        ("Product id", bought.product_id),
        ("Product", bought.product_name),
        ("Price", f"{words.plain(bought.price)} {words.currency}"),
        ("Asked", _time(bought.requested_at or bought.offered_at)),
        ("Answered", _time(bought.purchased_at)),
        ("Id", bought.provider_id),
        ("Number", bought.number),
        ("State", bought.state.value),
        ("Reason", bought.reason),
        ("SMS", str(entry.sms)),
        ("First SMS", _time(entry.first_sms_at)),
        ("Ended", _time(bought.closed_at)),
        ("Balance", _change(words, bought.balance_before, bought.balance_after)),
        ("At the end", _change(words, bought.closing_before, bought.closing_after)),
        ("Record", bought.id),
    ]
    return "\n".join(f"{name}: {shorten(value, VALUE_LENGTH)}" for name, value in known if value)


def _time(time: datetime | None) -> str | None:
    return None if time is None else f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _change(words: Words, before: Decimal | None, after: Decimal | None) -> str | None:
    """Write a balance before and after; what could not be read is a question mark."""
    if before is None and after is None:
        return None
    known = [words.plain(amount) if amount is not None else "?" for amount in (before, after)]
    return f"{' -> '.join(known)} {words.currency}"
