"""Alarms go on once, stay on while anything is wrong, and are over once it has been quiet for a while."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.admin.alarms import Alarms, figures
from bot.services.admin.health import Checkup, Identity
from bot.services.pulse import Pulse
from storage import alarms as rows
from storage.database import Database
from storage.models import Alarm
from tests.services.world import START, World

QUIET, SOON = timedelta(minutes=5), timedelta(hours=1)


class Watch:
    """One process that looks at its own pulse."""

    def __init__(self, world: World, database: Database | None = None) -> None:
        self.world = world
        self.database = database or world.database
        self.pulse = Pulse(world.clock)
        identity = Identity("one", "run", "1", world.clock())
        checkup = Checkup(
            database=self.database,
            pulse=self.pulse,
            identity=identity,
            longest_pause=timedelta(0),
            clock=world.clock,
            disk=lambda _db: None,
        )
        self.alarms = Alarms(self.database, checkup, world.clock)

    async def fails(self) -> None:
        for _ in range(5):
            self.pulse.provider("balance", 1.0, failed=True)
        await self.alarms.sweep()

    async def heals(self, after: timedelta) -> None:
        """Let so much time pass after the failures have left the window, with a provider that answers."""
        self.pulse._buckets.clear()
        self.world.clock.now += after
        self.pulse.provider("balance", 0.1, failed=False)
        await self.alarms.sweep()

    async def told(self) -> list[tuple[str, bool]]:
        """Tell whatever is to be told; returns what, and whether it is over."""
        found = await self.alarms.untold()
        for alarm in found:
            await self.alarms.told(alarm)
        return [(alarm.kind, alarm.cleared_at is not None) for alarm in found]

    async def row(self) -> Alarm:
        async with self.world.database.reading() as session:
            [alarm] = await rows.every(session)
        return alarm


@pytest.fixture
def watch(world: World) -> Watch:
    return Watch(world)


async def test_a_trouble_is_told_once_and_so_is_its_end(watch: Watch, caplog: pytest.LogCaptureFixture) -> None:
    await watch.alarms.sweep()
    assert await watch.told() == []
    for _ in range(3):
        await watch.fails()
        watch.world.clock.advance(seconds=10)
    told_at = watch.world.clock.now
    assert await watch.told() == [("provider", False)]
    assert await watch.told() == []
    assert figures(await watch.row()) == {"bad": 15, "of": 15}
    await watch.heals(QUIET - timedelta(seconds=11))
    assert await watch.told() == []
    await watch.heals(timedelta(seconds=1))
    assert await watch.told() == [("provider", True)]
    assert await watch.told() == []
    await watch.heals(timedelta(hours=1))
    assert await watch.told() == []
    assert (await watch.row()).told_at == told_at
    with caplog.at_level(logging.WARNING):
        assert [record.levelname for record in caplog.records if "alarm" in record.message] == ["ERROR", "WARNING"]


async def test_while_nobody_calls_nobody_knows_whether_it_is_over(watch: Watch) -> None:
    await watch.fails()
    assert await watch.told() == [("provider", False)]
    watch.world.clock.advance(hours=3)
    await watch.alarms.sweep()
    assert await watch.told() == []
    await watch.heals(timedelta(0))
    assert await watch.told() == [("provider", True)]


async def test_what_flaps_has_to_be_quiet_for_longer_each_time(watch: Watch) -> None:
    await watch.fails()
    await watch.told()
    for doubled in (1, 2, 4, 8, 8):
        await watch.heals(QUIET * doubled - timedelta(seconds=1))
        assert await watch.told() == [], doubled
        await watch.heals(timedelta(seconds=1))
        assert await watch.told() == [("provider", True)], doubled
        await watch.fails()
        assert await watch.told() == [("provider", False)]
    await watch.heals(QUIET * 8)
    assert (await watch.told(), (await watch.row()).returns) == ([("provider", True)], 5)
    watch.world.clock.now += SOON
    await watch.fails()
    assert (await watch.row()).returns == 0, "that was long ago"


async def test_an_end_that_nobody_was_told_of_was_none(watch: Watch) -> None:
    await watch.fails()
    since = (await watch.row()).since
    assert await watch.told() == [("provider", False)]
    await watch.heals(QUIET)
    await watch.fails()
    assert await watch.told() == []
    assert (await watch.row()).since == since


async def test_what_was_over_before_anybody_could_be_told_is_told_in_one_message(watch: Watch) -> None:
    """Telegram was away meanwhile."""
    await watch.fails()
    await watch.heals(QUIET)
    assert await watch.told() == [("provider", True)]
    assert await watch.told() == []


async def test_what_comes_back_while_its_end_is_told_is_told_again(watch: Watch) -> None:
    await watch.fails()
    await watch.told()
    await watch.heals(QUIET)
    [ended] = await watch.alarms.untold()
    await watch.fails()
    await watch.alarms.told(ended)
    assert await watch.told() == [("provider", False)]
    assert await watch.told() == []


async def test_what_ends_while_its_beginning_is_told_is_told_as_over(watch: Watch) -> None:
    await watch.fails()
    [begun] = await watch.alarms.untold()
    await watch.heals(QUIET)
    await watch.alarms.told(begun)
    assert await watch.told() == [("provider", True)]


async def test_a_clock_that_is_set_back_keeps_no_alarm_on(watch: Watch) -> None:
    await watch.fails()
    await watch.told()
    await watch.heals(timedelta(0))
    assert await watch.told() == [], "it began this moment"
    await watch.heals(-timedelta(hours=1))
    assert await watch.told() == [("provider", True)]
    watch.world.clock.advance(hours=-1)
    await watch.fails()
    assert (await watch.row()).returns == 0, "nobody knows how long ago the other one was"


async def test_two_processes_that_look_at_once_set_off_one_alarm(watch: Watch) -> None:
    other = Watch(watch.world)
    await watch.fails()
    before = await watch.row()
    await other.fails()
    assert (await watch.row()).since == before.since
    assert await watch.told() == [("provider", False)]
    assert await other.told() == []


class Slow(Database):
    """The database of a process that is held up before it writes."""

    def __init__(self, database: Database) -> None:
        super().__init__(database._url.render_as_string(hide_password=False))
        self.reached, self.may_write = asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def writing(self, purpose: str = "write") -> AsyncIterator[AsyncSession]:
        self.reached.set()
        await self.may_write.wait()
        async with super().writing(purpose) as session:
            yield session


@pytest.fixture
async def slow(watch: Watch) -> AsyncIterator[Watch]:
    """Another process, which is held up whenever it found something to write."""
    async with Slow(watch.world.database) as database:
        yield Watch(watch.world, database)


async def meanwhile(slow: Watch, other: Awaitable[None]) -> None:
    """Let another process look and write between the slow one's look and its writing."""
    assert isinstance(slow.database, Slow)
    sweeping = asyncio.create_task(slow.alarms.sweep())
    await slow.database.reached.wait()
    await other
    slow.database.may_write.set()
    await sweeping


