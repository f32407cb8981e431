"""Tells what the rows say is to be told: each thing in a task of its own, at least once, and again after a pause where it failed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from telegram.error import RetryAfter, TelegramError

from bot.gateway.limiter import seconds
from bot.gateway.outcome import Outcome, classify
from bot.services.accounts import Accounts
from bot.services.backoff import Backoff
from bot.services.errors import NotFound
from storage.updates import is_outage

logger = logging.getLogger(__name__)

OURS = frozenset({Outcome.OTHER, Outcome.TOO_LONG, Outcome.BAD_MARKUP})
"""Failures that no waiting mends."""

Tell = Callable[[], Awaitable[None]]


class Teller:
    """Runs what tells something to a chat, by a key that names it; the same thing is never told twice at a time.

    Whoever uses it reads the rows again within `tell`, sends, and marks the row; a sweep over the rows asks for it until it is marked.
    """

    def __init__(self, accounts: Accounts, backoff: Backoff, clock: Callable[[], datetime]) -> None:
        self._accounts = accounts
        self._backoff = backoff
        self._clock = clock
        self._running: dict[str, asyncio.Task[None]] = {}
        self._failure: BaseException | None = None

    def check(self) -> None:
        """Raise what an earlier task died of."""
        if self._failure is not None:
            raise self._failure

    def soon(self, key: str, chat_id: int, tell: Tell) -> None:
        """Tell in a task of its own, unless that is under way or its pause is not over."""
        until = self._backoff.until(key)
        if key in self._running or (until is not None and until > self._clock()):
            return
        task = asyncio.create_task(self._attempt(key, chat_id, tell), name=f"tell {key}")
        self._running[key] = task
        task.add_done_callback(lambda ended: self._ended(key, ended))

    async def done(self, key: str) -> None:
        """Wait until nothing is under way for a key."""
        while (task := self._running.get(key)) is not None:
            await asyncio.wait([task])

    async def drain(self) -> None:
        """Wait for everything that is under way."""
        while self._running:
            await asyncio.wait(list(self._running.values()))

    def _ended(self, key: str, task: asyncio.Task[None]) -> None:
        del self._running[key]
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failure = error

    async def _attempt(self, key: str, chat_id: int, tell: Tell) -> None:
        try:
            try:
                await tell()
            except TelegramError as error:
                await self._failed(key, chat_id, error)
            else:
                self._backoff.succeeded(key)
        except NotFound:
            return
        except Exception as error:
            if not is_outage(error):
                raise
            logger.error("the database is away, %s is told later: %s", key, error)  # noqa: TRY400  # An outage, not a bug.

    async def _failed(self, key: str, chat_id: int, error: TelegramError) -> None:
        outcome = classify(error)
        if outcome is Outcome.UNREACHABLE:
            logger.info("chat %d cannot be written to: %s", chat_id, error)
            await self._accounts.leave(chat_id)
            return
        self._backoff.failed(key, timedelta(seconds=seconds(error)) if isinstance(error, RetryAfter) else timedelta(0))
        level = logging.ERROR if outcome in OURS else logging.WARNING
        logger.log(level, "%s could not be told (%s), it is tried again: %s", key, outcome.name, error)
