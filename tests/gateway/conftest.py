from collections.abc import AsyncIterator

import pytest

from storage.database import Database
from storage.vault import Vault, new_key
from tests.gateway.house import House
from tests.gateway.sender import Sender
from tests.gateway.site import Site
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
def vault() -> Vault:
    return Vault([new_key()])


@pytest.fixture
def sender(time: VirtualTime) -> Sender:
    return Sender(time)


@pytest.fixture
def house(time: VirtualTime) -> House:
    return House(time)


@pytest.fixture
async def site(telegram: Telegram, database: Database, vault: Vault, time: VirtualTime) -> AsyncIterator[Site]:
    async with telegram.bot() as bot:
        yield Site(telegram, bot, database, vault, time)
