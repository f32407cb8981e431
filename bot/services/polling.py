"""Asks for SMS: one heap of what is due, rebuilt from the rows at any time; a question that brings nothing writes nothing."""

import asyncio
import heapq
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.otpbuddy import (
    Client,
    InvalidId,
    NoSuchCall,
    NotSent,
    NumberExpired,
    OtpbuddyError,
    Refused,
    SmsAnswer,
    TokenRejected,
    Unavailable,
)
from bot.services.accounts import Accounts
from bot.services.activations import Activations
from bot.services.backoff import Backoff
from bot.services.errors import NotConnected, NotFound
from bot.services.leases import NEW_AT_ONCE, Leases
from bot.services.schedule import Schedule
from storage import activations
from storage.activations import Watched
from storage.database import Database
from storage.leases import Held, LeaseLost
from storage.models import State
from storage.updates import is_outage

logger = logging.getLogger(__name__)

REREAD_EVERY = timedelta(seconds=5)
GRACE_AFTER = timedelta(seconds=30)
GRACE_WINDOW = timedelta(minutes=10)
NEW_FOR = timedelta(minutes=1)
TROUBLE_AFTER = timedelta(minutes=1)
AT_ONCE = timedelta(milliseconds=300)
HOPELESS_AFTER = timedelta(hours=1)
"""After a number's time is over: how long a provider that gives no clear answer is asked for it."""


@dataclass(frozen=True, slots=True)
class Concurrency:
    """How many questions may be under way."""

    overall: int = 16
    per_chat: int = 3


