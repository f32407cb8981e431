"""Queries of the processes' signs of life."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import ProcessBeat
from storage.sql import insert


async def leave(session: AsyncSession, beat: ProcessBeat) -> None:
    """Leave a process's newest sign of life in place of its earlier one."""
    values = beat.model_dump()
    statement = insert(session, ProcessBeat).values(values)
    newer = {name: statement.excluded[name] for name in values if name != "holder"}
    await session.execute(statement.on_conflict_do_update(index_elements=[col(ProcessBeat.holder)], set_=newer))


async def every(session: AsyncSession) -> Sequence[ProcessBeat]:
    """Read all that are kept, those of processes that have ended as well, the oldest process first."""
    statement = select(ProcessBeat).order_by(col(ProcessBeat.started_at), col(ProcessBeat.holder))
    return (await session.execute(statement)).scalars().all()


async def forget_before(session: AsyncSession, before: datetime) -> None:
    """Delete those of processes that ended before that time."""
    await session.execute(delete(ProcessBeat).where(col(ProcessBeat.beat_at) < before))
