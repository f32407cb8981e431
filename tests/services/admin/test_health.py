"""How the bot is doing, seen from any of its processes."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.services.admin.health import Checkup, Identity
from bot.services.pulse import Counts, Pulse
from storage import beats, size
from storage.database import Database
from tests.services.world import ALICE, START, World

PAUSE = timedelta(seconds=16)


def checkup(world: World, holder: str = "one", kind: str = "worker") -> tuple[Checkup, Pulse]:
    """Start a process on the world's database."""
    pulse = Pulse(world.clock)
    identity = Identity(holder, kind, "1.2.3", world.clock())
    return Checkup(database=world.database, pulse=pulse, identity=identity, longest_pause=PAUSE, clock=world.clock), pulse


async def test_a_new_bot_has_nothing_to_report(world: World) -> None:
    one, _ = checkup(world)
    seen = await one.read()
    assert [(process.holder, process.kind, process.version) for process in seen.processes] == [("one", "worker", "1.2.3")]
    assert (seen.now, seen.up_since, seen.counts) == (START, START, Counts())
    assert (seen.asked_at, seen.answered_at, seen.waiting, seen.waiting_since) == (None, None, 0, None)
    assert (list(seen.alarms), seen.longest_pause, seen.census.chats) == ([], PAUSE, 0)
    assert seen.database_bytes > 10_000


async def test_every_process_is_seen_from_every_other_while_it_shows_signs_of_life(world: World) -> None:
    one, pulse = checkup(world)
    await one.beat()
    world.clock.advance(minutes=1)
    web, other = checkup(world, "two", "web")
    pulse.provider("sms", 0.5, failed=False)
    other.provider("balance", 6.0, failed=False)
    other.telegram(failed=True)
    await one.beat()
    await web.beat()
    seen = await web.read()
    assert [process.holder for process in seen.processes] == ["one", "two"]
    assert seen.counts == Counts(2, 0, 1, 6.5, 1, 1)
    assert (seen.up_since, seen.asked_at, seen.answered_at) == (START, world.clock.now, world.clock.now)
    world.clock.advance(seconds=44)
    assert len((await web.read()).processes) == 2
    world.clock.advance(seconds=1)
    seen = await web.read()
    assert [process.holder for process in seen.processes] == ["two"]
    assert seen.answered_at == START + timedelta(minutes=1), "what an ended process knew is not forgotten"


async def test_of_two_that_ask_the_later_one_says_when_it_was(world: World) -> None:
    (one, first), (two, second) = checkup(world), checkup(world, "two")
    first.provider("sms", 0.5, failed=False)
    await one.beat()
    world.clock.advance(minutes=1)
    second.provider("sms", 0.5, failed=False)
    await two.beat()
    for seen in (await one.read(), await two.read()):
        assert (seen.asked_at, seen.answered_at) == (world.clock.now, world.clock.now)


async def test_what_a_web_process_asks_for_is_no_poll(world: World) -> None:
    """It asks for an SMS where somebody cancels; numbers are watched by others."""
    web, pulse = checkup(world, kind="web")
    pulse.provider("sms", 0.5, failed=False)
    assert (await web.read()).asked_at is None


async def test_processes_that_ended_long_ago_are_forgotten(world: World) -> None:
    gone, _ = checkup(world, "gone")
    await gone.beat()
    world.clock.advance(days=1)
    one, _ = checkup(world)
    await one.beat()
    for left in (["gone", "one"], ["one"]):
        await one.forget()
        async with world.database.reading() as session:
            assert sorted(beat.holder for beat in await beats.every(session)) == left
        world.clock.advance(seconds=1)


async def test_numbers_wait_for_their_code_while_somebody_may_ask_for_it(world: World) -> None:
    one, _ = checkup(world)
    await world.connected()
    first = await world.holds()
    world.clock.advance(minutes=1)
    await world.holds("tg")
    seen = await one.read()
    assert (seen.waiting, seen.waiting_since) == (2, first.purchased_at)
    await world.accounts.disconnect(ALICE, abandon=True)
    assert (await one.read()).waiting == 0


async def test_the_disk_of_a_file_is_seen_and_no_other(world: World) -> None:
    one, _ = checkup(world)
    disk = (await one.read()).disk
    assert (disk is None) == (not world.database.is_sqlite)
    assert disk is None or 0 < disk.free < disk.total
    async with Database("sqlite+aiosqlite:///:memory:") as nowhere:
        assert size.disk(nowhere) is None


@pytest.mark.parametrize("grow", [0, 200_000])
async def test_a_file_is_as_large_as_its_pages(local: World, tmp_path: Path, grow: int) -> None:
    async with local.database.writing() as session:
        await session.execute(text("CREATE TABLE more (content BLOB)"))
        await session.execute(text(f"INSERT INTO more VALUES (zeroblob({grow}))"))
    file = local.database.file
    assert file is not None
    async with local.database.engine.connect() as connection:
        await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    async with local.database.reading() as session:
        assert await size.database_bytes(session) == file.stat().st_size
