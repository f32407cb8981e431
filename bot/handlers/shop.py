"""From a name to an offer: browsing, searching, choosing."""

from collections.abc import Sequence
from typing import Any

from telegram.ext import BaseHandler

from bot.handlers.turn import Parts, Turn, command, tap
from bot.screens import shop as screens
from bot.screens.callbacks import Choose, ChooseIn, Shop

QUERY_LENGTH = 64
LAST_PAGE = 999_999
"""The longest page number that a button carries."""


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List the handlers of this journey."""
    return [
        command(parts, "buy", search),
        tap(parts, Shop, browse),
        tap(parts, Choose, choose),
        tap(parts, ChooseIn, lambda turn, tapped: offer(turn, tapped.key, tapped.country)),
    ]


async def search(turn: Turn, text: str) -> None:
    """Show what a typed name finds, from its first page; everything for an empty one."""
    await browse(turn, Shop(0, text[:QUERY_LENGTH]))


async def browse(turn: Turn, tapped: Shop) -> None:
    """Show one page."""
    await turn.parts.messenger.typing(turn.chat_id)
    # A query travels in the buttons of its pages, so it is cut to what fits there, beside any page number, before it is looked for.
    query = Shop(LAST_PAGE, tapped.query).pack().split(":", 2)[2]
    found = await turn.parts.catalog.find(turn.chat_id, query)
    await turn.show(screens.products(turn.words, found, tapped.page, query))


async def choose(turn: Turn, tapped: Choose) -> None:
    """Ask for the country where there are several, or make the offer."""
    if len(turn.parts.countries) == 1:
        await offer(turn, tapped.key, turn.parts.countries[0])
        return
    product = await turn.parts.catalog.product(turn.chat_id, tapped.key)
    await turn.show(screens.countries(turn.words, product, turn.parts.countries))


async def offer(turn: Turn, key: str, country: str) -> None:
    """Show the card that asks before money is spent."""
    if country not in turn.parts.countries:
        country = turn.parts.countries[0]
    activation = await turn.parts.purchases.offer(turn.chat_id, key, country)
    await turn.show(screens.offer(turn.words, activation))
