"""One broadcast whose process ends again and again in the middle of it: `python -m tests.chaos.broadcasting --ends 200`.

Or one to many chats, as fast as the simulated Telegram goes: `python -m tests.chaos.broadcasting --chats 10000`.

Half of the ends are SIGKILL at a named point, half are SIGTERM after some messages. Afterwards every chat's messages are compared with
the row that says what became of it.
"""

import argparse
import asyncio
import logging
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bot.jobs.broadcast import AT_ONCE
from bot.sandbox.server import ADMIN_ID, Sandbox
from storage import migrations
from storage.database import Database
from storage.models import Chat
from tests.chaos.books import Books
from tests.chaos.nursery import Child, Nursery
from tests.support.bots import environment
from tests.support.people import Person

FIRST = 10_000
TEXT = "Numbers are back"
CHATS_PER_END = 90
"""More than a process comes to before it ends, so that each of them ends in the middle."""
POINTS = {
    "about to claim recipients": 2,
    "did claim recipients": 2,
    "about to sendMessage": 40,
    "did sendMessage": 40,
    "about to conclude recipients": 2,
    "did conclude recipients": 2,
}
"""Where a process is killed, and how often it may have passed by then."""
WITHIN = 120.0
HELD = "SELECT count(*) AS n FROM broadcast_recipient WHERE attempted_at IS NOT NULL AND outcome IS NULL"


@dataclass
class Result:
    """How the processes ended, what became of the chats, and what was wrong."""

    kills: int = 0
    terms: int = 0
    chats: int = 0
    sent: int = 0
    unclear: int = 0
    received: int = 0
    violations: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        counted = ", ".join(f"{name} {getattr(self, name)}" for name in ("kills", "terms", "chats", "sent", "unclear", "received"))
        return f"{counted}, violations {len(self.violations)}" + "".join(f"\n  {violation}" for violation in self.violations[:20])


