"""Queries of broadcasts that are deleted from the chats again."""

from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Broadcast, BroadcastRecipient, Outcome, Removal


async def removing(session: AsyncSession) -> Sequence[Broadcast]:
    """Read the broadcasts that are being deleted, the first one asked for first."""
    under_way = (col(Broadcast.removing_at).is_not(None), col(Broadcast.removed_at).is_(None))
    return (await session.execute(select(Broadcast).where(*under_way).order_by(col(Broadcast.removing_at)))).scalars().all()


async def left(session: AsyncSession, broadcast_id: str, after: int, limit: int) -> list[tuple[int, int]]:
    """List the next chats, by id beyond `after`, that have a message of the broadcast, with the message's id."""
    statement = select(col(BroadcastRecipient.chat_id), col(BroadcastRecipient.message_id)).where(
        col(BroadcastRecipient.broadcast_id) == broadcast_id,
        col(BroadcastRecipient.chat_id) > after,
        col(BroadcastRecipient.outcome) == Outcome.SENT,
        col(BroadcastRecipient.message_id).is_not(None),
        col(BroadcastRecipient.removal).is_(None),
    )
    found = await session.execute(statement.order_by(col(BroadcastRecipient.chat_id)).limit(limit))
    return [(chat_id, message_id) for chat_id, message_id in found.all() if message_id is not None]


async def conclude(session: AsyncSession, broadcast_id: str, chat_id: int, removal: Removal) -> None:
    """Write down what became of deleting one message."""
    mine = (col(BroadcastRecipient.broadcast_id) == broadcast_id, col(BroadcastRecipient.chat_id) == chat_id)
    statement = update(BroadcastRecipient).where(*mine, col(BroadcastRecipient.removal).is_(None))
    await session.execute(statement.values(removal=removal))


async def tally(session: AsyncSession, broadcast_id: str) -> dict[Removal | None, int]:
    """Count the messages that were sent by what became of deleting them; None counts those that are there still."""
    statement = select(col(BroadcastRecipient.removal), func.count()).where(
        col(BroadcastRecipient.broadcast_id) == broadcast_id, col(BroadcastRecipient.outcome) == Outcome.SENT
    )
    return dict((await session.execute(statement.group_by(col(BroadcastRecipient.removal)))).all())
