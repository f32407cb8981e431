"""Queries of the record of what admins did."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Action, AuditEntry


async def page(session: AsyncSession, offset: int, limit: int) -> Sequence[AuditEntry]:
    """Read some entries, the newest first."""
    statement = select(AuditEntry).order_by(col(AuditEntry.at).desc(), col(AuditEntry.id).desc()).offset(offset).limit(limit)
    return (await session.execute(statement)).scalars().all()


async def count(session: AsyncSession) -> int:
    """Count the entries."""
    return (await session.execute(select(func.count()).select_from(AuditEntry))).scalar_one()


async def done_since(session: AsyncSession, admin_id: int, action: Action, subject: str, time: datetime) -> bool:
    """Whether an admin did the same to the same since that time."""
    same = (col(AuditEntry.admin_id) == admin_id, col(AuditEntry.action) == action, col(AuditEntry.subject) == subject)
    return bool((await session.execute(select(exists().where(*same, col(AuditEntry.at) > time)))).scalar_one())
