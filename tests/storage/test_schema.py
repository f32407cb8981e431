"""The schema and its history, on both databases."""

import asyncio
from pathlib import Path

from storage import activations, chats, migrations
from storage.database import Database
from storage.models import SortOrder
from tests.storage import rows
from tests.storage.rows import CHAT


async def test_the_migrated_schema_is_what_the_models_say_and_a_second_upgrade_changes_nothing(database: Database) -> None:
    await rows.chat(database)
    await migrations.upgrade(database)
    await migrations.check(database)
    async with database.reading() as session:
        assert await chats.get(session, CHAT) is not None


async def test_processes_that_start_together_upgrade_one_after_the_other(database: Database, second: Database) -> None:
    await migrations.downgrade(database, "base")
    await asyncio.gather(migrations.upgrade(database), migrations.upgrade(second))
    await migrations.check(second)


async def test_what_an_older_version_kept_is_there_after_the_upgrade(database: Database) -> None:
    await rows.chat(database)
    await rows.number(database, "n")
    await migrations.downgrade(database, "0001")
    await migrations.upgrade(database)
    async with database.reading() as session:
        chat = await chats.get(session, CHAT)
        assert chat is not None
        assert (chat.sort_order, chat.quiet, chat.warn_before_expiry, chat.auto_cancel_minutes) == (SortOrder.NAME, False, True, None)
        (held,) = await activations.held(session, CHAT)
        assert not held.asking


async def test_the_way_back_leaves_nothing_behind_and_the_way_forth_works_again(database: Database) -> None:
    await migrations.downgrade(database, "base")
    async with database.engine.connect() as connection:
        names = await connection.run_sync(lambda sync: sync.dialect.get_table_names(sync))
    assert set(names) <= {"alembic_version"}
    await migrations.upgrade(database)
    await migrations.check(database)


async def test_the_folder_of_the_file_is_made(tmp_path: Path) -> None:
    async with Database(f"sqlite+aiosqlite:///{tmp_path / 'deep' / 'er' / 'bot.sqlite3'}") as opened:
        await migrations.upgrade(opened)
        assert opened.file is not None
        assert opened.file.exists()


async def test_a_database_in_memory_has_no_file() -> None:
    async with Database("sqlite+aiosqlite:///:memory:") as opened:
        assert opened.file is None
        await migrations.upgrade(opened)
