"""Sending within Telegram's limits, the most urgent first.

The limits (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this): about 30 messages a second over all, one a
second in a chat with short bursts, 20 a minute in a group; whoever exceeds them is told with `retry_after` how long to be silent.
"""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from typing import Any, TypeAlias

from telegram.error import RetryAfter, TelegramError
from telegram.ext import BaseRateLimiter

from bot.gateway.budget import All, Bucket, Budget, Budgets, Window
from bot.gateway.pace import OwnPace, Pace
from storage.database import no_probe

Answer: TypeAlias = bool | dict[str, Any] | list[dict[str, Any]]


class Priority(IntEnum):
    """Who goes first; passed as `rate_limit_args`. None is zero, because the library drops falsy arguments on the way."""

    TAP = 1
    """The answer to a tap or a command: somebody is looking at the screen."""
    CODE = 2
    """A one-time password."""
    MESSAGE = 3
    """Any other message; what a request without a priority gets."""
    CARD = 4
    """A card redrawn by itself."""
    BROADCAST = 5
    """An announcement to everybody, and its deletion: whatever the method, it spends from the budgets."""


class NotSentError(TelegramError):
    """The request never left: the limiter was shut down while it waited."""


@dataclass(frozen=True)
class Limits:
    """How much may be sent. The broadcast's share is smaller than the whole, so that some is always left for people who wait."""

    per_second: int = 30
    broadcasts_per_second: int = 25
    chat_interval: float = 1.0
    chat_burst: int = 3
    group_per_minute: int = 20
    attempts: int = 4
    """How often a request that is answered with `retry_after` is sent before that error is the caller's."""


@dataclass(eq=False)
class _Waiting:
    """A request in line: a call that shows nothing (rank 0), or a message; the lower the rank, the earlier it goes."""

    rank: int
    arrival: int
    chat: str | None
    turn: asyncio.Future[list[Budget]]