async def test_an_alarm_that_another_process_set_off_meanwhile_is_set_off_once(watch: Watch, slow: Watch) -> None:
    for _ in range(5):
        slow.pulse.provider("balance", 1.0, failed=True)
    await meanwhile(slow, watch.fails())
    assert await watch.told() == [("provider", False)]
    assert await slow.told() == []


async def test_an_alarm_that_another_process_ended_meanwhile_ends_once(watch: Watch, slow: Watch, caplog: pytest.LogCaptureFixture) -> None:
    await watch.fails()
    await watch.told()
    watch.world.clock.now += QUIET
    slow.pulse.provider("balance", 0.1, failed=False)
    await meanwhile(slow, watch.heals(timedelta(0)))
    assert await watch.told() == [("provider", True)]
    assert len([record for record in caplog.records if "is over" in record.message]) == 1


async def test_two_processes_that_read_the_same_row_change_it_once(watch: Watch) -> None:
    await watch.fails()
    await watch.told()
    alarm = await watch.row()
    async with watch.world.database.writing() as session:
        assert await rows.change(session, alarm, cleared_at=START)
        assert not await rows.change(session, alarm, cleared_at=START)
        assert not await rows.begin(session, "provider", "{}", START)
    await watch.heals(QUIET)
    assert (await watch.row()).cleared_at == START, "it was over already"
