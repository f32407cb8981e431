"""How the whole bot is doing over some days: who uses it, what they buy, how often and how soon a code comes."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, localcontext

from bot.services.spending import DIGITS, Spending, Waits, percentile, summed
from bot.services.statements import refunded
from storage import spending, statistics
from storage.database import Database
from storage.statistics import Answered, Took, Visits

PERIODS = (7, 30, 90)
"""Days, today included."""
USUAL = 30
KEPT_FOR = timedelta(seconds=30)
"""Whoever looks at the days and then at the products sees the same, and at once."""

NONE = Waits(0, 0, None, None)


@dataclass(frozen=True, slots=True)
class Times:
    """What half and 95 of 100 of so many times did not exceed; None where there are none."""

    count: int
    median: timedelta | None
    percentile_95: timedelta | None


@dataclass(frozen=True, slots=True)
class Statistics:
    """All chats' last `days` days.

    `active_numbers` is of now. `waits` of `spending` goes from the purchase to the first SMS; `to_chat` from the moment when the bot had an
    SMS, by an answer of the provider to its poll, to the moment when Telegram had taken the message.
    """

    days: int
    visits: Visits
    active_numbers: int
    spending: Spending
    to_chat: Times
    by_day: Mapping[str, Waits]
    """By the day of the purchase, of UTC, as in 2026-03-05."""
    by_product: Mapping[str, Waits]
    """By the product's id."""


@dataclass(slots=True)
class Cell:
    """One product on one day."""

    day: str
    product_id: str
    name: str = ""
    purchases: int = 0
    spent: Decimal = Decimal(0)
    """Without what came back."""
    returned: Decimal = Decimal(0)
    waits: Waits = NONE


class Reports:
    """Reads; the sums are exact. Sums and ranks are formed on a thread, so that nobody's taps wait for them."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._kept: dict[int, tuple[datetime, Statistics]] = {}
        self._turn = asyncio.Lock()

    async def read(self, days: int) -> Statistics:
        """Sum up the last days, today included; what was summed up a moment ago is given again."""
        async with self._turn:
            now = self._clock()
            kept = self._kept.get(days)
            if kept is None or not timedelta(0) <= now - kept[0] < KEPT_FOR:
                kept = self._kept[days] = (now, await self._read(days, now.date()))
            return kept[1]

    async def _read(self, days: int, today: date) -> Statistics:
        period = [today - timedelta(days=back) for back in reversed(range(days))]
        since = period[0]
        async with self._database.reading() as session:
            visits = await statistics.visits(session, datetime.combine(since, time(), UTC))
            holding = await statistics.holding(session)
            paid = await spending.paid(session, since, None)
            ends = await spending.ends(session, since, None)
            answered = await statistics.answered(session, since)
            took = await statistics.to_code(session, since)
            pushed = await statistics.to_chat(session, since)

        def count() -> Statistics:
            every = _waits(answered, took, lambda _row: "")
            return Statistics(
                days=days,
                visits=visits,
                active_numbers=holding,
                spending=summed(period, paid, ends, every.get("", NONE)),
                to_chat=_times(_read(pushed)),
                by_day=_waits(answered, took, lambda row: row.day),
                by_product=_waits(answered, took, lambda row: row.product_id),
            )

        return await asyncio.to_thread(count)

    async def table(self, days: int) -> Sequence[Cell]:
        """Give what there is of the last days by day and product, the newest day and its dearest product first."""
        since = self._clock().date() - timedelta(days=days - 1)
        async with self._database.reading() as session:
            paid = await spending.paid(session, since, None)
            ends = await spending.ends(session, since, None)
            answered = await statistics.answered(session, since)
            took = await statistics.to_code(session, since)

        def fill() -> Sequence[Cell]:
            waits = _waits(answered, took, lambda row: f"{row.day} {row.product_id}")
            with localcontext(prec=DIGITS):
                return _cells(paid, ends, waits)

        return await asyncio.to_thread(fill)


@dataclass(slots=True)
class _Tally:
    numbers: int = 0
    answered: int = 0
    took: list[int] = field(default_factory=list)


def _waits(answered: Iterable[Answered], took: Iterable[Took], key: Callable[[Answered | Took], str]) -> dict[str, Waits]:
    """Count and rank by whatever the key gives."""
    tallies: defaultdict[str, _Tally] = defaultdict(_Tally)
    for row in answered:
        tally = tallies[key(row)]
        tally.numbers += row.numbers
        tally.answered += row.answered
    for one in took:
        tallies[key(one)].took += _read(one.listed)
    return {name: _ranked(tally) for name, tally in tallies.items()}


def _ranked(tally: _Tally) -> Waits:
    times = _times(tally.took)
    return Waits(tally.numbers, tally.answered, times.median, times.percentile_95)


def _times(took: Sequence[int]) -> Times:
    """Rank times of milliseconds."""
    ordered = sorted(took)
    median, late = (percentile(ordered, percent) for percent in (50, 95))
    return Times(len(ordered), _milliseconds(median), _milliseconds(late))


def _read(listed: str) -> list[int]:
    """Read listed times, none of which is less than no time, whatever the clock did."""
    return [max(int(time), 0) for time in listed.split(",")] if listed else []


def _milliseconds(count: int | None) -> timedelta | None:
    return None if count is None else timedelta(milliseconds=count)


def _cells(paid: Iterable[spending.Paid], ends: Iterable[spending.End], waits: Mapping[str, Waits]) -> list[Cell]:
    cells: dict[tuple[str, str], Cell] = {}
    for row in paid:
        cell = cells.setdefault((row.day, row.product_id), Cell(row.day, row.product_id))
        cell.name = max(cell.name, row.name)
        cell.purchases += row.count
        cell.spent += row.price * row.count
    for end in ends:
        cell = cells[end.day, end.product_id]
        back = refunded(end.price, end.before, end.after)
        cell.spent -= back
        cell.returned += back
    for (day, product_id), cell in cells.items():
        cell.waits = waits.get(f"{day} {product_id}", cell.waits)
    return sorted(cells.values(), key=lambda cell: (cell.day, cell.spent, cell.product_id), reverse=True)