class Limiter(BaseRateLimiter[Priority]):
    """A rate limiter for one bot token.

    Requests go in the order of priority, then arrival. One that is held up by its own chat's limit lets the others pass; one that is held
    up by the overall limit lets nobody pass who is less urgent. Only what appears in a chat as a message spends from the budgets; every
    request obeys the pause that Telegram asks for with `retry_after`. A request that is cancelled while it waits spends nothing.

    `clock` counts monotonic seconds, `sleep` waits for some of them, `pace` is shared with the other processes of this bot, and `probe`
    is told of each request before and after it.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        pace: Pace | None = None,
        probe: Callable[[str], Awaitable[None]] = no_probe,
    ) -> None:
        self._probe = probe
        self._limits = limits or Limits()
        self._clock = clock
        self._sleep = sleep
        self._pace = pace or OwnPace()
        self._arrivals = itertools.count()
        # A dictionary for each rank keeps the order of arrival and lets a cancelled request leave from the middle.
        self._lines: list[dict[int, _Waiting]] = [{} for _ in range(_LAST_BROADCAST + 1)]
        self._overall = Window(self._limits.per_second, 1.0)
        self._broadcasts = Window(self._limits.broadcasts_per_second, 1.0)
        self._chats: Budgets[str, Budget] = Budgets(self._chat_budget)
        self._paused_until = float("-inf")
        self._timer: asyncio.Task[None] | None = None
        self._wakes_at = float("inf")
        self._closed = False

    async def initialize(self) -> None:
        """Open for requests."""
        self._closed = False

    async def shutdown(self) -> None:
        """Close: what still waits fails with `NotSentError`, and so does what comes later."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
            await asyncio.wait([self._timer])
            self._timer = None
        self._fail_all(NotSentError("Not sent: the bot is shutting down"))

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Answer]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Priority | None,
    ) -> Answer:
        """Send a request when its turn comes, and again after the pause when Telegram answers `retry_after`.

        Raises `RetryAfter` when the last attempt was answered so, and `NotSentError` after a shutdown.
        """
        # Deleting a broadcast from ten thousand chats shows nothing, and would have Telegram ask for a pause all the same.
        is_message = shows_message(endpoint) or rate_limit_args is Priority.BROADCAST
        rank = _rank(rate_limit_args or Priority.MESSAGE) if is_message else 0
        chat_id = data.get("chat_id") if is_message else None
        chat = None if chat_id is None else str(chat_id)
        for attempts_left in reversed(range(self._limits.attempts)):
            await self._moment(rank, chat, is_message=is_message)
            try:
                return await self._request(endpoint, callback, args, kwargs)
            except RetryAfter as error:
                self._paused_until = max(self._paused_until, self._clock() + seconds(error))
                await self._pace.pause(seconds(error))
                if not attempts_left:
                    raise
                rank = _again(rank)
        raise ValueError("at least one attempt is needed")

    async def _moment(self, rank: int, chat: str | None, *, is_message: bool) -> None:
        """Return when the request may leave as far as this process and the others go."""
        await self._turn(rank, chat)
        while is_message:
            await self._pace.moment(patient=rank >= _again(_LAST_BROADCAST))
            if self._paused_until <= self._clock():
                return
            await self._turn(_again(rank), chat)

    async def _request(
        self, endpoint: str, callback: Callable[..., Coroutine[Any, Any, Answer]], args: Any, kwargs: dict[str, Any]
    ) -> Answer:
        await self._probe(f"about to {endpoint}")
        answer = await callback(*args, **kwargs)
        await self._probe(f"did {endpoint}")
        return answer

    async def _turn(self, rank: int, chat: str | None) -> None:
        """Return when the request may leave at once, its budgets spent."""
        while True:
            if self._closed:
                raise NotSentError("Not sent: the bot is shut down")
            turn: asyncio.Future[list[Budget]] = asyncio.get_running_loop().create_future()
            waiting = _Waiting(rank, next(self._arrivals), chat, turn)
            self._lines[rank][waiting.arrival] = waiting
            self._release()
            try:
                spent = await turn
            except asyncio.CancelledError:
                self._abandon(waiting)
                raise
            if self._paused_until <= self._clock():
                return
            # The pause began after this request's turn was given and before it could use it.
            _give_back(spent)
            rank = _again(rank)

    def _abandon(self, waiting: _Waiting) -> None:
        """Take a cancelled request out of line; if its turn had come, the next one has it."""
        self._lines[waiting.rank].pop(waiting.arrival, None)
        if not waiting.turn.cancelled() and waiting.turn.exception() is None:
            _give_back(waiting.turn.result())
            self._release()

    def _release(self) -> None:
        """Give their turn to all who may go now, and set the timer for the next who may."""
        now = self._clock()
        if self._paused_until > now:
            self._wake_at(self._paused_until)
            return
        granted: list[_Waiting] = []
        next_at = float("inf")
        for waiting in itertools.chain.from_iterable(line.values() for line in self._lines):
            if waiting.turn.done():
                continue  # Its task is cancelled and has not left the line yet.
            shared = self._shared(waiting)
            shared_at = max((budget.ready_at() for budget in shared), default=now)
            if shared_at > now:
                next_at = min(next_at, shared_at)
                break
            own = [self._chats.of(waiting.chat, now)] if waiting.chat is not None else []
            own_at = max((budget.ready_at() for budget in own), default=now)
            if own_at > now:
                next_at = min(next_at, own_at)
                continue
            for budget in (*shared, *own):
                budget.take(now)
            waiting.turn.set_result([*shared, *own])
            granted.append(waiting)
        for waiting in granted:
            del self._lines[waiting.rank][waiting.arrival]
        if next_at < float("inf"):
            self._wake_at(next_at)

    def _shared(self, waiting: _Waiting) -> list[Budget]:
        if waiting.rank == 0:
            return []
        return [self._overall, self._broadcasts] if waiting.rank >= _again(_LAST_BROADCAST) else [self._overall]

    def _chat_budget(self, chat: str) -> Budget:
        """Make the budget of one chat: the ids of groups and channels are negative, and only public ones have names."""
        pace = Bucket(self._limits.chat_interval, self._limits.chat_burst)
        return All(pace, Window(self._limits.group_per_minute, 60.0)) if chat.startswith(("-", "@")) else pace

    def _wake_at(self, time_: float) -> None:
        """Look again at that time, or earlier if that was wanted already."""
        if self._timer is not None:
            if self._wakes_at <= time_:
                return
            self._timer.cancel()
        self._wakes_at = time_
        self._timer = asyncio.create_task(self._wake(time_), name="limiter timer")
        self._timer.add_done_callback(self._timer_done)

    async def _wake(self, time_: float) -> None:
        await self._sleep(max(0.0, time_ - self._clock()))
        self._timer = None
        self._release()

    def _timer_done(self, timer: asyncio.Task[None]) -> None:
        """Let nobody wait for a timer that died of a bug."""
        if not timer.cancelled() and (error := timer.exception()) is not None:
            self._timer = None
            self._fail_all(error)

    def _fail_all(self, error: BaseException) -> None:
        for line in self._lines:
            for waiting in line.values():
                if not waiting.turn.done():
                    waiting.turn.set_exception(error)
            line.clear()


def shows_message(endpoint: str) -> bool:
    """Tell whether a method of the Bot API makes a message appear or change, which is what Telegram limits."""
    return endpoint.startswith(("send", "copyMessage", "forwardMessage", "editMessage")) and endpoint != "sendChatAction"


def seconds(error: RetryAfter) -> float:
    """Read how long to wait; the library gives a number or, where `PTB_TIMEDELTA` is set, a `timedelta`."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _rank(priority: Priority) -> int:
    """Leave a rank free before each priority: for its requests that were already sent once."""
    return 2 * priority


def _again(rank: int) -> int:
    """Rank a request that has to be sent again: before its equals, because it came earlier."""
    return rank - 1 if rank and rank % 2 == 0 else rank


_LAST_BROADCAST = _rank(Priority.BROADCAST)


def _give_back(budgets: Iterable[Budget]) -> None:
    for budget in budgets:
        budget.give_back()
