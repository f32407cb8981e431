"""What tests of the services share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database
from tests.services.monotonic import Monotonic
from tests.services.world import World, world_of
from tests.support.schema import sqlite_url


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    """The services on either database, with nobody connected yet."""
    async with world_of(database) as made:
        yield made


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database(sqlite_url(tmp_path / "one.sqlite3")) as opened:
        yield opened


@pytest.fixture
async def local(sqlite: Database) -> AsyncIterator[World]:
    """The services on SQLite alone, where the database makes no difference."""
    async with world_of(sqlite) as made:
        yield made


@pytest.fixture
def monotonic() -> Monotonic:
    return Monotonic()
