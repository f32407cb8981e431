"""How much room the database takes, and how much its disk has left."""

import shutil
from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database
from storage.sql import is_postgresql


@dataclass(frozen=True, slots=True)
class Disk:
    """The file system of an SQLite file, in bytes."""

    total: int
    free: int


async def database_bytes(session: AsyncSession) -> int:
    """Measure the database: PostgreSQL's own answer, or the pages of the SQLite file."""
    if is_postgresql(session):
        return int((await session.execute(select(func.pg_database_size(func.current_database())))).scalar_one())
    pages, size = [(await session.execute(text(f"PRAGMA {pragma}"))).scalar_one() for pragma in ("page_count", "page_size")]
    return int(pages * size)


def disk(database: Database) -> Disk | None:
    """Look at the disk; None with PostgreSQL, whose disk cannot be seen from here, and in memory."""
    if database.file is None:
        return None
    usage = shutil.disk_usage(database.file.absolute().parent)
    return Disk(usage.total, usage.free)
