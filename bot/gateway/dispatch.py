"""Updates to their handlers: in order within a chat, side by side between chats, and marked as handled afterwards."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Hashable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from telegram import Update

from bot.gateway.budget import Budgets, Window
from bot.gateway.patience import Patience
from storage.updates import is_outage

logger = logging.getLogger(__name__)

Process: TypeAlias = Callable[[Update], Awaitable[None]]
Turn: TypeAlias = Callable[[], Awaitable[None]]
"""What is done when an update's turn has come."""

_MARKS_AT_ONCE = 500
_LAST_WORD = 1.0
"""Seconds that a cancelled handler has to end, and the marks of what was handled to be written, after the deadline of a drain."""


@dataclass(frozen=True)
class Bounds:
    """How much is taken on at a time."""

    concurrency: int = 64
    """Chats whose updates are handled side by side."""
    capacity: int = 1000
    """Updates held in memory; when it is reached, the next one is not taken and waits where it is stored."""
    flood_updates: int = 30
    """Updates that one user may send within `flood_period` seconds; the rest is dropped."""
    flood_period: float = 10.0
    flood_taps: int = 60
    """Taps over that limit that are still answered within the period, by `on_flood`: nobody's finger is faster, and a button must not
    spin for ever."""
    notice_period: float = 60.0
    """Seconds in which one user is told of a flood at most once."""
    deadline: float = 120.0
    """Seconds after which a handler is cancelled."""


