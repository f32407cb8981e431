"""A dispatcher with handlers and marks that tests look at."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Any

from telegram import Update

from bot.gateway.dispatch import Bounds, Dispatcher
from bot.gateway.patience import Patience
from tests.gateway.support import PATIENCE, VirtualTime, message


class House:
    """A dispatcher, what its handlers did, and which updates were marked."""

    def __init__(self, time: VirtualTime, bounds: Bounds | None = None) -> None:
        self.time = time
        self.log: list[str] = []
        self.marks: list[list[int]] = []
        self.mark_errors: list[Exception] = []
        self.handlers: dict[int, Callable[[], Awaitable[None]]] = {}
        self.started: dict[int, asyncio.Event] = {}
        self.changed = asyncio.Condition()
        self.dispatcher = Dispatcher(
            self.process, self.mark, self.flood, bounds, clock=time.clock, patience=Patience(sleep=time.sleep, chance=lambda: 0.0)
        )

    async def process(self, update: Update) -> None:
        await self.note(f"begin {update.update_id}")
        if update.update_id in self.handlers:
            await self.handlers[update.update_id]()
        await self.note(f"end {update.update_id}")

    async def flood(self, update: Update) -> None:
        await self.note(f"flood {update.update_id}")

    async def mark(self, update_ids: Collection[int]) -> None:
        if self.mark_errors:
            raise self.mark_errors.pop(0)
        self.marks.append(list(update_ids))
        await self.note(f"marked {len(self.marked())}")

    async def note(self, what: str) -> None:
        async with self.changed:
            self.log.append(what)
            self.changed.notify_all()

    async def until(self, what: str) -> None:
        async with asyncio.timeout(PATIENCE), self.changed:
            await self.changed.wait_for(lambda: what in self.log)

    def marked(self) -> list[int]:
        return [update_id for update_ids in self.marks for update_id in update_ids]

    def done(self) -> list[str]:
        return [entry for entry in self.log if not entry.startswith("marked")]

    async def submit(self, *update_ids: int, user: int = 7) -> None:
        for update_id in update_ids:
            await self.dispatcher.submit(parsed(message(update_id, user=user)))


def parsed(raw: dict[str, Any]) -> Update:
    return Update.de_json(raw, None)
