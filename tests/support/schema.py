"""Databases with the newest schema, copied from one that was migrated once: migrating takes longer than most tests."""

import asyncio
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from storage import migrations
from storage.database import Database


async def prepare(url: str) -> None:
    """Bring a database's schema to its newest version."""
    async with Database(url) as database:
        await migrations.upgrade(database)


def prepare_now(url: str) -> None:
    """Do that and wait for it, in a thread, for a test's own loop may be running in this one."""
    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(asyncio.run, prepare(url)).result()


@cache
def _migrated() -> bytes:
    """Give the content of a migrated SQLite file that is otherwise empty."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "schema.sqlite3"
        prepare_now(f"sqlite+aiosqlite:///{path}")
        return path.read_bytes()


def sqlite_url(path: Path) -> str:
    """Make an SQLite file with the newest schema where there is none, and give SQLAlchemy's address of it."""
    if not path.exists():
        path.write_bytes(_migrated())
    return f"sqlite+aiosqlite:///{path}"
