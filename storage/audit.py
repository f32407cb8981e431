"""Queries of the record of what admins did."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import AuditEntry


async def page(session: AsyncSession, offset: int, limit: int) -> Sequence[AuditEntry]:
    """Read some entries, the newest first."""
    statement = select(AuditEntry).order_by(col(AuditEntry.at).desc(), col(AuditEntry.id).desc()).offset(offset).limit(limit)
    return (await session.execute(statement)).scalars().all()


async def count(session: AsyncSession) -> int:
    """Count the entries."""
    return (await session.execute(select(func.count()).select_from(AuditEntry))).scalar_one()
