"""Who may run the bot: the owners that the settings name, and the admins that owners name."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.services.errors import IsBanned, NotFound
from storage import audit, chats
from storage.database import Database
from storage.models import Action, AuditEntry, Chat

PAGE = 10
SUBJECT_LENGTH = 64


@dataclass(slots=True)
class Deed:
    """What an admin is doing, in its transaction; whoever changes nothing after all clears `done`, and nothing is recorded."""

    session: AsyncSession
    subject: str
    detail: str
    done: bool = True


@dataclass(frozen=True, slots=True)
class Record:
    """A page of the record, the newest entry first, with the number of all pages."""

    entries: Sequence[AuditEntry]
    page: int
    pages: int


class Team:
    """Knows who is an admin, by numeric id and nothing else, and records what they do."""

    def __init__(self, database: Database, owners: frozenset[int], clock: Callable[[], datetime]) -> None:
        self.owners = owners
        self._database = database
        self._clock = clock

    def is_owner(self, chat_id: int) -> bool:
        """Whether the settings name this user."""
        return chat_id in self.owners

    def is_admin(self, chat: Chat) -> bool:
        """Whether the user of this chat runs the bot, as an owner or named by one."""
        return self.is_owner(chat.id) or chat.admin_at is not None

    @asynccontextmanager
    async def acting(
        self, admin_id: int, action: Action, subject: object = "", detail: str = "", *, owner: bool = False
    ) -> AsyncIterator[Deed]:
        """Open the transaction in which an admin does something; what was done is recorded with it.

        Raises `NotFound` for whoever is no admin (no owner, where that is asked for), also where that changed a moment ago: an admin who
        is dismissed in the middle of an action does not finish it.
        """
        async with self._database.writing(f"act as an admin: {action}") as session:
            await self._check(session, admin_id, owner=owner)
            deed = Deed(session, str(subject), detail)
            yield deed
            if deed.done:
                now, subject = self._clock(), deed.subject[:SUBJECT_LENGTH]
                session.add(AuditEntry(at=now, admin_id=admin_id, action=action, subject=subject, detail=deed.detail))

    async def is_member(self, session: AsyncSession, user_id: int) -> bool:
        """Whether a user is an owner or an admin, as a transaction sees it."""
        if self.is_owner(user_id):
            return True
        chat = await chats.get(session, user_id)
        return chat is not None and chat.admin_at is not None

    async def _check(self, session: AsyncSession, admin_id: int, *, owner: bool) -> None:
        if self.is_owner(admin_id):
            return
        await chats.lock(session, admin_id)
        chat = await chats.get(session, admin_id)
        if owner or chat is None or chat.admin_at is None:
            raise NotFound

    async def members(self) -> Sequence[Chat]:
        """Read the chats of all owners and admins; of an owner who never wrote to the bot there is none."""
        async with self._database.reading() as session:
            return await chats.admins(session, self.owners)

    async def ids(self) -> list[int]:
        """List the ids of all owners and admins."""
        return sorted({*self.owners, *(member.id for member in await self.members())})

    async def name(self, owner_id: int, chat_id: int) -> Chat:
        """Make somebody an admin; raises `NotFound` where they have no chat with the bot, or where it is no owner who asks.

        Raises `IsBanned` where they are banned: that has to be lifted first.
        """
        async with self.acting(owner_id, Action.NAME_ADMIN, chat_id, owner=True) as deed:
            named = {"admin_at": self._clock(), "admin_by": owner_id}
            free = (col(Chat.admin_at).is_(None), col(Chat.banned_at).is_(None))
            deed.done = await chats.change(deed.session, chat_id, *free, **named)
            chat = await self.chat_of(deed.session, chat_id)
            if chat.banned_at is not None:
                raise IsBanned
            return chat

    async def dismiss(self, owner_id: int, chat_id: int) -> Chat:
        """Let somebody be an admin no more; raises as `name` does."""
        async with self.acting(owner_id, Action.DISMISS_ADMIN, chat_id, owner=True) as deed:
            deed.done = await chats.change(deed.session, chat_id, col(Chat.admin_at).is_not(None), admin_at=None, admin_by=None)
            return await self.chat_of(deed.session, chat_id)

    async def chat_of(self, session: AsyncSession, chat_id: int) -> Chat:
        """Read the chat of somebody whom an action is about; raises `NotFound` where there is none."""
        chat = await chats.get(session, chat_id)
        if chat is None:
            raise NotFound
        return chat

    async def record(self, owner_id: int, page: int) -> Record:
        """Read a page of the record, the last one where there are not so many; raises `NotFound` unless an owner asks."""
        if not self.is_owner(owner_id):
            raise NotFound
        async with self._database.reading() as session:
            pages = max(1, -(-await audit.count(session) // PAGE))
            page = min(page, pages - 1)
            return Record(await audit.page(session, page * PAGE, PAGE), page, pages)
