"""What a chat holds and what it bought."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bot.services.errors import NotFound
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
    back, which is `returned`.
    """

    page: int
    pages: int
    purchases: Sequence[Activation]
    total: int
    spent: Decimal
    returned: Decimal = Decimal(0)
    kept: Kept = Kept.ALL
    overall: int = 0


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
        async with self._database.reading() as session:
            every = await statements.ledger(session, chat_id)
            listed = [line for line in every if _KEEPS[kept](line)]
            pages = max(1, -(-len(listed) // PAGE))
            page = min(max(page, 0), pages - 1)
            purchases = await statements.of_ids(session, [line.id for line in listed[page * PAGE : (page + 1) * PAGE]])
        returned = sum((_back(line) for line in listed), Decimal(0))
        paid = sum((line.price for line in listed if line.state in CLOSED | OPEN | {State.CHARGED}), Decimal(0))
        return History(page, pages, purchases, len(listed), paid - returned, returned, kept, len(every))

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


_KEEPS: dict[Kept, Callable[[Line], bool]] = {
    Kept.ALL: lambda _line: True,
    Kept.ANSWERED: lambda line: line.answered,
    Kept.REFUNDED: lambda line: _back(line) > 0,
    Kept.DOUBTFUL: lambda line: line.state in DOUBTFUL,
}
