"""The schema's history, and the way to its newest version."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database


def configuration(connection: Connection | None = None) -> Config:
    """Make Alembic's configuration; there is no alembic.ini, the database is always handed in."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


_LOCK = 0x0713_B0D7
"""Any number that nothing else in the database locks."""


async def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the schema to its newest version, in one transaction, from wherever it is; safe to call at every start of every process."""
    if database.file is not None:
        database.file.parent.mkdir(parents=True, exist_ok=True)
    await _migrate(database, lambda connection: command.upgrade(configuration(connection), revision))


async def downgrade(database: Database, revision: str) -> None:
    """Take the schema back to an earlier version; what only the newer one can hold is lost."""
    await _migrate(database, lambda connection: command.downgrade(configuration(connection), revision))


async def _migrate(database: Database, steps: Callable[[Connection], None]) -> None:
    async with _alone(database) as connection:
        await connection.run_sync(steps)


@asynccontextmanager
async def _alone(database: Database) -> AsyncIterator[AsyncConnection]:
    """Open a transaction beside which no other process migrates."""
    async with database.engine.execution_options(writing=True).connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        if database.is_sqlite:
            # SQLite changes a column by copying its table and dropping the old one, which would delete whatever refers to its rows.
            await driver.execute("PRAGMA foreign_keys=OFF")
        try:
            async with connection.begin():
                if not database.is_sqlite:
                    # SQLite's writers are alone from the start of their transaction; PostgreSQL's ask to be.
                    await connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
                yield connection
        finally:
            if database.is_sqlite:
                await driver.execute("PRAGMA foreign_keys=ON")


async def check(database: Database) -> None:
    """Raise `alembic.util.CommandError` where the models and the migrated schema differ."""
    async with database.engine.connect() as connection:
        await connection.run_sync(lambda sync: command.check(configuration(sync)))