class Poller:
    """Polls every open number by its age, and expired ones once more a little later."""

    def __init__(
        self,
        *,
        database: Database,
        client: Client,
        accounts: Accounts,
        life: Activations,
        schedule: Schedule,
        backoff: Backoff,
        leases: Leases,
        clock: Callable[[], datetime],
        concurrency: Concurrency | None = None,
    ) -> None:
        self._database = database
        self._client = client
        self._accounts = accounts
        self._life = life
        self._schedule = schedule
        self._backoff = backoff
        self._leases = leases
        self._clock = clock
        self._concurrency = concurrency or Concurrency()
        self._watched: dict[str, Watched] = {}
        self._heap: list[tuple[datetime, str]] = []
        self._due: dict[str, datetime] = {}
        """The only entry of the heap that counts for an activation; older ones are passed over when they come up."""
        self._running: dict[str, asyncio.Task[None]] = {}
        self._busy: Counter[int] = Counter()
        self._read_at: datetime | None = None
        self._ticked_at = clock()
        self._cleared: set[int] = set()
        self._failure: BaseException | None = None

    def notice(self, _activation_id: str = "") -> None:
        """Read the rows again at the next tick: something was committed."""
        self._read_at = None

    async def tick(self) -> None:
        """Start asking for what is due, without waiting for answers; raises what an earlier question died of."""
        if self._failure is not None:
            raise self._failure
        now = self._clock()
        if now < self._ticked_at:
            # The clock was set back, and every plan lies in a future that is as much further away: begin anew.
            self._read_at, self._watched = None, {}
        self._ticked_at = now
        if self._read_at is None or now - self._read_at >= REREAD_EVERY:
            await self._reread(now)
        while self._heap and self._heap[0][0] <= now and len(self._running) < self._concurrency.overall:
            due, activation_id = heapq.heappop(self._heap)
            if self._due.get(activation_id) != due:
                continue
            watched = self._watched[activation_id]
            if (until := self._pause(watched.chat_id, now)) > now:
                # The plan is older than the pause.
                self._plan(activation_id, until)
                continue
            if self._busy[watched.chat_id] >= self._concurrency.per_chat:
                self._plan(activation_id, now + AT_ONCE)
                continue
            del self._due[activation_id]
            self._start(watched)

    async def drain(self) -> None:
        """Wait for the questions that are under way; their deadlines bound this."""
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _reread(self, now: datetime) -> None:
        self._read_at = now
        async with self._database.reading() as session:
            found = await activations.watched(session, now - GRACE_WINDOW)
        mine = await self._leases.keep([row.id for row in found])
        rows = [row for row in found if row.id in mine]
        known, self._watched = self._watched, {row.id: row for row in rows}
        if len(self._watched.keys() - known.keys()) >= NEW_AT_ONCE:
            # There may be more than are taken on at a time.
            self._read_at = None
        self._due = {activation_id: due for activation_id, due in self._due.items() if activation_id in self._watched}
        for row in rows:
            before = known.get(row.id)
            if row.id in self._running or (before is not None and before.closed_at == row.closed_at):
                continue
            # What is new here may have waited while no process ran, so it is asked for at once.
            self._plan(row.id, row.closed_at + GRACE_AFTER if row.closed_at is not None else now)

    def _plan(self, activation_id: str, due: datetime) -> None:
        self._due[activation_id] = due
        heapq.heappush(self._heap, (due, activation_id))

    def _start(self, watched: Watched) -> None:
        self._busy[watched.chat_id] += 1
        task = asyncio.create_task(self._poll(watched), name=f"poll {watched.id}")
        self._running[watched.id] = task
        task.add_done_callback(lambda ended: self._ended(watched, ended))

    def _ended(self, watched: Watched, task: asyncio.Task[None]) -> None:
        del self._running[watched.id]
        self._busy[watched.chat_id] -= 1
        if not self._busy[watched.chat_id]:
            del self._busy[watched.chat_id]
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception) and is_outage(error):
            logger.error("the database is away, %s is polled again: %s", watched.id, type(error).__name__)
        elif error is not None and not isinstance(error, NotFound):
            # What is not found was forgotten with its chat while it was asked about.
            self._failure = error
        if watched.id in self._watched:
            self._plan(watched.id, self._next(self._watched[watched.id]))

    def _next(self, watched: Watched) -> datetime:
        now = self._clock()
        age = max(now - watched.purchased_at, timedelta(0))
        due = now + self._schedule(age, watched.product_id)
        if watched.closed_at is not None:
            due = max(due, watched.closed_at + GRACE_AFTER)
        elif now < watched.expires_at < due:
            due = watched.expires_at
        return max(due, self._pause(watched.chat_id, now))

    def _pause(self, chat_id: int, now: datetime) -> datetime:
        """Say until when the provider, or this chat's account there, is left alone; now or earlier where it is not."""
        return max(self._backoff.until(key) or now for key in (PROVIDER, _chat_key(chat_id)))

    async def _poll(self, watched: Watched) -> None:
        try:
            await self._ask(watched, self._leases.fence(watched.id))
        except LeaseLost:
            logger.warning("another process watches %s by now", watched.id)
            self.notice()

    async def _ask(self, watched: Watched, fence: Held | None) -> None:
        try:
            answer = await self._accounts.ask(watched.chat_id, lambda token: self._client.sms(token, watched.provider_id))
        except (TokenRejected, NotConnected):
            self.notice()
        except OtpbuddyError as error:
            if self._is_over(watched, error):
                await self._recovered(watched)
                await self._over(watched, fence)
            else:
                await self._failed(watched, error)
        else:
            await self._recovered(watched)
            await self._heard(watched, answer, fence)

    def _is_over(self, watched: Watched, error: OtpbuddyError) -> bool:
        """Whether a number has ended by this failure.

        The provider says so, or does not know it, which may only mean that it is too new; or its time is over by our clock as well and
        the provider says a definite no to it; or its time has long been over, and no failure may keep it open for ever.
        """
        now = self._clock()
        if isinstance(error, NumberExpired) or (isinstance(error, InvalidId) and now - watched.purchased_at > NEW_FOR):
            return True
        over_for = now - watched.expires_at
        definite = isinstance(error, Refused) and not isinstance(error, NoSuchCall)
        return over_for > HOPELESS_AFTER or (definite and over_for >= timedelta(0))

    async def _heard(self, watched: Watched, answer: SmsAnswer, fence: Held | None) -> None:
        if answer.texts and not await self._someone_elses(watched):
            await self._life.record(watched.id, answer.texts, fence)
        if watched.state is State.EXPIRED or self._clock() >= watched.expires_at:
            await self._over(watched, fence)

    async def _someone_elses(self, watched: Watched) -> bool:
        async with self._database.reading() as session:
            chats = await activations.later_owners(session, watched)
        return watched.chat_id in chats or any([await self._accounts.share(watched.chat_id, other) for other in chats])

    async def _over(self, watched: Watched, fence: Held | None) -> None:
        if watched.state is State.EXPIRED:
            await self._life.grace(watched.id, fence)
        else:
            await self._life.expire(watched.id, fence)
        self.notice()

    async def _failed(self, watched: Watched, error: OtpbuddyError) -> None:
        logger.info("poll of %s failed: %s", watched.id, error)
        pause = timedelta(seconds=error.retry_after or 0) if isinstance(error, Unavailable) else timedelta(0)
        if isinstance(error, (NotSent, Unavailable)):
            # Only these say that the provider itself is in trouble; other failures may be this account's alone.
            self._backoff.failed(PROVIDER, pause)
        if self._backoff.failed(_chat_key(watched.chat_id), pause) >= TROUBLE_AFTER:
            self._cleared.discard(watched.chat_id)
            await self._accounts.note_trouble(watched.chat_id)

    async def _recovered(self, watched: Watched) -> None:
        now = self._clock()
        for key in (PROVIDER, _chat_key(watched.chat_id)):
            # What is answered during a pause was asked before it began, and does not end it.
            if (self._backoff.until(key) or now) <= now:
                self._backoff.succeeded(key)
        if watched.chat_id not in self._cleared:
            # Once in a process's life for each chat: trouble that an earlier process noted may be over.
            self._cleared.add(watched.chat_id)
            await self._accounts.clear_trouble(watched.chat_id)


PROVIDER = "provider"


def _chat_key(chat_id: int) -> str:
    return f"chat:{chat_id}"
