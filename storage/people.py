"""Queries by which admins find a chat and see how it uses the bot."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Chat

AT_ONCE = 200
"""Rows that are read at a time while all names are gone through; between them everything else has its turn."""


@dataclass(frozen=True, slots=True)
class Name:
    """How the user of a chat is called."""

    id: int
    name: str | None
    username: str | None


async def names(session: AsyncSession) -> AsyncIterator[Name]:
    """Go through the names of all chats, whoever was here last first.

    They are compared in the program: SQLite folds the case of no letters but English ones, and PostgreSQL that of those which its locale
    knows.
    """
    latest = col(Chat.seen_at).desc().nulls_last()
    statement = select(col(Chat.id), col(Chat.name), col(Chat.username)).order_by(latest, col(Chat.id))
    rows = await session.stream(statement.execution_options(yield_per=AT_ONCE))
    async for row in rows:
        yield Name(*row)


async def recent(session: AsyncSession, offset: int, limit: int) -> Sequence[Chat]:
    """Read some chats, whoever was here last first."""
    statement = select(Chat).order_by(col(Chat.seen_at).desc().nulls_last(), col(Chat.id)).offset(offset).limit(limit)
    return (await session.execute(statement)).scalars().all()


async def count(session: AsyncSession) -> int:
    """Count all chats."""
    return (await session.execute(select(func.count()).select_from(Chat))).scalar_one()


async def of_ids(session: AsyncSession, ids: Collection[int]) -> list[Chat]:
    """Read chats in the order of their ids as they are given."""
    found = (await session.execute(select(Chat).where(col(Chat.id).in_(ids)))).scalars().all()
    order = {chat_id: place for place, chat_id in enumerate(ids)}
    return sorted(found, key=lambda chat: order[chat.id])
