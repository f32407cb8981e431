"""Telegram as far as deliveries need it, with its troubles on demand."""

import asyncio
from collections import deque

from telegram.error import Forbidden, RetryAfter, TimedOut
from typing_extensions import override

from bot.gateway.limiter import NotSentError, Priority
from bot.gateway.messenger import Messenger
from bot.screens.screen import Screen


class Chats(Messenger):
    """What people see, with Telegram's troubles on demand."""

    def __init__(self) -> None:
        self.shown: dict[tuple[int, int], str] = {}
        self.pushed: list[tuple[int, str]] = []
        """Chat and text of every message that rang with a code."""
        self.blocked: set[int] = set()
        self.troubles: deque[str] = deque()
        self.unclear = 0
        self._last = 0

    @override
    async def send(self, chat_id: int, screen: Screen, priority: Priority, *, reply_to: int | None = None, silent: bool = False) -> int:
        trouble = await self._refuse(chat_id)
        if trouble == "lost":
            raise TimedOut
        self._last += 1
        self.shown[chat_id, self._last] = str(screen.text)
        if priority is Priority.CODE:
            self.pushed.append((chat_id, str(screen.text)))
        if trouble == "taken":
            self.unclear += 1
            raise TimedOut
        return self._last

    @override
    async def edit(self, chat_id: int, message_id: int, screen: Screen, priority: Priority) -> bool:
        trouble = await self._refuse(chat_id)
        if trouble == "lost":
            raise TimedOut
        if (chat_id, message_id) not in self.shown:
            return False
        self.shown[chat_id, message_id] = str(screen.text)
        if trouble == "taken":
            raise TimedOut
        return True

    async def _refuse(self, chat_id: int) -> str | None:
        await asyncio.sleep(0)  # Others get their turn, as they do while a request is on its way.
        if chat_id in self.blocked:
            raise Forbidden("Forbidden: bot was blocked by the user")
        trouble = self.troubles.popleft() if self.troubles else None
        if trouble == "unsent":
            raise NotSentError("stopped")
        if trouble == "limited":
            raise RetryAfter(3)
        return trouble

    def post(self, chat_id: int) -> int:
        """Put a message there that somebody else wrote: an offer's card."""
        self._last += 1
        self.shown[chat_id, self._last] = "an offer"
        return self._last
