"""Codes that no table explains: the admins are told of each once."""

from pathlib import Path

import pytest

from bot.otpbuddy import NoAnswer, ServerError, UnexpectedAnswer
from storage import notices
from storage.database import Database
from tests.services.world import ALICE, START, World, world_of
from tests.support.schema import sqlite_url


async def _asks(world: World, expected: type[Exception]) -> None:
    with pytest.raises(expected):
        await world.accounts.balance(ALICE)


async def _noted(world: World) -> list[tuple[str, str]]:
    async with world.database.reading() as session:
        return [(notice.kind, notice.detail) for notice in await notices.untold(session)]


async def test_an_unknown_code_is_noted_with_what_was_asked(world: World) -> None:
    await world.connected()
    world.provider.faults.add("getBalance", "code", code=299, count=1)
    await _asks(world, UnexpectedAnswer)
    [(kind, detail)] = await _noted(world)
    assert kind == "code 299"
    assert "balance" in detail
    assert "demo-token" not in detail


async def test_the_same_code_is_noted_once_and_another_one_besides(world: World) -> None:
    await world.connected()
    for code in (299, 299, 300, 299):
        world.provider.faults.add("getBalance", "code", code=code, count=1)
        await _asks(world, UnexpectedAnswer)
        world.clock.advance(minutes=1)
    assert [kind for kind, _ in await _noted(world)] == ["code 299", "code 300"]


async def test_what_an_earlier_process_noted_is_not_noted_again(world: World) -> None:
    await world.connected()
    world.provider.faults.add("getBalance", "code", code=299, count=2)
    await _asks(world, UnexpectedAnswer)
    world.clock.advance(minutes=1)
    await _asks(world.replica(), UnexpectedAnswer)
    async with world.database.reading() as session:
        [notice] = await notices.untold(session)
    assert notice.noted_at == START


async def test_what_this_process_noted_is_not_written_down_again(tmp_path: Path) -> None:
    written: list[str] = []

    async def probe(point: str) -> None:
        written.append(point)

    async with Database(sqlite_url(tmp_path / "one.sqlite3"), probe=probe) as database, world_of(database) as world:
        await world.connected()
        world.provider.faults.add("getBalance", "code", code=299)
        await _asks(world, UnexpectedAnswer)
        written.clear()
        await _asks(world, UnexpectedAnswer)
        assert written == []


async def test_failures_that_the_tables_explain_and_answers_without_a_code_are_not_the_admins_business(local: World) -> None:
    await local.connected()
    local.provider.faults.add("getBalance", "cut", count=1)
    await _asks(local, NoAnswer)
    local.provider.faults.add("getBalance", "code", code=205, count=1)
    await _asks(local, ServerError)
    local.provider.faults.add("getBalance", "garbage", variant="html", count=1)
    await _asks(local, UnexpectedAnswer)
    assert await _noted(local) == []
