"""Random journeys of several users, with faults, while the bot is killed again and again: `make chaos KILLS=1000`.

With `--postgres` the bot keeps its data in a PostgreSQL server of its own, with `--database URL` in a database that is empty before.
Everything talks over loopback: the bot is a process of its own between the simulated servers, whose ledgers are read afterwards.
"""

import argparse
import asyncio
import logging
import math
import os
import random
import signal
import sys
import tempfile
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from bot.sandbox.server import Sandbox
from storage.vault import new_key
from tests.chaos.audit import Findings, audit
from tests.chaos.books import Books
from tests.chaos.crowd import FIRST, USERS, Crowd
from tests.chaos.nursery import Child, Nursery
from tests.postgres import running
from tests.support.bots import ROOT, environment

AHEAD = 8
"""How many updates people send before the first of them is taken up."""
LEASES_RUN_OUT = 0.8
"""How often the next process starts after the leases of the dead one have run out, which takes a quarter of a minute otherwise."""
ROTATES = 0.05
"""How often the keys are rotated while the next process runs."""
FINISHED_WITHIN = 120.0
"""Seconds in which a bot that is left in peace comes to everything that waits for it."""


@dataclass
class Campaign:
    """One sandbox, one database, one bot that dies, and people who do not mind."""

    sandbox: Sandbox
    directory: Path
    chance: random.Random
    books: Books
    nursery: Nursery
    findings: Findings = field(default_factory=Findings)
    bot: Child | None = None
    keys: str = field(default_factory=new_key)

    def __post_init__(self) -> None:
        self.crowd = Crowd(self.sandbox, self.chance, self.findings)

    @property
    def points(self) -> Path:
        return self.directory / "points"

    def environment(self, kill_after: int) -> dict[str, str]:
        """The settings of a process that kills itself after it passed that many points (0: never)."""
        settings = {"LOG_LEVEL": "WARNING", "MAX_PURCHASES_PER_HOUR": "10000", "MAX_ACTIVE_NUMBERS": "30"}
        if not self.books.is_sqlite:
            settings["TOKEN_KEYS"] = self.keys
        return {
            **environment(self.sandbox, self.directory, DATABASE_URL=self.books.url, **settings),
            "KILL_AFTER": str(kill_after),
            "POINTS_FILE": str(self.points),
        }

    async def start(self, kill_after: int) -> None:
        """Start the bot."""
        self.bot = await self.nursery.start(self.environment(kill_after), self.directory / "bot.log")

    async def run(self, kills: int, seconds: float = math.inf) -> Findings:
        """Let the people play until the bot was killed that often, or for so long; then let it finish in peace, and audit."""
        ends = asyncio.get_running_loop().time() + seconds
        await self._prepare()
        while self.findings.kills < kills and asyncio.get_running_loop().time() < ends:
            rotates = self.chance.random() < ROTATES
            if rotates and not self.books.is_sqlite:
                self.keys = f"{new_key()},{self.keys}"
            await self.start(self.chance.randint(1, self.chance.choice([40, 200, 1000] if self.books.is_sqlite else [200, 1000, 4000])))
            async with self._rotation() if rotates else nullcontext():
                await self._play_until_it_dies()
            self.findings.kills += 1
            self.findings.deaths.append(self.sandbox.telegram.clock())
            # Faults that found nothing to strike would pile up until no purchase ever succeeds.
            self.sandbox.provider.faults.clear()
            self.sandbox.telegram.faults.clear()
            if not self.books.is_sqlite and self.chance.random() < LEASES_RUN_OUT:
                await self.books.write("UPDATE lease SET until = 0")
        await self._finish()
        self.findings.unclear = sum(fault.struck for fault in self.crowd.unclear)
        return await audit(self.sandbox, self.books, self.findings, self.crowd.taps, self.crowd.texts)

    async def _prepare(self) -> None:
        self.sandbox.provider.configure(auto_sms_after=None, all_messages=True)
        self.sandbox.provider.calls = deque()
        for number in range(USERS):
            user = FIRST + number
            self.sandbox.telegram.add_user(user, f"User {number}")
            self.sandbox.provider.add_account(f"chaos-token-{number}", Decimal(100_000), f"user {number}")
        await self.start(0)
        await self.sandbox.telegram.until(lambda telegram: telegram.poller, timeout=FINISHED_WITHIN)
        people = self.crowd.persons()
        await asyncio.gather(*(person.connects(f"chaos-token-{person.id - FIRST}") for person in people))
        await self.books.watch()
        # One of them wants every number cancelled at once that has no SMS by then.
        await self.books.write(f"UPDATE chat SET auto_cancel_minutes = 0 WHERE id = {people[-1].id}")
        await self._stop()

    async def _play_until_it_dies(self) -> None:
        assert self.bot is not None
        ended = asyncio.create_task(self.bot.wait())
        while not ended.done():
            # People tap on what they see: while nothing is answered, because the bot is starting or busy, most of them wait.
            if len(self.sandbox.telegram.updates.pending()) < AHEAD:
                self.crowd.act()
            # As fast as people may: faster ones are stopped by the flood limit.
            await asyncio.wait([ended], timeout=self.chance.uniform(0.0, 0.12))
        await ended

    @asynccontextmanager
    async def _rotation(self) -> AsyncIterator[None]:
        """Rotate the keys beside the bot, by a process that may be killed as well; on PostgreSQL the bot knows the new key already."""
        self.findings.rotations += 1
        env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **self.environment(self.chance.randint(0, 2 * USERS))}
        with (self.directory / "bot.log").open("ab") as log:
            arguments = ("-m", "tests.chaos.launch", "rotate")
            rotation = await asyncio.create_subprocess_exec(sys.executable, *arguments, env=env, stdout=log, stderr=log)
        yield
        if (status := await rotation.wait()) not in {0, -signal.SIGKILL}:
            self.findings.violations.append(f"a rotation of the keys ended with {status}")

    async def _finish(self) -> None:
        """Turn every fault off and let the bot settle, push and draw what is left."""
        self.sandbox.provider.faults.clear()
        self.sandbox.telegram.faults.clear()
        await self.start(0)
        began, ends = self.sandbox.provider.now(), asyncio.get_running_loop().time() + FINISHED_WITHIN
        while (waiting := await self._waiting(began)) or self.sandbox.telegram.updates.pending():
            if asyncio.get_running_loop().time() > ends:
                self.findings.violations.append(f"still waiting after {FINISHED_WITHIN:.0f} s: {waiting}")
                break
            # The database belongs to another process, so there is nothing here that could be awaited.
            await asyncio.sleep(0.2)
        await self._stop()

    async def _waiting(self, began: datetime) -> dict[str, int]:
        """Count what the bot has not come to since it was left in peace; a dead process's leases keep it from some numbers for a while."""
        # No fault is left, so whatever is asked for now is answered.
        asked = {call.purchase_id for call in self.sandbox.provider.calls if call.call == "getSms" and call.at >= began}
        held = await self.books.rows("SELECT provider_id FROM activation WHERE state IN ('active', 'cancelling')")
        unasked = sum(row["provider_id"] not in asked for row in held)
        return await self.books.waiting() | ({"numbers not asked for": unasked} if unasked else {})

    async def _stop(self) -> None:
        assert self.bot is not None
        self.bot.terminate()
        status = await self.bot.wait()
        if status:
            self.findings.violations.append(f"the bot stopped with {status}")


