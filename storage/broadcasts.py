"""Queries of broadcasts and their recipients."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Broadcast, BroadcastRecipient, BroadcastState, Chat, Outcome
from storage.sql import affected, insert_or_ignore


async def get(session: AsyncSession, broadcast_id: str, author_id: int | None = None) -> Broadcast | None:
    """Read one broadcast; with an author, only if it is theirs."""
    statement = select(Broadcast).where(col(Broadcast.id) == broadcast_id)
    if author_id is not None:
        statement = statement.where(col(Broadcast.author_id) == author_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def change(
    session: AsyncSession, broadcast_id: str, states: Collection[BroadcastState], *conditions: Any, **values: Any
) -> Broadcast | None:
    """Change a broadcast that is in one of the states and return it as it is then; None if it was not."""
    statement = (
        update(Broadcast)
        .where(col(Broadcast.id) == broadcast_id, col(Broadcast.state).in_(states), *conditions)
        .values(**values)
        .returning(Broadcast)
        .execution_options(populate_existing=True, synchronize_session=False)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def address(session: AsyncSession, broadcast_id: str) -> int:
    """Write down every reachable chat that wants announcements as a recipient and count them."""
    wanted = (col(Chat.unreachable_at).is_(None), col(Chat.mutes_broadcasts).is_(False))
    chats = select(literal(broadcast_id), col(Chat.id)).where(*wanted)
    statement = insert_or_ignore(session, BroadcastRecipient).from_select(["broadcast_id", "chat_id"], chats)
    return await affected(session, statement)


async def sending(session: AsyncSession) -> Sequence[Broadcast]:
    """Read the broadcasts that are being sent, oldest first."""
    statement = select(Broadcast).where(col(Broadcast.state) == BroadcastState.SENDING).order_by(col(Broadcast.started_at))
    return (await session.execute(statement)).scalars().all()


async def undrawn(session: AsyncSession) -> list[str]:
    """List the broadcasts whose progress card is outdated."""
    statement = select(col(Broadcast.id)).where(
        col(Broadcast.state) != BroadcastState.DRAFT, col(Broadcast.card_version) < col(Broadcast.version)
    )
    return list((await session.execute(statement)).scalars())


async def claim(session: AsyncSession, broadcast_id: str, limit: int, now: datetime) -> list[int]:
    """Take the next chats of a broadcast: from now on they count as attempted."""
    mine = col(BroadcastRecipient.broadcast_id) == broadcast_id
    statement = select(col(BroadcastRecipient.chat_id)).where(
        mine, col(BroadcastRecipient.attempted_at).is_(None), col(BroadcastRecipient.outcome).is_(None)
    )
    statement = statement.order_by(col(BroadcastRecipient.chat_id)).limit(limit).with_for_update(skip_locked=True)
    chats = list((await session.execute(statement)).scalars())
    await session.execute(update(BroadcastRecipient).where(mine, col(BroadcastRecipient.chat_id).in_(chats)).values(attempted_at=now))
    return chats


async def conclude(session: AsyncSession, broadcast_id: str, chat_id: int, outcome: Outcome, message_id: int | None) -> None:
    """Write down what became of one recipient."""
    statement = update(BroadcastRecipient).where(
        col(BroadcastRecipient.broadcast_id) == broadcast_id,
        col(BroadcastRecipient.chat_id) == chat_id,
        col(BroadcastRecipient.outcome).is_(None),
    )
    await session.execute(statement.values(outcome=outcome, message_id=message_id))


async def release(session: AsyncSession, broadcast_id: str, chat_id: int) -> None:
    """Put a claimed recipient back in line: nothing left for it."""
    statement = update(BroadcastRecipient).where(
        col(BroadcastRecipient.broadcast_id) == broadcast_id,
        col(BroadcastRecipient.chat_id) == chat_id,
        col(BroadcastRecipient.outcome).is_(None),
    )
    await session.execute(statement.values(attempted_at=None))


async def give_up_attempts(session: AsyncSession) -> int:
    """Mark what was attempted by a process that died as unclear, in whatever state its broadcast is: it is not sent again."""
    statement = update(BroadcastRecipient).where(
        col(BroadcastRecipient.attempted_at).is_not(None), col(BroadcastRecipient.outcome).is_(None)
    )
    return await affected(session, statement.values(outcome=Outcome.UNCLEAR))


async def tally(session: AsyncSession, broadcast_id: str) -> dict[Outcome | None, int]:
    """Count the recipients by outcome; None counts those still to come."""
    statement = (
        select(col(BroadcastRecipient.outcome), func.count())
        .where(col(BroadcastRecipient.broadcast_id) == broadcast_id)
        .group_by(col(BroadcastRecipient.outcome))
    )
    return dict((await session.execute(statement)).all())
