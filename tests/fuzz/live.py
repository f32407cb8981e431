"""The production bot alive under a hail of strange things: it is noticed at once when it dies, and the next example gets a new one."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from bot import lifecycle
from bot.sandbox.server import Sandbox
from bot.sandbox.telegram.records import Call
from tests.support import bots
from tests.support.bots import Clock
from tests.support.people import Message, Person

T = TypeVar("T")
FIRST_STRANGER = 7_000_001
RICH = "rich-token-0123456789"


class BotDiedError(AssertionError):
    """The bot ended while an example ran."""


@dataclass
class Live:
    """A running bot, and people who have never met it."""

    sandbox: Sandbox
    directory: Path
    clock: Clock = field(default_factory=Clock)
    settings: dict[str, str] = field(default_factory=dict)
    _ids: Any = field(default_factory=lambda: itertools.count(FIRST_STRANGER))
    _lives: Any = field(default_factory=lambda: itertools.count(1))
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None

    @property
    def data(self) -> Path:
        """Where this life of the bot keeps its database."""
        return self.directory / self._name

    def start(self) -> None:
        """Run the bot on an empty database."""
        self._name = f"life-{next(self._lives)}"
        self.data.mkdir()
        self._stop.clear()
        configured = bots.settings(self.sandbox, self.data, **self.settings)
        self._task = asyncio.create_task(lifecycle.run(configured, self._stop, self.clock, bots.HURRIED))

    async def stop(self) -> None:
        assert self._task is not None
        self._stop.set()
        await self._task

    async def during(self, work: Awaitable[T]) -> T:
        """Wait for something that the bot does; where it dies instead, that is what the example found."""
        assert self._task is not None
        doing = asyncio.ensure_future(work)
        try:
            await asyncio.wait({doing, self._task}, return_when=asyncio.FIRST_COMPLETED)
            if self._task.done():
                reason = self._task.exception()
                self.sandbox.telegram.updates.clear()
                self.start()
                raise BotDiedError("the bot died") from reason
            return doing.result()
        finally:
            doing.cancel()
            await asyncio.gather(doing, return_exceptions=True)

    def stranger(self, name: str = "Eve", language: str | None = "en") -> Person:
        """Let somebody come whom the bot does not know, so that nobody writes so often that it counts as a flood."""
        user_id = next(self._ids)
        self.sandbox.telegram.add_user(user_id, name, language_code=language, started=True)
        return Person(self.sandbox, user_id)

    def calls(self, since: int) -> list[Call]:
        """Give what the bot did since the ledger had so many lines."""
        return self.sandbox.telegram.ledger[since:]

    async def canary(self) -> None:
        """Somebody else comes, buys, and gets the code: whatever happened before, the bot does its work."""
        person = self.stranger("Canary")
        self.sandbox.provider.faults.clear()

        async def journey() -> Message:
            await person.connects(RICH)
            card = await person.buys("WhatsApp")
            newest = list(self.sandbox.provider.activations.values())[-1]
            self.sandbox.provider.send_sms(newest.id, "Your WhatsApp code: 123-456")
            await person.sees("🔑 123456", after=card["message_id"])
            return await person.sees("Code received")

        await self.during(journey())


@asynccontextmanager
async def live(sandbox: Sandbox, directory: Path, clock: Clock | None = None, **settings: str) -> AsyncIterator[Live]:
    """Run the bot, and let the canary journey succeed at the end."""
    sandbox.provider.add_account(RICH, Decimal(10_000_000), "Rich")
    sandbox.provider.set_stock("wa", stock=1_000_000)
    generous = {"MAX_ACTIVE_NUMBERS": "1000", "MAX_PURCHASES_PER_HOUR": "10000", "LOG_LEVEL": "INFO"}
    running = Live(sandbox, directory, clock or Clock(), generous | settings)
    running.start()
    try:
        yield running
        await running.canary()
    finally:
        await running.stop()
