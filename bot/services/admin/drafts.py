"""A broadcast before it is sent: what it says, to whom, and when. Its author sees and changes it, and so do owners."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.admin.team import Team
from bot.services.broadcasts import Broadcasts
from bot.services.errors import NotFound
from bot.services.letters import Letter, LinkRows, write_buttons
from bot.services.purchases import new_id
from storage import broadcasts, chats
from storage.database import Database
from storage.models import Action, Audience, Broadcast, BroadcastState
from storage.text import storable

LONGEST_WAIT = timedelta(days=366)
"""How far ahead a broadcast may be scheduled."""
MOST_DAYS = 999
DAYS = (1, 7, 30, 90)
"""What is offered for chats that were active lately."""
_SUMMARY_LENGTH = 60


class BadTimeError(ValueError):
    """A broadcast cannot be scheduled for then: it is over, or too far away."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A broadcast that is not sent yet, with the number of chats that it would reach now."""

    broadcast: Broadcast
    reach: int
    per_second: float
    time_zone: str | None
    """The name of the zone in which its reader tells the time."""

    @property
    def takes(self) -> timedelta:
        """About how long sending it takes."""
        return timedelta(seconds=self.reach / self.per_second)


async def owned(session: AsyncSession, team: Team, admin_id: int, broadcast_id: str) -> Broadcast:
    """Read a broadcast for its author or for an owner; raises `NotFound` for anybody else."""
    broadcast = await broadcasts.get(session, broadcast_id)
    if broadcast is None or (broadcast.author_id != admin_id and not team.is_owner(admin_id)):
        raise NotFound
    return broadcast


class Drafts:
    """Writes broadcasts down and changes them up to their start."""

    def __init__(
        self, database: Database, team: Team, sending: Broadcasts, clock: Callable[[], datetime], languages: Sequence[str]
    ) -> None:
        self._database = database
        self._team = team
        self._sending = sending
        self._clock = clock
        self._languages = languages

    async def write(self, admin_id: int, letter: Letter) -> Draft:
        """Keep a message as a draft, for everybody."""
        broadcast = Broadcast(
            id=new_id(),
            author_id=admin_id,
            content=letter.content,
            file_id=letter.file_id,
            text=storable(letter.text),
            entities=letter.entities,
            buttons=write_buttons(letter.buttons),
            state=BroadcastState.DRAFT,
            created_at=self._clock(),
        )
        async with self._team.acting(admin_id, Action.DRAFT_BROADCAST, broadcast.id, broadcast.text[:_SUMMARY_LENGTH]) as deed:
            deed.session.add(broadcast)
        return await self.read(admin_id, broadcast.id)

    async def read(self, admin_id: int, broadcast_id: str) -> Draft:
        """Read a draft with its reach; raises `NotFound`."""
        async with self._database.reading() as session:
            broadcast = await owned(session, self._team, admin_id, broadcast_id)
            chat = await chats.get(session, admin_id)
        reach = await self._sending.reach(broadcast)
        return Draft(broadcast, reach, self._sending.per_second, chat.time_zone if chat is not None else None)

    async def again(self, admin_id: int, broadcast_id: str) -> Draft:
        """Write the same message down once more, for everybody."""
        async with self._database.reading() as session:
            broadcast = await owned(session, self._team, admin_id, broadcast_id)
        return await self.write(admin_id, Letter.of(broadcast))

    async def link(self, admin_id: int, broadcast_id: str, rows: LinkRows) -> Draft:
        """Give a draft other buttons."""
        await self._change(admin_id, broadcast_id, "buttons", buttons=write_buttons(rows))
        return await self.read(admin_id, broadcast_id)

    async def aim(self, admin_id: int, broadcast_id: str, audience: str, value: str) -> Draft:
        """Choose whom a draft is for, as a button carries it; raises `NotFound` for what is no choice."""
        try:
            kind = Audience(audience)
        except ValueError:
            raise NotFound from None
        if kind is Audience.ACTIVE:
            fits = value.isdecimal() and value.isascii() and 1 <= int(value) <= MOST_DAYS
        elif kind is Audience.LANGUAGE:
            fits = value in self._languages
        elif kind is Audience.ONE:
            fits = value.isdecimal() and value.isascii() and 1 <= int(value) < 2**52
        else:
            fits = True
        if not fits:
            raise NotFound
        kept = value if kind in {Audience.ACTIVE, Audience.LANGUAGE, Audience.ONE} else None
        await self._change(admin_id, broadcast_id, f"for {kind} {kept or ''}".strip(), audience=kind, audience_value=kept)
        return await self.read(admin_id, broadcast_id)

    async def _change(self, admin_id: int, broadcast_id: str, detail: str, **values: object) -> None:
        async with self._team.acting(admin_id, Action.DRAFT_BROADCAST, broadcast_id, detail) as deed:
            await owned(deed.session, self._team, admin_id, broadcast_id)
            deed.done = await broadcasts.change(deed.session, broadcast_id, {BroadcastState.DRAFT}, **values) is not None
        if not deed.done:
            raise NotFound

    async def schedule(self, admin_id: int, broadcast_id: str, at: datetime, card_message_id: int | None) -> Draft:
        """Have a draft sent at a time, or at another one; raises `BadTimeError` for one that is over or more than a year away."""
        now = self._clock()
        if not now < at <= now + LONGEST_WAIT:
            raise BadTimeError
        async with self._team.acting(admin_id, Action.SCHEDULE_BROADCAST, broadcast_id, f"{at:%Y-%m-%d %H:%M} UTC") as deed:
            await owned(deed.session, self._team, admin_id, broadcast_id)
            values = {"state": BroadcastState.SCHEDULED, "scheduled_at": at, "card_message_id": card_message_id, "author_id": admin_id}
            states = {BroadcastState.DRAFT, BroadcastState.SCHEDULED}
            deed.done = await broadcasts.change(deed.session, broadcast_id, states, **values) is not None
        if not deed.done:
            raise NotFound
        return await self.read(admin_id, broadcast_id)

    async def unschedule(self, admin_id: int, broadcast_id: str) -> Draft:
        """Make a scheduled broadcast a draft again, as new as one that was just written."""
        async with self._team.acting(admin_id, Action.SCHEDULE_BROADCAST, broadcast_id, "no more") as deed:
            await owned(deed.session, self._team, admin_id, broadcast_id)
            values = {"state": BroadcastState.DRAFT, "scheduled_at": None, "created_at": self._clock()}
            deed.done = await broadcasts.change(deed.session, broadcast_id, {BroadcastState.SCHEDULED}, **values) is not None
        return await self.read(admin_id, broadcast_id)

    async def live_in(self, admin_id: int, name: str) -> None:
        """Tell the admin's times in another zone, by its name as `parse_zone` gives it."""
        async with self._database.writing("keep a time zone") as session:
            await chats.change(session, admin_id, time_zone=name)
