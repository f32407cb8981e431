"""From a name to an offer: browsing, searching, sorting, choosing."""

from collections.abc import Sequence
from typing import Any

from telegram.ext import BaseHandler

from bot.handlers.offer import show_offer
from bot.handlers.turn import Parts, Turn, command, tap
from bot.screens import listing
from bot.screens import shop as screens
from bot.screens.callback import unpack
from bot.screens.callbacks import Choose, ChooseIn, Countries, Jump, OwnShelf, Shop, Sort
from bot.screens.countries import arranged
from bot.screens.places import carried, whole
from bot.services.errors import NotFound
from bot.services.famous import stands_for_any
from bot.services.shelves import Shelf
from storage.models import SortOrder
from storage.text import storable

QUERY_LENGTH = 200
"""Characters of a message that are taken for a name."""


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List the handlers of this journey."""
    return [
        command(parts, "buy", search, again=found_by),
        tap(parts, Shop, browse),
        tap(parts, OwnShelf, own),
        tap(parts, Sort, sort),
        tap(parts, Jump, lambda turn, _tapped: jump(turn)),
        tap(parts, Choose, choose),
        tap(parts, Countries, lambda turn, tapped: ask_country(turn, tapped.key, tapped.page, tapped.place)),
        tap(parts, ChooseIn, lambda turn, tapped: offer(turn, tapped.key, tapped.country, tapped.place)),
    ]


def found_by(text: str) -> Shop:
    """Give the first page of what a typed name finds, as a button can carry it."""
    return Shop(0, carried(_query(text)))


def _query(text: str) -> str:
    return storable(" ".join(text.split()), QUERY_LENGTH)


async def search(turn: Turn, text: str) -> None:
    """Show what a typed name finds, from its first page; everything for an empty one."""
    query, page = _query(text), found_by(text)
    if query not in {page.query, turn.chat.searched}:
        turn.chat.searched = query
        await turn.parts.shelves.searched(turn.chat_id, query)
    await browse(turn, page)


async def browse(turn: Turn, tapped: Shop) -> None:
    """Show one page."""
    query = whole(tapped.query, turn.chat.searched)
    found = await turn.parts.catalog.find(turn.chat_id, query, turn.chat.sort_order)
    other = None
    if not found.products:
        listed = await turn.parts.catalog.products(turn.chat_id)
        other = next((product for product in listed if stands_for_any(product.name)), None)
    await turn.show(listing.products(turn.words, found, tapped.page, query, await _look(turn), other=other))


async def own(turn: Turn, tapped: OwnShelf) -> None:
    """Show one page of one of the chat's own lists."""
    if tapped.shelf not in set(Shelf):
        raise NotFound
    shelf = Shelf(tapped.shelf)
    stock = await turn.parts.shelves.stock(turn.chat_id, shelf, turn.chat.sort_order)
    await turn.show(listing.own(turn.words, shelf, stock, tapped.page, await _look(turn)))


async def _look(turn: Turn) -> listing.Look:
    return listing.Look(turn.chat.sort_order, await turn.parts.shelves.kept(turn.chat_id), turn.parts.inline)


async def sort(turn: Turn, tapped: Sort) -> None:
    """List products in another order from now on."""
    if tapped.order not in set(SortOrder):
        raise NotFound
    turn.chat.sort_order = SortOrder(tapped.order)
    await turn.parts.shelves.arrange(turn.chat_id, turn.chat.sort_order)
    await browse(turn, Shop(0, ""))


async def jump(turn: Turn) -> None:
    """Show where in the list one can go at once."""
    listed = await turn.parts.catalog.listed(turn.chat_id, turn.chat.sort_order)
    await turn.show(listing.jump(turn.words, listed, turn.chat.sort_order))


async def back(turn: Turn, place: str) -> None:
    """Go to where a product was chosen."""
    where = unpack(place)
    if isinstance(where, OwnShelf):
        await own(turn, where)
    else:
        await browse(turn, where if isinstance(where, Shop) else Shop(0, ""))


async def choose(turn: Turn, tapped: Choose) -> None:
    """Make the offer, with the chat's own country or the only one; else ask for the country."""
    preset = turn.chat.country if turn.chat.country in turn.parts.countries else None
    if len(turn.parts.countries) == 1 or preset is not None:
        await offer(turn, tapped.key, preset or turn.parts.countries[0], tapped.place)
    else:
        await ask_country(turn, tapped.key, 0, tapped.place)


async def ask_country(turn: Turn, key: str, page: int, place: str) -> None:
    """Show a page of countries."""
    product = await turn.parts.catalog.product(turn.chat_id, key)
    codes = arranged(turn.words, turn.parts.countries, await turn.parts.shelves.countries(turn.chat_id))
    await turn.show(screens.countries(turn.words, product, codes, page, place))


async def offer(turn: Turn, key: str, country: str, place: str) -> None:
    """Show the card that asks before money is spent."""
    if country not in turn.parts.countries:
        country = turn.parts.countries[0]
    await show_offer(turn, await turn.parts.purchases.offer(turn.chat_id, key, country, place))
