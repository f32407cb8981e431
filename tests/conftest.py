"""What tests share: a sandbox of real servers on loopback, the people in it, and real databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import coverage
import hypothesis
import pytest

from bot.sandbox.server import ADMIN_ID, Sandbox
from storage.database import Database
from tests.postgres import migrated_url, postgres_cluster, postgres_of_its_own, postgres_template, postgres_url
from tests.support.logs import restored
from tests.support.people import Person
from tests.support.schema import sqlite_url

__all__ = ["migrated_url", "postgres_cluster", "postgres_of_its_own", "postgres_template", "postgres_url", "restored"]

# How long an example takes says what else the machine has to do, and whether the tests are being measured.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Keep what a worker measured: once it says that it is done it has ten seconds to end, too few on a busy machine, and is killed."""
    measuring = coverage.Coverage.current()
    if measuring is not None and hasattr(session.config, "workerinput"):
        measuring.save()


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A fresh simulated Telegram and provider; no SMS comes by itself."""
    async with Sandbox() as running:
        running.provider.configure(auto_sms_after=None)
        yield running


@pytest.fixture
def alice(sandbox: Sandbox) -> Person:
    return Person(sandbox, 1001)


@pytest.fixture
def bob(sandbox: Sandbox) -> Person:
    return Person(sandbox, 1002)


@pytest.fixture
def admin(sandbox: Sandbox) -> Person:
    return Person(sandbox, ADMIN_ID)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database with the newest schema: once an SQLite file, once PostgreSQL."""
    url = request.getfixturevalue("migrated_url") if request.param == "postgres" else sqlite_url(tmp_path / "test.sqlite3")
    async with Database(url) as opened:
        yield opened
