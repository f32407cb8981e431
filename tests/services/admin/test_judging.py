"""What counts as wrong, by the figures of one moment."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.services.admin.alarms import Finding, Trouble, judge
from bot.services.admin.health import Checkup, Health, Identity
from bot.services.pulse import Counts, Pulse
from storage.census import Census
from storage.models import ProcessBeat
from storage.size import Disk
from tests.services.world import START, World

SMS_LATE, UPDATES_LATE, POLLS_LATE = (timedelta(minutes=late) for late in (2, 3, 3))
DISK_LOW = 512 * 2**20
WELL = Finding(bad=False)
UNKNOWN = Finding(bad=None)
LONG_AGO = START - timedelta(days=1)
IDLE = Census(0, 0, 0, {}, 0, None, 0, None, 0, 0)


def process(started_at: datetime = LONG_AGO) -> ProcessBeat:
    zeros = {"provider_calls": 0, "provider_failures": 0, "provider_slow": 0, "telegram_calls": 0, "telegram_failures": 0}
    fields = {"holder": "one", "kind": "worker", "version": "1", "started_at": started_at, "beat_at": START, "provider_seconds": 0.0}
    return ProcessBeat.model_validate(fields | zeros)


HEALTH = Health(START, [process()], Counts(), None, None, 0, None, timedelta(seconds=16), IDLE, 1, None, [])


def test_a_bot_that_idles_has_no_trouble() -> None:
    idle = judge(replace(HEALTH, disk=Disk(10**12, 10**12)))
    assert {kind: finding.bad for kind, finding in idle.items()} == {
        **dict.fromkeys(("provider", "slow", "telegram"), None),
        **dict.fromkeys(("sms", "updates", "polls", "disk"), False),
    }


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
    assert polls(longest_pause=POLLS_LATE, asked_at=START - 2 * POLLS_LATE) == WELL
    assert polls(longest_pause=POLLS_LATE, asked_at=START - 2 * POLLS_LATE - timedelta(seconds=1)).bad is True
    assert polls(counts=Counts(provider_calls=1, provider_failures=1)).bad is None, "a provider that fails is left alone for a while"


def test_a_disk_is_low_before_it_is_full() -> None:
    def disk(total: int, free: int) -> Finding:
        return judge(replace(HEALTH, disk=Disk(total, free)))[Trouble.DISK]

    assert Trouble.DISK not in judge(HEALTH)
    assert disk(10**12, DISK_LOW) == Finding(bad=False, figures={"free": DISK_LOW})
    assert disk(10**12, DISK_LOW - 1) == Finding(bad=True, figures={"free": DISK_LOW - 1})
    assert disk(10**9, 10**8).bad is False
    assert disk(10**9, 10**8 - 1).bad is True


async def test_a_web_process_notices_that_no_worker_runs(world: World) -> None:
    """Nobody polls then, and who could tell of it from a worker is gone."""

    def starts(holder: str, kind: str) -> tuple[Checkup, Pulse]:
        pulse, identity = Pulse(world.clock), Identity(holder, kind, "1", world.clock())
        process = Checkup(database=world.database, pulse=pulse, identity=identity, longest_pause=timedelta(0), clock=world.clock)
        return process, pulse

    (web, _), (worker, polls) = starts("a", "web"), starts("b", "worker")
    await world.connected()
    await world.holds()
    for _ in range(20):
        world.clock.advance(seconds=30)
        polls.provider("sms", 0.1, failed=False)
        await web.beat()
        await worker.beat()
    assert judge(await web.read())[Trouble.POLLS] == WELL
    world.clock.advance(seconds=180)
    assert judge(await web.read())[Trouble.POLLS] == WELL
    world.clock.advance(seconds=1)
    assert judge(await web.read())[Trouble.POLLS] == Finding(bad=True, figures={"count": 1, "seconds": 181})
