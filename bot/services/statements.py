"""What a chat holds and what it spent."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from storage import activations
from storage.database import Database
from storage.models import Activation

PAGE = 8


@dataclass(frozen=True, slots=True)
class History:
    """A page of purchases, newest first; `spent` is what all of them took, less what came back."""

    page: int
    pages: int
    purchases: Sequence[Activation]
    total: int
    spent: Decimal


class Statements:
    """Reads what the chat's owner may want to know; changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def held(self, chat_id: int) -> Sequence[Activation]:
        """List the numbers that are active or about to be, newest first."""
        async with self._database.reading() as session:
            return await activations.held(session, chat_id)

    async def history(self, chat_id: int, page: int) -> History:
        """Read one page, counted from 0; a page that does not exist gives the nearest one."""
        async with self._database.reading() as session:
            _, total = await activations.history(session, chat_id, 0, 0)
            pages = max(1, -(-total // PAGE))
            page = min(max(page, 0), pages - 1)
            purchases, _ = await activations.history(session, chat_id, page * PAGE, PAGE)
            rows = await activations.money(session, chat_id)
        spent = sum((price - refunded(price, before, after) for _, price, before, after in rows), Decimal(0))
        return History(page, pages, purchases, total, spent)


def refunded(price: Decimal, before: Decimal | None, after: Decimal | None) -> Decimal:
    """Tell what came back of a price: what the balance gained at the end, but never more than was paid, nor less than nothing."""
    if before is None or after is None:
        return Decimal(0)
    return min(max(after - before, Decimal(0)), price)