@dataclass
class Broadcasting:
    """An admin, an audience, and a bot that does not live long."""

    sandbox: Sandbox
    directory: Path
    chance: random.Random
    books: Books
    nursery: Nursery
    result: Result = field(default_factory=Result)
    held: int = 0
    """Chats that processes had in hand when they were killed."""
    bot: Child | None = None

    async def start(self, kill_at: str = "", after: int = 0, **more: str) -> Child:
        """Start the bot; it kills itself when it passes the point for the `after`th time (0: never). `more` is its environment."""
        env = {
            **environment(self.sandbox, self.directory, DATABASE_URL=self.books.url, LOG_LEVEL="WARNING"),
            "POLL_INTERVAL_MIN": "2",
            "KILL_AT": kill_at,
            "KILL_AFTER": str(after),
            **more,
        }
        self.bot = await self.nursery.start(env, self.directory / "bot.log")
        return self.bot

    async def run(self, ends: int) -> Result:
        """Send one broadcast through that many ends, let it come to its own, and compare."""
        await self._gather(ends * CHATS_PER_END)
        await self._begin()
        for number in range(ends):
            await (self._killed() if number % 2 else self._told_to_stop())
        return await self._finish()

    async def _finish(self) -> Result:
        """Let the broadcast come to its own, and compare."""
        bot = await self.start()
        # Looked at after every message, so nothing is copied.
        messages = self.sandbox.telegram.chats[ADMIN_ID].messages
        shown = await self.sandbox.telegram.until(
            lambda _: next((text for message in messages.values() if "Sent" in (text := message.get("text", ""))), None), timeout=WITHIN * 5
        )
        await self._stop(bot)
        await self._compare(shown)
        return self.result

    async def crowd(self, count: int, kill_after: int, pauses: int) -> Result:
        """Send one broadcast to many, with a kill on the way, while Telegram asks for some pauses."""
        await self._gather(count)
        for number in range(pauses):
            held_up = FIRST + (2 * number + 1) * count // (2 * pauses)
            self.sandbox.telegram.faults.add("sendMessage", kind="retry_after", retry_after=1, chat_id=held_up)
        await self._begin("did sendMessage", kill_after)
        return await self._finish()

    async def _gather(self, count: int) -> None:
        """Make that many users who have written to the bot."""
        self.result.chats = count
        for number in range(count):
            self.sandbox.telegram.add_user(FIRST + number, f"User {number}", started=True)
        async with Database(self.books.url) as database:
            await migrations.upgrade(database)
            now = datetime.now(UTC)
            async with database.writing() as session:
                session.add_all(Chat(id=FIRST + number, created_at=now, seen_at=now, admitted_at=now) for number in range(count))

    async def _begin(self, kill_at: str = "did claim recipients", after: int = 1) -> None:
        """Let the admin confirm the broadcast, and end the process on the way: else before its first chats are concluded."""
        admin = Person(self.sandbox, ADMIN_ID)
        bot = await self.start(kill_at, after)
        await self.sandbox.telegram.until(lambda telegram: telegram.poller, timeout=WITHIN)
        admin.says(f"/broadcast {TEXT}")
        await admin.taps("Send to", await admin.sees("Send it?"))
        await self._died(bot)

    async def _killed(self) -> None:
        point = self.chance.choice(sorted(POINTS))
        await self._died(await self.start(point, self.chance.randint(1, POINTS[point])))

    async def _died(self, bot: Child) -> None:
        """Wait for the end by SIGKILL, and note how many chats nobody can know of."""
        async with asyncio.timeout(WITHIN):
            status = await bot.wait()
        if status != -9:
            self.result.violations.append(f"a process that was to be killed ended with {status}")
        self.result.kills += 1
        in_hand = (await self.books.rows(HELD))[0]["n"]
        if in_hand > AT_ONCE:
            self.result.violations.append(f"{in_hand} chats were in hand at once")
        self.held += in_hand

    async def _told_to_stop(self) -> None:
        """Send SIGTERM after some messages: the process finishes what it has in hand."""
        so_far, wanted = len(self.sandbox.telegram.ledger), self.chance.randint(1, 40)

        def enough(_telegram: object) -> bool:
            calls = self.sandbox.telegram.ledger[so_far:]
            return sum(call.method == "sendMessage" for call in calls) >= wanted

        bot = await self.start()
        await self.sandbox.telegram.until(enough, timeout=WITHIN)
        await self._stop(bot)
        self.result.terms += 1

    async def _stop(self, bot: Child) -> None:
        bot.terminate()
        async with asyncio.timeout(WITHIN):
            status = await bot.wait()
        if status:
            self.result.violations.append(f"a process that was told to stop ended with {status}")
        if in_hand := (await self.books.rows(HELD))[0]["n"]:
            self.result.violations.append(f"{in_hand} chats were left in hand after a SIGTERM")

    async def _compare(self, card: str) -> None:
        found = await self.books.rows("SELECT chat_id, outcome FROM broadcast_recipient")
        outcomes = {row["chat_id"]: row["outcome"] for row in found}
        counted = Counter(outcomes.values())
        wrong = self.result.violations
        if odd := counted.keys() - {"sent", "unclear"}:
            wrong.append(f"outcomes that nothing explains: {odd}")
        if counted["unclear"] != self.held:
            wrong.append(f"{counted['unclear']} are unclear, but {self.held} were in hand when a process was killed")
        for chat_id in range(FIRST, FIRST + self.result.chats):
            copies = sum(message.get("text") == TEXT for message in self.sandbox.telegram.messages(chat_id))
            self.result.received += copies
            if copies > 1 or (copies == 0 and outcomes.get(chat_id) != "unclear"):
                wrong.append(f"chat {chat_id} is {outcomes.get(chat_id)} and received {copies} copies")
        self.result.sent, self.result.unclear = counted["sent"], counted["unclear"]
        if f"Delivered: {self.result.sent}" not in card or f"not sent again: {self.result.unclear}" not in card:
            wrong.append(f"the card says something else: {card!r}")


async def broadcasting(ends: int, seed: int, directory: Path) -> Result:
    """Run one broadcast through that many ends."""
    async with opened(seed, directory) as run:
        return await run.run(ends)


async def crowd(count: int, kill_after: int, pauses: int, directory: Path) -> Result:
    """Send one broadcast to that many chats, with one kill after some messages and some pauses that Telegram asks for."""
    async with opened(0, directory) as run:
        return await run.crowd(count, kill_after, pauses)


@asynccontextmanager
async def opened(seed: int, directory: Path) -> AsyncIterator[Broadcasting]:
    """Open the stage, and leave no bot behind."""
    async with Sandbox() as sandbox, Nursery() as nursery:
        books = Books(f"sqlite+aiosqlite:///{directory / 'bot.sqlite3'}")
        run = Broadcasting(sandbox, directory, random.Random(seed), books, nursery)
        try:
            yield run
        finally:
            if run.bot is not None and run.bot.returncode is None:
                run.bot.kill()
                await run.bot.wait()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ends", type=int, default=200)
    parser.add_argument("--chats", type=int, default=0, help="instead: one broadcast to so many chats, with one kill and ten pauses")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="otpbuddy-broadcast-") as name:
        logging.disable()  # The servers tell of every connection that a kill cuts.
        began = time.monotonic()
        if options.chats:
            result = asyncio.run(crowd(options.chats, options.chats // 2, 10, Path(name)))
        else:
            result = asyncio.run(broadcasting(options.ends, options.seed, Path(name)))
        sys.stdout.write(f"seed {options.seed}, {time.monotonic() - began:.0f} s: {result}\n")
    return 1 if result.violations else 0


if __name__ == "__main__":
    sys.exit(main())
