"""The production bot under test: in this process, or as a process of its own that can be killed."""

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot import app, lifecycle
from bot.gateway.limiter import Limits
from bot.process import Kind
from bot.sandbox.server import ADMIN_ID, BOT_TOKEN, Sandbox
from bot.settings import Settings, load_settings

HURRIED = Limits(per_second=1000, broadcasts_per_second=900, chat_interval=0.001, chat_burst=100)
"""Limits for users who tap as fast as a test does; the real ones have tests of their own."""
ENDS_WITHIN = 45.0
"""Seconds after which a process that should end is taken for stuck."""
ROOT = Path(__file__).resolve().parents[2]


def environment(sandbox: Sandbox, directory: Path, **more: str) -> dict[str, str]:
    """The settings of a bot that talks to the sandbox and keeps its data in a directory, as environment variables."""
    return {
        "TELEGRAM_BOT_TOKEN": BOT_TOKEN,
        "TELEGRAM_BASE_URL": sandbox.telegram_base_url,
        "OTPBUDDY_BASE_URL": sandbox.otpbuddy_base_url,
        "DATABASE_URL": f"sqlite+aiosqlite:///{directory / 'bot.sqlite3'}",
        "ADMIN_IDS": str(ADMIN_ID),
        "POLL_INTERVAL_MIN": "0.1",
        "LOG_LEVEL": "DEBUG",
        **more,
    }


def settings(sandbox: Sandbox, directory: Path, **more: str) -> Settings:
    return load_settings(environment(sandbox, directory, **more))


def rows(directory: Path, query: str, *parameters: object) -> list[tuple[Any, ...]]:
    """Read from the database of a bot that keeps its data in that directory, as somebody else would."""
    with closing(sqlite3.connect(f"file:{directory / 'bot.sqlite3'}?mode=ro", uri=True)) as connection:
        return connection.execute(query, parameters).fetchall()


async def write(directory: Path, statement: str, *parameters: object) -> None:
    """Change the database of a bot that keeps its data in that directory, as somebody else would.

    In a thread: a bot in this process may hold the file's lock, and cannot give it back while its loop waits for this.
    """

    def wait_and_write() -> None:
        with closing(sqlite3.connect(directory / "bot.sqlite3", timeout=30)) as connection, connection:
            connection.execute(statement, parameters)

    await asyncio.to_thread(wait_and_write)


@asynccontextmanager
async def running(configured: Settings, clock: Callable[[], datetime] = app.utc_now) -> AsyncIterator[None]:
    """Run the bot in this process until the block ends; a failure of the bot is the test's."""
    stop = asyncio.Event()
    task = asyncio.create_task(lifecycle.run(configured, stop, clock, HURRIED))
    try:
        yield
    finally:
        stop.set()
        await task


@dataclass
class Process:
    """`python -m bot run`, or another kind of process, with its log in a file."""

    env: Mapping[str, str]
    directory: Path
    kind: Kind = Kind.RUN
    process: asyncio.subprocess.Process | None = field(default=None, init=False)

    @property
    def log(self) -> Path:
        return self.directory / "bot.log"

    async def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "bot", self.kind.value),
                cwd=self.directory,
                env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **self.env},
                stdout=log,
                stderr=log,
            )

    async def kill(self) -> None:
        """SIGKILL: nothing of the process gets a last word."""
        await self.end(signal.SIGKILL)

    async def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal, wait for the end and return the exit status."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(number)
        return await self.ended()

    async def ended(self) -> int:
        """Wait for the end, whatever brings it, and return the exit status."""
        assert self.process is not None
        async with asyncio.timeout(ENDS_WITHIN):
            return await self.process.wait()


@asynccontextmanager
async def process(env: Mapping[str, str], directory: Path, kind: Kind = Kind.RUN) -> AsyncIterator[Process]:
    """Start the bot as a process, and see to it that it is gone at the end."""
    started = Process(env, directory, kind)
    await started.start()
    try:
        yield started
    finally:
        await started.kill()


@dataclass
class Clock:
    """Real time that can be moved forward, and made to run faster."""

    ahead: timedelta = timedelta(0)
    _speed: float = 1.0
    _since: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        now = datetime.now(UTC)
        return now + self.ahead + (now - self._since) * (self._speed - 1)

    def advance(self, **by: float) -> None:
        self.ahead += timedelta(**by)

    @contextmanager
    def running(self, speed: float) -> Iterator[None]:
        """Let time run so many times as fast within the block."""
        self._change(speed)
        try:
            yield
        finally:
            self._change(1.0)

    def _change(self, speed: float) -> None:
        now = datetime.now(UTC)
        self.ahead += (now - self._since) * (self._speed - 1)
        self._speed, self._since = speed, now
