"""Queries of chats."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Float, or_, select, update
from sqlalchemy import cast as sql_cast
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


async def remember_balance(session: AsyncSession, chat_id: int, balance: Decimal) -> None:
    """Keep a balance as it was just read; one that is not low ends the silence after the last warning."""
    await lock(session, chat_id)
    limit = (await session.execute(select(col(Chat.low_balance)).where(col(Chat.id) == chat_id))).scalar_one_or_none()
    told: dict[str, Any] = {} if limit is not None and balance < limit else {"low_balance_told_at": None}
    await change(session, chat_id, balance=balance, **told)


@dataclass(frozen=True, slots=True)
class LowBalance:
    """A chat whose balance is below what it wants to be warned at."""

    chat_id: int
    balance: Decimal
    limit: Decimal


async def low_untold(session: AsyncSession, chat_id: int | None = None) -> list[LowBalance]:
    """List the reachable chats whose balance is low and that have not been told since it was not; with an id, only that one."""
    one = () if chat_id is None else (col(Chat.id) == chat_id,)
    balance, limit = col(Chat.balance), col(Chat.low_balance)
    # Amounts are kept as text. As binary fractions they lose digits, which can make two of them equal but never change their order.
    may_be_low = (col(Chat.low_balance_told_at).is_(None), sql_cast(balance, Float) <= sql_cast(limit, Float))
    statement = select(col(Chat.id), balance, limit).where(*may_be_low, col(Chat.unreachable_at).is_(None), *one)
    rows: Sequence[Any] = (await session.execute(statement.order_by(col(Chat.id)))).all()
    return [LowBalance(*row) for row in rows if row[1] < row[2]]


async def mark_low_told(session: AsyncSession, chat_id: int, now: datetime) -> None:
    """Note that a chat was told of its low balance, unless it has been read meanwhile and is low no more: the next fall is news then."""
    await lock(session, chat_id)
    chat = await get(session, chat_id)
    risen = chat is not None and chat.balance is not None and chat.low_balance is not None and chat.balance >= chat.low_balance
    if not risen:
        await change(session, chat_id, low_balance_told_at=now)


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


async def admins(session: AsyncSession, owners: Collection[int]) -> Sequence[Chat]:
    """Read the chats of the owners and of the admins that they named, those who came first first."""
    named = or_(col(Chat.admin_at).is_not(None), col(Chat.id).in_(owners))
    return (await session.execute(select(Chat).where(named).order_by(col(Chat.created_at), col(Chat.id)))).scalars().all()


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
