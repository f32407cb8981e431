"""Queries of broadcasts and their recipients."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Broadcast, BroadcastRecipient, BroadcastState, Chat, Outcome
from storage.sql import affected, insert_or_ignore

OVER = frozenset({BroadcastState.DONE, BroadcastState.STOPPED})


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


async def address(session: AsyncSession, broadcast_id: str, audience: ColumnElement[bool]) -> int:
    """Write down every chat of an audience as a recipient and count them."""
    chats = select(literal(broadcast_id), col(Chat.id)).where(audience)
    statement = insert_or_ignore(session, BroadcastRecipient).from_select(["broadcast_id", "chat_id"], chats)
    return await affected(session, statement)


async def listed(session: AsyncSession, author_id: int | None, offset: int, limit: int) -> Sequence[Broadcast]:
    """Read some broadcasts, the newest first: one author's, or everybody's; what was thrown away is not among them."""
    statement = select(Broadcast).where(*_listed(author_id)).order_by(col(Broadcast.created_at).desc(), col(Broadcast.id))
    return (await session.execute(statement.offset(offset).limit(limit))).scalars().all()


async def count(session: AsyncSession, author_id: int | None) -> int:
    """Count what `listed` lists."""
    return (await session.execute(select(func.count()).select_from(Broadcast).where(*_listed(author_id)))).scalar_one()


def _listed(author_id: int | None) -> list[ColumnElement[bool]]:
    kept = (col(Broadcast.state) != BroadcastState.STOPPED) | col(Broadcast.started_at).is_not(None)
    return [kept] if author_id is None else [kept, col(Broadcast.author_id) == author_id]


async def due(session: AsyncSession, now: datetime) -> list[str]:
    """List the scheduled broadcasts whose time has come, the earliest first."""
    waiting = (col(Broadcast.state) == BroadcastState.SCHEDULED, col(Broadcast.scheduled_at) <= now)
    return list((await session.execute(select(col(Broadcast.id)).where(*waiting).order_by(col(Broadcast.scheduled_at)))).scalars())


async def forget_drafts(session: AsyncSession, before: datetime) -> int:
    """Delete what was written before that time and never sent nor scheduled."""
    left = col(Broadcast.state).in_({BroadcastState.DRAFT, BroadcastState.STOPPED})
    old = (left, col(Broadcast.started_at).is_(None), col(Broadcast.created_at) < before)
    return await affected(session, delete(Broadcast).where(*old))


async def sending(session: AsyncSession) -> Sequence[Broadcast]:
    """Read the broadcasts that are being sent, oldest first."""
    statement = select(Broadcast).where(col(Broadcast.state) == BroadcastState.SENDING)
    statement = statement.order_by(col(Broadcast.started_at), col(Broadcast.id))
    return (await session.execute(statement)).scalars().all()


async def undrawn(session: AsyncSession) -> list[str]:
    """List the broadcasts that were started and whose progress card is outdated."""
    begun = col(Broadcast.state).in_({BroadcastState.SENDING, BroadcastState.PAUSED, *OVER}) & col(Broadcast.started_at).is_not(None)
    statement = select(col(Broadcast.id)).where(begun, col(Broadcast.card_version) < col(Broadcast.version))
    return list((await session.execute(statement)).scalars())


async def claim(session: AsyncSession, broadcast_id: str, limit: int, now: datetime) -> list[int]:
    """Take some of the chats that are left, in no order: from now on they count as attempted."""
    mine = col(BroadcastRecipient.broadcast_id) == broadcast_id
    statement = select(col(BroadcastRecipient.chat_id)).where(
        mine, col(BroadcastRecipient.attempted_at).is_(None), col(BroadcastRecipient.outcome).is_(None)
    )
    statement = statement.limit(limit).with_for_update(skip_locked=True)
    chats = list((await session.execute(statement)).scalars())
    await session.execute(update(BroadcastRecipient).where(mine, col(BroadcastRecipient.chat_id).in_(chats)).values(attempted_at=now))
    return chats


async def drop_unwilling(session: AsyncSession, broadcast_id: str, chat_ids: Collection[int]) -> list[int]:
    """Take those off the list who want no announcements any more, or are banned by now; returns the ids of the others."""
    unwilling = col(Chat.mutes_broadcasts) | col(Chat.banned_at).is_not(None)
    found = set((await session.execute(select(col(Chat.id)).where(col(Chat.id).in_(chat_ids), unwilling))).scalars())
    if found:
        mine = (col(BroadcastRecipient.broadcast_id) == broadcast_id, col(BroadcastRecipient.chat_id).in_(found))
        await session.execute(delete(BroadcastRecipient).where(*mine))
    return [chat_id for chat_id in chat_ids if chat_id not in found]


async def languages(session: AsyncSession, chat_ids: Collection[int]) -> dict[int, str]:
    """Read the languages that chats are written to in."""
    spoken = func.coalesce(col(Chat.chosen_language), col(Chat.language))
    return dict((await session.execute(select(col(Chat.id), spoken).where(col(Chat.id).in_(chat_ids)))).all())


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


async def recent(session: AsyncSession, broadcast_id: str, since: datetime) -> int:
    """Count the recipients that were written to since that time."""
    mine = (col(BroadcastRecipient.broadcast_id) == broadcast_id, col(BroadcastRecipient.attempted_at) >= since)
    done = col(BroadcastRecipient.outcome).is_not(None)
    return (await session.execute(select(func.count()).select_from(BroadcastRecipient).where(*mine, done))).scalar_one()


async def orphans(session: AsyncSession, owners: Collection[int]) -> Sequence[Broadcast]:
    """Read the paused broadcasts whose authors are no admins any more, as long as they have a card."""
    admins = select(col(Chat.id)).where(col(Chat.admin_at).is_not(None))
    left = (col(Broadcast.author_id).not_in(owners), col(Broadcast.author_id).not_in(admins))
    statement = select(Broadcast).where(col(Broadcast.state) == BroadcastState.PAUSED, col(Broadcast.card_message_id).is_not(None), *left)
    return (await session.execute(statement)).scalars().all()
