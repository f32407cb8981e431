"""People, as admins see them: found by id, name or username; banned, limited, and written to. Never their tokens, codes or SMS."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import col

from bot.services.access import Access
from bot.services.admin.team import Team
from bot.services.errors import IsAdmin, NotFound, NotInvited
from bot.services.purchases import HOUR, Ceilings
from bot.services.spelling import plain
from bot.services.spending import DAYS, Spending, Spendings
from bot.services.statements import History, Statements
from storage import activations, audit, chats, people, usage
from storage.database import Database
from storage.models import Action, Activation, Chat
from storage.text import storable

PAGE = 8
REASON_LENGTH = 300
DETAIL_LENGTH = 1000
"""As much of a message is on record as this."""
MOST_A_LIMIT_ALLOWS = 999
LOOKED_AT_FOR = timedelta(minutes=10)
"""For how long an admin who goes through a chat's pages is recorded once."""

_ID = re.compile("[0-9]{1,16}", re.ASCII)


class Limit(StrEnum):
    """What is limited for one chat; the value is what buttons carry."""

    ACTIVE = "active"
    PER_HOUR = "hour"


_COLUMNS = {Limit.ACTIVE: "max_active", Limit.PER_HOUR: "max_per_hour"}


@dataclass(frozen=True, slots=True)
class Found:
    """A page of chats that a text means, or, for an empty one, of all; with how many there are."""

    query: str
    people: Sequence[Chat]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Person:
    """A chat with how it uses the bot: active numbers and purchases of the last hour against its limits, and the last 30 days."""

    chat: Chat
    owner: bool
    uninvited: bool
    active: int
    last_hour: int
    ceilings: Ceilings
    spending: Spending
    cancels: int


