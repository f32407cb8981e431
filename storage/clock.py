"""Queries of what depends on a clock that somebody sets."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import IN_FLIGHT, OPEN, Activation, BootClock, Sms, State
from storage.sql import insert_or_ignore

TIMES = (
    "offered_at",
    "requested_at",
    "purchased_at",
    "expires_at",
    "closed_at",
    "grace_polled_at",
    "warned_at",
    "auto_cancel_at",
    "end_told_at",
)


async def started_at(session: AsyncSession, boot: str) -> float | None:
    """Read when the machine started by the clock of the last process, in seconds since 1970; None where it was another start."""
    return (await session.execute(select(col(BootClock.started_at)).where(col(BootClock.boot) == boot))).scalar_one_or_none()


async def note_start(session: AsyncSession, boot: str, at: float) -> None:
    """Note when the machine started, in seconds since 1970; earlier starts are forgotten."""
    await session.execute(delete(BootClock))
    await session.execute(insert_or_ignore(session, BootClock).values(boot=boot, started_at=at))


async def date_anew(session: AsyncSession, since: datetime, step: timedelta) -> int:
    """Move every time of the purchases that are under way, or were asked for since that time, with their SMS; returns how many.

    Their cards count as outdated, for they show when a number ends.
    """
    recent = or_(col(Activation.state).in_(OPEN | IN_FLIGHT), col(Activation.requested_at) >= since)
    purchases = (await session.execute(select(Activation).where(recent, col(Activation.state) != State.OFFERED))).scalars().all()
    for purchase in purchases:
        moved: dict[str, Any] = {name: at + step for name in TIMES if (at := getattr(purchase, name)) is not None}
        mine = col(Activation.id) == purchase.id
        await session.execute(update(Activation).where(mine).values(version=col(Activation.version) + 1, **moved))
    received = (
        (await session.execute(select(Sms).where(col(Sms.activation_id).in_([purchase.id for purchase in purchases])))).scalars().all()
    )
    for sms in received:
        moved = {"received_at": sms.received_at + step} | ({"delivered_at": sms.delivered_at + step} if sms.delivered_at else {})
        await session.execute(update(Sms).where(col(Sms.id) == sms.id).values(**moved))
    return len(purchases)
