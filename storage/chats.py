"""Queries of chats."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Chat
from storage.sql import affected, insert_or_ignore


async def ensure(session: AsyncSession, chat_id: int, language: str, now: datetime) -> bool:
    """Make the chat's row where there is none; True if this call made it."""
    statement = insert_or_ignore(session, Chat).values(id=chat_id, language=language, created_at=now)
    return bool(await affected(session, statement))


async def get(session: AsyncSession, chat_id: int) -> Chat | None:
    """Read one chat."""
    return await session.get(Chat, chat_id)


async def change(session: AsyncSession, chat_id: int, *conditions: Any, **values: Any) -> bool:
    """Change one chat where the conditions hold; True if they did."""
    statement = update(Chat).where(col(Chat.id) == chat_id, *conditions).values(**values)
    return bool(await affected(session, statement))


async def lock(session: AsyncSession, chat_id: int) -> None:
    """Let no other transaction buy for this chat until this one ends; SQLite's writers are alone anyway."""
    await session.execute(select(col(Chat.id)).where(col(Chat.id) == chat_id).with_for_update())


async def addressable(session: AsyncSession) -> list[int]:
    """List the ids of the chats that can be written to and want to hear announcements, oldest first."""
    wanted = (col(Chat.unreachable_at).is_(None), col(Chat.mutes_broadcasts).is_(False))
    statement = select(col(Chat.id)).where(*wanted).order_by(col(Chat.created_at), col(Chat.id))
    return list((await session.execute(statement)).scalars())


async def sealed(session: AsyncSession) -> list[tuple[int, str]]:
    """List every chat that has a token, with the sealed token."""
    statement = select(col(Chat.id), col(Chat.token)).where(col(Chat.token).is_not(None)).order_by(col(Chat.id))
    return [(chat_id, token) for chat_id, token in await session.execute(statement) if token is not None]


async def rejected_untold(session: AsyncSession) -> list[int]:
    """List the chats whose token was refused and that have not been told."""
    statement = select(col(Chat.id)).where(
        col(Chat.rejected_at).is_not(None), col(Chat.rejected_told_at).is_(None), col(Chat.unreachable_at).is_(None)
    )
    return list((await session.execute(statement)).scalars())


async def troubled_untold(session: AsyncSession, before: datetime) -> list[int]:
    """List the chats that the provider has kept waiting since before that time and that have not been told."""
    statement = select(col(Chat.id)).where(
        col(Chat.troubled_at) < before, col(Chat.trouble_told_at).is_(None), col(Chat.unreachable_at).is_(None)
    )
    return list((await session.execute(statement)).scalars())
