"""A second look at a test's database."""

from collections.abc import AsyncIterator

import pytest

from storage.database import Database


@pytest.fixture
async def second(database: Database) -> AsyncIterator[Database]:
    """The same database, opened by what might be another process."""
    async with Database(database._url.render_as_string(hide_password=False)) as opened:
        yield opened
