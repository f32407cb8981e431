"""What was spent in the last weeks, on what, how often a code came, and how long it took: of one chat, or of all of them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, localcontext
from typing import TypeVar

from bot.services.statements import refunded
from storage import spending
from storage.database import Database

T = TypeVar("T", int, timedelta)
DAYS = 30
DIGITS = 64
"""More than a sum of the provider's longest amounts has; with the usual 28 it would be rounded."""


@dataclass(frozen=True, slots=True)
class Day:
    """What was spent on a day of UTC."""

    date: date
    spent: Decimal
    purchases: int


@dataclass(frozen=True, slots=True)
class Share:
    """What was spent on a product; `name` is one that it had."""

    product_id: str
    name: str
    spent: Decimal
    purchases: int


@dataclass(frozen=True, slots=True)
class Waits:
    """How many numbers have ended or brought an SMS, how many of them brought one, and how long that took from the purchase on.

    `median` and `percentile_95` are what half and 95 of 100 of the first SMS did not exceed; None where there is none.
    """

    numbers: int
    answered: int
    median: timedelta | None
    percentile_95: timedelta | None


@dataclass(frozen=True, slots=True)
class Spending:
    """What became of some days' purchases. Money that came back, `returned`, is not spent, by the day of its purchase.

    All days are there, in order; products begin with the dearest.
    """

    spent: Decimal
    returned: Decimal
    purchases: int
    days: Sequence[Day]
    products: Sequence[Share]
    waits: Waits


class Spendings:
    """Reads; the sums are exact."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def read(self, chat_id: int | None, days: int = DAYS) -> Spending:
        """Sum up the last days, today included, of one chat or, for None, of all."""
        today = self._clock().date()
        period = [today - timedelta(days=back) for back in reversed(range(days))]
        async with self._database.reading() as session:
            paid = await spending.paid(session, period[0], chat_id)
            ends = await spending.ends(session, period[0], chat_id)
            numbers, answered = await spending.answered(session, period[0], chat_id)
            times = await spending.waits(session, period[0], chat_id)
        waits = Waits(numbers, answered, percentile(times, 50), percentile(times, 95))
        return summed(period, paid, ends, waits)


@dataclass(slots=True)
class _Sum:
    name: str = ""
    spent: Decimal = Decimal(0)
    purchases: int = 0


def summed(period: Sequence[date], paid: Iterable[spending.Paid], ends: Iterable[spending.End], waits: Waits) -> Spending:
    """Add up; a purchase of tomorrow, from before the clock was set back, belongs to the whole and to its product, and to no day."""
    with localcontext(prec=DIGITS):
        return _summed(period, paid, ends, waits)


def _summed(period: Sequence[date], paid: Iterable[spending.Paid], ends: Iterable[spending.End], waits: Waits) -> Spending:
    days: defaultdict[str, _Sum] = defaultdict(_Sum)
    products: defaultdict[str, _Sum] = defaultdict(_Sum)
    returned = Decimal(0)
    for row in paid:
        products[row.product_id].name = max(products[row.product_id].name, row.name)
        for total in (days[row.day], products[row.product_id]):
            total.spent += row.price * row.count
            total.purchases += row.count
    for end in ends:
        back = refunded(end.price, end.before, end.after)
        returned += back
        for total in (days[end.day], products[end.product_id]):
            total.spent -= back
    shares = [Share(product_id, total.name, total.spent, total.purchases) for product_id, total in products.items()]
    return Spending(
        spent=sum((share.spent for share in shares), Decimal(0)),
        returned=returned,
        purchases=sum(share.purchases for share in shares),
        days=[Day(day, days[day.isoformat()].spent, days[day.isoformat()].purchases) for day in period],
        products=sorted(shares, key=lambda share: (-share.spent, -share.purchases, share.name)),
        waits=waits,
    )


def percentile(times: Iterable[T], percent: int) -> T | None:
    """Give the shortest of the times that so many percent of them do not exceed (the nearest rank); None where there are none."""
    ordered = sorted(times)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)] if ordered else None
