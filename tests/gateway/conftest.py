from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from storage.database import Database
from storage.vault import Vault, new_key
from tests.gateway.support import Telegram, VirtualTime


@pytest.fixture(autouse=True)
def _durations_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # Otherwise the library warns about its own attribute.


@pytest.fixture
async def time() -> VirtualTime:
    return VirtualTime()


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    async with Telegram() as server:
        yield server


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database(f"sqlite+aiosqlite:///{tmp_path / 'bot.sqlite3'}") as database:
        async with database.engine.begin() as connection:
            await connection.run_sync(SQLModel.metadata.create_all)
        yield database


@pytest.fixture
def vault() -> Vault:
    return Vault([new_key()])
