"""Queries of alerts; an alert waits, is met by a product list, and is told, each step one conditional statement."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Alert, AlertKind, Chat
from storage.sql import affected

WAITING = col(Alert.met_at).is_(None)


async def find(session: AsyncSession, chat_id: int, product_id: str, kind: AlertKind) -> Alert | None:
    """Read a chat's alert of one kind for a product, whether it waits or not; there is one at most."""
    mine = (col(Alert.chat_id) == chat_id, col(Alert.product_id) == product_id, col(Alert.kind) == kind)
    return (await session.execute(select(Alert).where(*mine))).scalar_one_or_none()


async def waiting(session: AsyncSession, chat_id: int) -> Sequence[Alert]:
    """Read what a chat waits for, newest first."""
    statement = select(Alert).where(col(Alert.chat_id) == chat_id, WAITING).order_by(col(Alert.created_at).desc(), col(Alert.id))
    return (await session.execute(statement)).scalars().all()


async def count_waiting(session: AsyncSession, chat_id: int) -> int:
    """Count what a chat waits for."""
    return (await session.execute(select(func.count()).select_from(Alert).where(col(Alert.chat_id) == chat_id, WAITING))).scalar_one()


async def remove(session: AsyncSession, alert_id: str, chat_id: int) -> bool:
    """Delete a chat's alert, unless it is met already; False where there is none to delete."""
    mine = (col(Alert.id) == alert_id, col(Alert.chat_id) == chat_id)
    return bool(await affected(session, delete(Alert).where(*mine, WAITING)))


async def watching(session: AsyncSession) -> Sequence[int]:
    """List the chats that wait for something, can be written to, and have a token that the provider accepts."""
    usable = (
        col(Chat.unreachable_at).is_(None),
        col(Chat.banned_at).is_(None),
        col(Chat.token).is_not(None),
        col(Chat.rejected_at).is_(None),
    )
    statement = select(col(Chat.id)).join(Alert, col(Alert.chat_id) == col(Chat.id)).where(WAITING, *usable).distinct()
    return (await session.execute(statement.order_by(col(Chat.id)))).scalars().all()


async def meet(session: AsyncSession, alert: Alert, price: Decimal, now: datetime) -> bool:
    """Note that an alert's condition holds, at that price; False where it was changed, removed or met meanwhile."""
    # The limit may have been changed since the alert was read, and a price above the new one meets it no more.
    unchanged = (col(Alert.id) == alert.id, col(Alert.created_at) == alert.created_at, WAITING)
    return bool(await affected(session, update(Alert).where(*unchanged).values(met_at=now, met_price=price)))


async def untold(session: AsyncSession, limit: int, alert_id: str | None = None) -> Sequence[Alert]:
    """Read the alerts that are met and that a reachable chat has not been told of, oldest first; with an id, only that one."""
    one = () if alert_id is None else (col(Alert.id) == alert_id,)
    statement = (
        select(Alert)
        .join(Chat, col(Chat.id) == col(Alert.chat_id))
        .where(col(Alert.met_at).is_not(None), col(Alert.told_at).is_(None), col(Chat.unreachable_at).is_(None), *one)
        .order_by(col(Alert.met_at), col(Alert.id))
        .limit(limit)
    )
    return (await session.execute(statement)).scalars().all()


async def mark_told(session: AsyncSession, alert_id: str, now: datetime) -> None:
    """Note that the chat was told; an alert that waits anew since is not touched."""
    met = (col(Alert.id) == alert_id, col(Alert.met_at).is_not(None))
    await session.execute(update(Alert).where(*met).values(told_at=now))


async def forget_told(session: AsyncSession, before: datetime) -> int:
    """Delete the alerts that were told before that time."""
    return await affected(session, delete(Alert).where(col(Alert.told_at) < before))
