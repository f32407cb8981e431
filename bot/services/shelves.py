"""What a chat has at hand in the shop: its favourites, what it bought lately and most often, and in which order it lists products."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.otpbuddy import Product
from bot.services.catalog import Catalog
from storage import chats, shelves
from storage.database import Database
from storage.models import SortOrder

REMEMBERED = 50
"""Products of the past that are listed at most."""
QUERY_LENGTH = 64
"""Letters of a text that are looked for; no name is found by more."""


class Shelf(StrEnum):
    """A list of a chat's own."""

    FAVOURITES = "star"
    RECENT = "late"
    MOST = "most"


@dataclass(frozen=True, slots=True)
class Kept:
    """Which of its own lists a chat has something on."""

    favourites: bool = False
    bought: bool = False


@dataclass(frozen=True, slots=True)
class Stock:
    """What is on one of them: what can be bought now, and how much of it cannot."""

    products: tuple[Product, ...]
    gone: int


class Shelves:
    """Reads and changes a chat's own lists; prices and names are always those that the provider lists now."""

    def __init__(self, database: Database, catalog: Catalog, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._catalog = catalog
        self._clock = clock

    async def star(self, chat_id: int, product_id: str, *, on: bool) -> None:
        """Make a product a favourite of the chat, or no longer."""
        async with self._database.writing("change a favourite") as session:
            if on:
                await shelves.star(session, chat_id, product_id, self._clock())
            else:
                await shelves.unstar(session, chat_id, product_id)

    async def is_starred(self, chat_id: int, product_id: str) -> bool:
        """Whether a product is a favourite of the chat."""
        async with self._database.reading() as session:
            return product_id in await shelves.starred(session, chat_id)

    async def kept(self, chat_id: int) -> Kept:
        """Tell which lists of its own the chat has."""
        async with self._database.reading() as session:
            return Kept(bool(await shelves.starred(session, chat_id)), await shelves.has_bought(session, chat_id))

    async def stock(self, chat_id: int, shelf: Shelf, order: SortOrder) -> Stock:
        """List what is on one of the chat's own lists; favourites come in the order asked for. Raises as `Catalog.products`."""
        listed = {product.id: product for product in await self._catalog.listed(chat_id, order)}
        async with self._database.reading() as session:
            if shelf is Shelf.FAVOURITES:
                wanted: Sequence[str] = await shelves.starred(session, chat_id)
            else:
                wanted = await shelves.bought(session, chat_id, REMEMBERED, most=shelf is Shelf.MOST)
        found = [listed[product_id] for product_id in wanted if product_id in listed]
        if shelf is Shelf.FAVOURITES:
            chosen = set(wanted)
            found = [product for product in listed.values() if product.id in chosen]
        return Stock(tuple(found), len(wanted) - len(found))

    async def suggestions(self, chat_id: int, query: str) -> tuple[Product, ...]:
        """List what a chat may mean by a text that it is still typing; nothing typed yet means favourites, then what was bought, then all.

        Raises as `Catalog.products`; a chat that is not known has no account.
        """
        async with self._database.reading() as session:
            chat = await chats.get(session, chat_id)
            at_hand = [*await shelves.starred(session, chat_id), *await shelves.bought(session, chat_id, REMEMBERED, most=False)]
        order = chat.sort_order if chat is not None else SortOrder.NAME
        if query.strip():
            return (await self._catalog.find(chat_id, query[:QUERY_LENGTH], order)).products
        listed = {product.id: product for product in await self._catalog.listed(chat_id, order)}
        first = {product_id: listed[product_id] for product_id in at_hand if product_id in listed}
        return tuple((first | listed).values())

    async def countries(self, chat_id: int) -> list[str]:
        """List the countries that the chat's numbers were from, the latest first."""
        async with self._database.reading() as session:
            return await shelves.countries(session, chat_id)

    async def searched(self, chat_id: int, query: str) -> None:
        """Remember a search that is too long for the buttons that lead to its pages."""
        async with self._database.writing("remember a search") as session:
            await chats.change(session, chat_id, searched=query)

    async def arrange(self, chat_id: int, order: SortOrder) -> None:
        """List products in that order from now on."""
        async with self._database.writing("change the order of products") as session:
            await chats.change(session, chat_id, sort_order=order)
