"""What is on sale, as the provider lists it for an account."""

import asyncio
import base64
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import SecretStr

from bot.otpbuddy import Client, Product
from bot.services.accounts import Accounts, fingerprint
from bot.services.errors import NotOnSale
from bot.services.search import Found, search
from bot.services.spelling import plain
from storage.models import SortOrder

FRESH_FOR = timedelta(minutes=1)
KEPT_ACCOUNTS = 256
KEPT_GONE = 1000
_KEY_BYTES = 8


def product_key(product_id: str) -> str:
    """Name a product in 11 characters: the provider's ids are opaque and may be longer than a button's data."""
    digest = hashlib.sha256(product_id.encode(errors="surrogatepass")).digest()
    return base64.urlsafe_b64encode(digest[:_KEY_BYTES]).rstrip(b"=").decode()


@dataclass(slots=True)
class _Shelf:
    """One account's list, and whose turn it is to read it anew."""

    read_at: datetime | None = None
    products: tuple[Product, ...] = ()
    gone: dict[str, Product] = field(default_factory=dict)
    """What earlier lists held and this one does not, by id: what it was called is asked for when somebody misses it."""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Catalog:
    """Product lists by account, read from the provider at most once a minute."""

    def __init__(self, accounts: Accounts, client: Client, clock: Callable[[], datetime]) -> None:
        self._accounts = accounts
        self._client = client
        self._clock = clock
        self._shelves: OrderedDict[str, _Shelf] = OrderedDict()

    async def products(self, chat_id: int, *, max_age: timedelta = FRESH_FOR) -> tuple[Product, ...]:
        """List what the chat's account can buy, sorted by name; raises a `KeptOut`, `NotConnected` and `OtpbuddyError`."""
        return (await self._read(chat_id, max_age)).products

    async def listed(self, chat_id: int, order: SortOrder) -> tuple[Product, ...]:
        """List the same in the order asked for; equal prices are sorted by name."""
        products = await self.products(chat_id)
        return products if order is SortOrder.NAME else tuple(sorted(products, key=lambda product: product.price))

    async def product(self, chat_id: int, key: str, *, max_age: timedelta = FRESH_FOR) -> Product:
        """Find the product with that key (see `product_key`); raises `NotOnSale` where it is gone."""
        shelf = await self._read(chat_id, max_age)
        for product in shelf.products:
            if product_key(product.id) == key:
                return product
        raise NotOnSale(next((product for product in shelf.gone.values() if product_key(product.id) == key), None))

    async def find(self, chat_id: int, query: str, order: SortOrder = SortOrder.NAME) -> Found:
        """Look for the products that a typed name means (see `search`); equal matches come in the order asked for."""
        return search(await self.listed(chat_id, order), query)

    async def _read(self, chat_id: int, max_age: timedelta) -> _Shelf:
        await self._accounts.admit(chat_id)
        return await self._accounts.ask(chat_id, lambda token: self._listed(token, max_age))

    async def _listed(self, token: SecretStr, max_age: timedelta) -> _Shelf:
        name = fingerprint(token)
        shelf = self._shelves.setdefault(name, _Shelf())
        self._shelves.move_to_end(name)
        while len(self._shelves) > KEPT_ACCOUNTS:
            self._shelves.popitem(last=False)
        async with shelf.turn:
            now = self._clock()
            # A list from the future was read before the clock was set back; nobody knows how old it is.
            if shelf.read_at is None or not timedelta(0) <= now - shelf.read_at <= max_age:
                listed = await self._client.products(token)
                ids = {product.id for product in listed.products}
                known = shelf.gone | {product.id: product for product in shelf.products}
                gone = [(product_id, product) for product_id, product in known.items() if product_id not in ids]
                shelf.gone = dict(gone[-KEPT_GONE:])
                shelf.products = tuple(sorted(listed.products, key=lambda product: (plain(product.name), product.id)))
                shelf.read_at = now
            return shelf
