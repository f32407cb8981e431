"""Sends through a limiter in virtual time, and keeps when what went out."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

from telegram.error import RetryAfter

from bot.gateway.limiter import Answer, Limiter, Limits, Priority
from bot.gateway.pace import Pace
from tests.gateway.support import PATIENCE, VirtualTime


class Sender:
    """Sends through a limiter and keeps when what went out, in seconds since its start."""

    def __init__(self, time: VirtualTime, limits: Limits | None = None, pace: Pace | None = None) -> None:
        self.time = time
        self.started = time.now
        self.limiter = Limiter(limits, clock=time.clock, sleep=time.sleep, pace=pace)
        self.sent: list[tuple[str, float]] = []
        self.on_send: dict[str, Iterator[Callable[[], object]]] = {}

    async def send(self, name: str, chat: int | str | None = 1, priority: Priority | None = None, endpoint: str = "sendMessage") -> Answer:
        async def callback(sent: str, *, read_timeout: float) -> dict[str, Any]:
            assert read_timeout == 5
            self.sent.append((sent, round(self.time.now - self.started, 6)))
            for act in self.on_send.get(name, iter(())):
                act()
                break
            return {"sent": sent}

        data = {} if chat is None else {"chat_id": chat}
        return await self.limiter.process_request(callback, (name,), {"read_timeout": 5}, endpoint, data, priority)

    def start(self, name: str, chat: int | str | None = 1, priority: Priority | None = None) -> asyncio.Task[Answer]:
        return asyncio.create_task(self.send(name, chat, priority))

    def times(self) -> list[float]:
        return [moment for _, moment in self.sent]

    def names(self) -> list[str]:
        return [name for name, _ in self.sent]


def refuse(retry_after: int) -> Callable[[], object]:
    def act() -> None:
        raise RetryAfter(retry_after)

    return act


async def hold(sender: Sender) -> None:
    """Spend this second's budget and stop the clock while one more waits."""
    sender.time.moving.clear()
    for number in range(30):
        await sender.send("filler", 1000 + number)
    sender.start("first in line", 2000, Priority.TAP)
    await asyncio.wait_for(sender.time.asleep.wait(), PATIENCE)
    sender.sent.clear()
