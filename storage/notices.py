"""Queries of what the admins are told."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import AdminNotice
from storage.sql import affected, insert_or_ignore


async def note(session: AsyncSession, kind: str, detail: str, now: datetime) -> bool:
    """Note something for the admins; False where it was noted before."""
    statement = insert_or_ignore(session, AdminNotice).values(kind=kind, detail=detail, noted_at=now)
    return bool(await affected(session, statement))


async def untold(session: AsyncSession) -> Sequence[AdminNotice]:
    """Read what the admins have not been told, oldest first."""
    statement = select(AdminNotice).where(col(AdminNotice.told_at).is_(None)).order_by(col(AdminNotice.noted_at))
    return (await session.execute(statement)).scalars().all()


async def mark_told(session: AsyncSession, kind: str, now: datetime) -> None:
    """Note that the admins were told."""
    await session.execute(update(AdminNotice).where(col(AdminNotice.kind) == kind).values(told_at=now))