async def campaign(
    kills: int, seed: int, directory: Path, *, seconds: float = math.inf, url: str | None = None
) -> tuple[Findings, set[str]]:
    """Run one campaign; returns what was found and the names of the points at which the bot could have died.

    `url` is SQLAlchemy's address of the database, an SQLite file in the directory where there is none.
    """
    async with Sandbox() as sandbox, Nursery() as nursery:
        books = Books(url or f"sqlite+aiosqlite:///{directory / 'bot.sqlite3'}")
        run = Campaign(sandbox, directory, random.Random(seed), books, nursery)
        try:
            findings = await run.run(kills, seconds)
        finally:
            if run.bot is not None and run.bot.returncode is None:
                run.bot.kill()
                await run.bot.wait()
        return findings, set(run.points.read_text(encoding="utf-8").splitlines())


@contextmanager
def database(options: argparse.Namespace) -> Iterator[str | None]:
    """Give the address of the database that was asked for; None: an SQLite file."""
    if not options.postgres:
        yield options.database
        return
    with running() as cluster:
        cluster.call("createdb", "chaos")
        yield cluster.url("chaos")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop after this long, however few kills there were")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--postgres", action="store_true", help="start a PostgreSQL server for this run, instead of an SQLite file")
    where.add_argument("--database", metavar="URL", help="an empty database, as SQLAlchemy addresses it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="otpbuddy-chaos-") as name, database(options) as url:
        logging.disable()  # The servers tell of every connection that a kill cuts.
        work = campaign(options.kills, options.seed, Path(name), seconds=options.minutes * 60, url=url)
        findings, points = asyncio.run(work)
        sys.stdout.write(f"seed {options.seed}, {len(points)} named points: {findings}\n")
        if findings.violations:
            sys.stdout.write((Path(name) / "bot.log").read_text(encoding="utf-8", errors="replace")[-5000:])
    return 1 if findings.violations else 0


if __name__ == "__main__":
    sys.exit(main())
