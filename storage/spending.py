"""Queries that sum purchases up, for one chat or for all; counts and groups are the database's work, sums of money are not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, String, case, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import CLOSED, OPEN, Activation, Sms, State
from storage.sql import is_postgresql, stream

PAID = CLOSED | OPEN | {State.CHARGED}
"""States of purchases that took money."""


@dataclass(frozen=True, slots=True)
class Paid:
    """Purchases of one product on one day (of UTC, as in 2026-03-05) at one price."""

    day: str
    product_id: str
    name: str
    price: Decimal
    count: int


@dataclass(frozen=True, slots=True)
class End:
    """A number that ended, with the balances around its end."""

    day: str
    product_id: str
    price: Decimal
    before: Decimal
    after: Decimal


async def paid(session: AsyncSession, since: date, chat_id: int | None) -> list[Paid]:
    """Count the purchases that took money by day, product and price."""
    day = day_of(session)
    group = (day, col(Activation.product_id), col(Activation.price))
    statement = (
        select(day, col(Activation.product_id), func.max(col(Activation.product_name)), col(Activation.price), func.count())
        .where(*asked_since(since, chat_id), col(Activation.state).in_(PAID))
        .group_by(*group)
    )
    return await stream(session, statement, Paid)


async def ends(session: AsyncSession, since: date, chat_id: int | None) -> list[End]:
    """List the balances around the ends of the numbers whose money may have come back."""
    columns = (col(Activation.product_id), col(Activation.price), col(Activation.closing_before), col(Activation.closing_after))
    statement = select(day_of(session), *columns).where(
        *asked_since(since, chat_id),
        col(Activation.state).in_(CLOSED),
        col(Activation.closing_before).is_not(None),
        col(Activation.closing_after).is_not(None),
    )
    return await stream(session, statement, End)


async def answered(session: AsyncSession, since: date, chat_id: int | None) -> tuple[int, int]:
    """Count the numbers that have ended or brought an SMS, and those that brought one."""
    brought = exists().where(col(Sms.activation_id) == col(Activation.id))
    ended = col(Activation.state).in_(CLOSED)
    statement = select(func.count(), func.count(case((brought, 1)))).where(
        *asked_since(since, chat_id), col(Activation.state).in_(OPEN | CLOSED), or_(ended, brought)
    )
    numbers, with_sms = (await session.execute(statement)).one()
    return numbers, with_sms


async def waits(session: AsyncSession, since: date, chat_id: int | None) -> list[timedelta]:
    """List how long the numbers that brought an SMS waited for the first one; never less than no time, whatever the clock did."""
    statement = (
        select(col(Activation.purchased_at), func.min(col(Sms.received_at)))
        .join(Sms, col(Sms.activation_id) == col(Activation.id))
        .where(*asked_since(since, chat_id), col(Activation.purchased_at).is_not(None))
        .group_by(col(Activation.id), col(Activation.purchased_at))
    )
    return await stream(session, statement, lambda purchased, received: max(received - purchased, timedelta(0)))


def asked_since(since: date, chat_id: int | None) -> Sequence[ColumnElement[bool]]:
    """Give the conditions for purchases from that day of UTC on, of one chat or, for None, of all."""
    recent = col(Activation.requested_at) >= datetime.combine(since, time(), UTC)
    return (recent,) if chat_id is None else (recent, col(Activation.chat_id) == chat_id)


def day_of(session: AsyncSession) -> ColumnElement[str]:
    """Give the expression for the day of a purchase, of UTC and as text."""
    if is_postgresql(session):
        return func.to_char(func.timezone("UTC", col(Activation.requested_at)), "YYYY-MM-DD", type_=String)
    return func.date(col(Activation.requested_at), type_=String)