class People:
    """Finds chats and does to them what admins decide; what is done is recorded, and so is whose card was looked at."""

    def __init__(self, database: Database, team: Team, ceilings: Ceilings, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._team = team
        self._access = Access(team.owners)
        self._ceilings = ceilings
        self._statements = Statements(database)
        self._spendings = Spendings(database, clock)
        self._clock = clock

    async def find(self, query: str, page: int) -> Found:
        """Find the chats whose id a text is, or whose name or username holds it, whatever its case and accents.

        An id is its chat alone. The best matches come first, and of equal ones whoever was here last. Of 100,000 names that takes a second
        or two, in which everything else goes on.
        """
        wanted = plain(query).removeprefix("@")
        async with self._database.reading() as session:
            if not wanted:
                total = await people.count(session)
                page, pages = _fitting(page, total)
                return Found("", await people.recent(session, page * PAGE, PAGE), total, page, pages)
            if _ID.fullmatch(wanted) and (known := await chats.get(session, int(wanted))) is not None:
                return Found(query, [known], 1, 0, 1)
            ranked: list[tuple[int, int]] = []
            async for name in people.names(session):
                rank = _rank(wanted, name)
                if rank is not None:
                    ranked.append((rank, name.id))
            ranked.sort(key=lambda found: found[0])
            page, pages = _fitting(page, len(ranked))
            shown = [chat_id for _, chat_id in ranked[page * PAGE : (page + 1) * PAGE]]
            return Found(query, await people.of_ids(session, shown), len(ranked), page, pages)

    async def look(self, admin_id: int, chat_id: int) -> Person:
        """Read a chat's card; raises `NotFound` where there is none, or where it is no admin who asks."""
        chat = await self._looked_at(admin_id, chat_id)
        now = self._clock()
        async with self._database.reading() as session:
            return Person(
                chat=chat,
                owner=self._team.is_owner(chat_id),
                uninvited=isinstance(await self._access.obstacle(session, chat), NotInvited),
                active=await activations.count_open(session, chat_id),
                last_hour=len(await activations.requested_since(session, chat_id, now - HOUR)),
                ceilings=self._ceilings.of(chat),
                spending=await self._spendings.read(chat_id),
                cancels=(await usage.of(session, chat_id, now - timedelta(days=DAYS))).cancels,
            )

    async def held(self, admin_id: int, chat_id: int) -> tuple[Chat, Sequence[Activation]]:
        """List the numbers that a chat holds, without their SMS; raises as `look`."""
        chat = await self._looked_at(admin_id, chat_id)
        return chat, await self._statements.held(chat_id)

    async def history(self, admin_id: int, chat_id: int, page: int) -> tuple[Chat, History]:
        """Read a page of what a chat bought, without the SMS; raises as `look`."""
        chat = await self._looked_at(admin_id, chat_id)
        return chat, await self._statements.history(chat_id, page)

    async def _looked_at(self, admin_id: int, chat_id: int) -> Chat:
        async with self._team.acting(admin_id, Action.LOOK_UP, chat_id) as deed:
            since = self._clock() - LOOKED_AT_FOR
            deed.done = not await audit.done_since(deed.session, admin_id, Action.LOOK_UP, str(chat_id), since)
            return await self._team.chat_of(deed.session, chat_id)

    async def ban(self, admin_id: int, chat_id: int, reason: str) -> tuple[Chat, bool]:
        """Let a chat buy no more; the second value is False where it was banned before, and stays so for the reason that it was.

        Raises `NotFound`, and `IsAdmin` for whoever runs the bot: they have to be dismissed first.
        """
        reason = storable(" ".join(reason.split()), REASON_LENGTH)
        async with self._team.acting(admin_id, Action.BAN, chat_id, reason) as deed:
            if self._team.is_owner(chat_id):
                raise IsAdmin
            free = (col(Chat.banned_at).is_(None), col(Chat.admin_at).is_(None))
            deed.done = await chats.change(deed.session, chat_id, *free, banned_at=self._clock(), ban_reason=reason)
            chat = await self._team.chat_of(deed.session, chat_id)
            if chat.admin_at is not None:
                raise IsAdmin
            return chat, deed.done

    async def unban(self, admin_id: int, chat_id: int) -> tuple[Chat, bool]:
        """Let a chat buy again; the second value is False where it was not banned. Raises `NotFound`."""
        async with self._team.acting(admin_id, Action.UNBAN, chat_id) as deed:
            deed.done = await chats.change(deed.session, chat_id, col(Chat.banned_at).is_not(None), banned_at=None, ban_reason=None)
            return await self._team.chat_of(deed.session, chat_id), deed.done

    async def limit(self, admin_id: int, chat_id: int, limit: Limit, most: int | None) -> None:
        """Limit a chat to so many, or for None to what is set for all; raises `NotFound`, also for a number out of bounds."""
        if most is not None and not 0 <= most <= MOST_A_LIMIT_ALLOWS:
            raise NotFound
        async with self._team.acting(admin_id, Action.SET_LIMITS, chat_id, f"{limit}: {'default' if most is None else most}") as deed:
            await self._team.chat_of(deed.session, chat_id)
            await chats.change(deed.session, chat_id, **{_COLUMNS[limit]: most})

    async def write(self, admin_id: int, chat_id: int, text: str) -> Chat:
        """Record that an admin writes to a chat, and give the chat to send it to; raises `NotFound`."""
        async with self._team.acting(admin_id, Action.WRITE, chat_id, storable(text, DETAIL_LENGTH)) as deed:
            return await self._team.chat_of(deed.session, chat_id)


def _fitting(page: int, total: int) -> tuple[int, int]:
    pages = max(1, -(-total // PAGE))
    return min(page, pages - 1), pages


def _rank(wanted: str, name: people.Name) -> int | None:
    """Say how well a name fits, 0 for best; None where it does not."""
    called = [plain(text) for text in (name.username, name.name) if text]
    if wanted in called:
        return 0
    if any(text.startswith(wanted) for text in called):
        return 1
    return 2 if any(wanted in text for text in called) else None
