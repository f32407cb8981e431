"""Statistics over a hundred thousand purchases: `python -m benchmarks.statistics`.

All of them are within the longest period, which is the worst case. For each period it prints the median of the processor time that reading
took, and the longest of it between two turns of the event loop, in which taps are handled. Both leave out what other programs did.
"""

import asyncio
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from bot.services.admin.statistics import PERIODS, Reports
from storage import migrations
from storage.database import Database
from storage.models import Activation, Chat, Sms, State

PURCHASES, CHATS, PRODUCTS = 100_000, 5_000, 300
ANSWERED_OF_TEN = 7
ROUNDS = 5
AT_ONCE = 5_000
PAUSE = 0.001
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def purchase(number: int, dice: random.Random) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Make up a purchase and, for seven of ten, its SMS; half of the others were refunded."""
    at = NOW - timedelta(seconds=dice.uniform(0, 89 * 86_400))
    answered, product = dice.randrange(10) < ANSWERED_OF_TEN, dice.randrange(PRODUCTS)
    price = Decimal(product % 90 + dice.randrange(1, 4)) / 2
    back = price if dice.randrange(2) else Decimal(0)
    row = {
        "id": f"a{number}",
        "chat_id": dice.randrange(CHATS) + 1,
        "state": State.FINISHED if answered else State.EXPIRED,
        "product_id": f"p{product}",
        "product_name": f"Product {product}",
        "country": "in",
        "price": price,
        "offered_at": at,
        "requested_at": at,
        "purchased_at": at,
        "closed_at": at + timedelta(minutes=20),
        "closing_before": None if answered else Decimal(100),
        "closing_after": None if answered else Decimal(100) + back,
    }
    if not answered:
        return row, None
    came = at + timedelta(seconds=dice.lognormvariate(3, 0.8))
    sms = {"activation_id": row["id"], "position": 1, "digest": f"{number:064}", "text": "Your code is 123456"}
    return row, sms | {"received_at": came, "delivered_at": came + timedelta(seconds=dice.lognormvariate(-1, 0.5))}


async def fill(database: Database) -> None:
    """Write everything."""
    dice = random.Random(20260301)  # noqa: S311 - made-up purchases, the same each time.
    chats = [{"id": number + 1, "created_at": NOW, "seen_at": NOW, "token": "sealed"} for number in range(CHATS)]
    async with database.writing() as session:
        await session.execute(insert(Chat), chats)
    for start in range(0, PURCHASES, AT_ONCE):
        made = [purchase(number, dice) for number in range(start, start + AT_ONCE)]
        async with database.writing() as session:
            await session.execute(insert(Activation), [row for row, _ in made])
            await session.execute(insert(Sms), [sms for _, sms in made if sms is not None])


async def longest_wait(over: asyncio.Event) -> float:
    """Give the longest processor time between two turns of the loop until something is over, in seconds."""
    longest = 0.0
    while not over.is_set():
        began = time.process_time()
        await asyncio.sleep(PAUSE)
        longest = max(longest, time.process_time() - began)
    return longest


async def measure(reports: Reports, days: int) -> tuple[float, float]:
    """Read once; gives the processor time that it took, and the longest of it between two turns of the loop, in seconds."""
    over = asyncio.Event()
    waiting = asyncio.create_task(longest_wait(over))
    began = time.process_time()
    await reports.read(days)
    took = time.process_time() - began
    over.set()
    return took, await waiting


async def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as directory:
        async with Database(f"sqlite+aiosqlite:///{Path(directory) / 'bench.sqlite3'}") as database:
            await migrations.upgrade(database)
            await fill(database)
            for days in PERIODS:
                figures = [await measure(Reports(database, lambda: NOW), days) for _ in range(ROUNDS)]
                took, busy = statistics.median(figure[0] for figure in figures), max(figure[1] for figure in figures)
                sys.stdout.write(f"{days:3} days: {took:.2f} s, a tap waits for at most {busy * 1000:.0f} ms\n")


if __name__ == "__main__":
    asyncio.run(main())
