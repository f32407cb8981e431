"""Where in the shop one is: a place is the packed button that leads there, and every choice made there carries it."""

from bot.screens.callback import MAX_BYTES
from bot.screens.callbacks import ChooseIn, Countries, Shop
from bot.services.search import essence

LAST_PAGE = 9_999
"""The last page of products that anybody turns to: more than the provider's longest answer has room for."""
_AT_ITS_LONGEST = Shop(LAST_PAGE, "").pack()
_KEY, _COUNTRY, _LAST_PAGE_OF_COUNTRIES = "k" * 11, "xx", 99
_ROOM = MAX_BYTES - max(
    len(carrier.pack())
    for carrier in (ChooseIn(_KEY, _COUNTRY, _AT_ITS_LONGEST), Countries(_KEY, _LAST_PAGE_OF_COUNTRIES, _AT_ITS_LONGEST))
)


def fitting(query: str) -> str:
    """Cut a search to what fits every button that carries it, so that the way back leads to what was found: to 34 bytes."""
    return query.encode(errors="ignore")[:_ROOM].decode(errors="ignore")


def carried(query: str) -> str:
    """Give what the buttons carry of a search: all of it, or the beginning of what matters in it."""
    return query if fitting(query) == query else fitting(essence(query))


def whole(query: str, searched: str | None) -> str:
    """Give the search that a button carries, whole where it is the last one that was too long for its buttons."""
    return searched if searched is not None and carried(searched) == query else fitting(query)
