"""What admins do with a broadcast once it is written: start, pause, resume, stop, delete. The author may, and so may owners."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col

from bot.services.admin.drafts import owned
from bot.services.admin.team import Team
from bot.services.broadcasts import Broadcasts, Progress, bump, may_be_removed
from bot.services.errors import NotFound
from storage import broadcasts
from storage.database import Database
from storage.models import Action, Broadcast, BroadcastState

PAGE = 6
_STOPPABLE = frozenset({BroadcastState.DRAFT, BroadcastState.SCHEDULED, BroadcastState.SENDING, BroadcastState.PAUSED})


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of broadcasts, the newest first, with the number of all pages."""

    broadcasts: Sequence[Broadcast]
    page: int
    pages: int


class Conductor:
    """Carries admins' decisions out; what was done already changes nothing when it is done again."""

    def __init__(self, database: Database, team: Team, sending: Broadcasts, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._team = team
        self._sending = sending
        self._clock = clock

    async def listed(self, admin_id: int, page: int) -> Listed:
        """Read a page of the admin's broadcasts, of everybody's for an owner; the last one where there are not so many."""
        author = None if self._team.is_owner(admin_id) else admin_id
        async with self._database.reading() as session:
            pages = max(1, -(-await broadcasts.count(session, author) // PAGE))
            page = min(page, pages - 1)
            return Listed(await broadcasts.listed(session, author, page * PAGE, PAGE), page, pages)

    async def read(self, admin_id: int, broadcast_id: str) -> Progress:
        """Count a broadcast's outcomes; raises `NotFound` for another's."""
        async with self._database.reading() as session:
            await owned(session, self._team, admin_id, broadcast_id)
        return await self._sending.progress(broadcast_id)

    async def start(self, admin_id: int, broadcast_id: str, card_message_id: int) -> Progress:
        """Address the chats and start, now also what was scheduled for later; raises `NotFound` for another's."""
        async with self._team.acting(admin_id, Action.START_BROADCAST, broadcast_id) as deed:
            await owned(deed.session, self._team, admin_id, broadcast_id)
            started = await broadcasts.change(
                deed.session,
                broadcast_id,
                {BroadcastState.DRAFT, BroadcastState.SCHEDULED},
                state=BroadcastState.SENDING,
                started_at=self._clock(),
                author_id=admin_id,
                card_message_id=card_message_id,
                version=bump(),
            )
            deed.done = started is not None
            if started is not None:
                await self._sending.address(deed.session, started)
        return await self._sending.progress(broadcast_id)

    async def pause(self, admin_id: int, broadcast_id: str) -> Progress:
        """Write to nobody more until it is resumed; who is being written to still is."""
        return await self._move(admin_id, broadcast_id, Action.PAUSE_BROADCAST, {BroadcastState.SENDING}, state=BroadcastState.PAUSED)

    async def resume(self, admin_id: int, broadcast_id: str, card_message_id: int) -> Progress:
        """Go on. An owner who resumes what a dismissed admin began answers for it from now on, and has its card."""
        async with self._team.acting(admin_id, Action.RESUME_BROADCAST, broadcast_id) as deed:
            broadcast = await owned(deed.session, self._team, admin_id, broadcast_id)
            values: dict[str, Any] = {"state": BroadcastState.SENDING, "version": bump()}
            if broadcast.author_id == admin_id or not await self._team.is_member(deed.session, broadcast.author_id):
                values |= {"author_id": admin_id, "card_message_id": card_message_id}
            deed.done = await broadcasts.change(deed.session, broadcast_id, {BroadcastState.PAUSED}, **values) is not None
        return await self._sending.progress(broadcast_id)

    async def stop(self, admin_id: int, broadcast_id: str) -> Progress:
        """Send to nobody any more, or throw a draft away."""
        values = {"state": BroadcastState.STOPPED, "finished_at": self._clock()}
        return await self._move(admin_id, broadcast_id, Action.STOP_BROADCAST, _STOPPABLE, **values)

    async def remove(self, admin_id: int, broadcast_id: str) -> Progress:
        """Delete it from all chats, as far as Telegram still allows; raises `NotFound` where that time is over."""
        async with self._team.acting(admin_id, Action.REMOVE_BROADCAST, broadcast_id) as deed:
            broadcast, now = await owned(deed.session, self._team, admin_id, broadcast_id), self._clock()
            if broadcast.removing_at is None and not may_be_removed(broadcast, now):
                raise NotFound
            asked = {"removing_at": now, "version": bump()}
            changed = await broadcasts.change(deed.session, broadcast_id, broadcasts.OVER, col(Broadcast.removing_at).is_(None), **asked)
            deed.done = changed is not None
        return await self._sending.progress(broadcast_id)

    async def _move(self, admin_id: int, broadcast_id: str, action: Action, states: Collection[BroadcastState], **values: Any) -> Progress:
        async with self._team.acting(admin_id, action, broadcast_id) as deed:
            await owned(deed.session, self._team, admin_id, broadcast_id)
            deed.done = await broadcasts.change(deed.session, broadcast_id, states, **values, version=bump()) is not None
        return await self._sending.progress(broadcast_id)
