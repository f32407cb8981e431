"""What a poll brings: each SMS once, for the number it belongs to, and no write where there is nothing new."""

import sqlite3
from pathlib import Path

import pytest

from storage.database import Database
from storage.models import Activation
from tests.services.world import ALICE, BOB, World, provider_id, world_of
from tests.support.schema import sqlite_url


async def _many(world: World, count: int, product: str = "fb") -> list[Activation]:
    return [await world.holds(product) for _ in range(count)]


async def test_an_sms_is_recorded_once_however_often_the_provider_shows_it(world: World) -> None:
    await world.connected()
    held = await world.holds()
    poller = world.poller()
    world.receives(held, "first")
    await world.passes(poller, 6)
    world.receives(held, "second")
    await world.passes(poller, 6)
    world.receives(held, "first")
    await world.passes(poller, 6)
    assert await world.texts(held) == ["first", "second"]


async def test_a_list_of_sms_is_recorded_whole(local: World) -> None:
    local.provider.configure(all_messages=True)
    await local.connected()
    held = await local.holds()
    for message in ("one", "two", "three"):
        local.receives(held, message)
    await local.polled(local.poller())
    assert await local.texts(held) == ["one", "two", "three"]


async def test_a_poll_that_finds_nothing_new_writes_nothing(sqlite: Database) -> None:
    async with world_of(sqlite) as world:
        await world.connected()
        held = (await world.holds(), await world.holds("tg"))
        world.provider.send_sms(provider_id(held[0]), "known")
        poller = world.poller()
        await world.polled(poller)
        assert sqlite.file is not None
        with sqlite3.connect(sqlite.file) as witness:
            before = witness.execute("PRAGMA data_version").fetchone()
            polls = world.polls()
            await world.passes(poller, 60)
            assert world.polls() - polls >= 40
            assert witness.execute("PRAGMA data_version").fetchone() == before
            world.provider.send_sms(provider_id(held[1]), "new")
            await world.passes(poller, 5)
            assert witness.execute("PRAGMA data_version").fetchone() != before
        witness.close()


async def test_an_answer_that_brings_nothing_does_not_even_wait_for_its_turn_to_write(tmp_path: Path) -> None:
    written: list[str] = []

    async def probe(point: str) -> None:
        written.append(point)

    async with Database(sqlite_url(tmp_path / "one.sqlite3"), probe=probe) as database, world_of(database) as world:
        await world.connected()
        await world.holds()
        poller = world.poller()
        await world.polled(poller)
        written.clear()
        await world.passes(poller, 3)
        assert written == []


async def test_nothing_crosses_between_chats_that_poll_side_by_side(world: World) -> None:
    await world.connected()
    await world.connected(BOB)
    alices, bobs = await _many(world, 2), [await world.holds("fb", BOB) for _ in range(2)]
    for number in [*alices, *bobs]:
        world.receives(number, f"for {number.id}")
    await world.polled(world.poller())
    for number in [*alices, *bobs]:
        assert await world.texts(number) == [f"for {number.id}"]


async def test_an_sms_under_an_id_that_the_provider_gave_out_again_belongs_to_the_later_number(world: World) -> None:
    await world.connected()
    first = await world.holds()
    world.clock.advance(minutes=1)
    second = await world.holds()
    await world.edit(second, provider_id=first.provider_id)
    world.receives(first, "whose?")
    await world.polled(world.poller())
    assert await world.texts(first) == []
    assert await world.texts(second) == ["whose?"]


async def test_an_sms_under_such_an_id_stays_the_later_numbers_when_its_chat_disconnects_meanwhile(local: World) -> None:
    await local.connected()
    first = await local.holds()
    local.clock.advance(minutes=1)
    second = await local.holds()
    await local.edit(second, provider_id=first.provider_id)
    local.receives(first, "whose?")
    answers = local.provider.faults.add("getSms", "hold_after", count=2)
    poller = local.poller()
    await poller.tick()
    await local.struck(answers, 2)
    await local.accounts.disconnect(ALICE, abandon=True)
    answers.release()
    await poller.drain()
    assert (await local.texts(first), await local.texts(second)) == ([], ["whose?"])


@pytest.mark.parametrize(("bobs_token", "expected"), [("demo-token-alice", []), ("demo-token-bob", ["whose?"])])
async def test_a_reused_id_crosses_between_chats_only_within_one_account(world: World, bobs_token: str, expected: list[str]) -> None:
    await world.connected()
    await world.connected(BOB, bobs_token)
    alices = await world.holds()
    world.clock.advance(minutes=1)
    bobs = await world.holds("fb", BOB)
    await world.edit(bobs, provider_id=alices.provider_id)
    world.receives(alices, "whose?")
    await world.polled(world.poller())
    assert await world.texts(alices) == expected


async def test_a_reused_id_of_a_chat_that_left_takes_nothing_away(local: World) -> None:
    await local.connected()
    await local.connected(BOB)
    alices = await local.holds()
    local.clock.advance(minutes=1)
    bobs = await local.holds("fb", BOB)
    await local.edit(bobs, provider_id=alices.provider_id)
    await local.accounts.disconnect(BOB, abandon=True)
    local.receives(alices, "mine")
    await local.polled(local.poller())
    assert await local.texts(alices) == ["mine"]
