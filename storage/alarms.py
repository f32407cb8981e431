"""Queries of alarms: each is one row, and goes on and off by conditional updates."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Alarm
from storage.sql import affected, insert_or_ignore


async def every(session: AsyncSession) -> Sequence[Alarm]:
    """Read all, those that are over as well, the oldest first."""
    return (await session.execute(select(Alarm).order_by(col(Alarm.since), col(Alarm.kind)))).scalars().all()


async def on(session: AsyncSession) -> Sequence[Alarm]:
    """Read those that are not over, the oldest first."""
    statement = select(Alarm).where(col(Alarm.cleared_at).is_(None)).order_by(col(Alarm.since), col(Alarm.kind))
    return (await session.execute(statement)).scalars().all()


async def untold(session: AsyncSession) -> Sequence[Alarm]:
    """Read those whose beginning or end the admins have not been told, the oldest first."""
    end_untold = col(Alarm.cleared_at).is_not(None) & col(Alarm.clear_told_at).is_(None)
    statement = select(Alarm).where(or_(col(Alarm.told_at).is_(None), end_untold)).order_by(col(Alarm.since), col(Alarm.kind))
    return (await session.execute(statement)).scalars().all()


async def begin(session: AsyncSession, kind: str, detail: str, now: datetime) -> bool:
    """Note that something is wrong which never was before; False where there is a row of it."""
    values = {"kind": kind, "detail": detail, "since": now, "bad_at": now, "returns": 0}
    return bool(await affected(session, insert_or_ignore(session, Alarm).values(values)))


async def change(session: AsyncSession, alarm: Alarm, *conditions: ColumnElement[bool], **values: Any) -> bool:
    """Change an alarm as it was read: where it began anew or ended meanwhile, nothing happens, and False is returned."""
    unchanged = (
        col(Alarm.kind) == alarm.kind,
        col(Alarm.since) == alarm.since,
        col(Alarm.cleared_at).is_not_distinct_from(alarm.cleared_at),
    )
    return bool(await affected(session, update(Alarm).where(*unchanged, *conditions).values(**values)))
