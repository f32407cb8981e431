"""Queries that count over all chats and all purchases, for the admins' statistics."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import CLOSED, OPEN, Activation, Chat, Sms
from storage.spending import asked_since, day_of
from storage.sql import listed, milliseconds, stream


@dataclass(frozen=True, slots=True)
class Visits:
    """Chats: all that ever wrote, those with an account, those that can be written to, and who came and was seen in a period."""

    chats: int
    connected: int
    reachable: int
    new: int
    active: int


@dataclass(frozen=True, slots=True)
class Answered:
    """Numbers of one product and day of their purchase (of UTC) that have ended or brought an SMS, and those that brought one."""

    day: str
    product_id: str
    numbers: int
    answered: int


@dataclass(frozen=True, slots=True)
class Took:
    """What the first SMS of the numbers of one product and day took, in whole milliseconds, with commas between them."""

    day: str
    product_id: str
    listed: str


async def visits(session: AsyncSession, since: datetime) -> Visits:
    """Count the chats."""
    statement = select(
        func.count(),
        func.count(col(Chat.token)),
        func.count(case((col(Chat.unreachable_at).is_(None), 1))),
        func.count(case((col(Chat.created_at) >= since, 1))),
        func.count(case((col(Chat.seen_at) >= since, 1))),
    ).select_from(Chat)
    return Visits(*(await session.execute(statement)).one())


async def holding(session: AsyncSession) -> int:
    """Count the numbers that are active now."""
    statement = select(func.count()).select_from(Activation).where(col(Activation.state).in_(OPEN))
    return (await session.execute(statement)).scalar_one()


async def answered(session: AsyncSession, since: date) -> list[Answered]:
    """Count by day and product how many numbers brought an SMS; those that still wait for one say nothing yet."""
    brought = exists().where(col(Sms.activation_id) == col(Activation.id))
    ended = col(Activation.state).in_(CLOSED)
    day = day_of(session)
    statement = (
        select(day, col(Activation.product_id), func.count(), func.count(case((brought, 1))))
        .where(*asked_since(since, None), col(Activation.state).in_(OPEN | CLOSED), or_(ended, brought))
        .group_by(day, col(Activation.product_id))
    )
    return await stream(session, statement, Answered)


async def to_code(session: AsyncSession, since: date) -> list[Took]:
    """List what numbers took from their purchase to their first SMS; less than no time where the clock was set back in between."""
    took = milliseconds(session, col(Activation.purchased_at), col(Sms.received_at))
    day = day_of(session)
    statement = (
        select(day, col(Activation.product_id), listed(took))
        .join(Sms, (col(Sms.activation_id) == col(Activation.id)) & (col(Sms.position) == 1))
        .where(*asked_since(since, None), col(Activation.purchased_at).is_not(None))
        .group_by(day, col(Activation.product_id))
    )
    return await stream(session, statement, Took)


async def to_chat(session: AsyncSession, since: date) -> str:
    """List, as `Took` does, what each SMS took from the answer of the provider that brought it to Telegram's yes to its message."""
    statement = (
        select(listed(milliseconds(session, col(Sms.received_at), col(Sms.delivered_at))))
        .join(Activation, col(Activation.id) == col(Sms.activation_id))
        .where(*asked_since(since, None), col(Sms.delivered_at).is_not(None))
    )
    return (await session.execute(statement)).scalar_one() or ""
