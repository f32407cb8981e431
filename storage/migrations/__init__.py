"""The schema's history, and the way to its newest version."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from storage.database import Database


def configuration(connection: Connection | None = None) -> Config:
    """Make Alembic's configuration; there is no alembic.ini, the database is always handed in."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


async def upgrade(database: Database) -> None:
    """Bring the schema to its newest version, in one transaction, from wherever it is; safe to call at every start."""
    if database.file is not None:
        database.file.parent.mkdir(parents=True, exist_ok=True)
    async with database.engine.execution_options(writing=True).begin() as connection:
        await connection.run_sync(lambda sync: command.upgrade(configuration(sync), "head"))


async def check(database: Database) -> None:
    """Raise `alembic.util.CommandError` where the models and the migrated schema differ."""
    async with database.engine.connect() as connection:
        await connection.run_sync(lambda sync: command.check(configuration(sync)))
