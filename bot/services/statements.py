"""What a chat holds and what it bought."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from bot.otpbuddy import Product
from bot.services.catalog import product_key
from bot.services.errors import NotFound
from bot.services.search import search
from storage import activations, messages, statements
from storage.database import Database
from storage.models import CLOSED, IN_FLIGHT, OPEN, Activation, State
from storage.statements import Entry, Line

PAGE = 8
DOUBTFUL = IN_FLIGHT | {State.CHARGED, State.UNRESOLVED}
"""States of purchases of which it is not known that they brought a number for their money."""


class Kept(StrEnum):
    """Which purchases are listed."""

    ALL = "all"
    ANSWERED = "sms"
    REFUNDED = "back"
    DOUBTFUL = "doubt"


@dataclass(frozen=True, slots=True)
class History:
    """A page of purchases, newest first.

    `total` counts those that are listed over all pages, `overall` all there are; `spent` is what the listed ones took, less what came
    back, which is `returned`. `product` is the name of the only product that is listed, `key` its key; None where all are.
    """

    page: int
    pages: int
    purchases: Sequence[Activation]
    total: int
    spent: Decimal
    returned: Decimal
    kept: Kept
    overall: int
    product: str | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Bought:
    """A product that a chat bought: its key, its newest name, how often, and what that took less what came back."""

    key: str
    name: str
    count: int
    spent: Decimal


class Statements:
    """Reads what the chat's owner may want to know; changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def held(self, chat_id: int) -> Sequence[Activation]:
        """List the numbers that are active or about to be, newest first."""
        async with self._database.reading() as session:
            return await activations.held(session, chat_id)

    async def history(self, chat_id: int, page: int, kept: Kept = Kept.ALL) -> History:
        """Read one page, counted from 0; a page that does not exist gives the nearest one."""
        return await self._page(chat_id, page, kept, _KEEPS[kept])

    async def of_product(self, chat_id: int, page: int, key: str) -> History:
        """Read one page of the purchases of one product, by its key; raises `NotFound` where there are none."""
        read = await self._page(chat_id, page, Kept.ALL, lambda line: product_key(line.product_id) == key)
        if not read.purchases:
            raise NotFound
        return replace(read, product=read.purchases[0].product_name, key=key)

    async def _page(self, chat_id: int, page: int, kept: Kept, keeps: Callable[[Line], bool]) -> History:
        async with self._database.reading() as session:
            every = await statements.ledger(session, chat_id)
            listed = [line for line in every if keeps(line)]
            pages = max(1, -(-len(listed) // PAGE))
            page = min(max(page, 0), pages - 1)
            purchases = await statements.of_ids(session, [line.id for line in listed[page * PAGE : (page + 1) * PAGE]])
        return History(page, pages, purchases, len(listed), _spent(listed), _returned(listed), kept, len(every))

    async def products(self, chat_id: int) -> Sequence[Bought]:
        """List the products that the chat bought, the most often bought first, of equal ones the latest."""
        async with self._database.reading() as session:
            every = await statements.ledger(session, chat_id)
        lines: dict[str, list[Line]] = {}
        for line in every:
            lines.setdefault(line.product_id, []).append(line)
        bought = [Bought(product_key(name), of[0].product_name, len(of), _spent(of)) for name, of in lines.items()]
        return sorted(bought, key=lambda product: -product.count)

    async def meant(self, chat_id: int, text: str) -> str | None:
        """Find the key of the bought product that a typed name means; None where it means none."""
        bought = {product.key: product for product in await self.products(chat_id)}
        found = search([Product(key, product.name, Decimal(0)) for key, product in bought.items()], text)
        return found.products[0].id if text and found.products else None

    async def entries(self, chat_id: int) -> Sequence[Entry]:
        """Read every purchase, oldest first."""
        async with self._database.reading() as session:
            return await statements.entries(session, chat_id)

    async def entry(self, chat_id: int, activation_id: str) -> Entry:
        """Read one purchase; raises `NotFound` where it is none of the chat's, or no more than an offer."""
        async with self._database.reading() as session:
            purchase = await activations.get(session, activation_id, chat_id)
            if purchase is None or purchase.state is State.OFFERED:
                raise NotFound
            received = await messages.of(session, activation_id)
        return Entry(purchase, len(received), received[0].received_at if received else None)


def refunded(price: Decimal, before: Decimal | None, after: Decimal | None) -> Decimal:
    """Tell what came back of a price: what the balance gained at the end, but never more than was paid, nor less than nothing."""
    if before is None or after is None:
        return Decimal(0)
    return min(max(after - before, Decimal(0)), price)


def _back(line: Line) -> Decimal:
    return refunded(line.price, line.closing_before, line.closing_after)


def _returned(lines: Sequence[Line]) -> Decimal:
    return sum((_back(line) for line in lines), Decimal(0))


def _spent(lines: Sequence[Line]) -> Decimal:
    paid = sum((line.price for line in lines if line.state in CLOSED | OPEN | {State.CHARGED}), Decimal(0))
    return paid - _returned(lines)


_KEEPS: dict[Kept, Callable[[Line], bool]] = {
    Kept.ALL: lambda _line: True,
    Kept.ANSWERED: lambda line: line.answered,
    Kept.REFUNDED: lambda line: _back(line) > 0,
    Kept.DOUBTFUL: lambda line: line.state in DOUBTFUL,
}
