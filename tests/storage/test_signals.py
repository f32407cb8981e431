"""Word from process to process, which only PostgreSQL carries."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text as sql

from storage import signals
from storage.database import Database

pytestmark = pytest.mark.postgres
PATIENCE = 20


@asynccontextmanager
async def listener(url: str, heard: asyncio.Queue[str]) -> AsyncIterator[asyncio.Semaphore]:
    """Listen as another process would; the value counts how often it began to."""
    stands = asyncio.Semaphore(0)

    async def at_once(_seconds: float) -> None:
        await asyncio.sleep(0)

    async with Database(url) as database:
        listening = asyncio.create_task(signals.listen(database, heard.put_nowait, listening=stands.release, sleep=at_once))
        try:
            async with asyncio.timeout(PATIENCE):
                await stands.acquire()
            yield stands
        finally:
            listening.cancel()
            await asyncio.wait([listening])


async def test_what_one_process_tells_all_others_hear(postgres_url: str) -> None:
    one, two = asyncio.Queue[str](), asyncio.Queue[str]()
    async with Database(postgres_url) as database, listener(postgres_url, one), listener(postgres_url, two), asyncio.timeout(PATIENCE):
        await signals.tell(database, "abc")
        assert (await one.get(), await two.get()) == ("abc", "abc")


async def test_a_listener_whose_connection_is_cut_listens_again(postgres_url: str) -> None:
    heard = asyncio.Queue[str]()
    async with Database(postgres_url) as database, listener(postgres_url, heard) as stands, asyncio.timeout(PATIENCE):
        async with database.engine.begin() as connection:
            others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            await connection.execute(sql(f"SELECT pg_terminate_backend(pid) {others}"))
        await stands.acquire()
        await signals.tell(database, "abc")
        assert await heard.get() == "abc"


async def test_a_database_that_is_away_is_asked_again_and_a_bug_is_not_swallowed(
    postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    class Enough(Exception):
        pass

    async def once(_seconds: float) -> None:
        raise Enough

    async with Database(postgres_url.rpartition("@")[0] + "@127.0.0.1:1/nowhere") as nowhere:
        with pytest.raises(Enough):
            await signals.listen(nowhere, print, sleep=once)
    assert "nothing is heard of other processes" in caplog.text

    def broken() -> None:
        raise ZeroDivisionError

    async with Database(postgres_url) as database:
        with pytest.raises(ZeroDivisionError):
            await signals.listen(database, print, listening=broken)
