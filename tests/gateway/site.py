"""Polling, intake and dispatcher as they are put together, over a small Telegram."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import Update
from telegram.ext import ExtBot

from bot.gateway.dispatch import Dispatcher
from bot.gateway.limiter import Priority
from bot.gateway.patience import Patience
from bot.gateway.receipt import Intake, LongPolling
from storage import updates
from storage.database import Database
from storage.vault import Vault
from tests.gateway.support import PATIENCE, Telegram, VirtualTime

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Site:
    """Polling, intake and dispatcher over a real database and the small Telegram."""

    telegram: Telegram
    bot: ExtBot[Priority]
    database: Database
    vault: Vault
    time: VirtualTime
    handled: list[Update] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def __post_init__(self) -> None:
        self.dispatcher = Dispatcher(self.process, self.mark, self.process)
        self.intake = Intake(self.bot, self.database, self.vault, self.dispatcher, clock=lambda: NOW)
        self.polling = self.poller(self.intake)

    def poller(self, intake: Intake, **options: float) -> LongPolling:
        patience = Patience(shortest=1, longest=8, sleep=self.time.sleep, chance=lambda: 0.0)
        return LongPolling(
            self.bot,
            intake,
            self.dispatcher,
            allowed_updates=["message"],
            conflict_delay=15,
            patience=patience,
            **options,  # type: ignore[arg-type]  # Whole seconds where they must be.
        )

    async def process(self, update: Update) -> None:
        async with self.changed:
            self.handled.append(update)
            self.changed.notify_all()

    async def mark(self, update_ids: Any) -> None:
        await updates.mark_handled(self.database, update_ids, NOW)

    async def count(self, number: int) -> None:
        async with asyncio.timeout(PATIENCE), self.changed:
            await self.changed.wait_for(lambda: len(self.handled) >= number)

    async def until(self, *update_ids: int) -> None:
        await self.count(len(update_ids))
        assert [update.update_id for update in self.handled] == list(update_ids)

    @asynccontextmanager
    async def running(self, polling: LongPolling | None = None) -> AsyncIterator[None]:
        polling = polling or self.polling
        run = asyncio.create_task(polling.run())
        test = asyncio.current_task()
        assert test
        run.add_done_callback(lambda run: run.cancelled() or (run.exception() and test.cancel(f"polling failed: {run.exception()!r}")))
        try:
            yield
            polling.stop()
            await asyncio.wait_for(run, PATIENCE)
            assert await self.dispatcher.drain(PATIENCE) == 0
        finally:
            run.cancel()

    async def failure(self) -> BaseException:
        with pytest.raises(Exception) as caught:  # noqa: PT011  # Its kind is the caller's to look at.
            await asyncio.wait_for(self.polling.run(), PATIENCE)
        return caught.value