class Dispatcher:
    """Hands updates to `process` and reports them to `mark_handled`, several at a time, when their handlers have ended.

    An update counts as handled also when `process` raised or overran its deadline: trying again would most likely fail again, and
    the error handler has answered the user. Marks are written in the background, as many as have gathered, and are tried again while
    the database is away; anything else that goes wrong with them is a bug, which `watch` raises.

    A user's updates over the flood limit are dropped and marked; `on_flood` is called with one of them, and with the taps among them, in
    their chat's turn.
    """

    def __init__(
        self,
        process: Process,
        mark_handled: Callable[[Collection[int]], Awaitable[None]],
        on_flood: Process,
        bounds: Bounds | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        patience: Patience | None = None,
    ) -> None:
        self._process = process
        self._mark_handled = mark_handled
        self._on_flood = on_flood
        self._bounds = bounds or Bounds()
        self._clock = clock
        self._patience = patience or Patience()
        self._slots = asyncio.Semaphore(self._bounds.concurrency)
        self._lanes: dict[Hashable, deque[Turn]] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._held: set[int] = set()
        self._handled: set[int] = set()
        self._marker: asyncio.Task[None] | None = None
        self._room = asyncio.Event()
        self._draining = False
        self._floods = Budgets[int, Window](lambda _user: Window(self._bounds.flood_updates, self._bounds.flood_period))
        self._taps = Budgets[int, Window](lambda _user: Window(self._bounds.flood_taps, self._bounds.flood_period))
        self._notices = Budgets[int, Window](lambda _user: Window(1, self._bounds.notice_period))
        self._failure: BaseException | None = None
        self._failed = asyncio.Event()

    async def submit(self, update: Update, *, again: Turn | None = None) -> None:
        """Take a stored update in; waits while too many are held, and leaves it where it is stored once draining has begun.

        One that is held already is ignored. One that an earlier process left comes with what has to be awaited before it is handled
        `again`. It does not count as flood: all of them come at once.
        """
        while len(self._held) >= self._bounds.capacity and not self._draining:
            self._room.clear()
            await self._room.wait()
        if self._draining or update.update_id in self._held:
            return
        self._held.add(update.update_id)
        if again is not None:
            self._enqueue(update, partial(self._handle_again, update, again))
        elif (sender := _sender(update)) is None or _spend(self._floods, sender, self._clock()):
            self._enqueue(update, partial(self._handle, update, self._process))
        elif self._is_answered(update, sender):
            self._enqueue(update, partial(self._handle, update, self._on_flood))
        else:
            self._mark(update.update_id)

    def _is_answered(self, update: Update, sender: int) -> bool:
        """Whether somebody is told that an update of theirs was too much: a tap each time, within reason, and else once in a while."""
        if notice := _spend(self._notices, sender, self._clock()):
            logger.warning("User %d sends too many updates; dropping some", sender)
        return notice if update.callback_query is None else _spend(self._taps, sender, self._clock())

    async def rest(self, within: float) -> None:
        """Wait until the chats whose updates are in hand have none left, but no more than so many seconds."""
        if self._workers:
            await asyncio.wait(set(self._workers), timeout=within)

    async def watch(self) -> None:
        """Wait for a bug in the dispatching itself, and raise it."""
        await self._failed.wait()
        raise RuntimeError("the dispatcher of updates failed") from self._failure

    async def drain(self, deadline: float) -> int:
        """Take nothing more, finish what is in hand within so many seconds, cancel the rest; return how many are left unhandled."""
        self._draining = True
        self._room.set()
        ends_at = time.monotonic() + deadline
        await _finish(self._workers, deadline)
        if self._marker is not None:
            await _finish({self._marker}, max(_LAST_WORD, ends_at - time.monotonic()))
        left = len(self._held - self._handled)
        if self._held:
            logger.warning("Stopped with %d updates unhandled and %d handled but not marked so", left, len(self._handled))
        return left

    def _enqueue(self, update: Update, turn: Turn) -> None:
        key = _lane(update)
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = deque()
            worker = asyncio.create_task(self._work(key, lane), name=f"updates of {key}")
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)
            worker.add_done_callback(self._note_failure)
        lane.append(turn)

    async def _work(self, key: Hashable, lane: deque[Turn]) -> None:
        """Handle the updates of one chat until there are none, giving other chats their turn after each."""
        while lane and not self._draining:
            async with self._slots:
                if not self._draining:
                    await lane.popleft()()
        del self._lanes[key]

    async def _handle_again(self, update: Update, begin: Turn) -> None:
        await begin()
        await self._handle(update, self._process)

    async def _handle(self, update: Update, process: Process) -> None:
        timer = asyncio.timeout(self._bounds.deadline)
        try:
            async with timer:
                await process(update)
        except asyncio.CancelledError:
            worker = asyncio.current_task()
            if worker is None or worker.cancelling():
                raise
            logger.exception("The handler of update %d was cancelled from within", update.update_id)
        except Exception:
            if timer.expired():
                logger.error("The handler of update %d was cancelled after %g seconds", update.update_id, self._bounds.deadline)  # noqa: TRY400  # Where it hung is no fault of this code; the number and the time say enough.
            else:
                logger.exception("The handler of update %d failed", update.update_id)
        self._mark(update.update_id)

    def _mark(self, update_id: int) -> None:
        self._handled.add(update_id)
        if self._marker is None:
            self._marker = asyncio.create_task(self._write_marks(), name="marks of handled updates")
            self._marker.add_done_callback(self._note_failure)

    async def _write_marks(self) -> None:
        while self._handled:
            update_ids = sorted(self._handled)[:_MARKS_AT_ONCE]
            await self._patience.outlast("mark updates as handled", partial(self._write, update_ids), is_outage)
            self._handled.difference_update(update_ids)
            self._held.difference_update(update_ids)
            self._room.set()
        self._marker = None

    async def _write(self, update_ids: list[int], _attempt: int) -> None:
        await self._mark_handled(update_ids)

    def _note_failure(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failure = self._failure or error
            self._failed.set()


async def _finish(tasks: Collection[asyncio.Task[Any]], deadline: float) -> None:
    """Let tasks end by themselves, then cancel them; one that resists is left behind."""
    if not tasks:
        return
    _, late = await asyncio.wait(tasks, timeout=deadline)
    for task in late:
        task.cancel()
    if late:
        await asyncio.wait(late, timeout=_LAST_WORD)


def _lane(update: Update) -> Hashable:
    """Tell whose order an update belongs to: the chat's, else the user's, else nobody's but its own."""
    if update.effective_chat is not None:
        return ("chat", update.effective_chat.id)
    if update.effective_user is not None:
        return ("user", update.effective_user.id)
    return ("update", update.update_id)


def _sender(update: Update) -> int | None:
    """Tell who sent an update: a user, or a chat that speaks for itself."""
    sender = update.effective_user or update.effective_chat
    return None if sender is None else sender.id


def _spend(budgets: Budgets[int, Window], key: int, now: float) -> bool:
    budget = budgets.of(key, now)
    if budget.ready_at() > now:
        return False
    budget.take(now)
    return True
