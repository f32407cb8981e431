"""Alarms go on once, stay on while anything is wrong, and are over once it has been quiet for a while."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.services.admin.alarms import DISK_LOW, POLLS_LATE, QUIET, SMS_LATE, SOON, UPDATES_LATE, Alarms, Finding, Trouble, figures, judge
from bot.services.admin.health import Checkup, Health, Identity
from bot.services.pulse import Counts, Pulse
from storage import alarms as rows
from storage.census import Census
from storage.models import Alarm, ProcessBeat
from storage.size import Disk
from tests.services.world import START, World

WELL = Finding(bad=False)
UNKNOWN = Finding(bad=None)
LONG_AGO = START - timedelta(days=1)
IDLE = Census(0, 0, 0, {}, 0, None, 0, None, 0, 0)


def process(started_at: datetime = LONG_AGO) -> ProcessBeat:
    zeros = {"provider_calls": 0, "provider_failures": 0, "provider_slow": 0, "telegram_calls": 0, "telegram_failures": 0}
    fields = {"holder": "one", "kind": "worker", "version": "1", "started_at": started_at, "beat_at": START, "provider_seconds": 0.0}
    return ProcessBeat.model_validate(fields | zeros)


HEALTH = Health(START, [process()], Counts(), None, None, 0, None, timedelta(seconds=16), IDLE, 1, None, [])


@pytest.mark.parametrize(
    ("calls", "failures", "finding"),
    [
        (0, 0, UNKNOWN),
        (1, 0, WELL),
        (4, 4, UNKNOWN),
        (5, 4, WELL),
        (5, 5, Finding(bad=True, figures={"bad": 5, "of": 5})),
        (25, 5, Finding(bad=True, figures={"bad": 5, "of": 25})),
        (26, 5, WELL),
    ],
)
def test_one_failing_call_of_five_is_wrong_and_without_answers_nobody_knows(calls: int, failures: int, finding: Finding) -> None:
    provider = judge(replace(HEALTH, counts=Counts(provider_calls=calls, provider_failures=failures)))
    telegram = judge(replace(HEALTH, counts=Counts(telegram_calls=calls, telegram_failures=failures)))
    assert provider[Trouble.PROVIDER] == telegram[Trouble.TELEGRAM] == finding
    assert provider[Trouble.TELEGRAM] == telegram[Trouble.PROVIDER] == UNKNOWN


def test_slow_answers_are_measured_against_answers() -> None:
    def slow(counts: Counts) -> Finding:
        return judge(replace(HEALTH, counts=counts))[Trouble.SLOW]

    assert slow(Counts(provider_calls=125, provider_failures=100, provider_slow=5)) == Finding(bad=True, figures={"bad": 5, "of": 25})
    assert slow(Counts(provider_calls=26, provider_slow=5)) == WELL
    assert slow(Counts(provider_calls=100, provider_failures=100)) == UNKNOWN


@pytest.mark.parametrize(
    ("trouble", "limit", "left"),
    [
        (Trouble.SMS, SMS_LATE, lambda at: replace(IDLE, undelivered=3, oldest_undelivered_at=at)),
        (Trouble.UPDATES, UPDATES_LATE, lambda at: replace(IDLE, unhandled=3, oldest_unhandled_at=at)),
    ],
)
def test_what_waits_too_long_is_wrong(trouble: Trouble, limit: timedelta, left: Callable[[datetime], Census]) -> None:
    def found(at: datetime, **changes: object) -> Finding:
        return judge(replace(HEALTH, census=left(at), **changes))[trouble]  # type: ignore[arg-type] # Whatever a test changes.

    assert judge(HEALTH)[trouble] == WELL
    assert found(START - limit).bad is False
    late = START - limit - timedelta(seconds=1)
    assert found(late) == Finding(bad=True, figures={"count": 3, "seconds": round(limit.total_seconds()) + 1})
    assert found(late, processes=[process(START)]).bad is False, "what a start finds is not late yet"
    assert found(late, processes=[]).bad is False
    assert found(START + timedelta(hours=1)) == Finding(bad=False, figures={"count": 3, "seconds": 0}), "the clock was set back"


def test_numbers_that_nobody_asks_for_are_wrong() -> None:
    def polls(**changes: object) -> Finding:
        given = {"waiting": 2, "waiting_since": LONG_AGO, "asked_at": LONG_AGO} | changes
        return judge(replace(HEALTH, **given))[Trouble.POLLS]  # type: ignore[arg-type] # Whatever a test changes.

    late = START - POLLS_LATE - timedelta(seconds=1)
    assert judge(HEALTH)[Trouble.POLLS] == WELL
    assert polls(asked_at=START - POLLS_LATE) == WELL
    assert polls(asked_at=late) == Finding(bad=True, figures={"count": 2, "seconds": 181})
    assert polls(asked_at=None).bad is True
    assert polls(waiting_since=START) == WELL
    assert polls(processes=[process(START)]) == WELL
    assert polls(longest_pause=POLLS_LATE, asked_at=late) == WELL, "no poll is due yet"
    assert polls(counts=Counts(provider_calls=1, provider_failures=1)).bad is None, "a provider that fails is left alone for a while"


def test_a_disk_is_low_before_it_is_full() -> None:
    def disk(total: int, free: int) -> Finding:
        return judge(replace(HEALTH, disk=Disk(total, free)))[Trouble.DISK]

    assert Trouble.DISK not in judge(HEALTH)
    assert disk(10**12, DISK_LOW) == Finding(bad=False, figures={"free": DISK_LOW})
    assert disk(10**12, DISK_LOW - 1) == Finding(bad=True, figures={"free": DISK_LOW - 1})
    assert disk(10**9, 10**8).bad is False
    assert disk(10**9, 10**8 - 1).bad is True


class Watch:
    """One process that looks at its own pulse."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.pulse = Pulse(world.clock)
        identity = Identity("one", "run", "1", world.clock())
        checkup = Checkup(
            database=world.database,
            pulse=self.pulse,
            identity=identity,
            longest_pause=timedelta(0),
            clock=world.clock,
            disk=lambda _db: None,
        )
        self.alarms = Alarms(world.database, checkup, world.clock)

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
    await watch.heals(-timedelta(hours=1))
    assert await watch.told() == [("provider", True)]


async def test_two_processes_that_look_at_once_set_off_one_alarm(watch: Watch) -> None:
    other = Watch(watch.world)
    await watch.fails()
    before = await watch.row()
    await other.fails()
    assert (await watch.row()).since == before.since
    assert await watch.told() == [("provider", False)]
    assert await other.told() == []


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
