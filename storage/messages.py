"""Queries of SMS."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Activation, Sms
from storage.sql import affected, insert_or_ignore


async def add(session: AsyncSession, activation_id: str, text: str, now: datetime) -> bool:
    """Keep an SMS; False if the activation already has one with this text, or was forgotten meanwhile.

    Different SMS of one activation are added one after the other: side by side they would ask for the same position, and one be lost.
    """
    locked = select(col(Activation.id)).where(col(Activation.id) == activation_id).with_for_update()
    if (await session.execute(locked)).scalar_one_or_none() is None:
        return False
    position = select(func.coalesce(func.max(Sms.position), 0) + 1).where(col(Sms.activation_id) == activation_id).scalar_subquery()
    digest = hashlib.sha256(text.encode()).hexdigest()
    statement = insert_or_ignore(session, Sms).values(
        activation_id=activation_id, position=position, digest=digest, text=text, received_at=now
    )
    return bool(await affected(session, statement))


async def of(session: AsyncSession, activation_id: str) -> Sequence[Sms]:
    """Read an activation's SMS in the order in which they came."""
    statement = select(Sms).where(col(Sms.activation_id) == activation_id).order_by(col(Sms.position))
    return (await session.execute(statement)).scalars().all()


async def count(session: AsyncSession, activation_id: str) -> int:
    """Count an activation's SMS."""
    return (await session.execute(select(func.count()).where(col(Sms.activation_id) == activation_id))).scalar_one()


async def mark_delivered(session: AsyncSession, sms_id: int, message_id: int, now: datetime) -> None:
    """Note that Telegram took the SMS as that message."""
    statement = update(Sms).where(col(Sms.id) == sms_id, col(Sms.delivered_at).is_(None))
    await session.execute(statement.values(delivered_at=now, message_id=message_id))
