"""Pauses that double, scatter, obey, and are forgotten."""

from datetime import timedelta

import pytest

from bot.services.backoff import FIRST, LONGEST, Backoff
from tests.services.world import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


def _pause(backoff: Backoff, clock: Clock) -> timedelta:
    until = backoff.until("key")
    assert until is not None
    return until - clock.now


def test_pauses_double_up_to_the_longest(clock: Clock) -> None:
    backoff = Backoff(clock, lambda: 1.0)
    pauses = []
    for _ in range(12):
        backoff.failed("key")
        pauses.append(_pause(backoff, clock))
        clock.now += pauses[-1]
    assert pauses[:6] == [timedelta(seconds=seconds) for seconds in (2, 4, 8, 16, 32, 64)]
    assert set(pauses[6:]) == {timedelta(minutes=2)} == {LONGEST}


def test_pauses_double_ten_times_at_most(clock: Clock) -> None:
    backoff = Backoff(clock, lambda: 1.0, first=timedelta(seconds=1), longest=timedelta(days=1))
    for _ in range(20):
        backoff.failed("key")
        clock.now += _pause(backoff, clock)
    backoff.failed("key")
    assert _pause(backoff, clock) == timedelta(seconds=1024)


@pytest.mark.parametrize(("jitter", "share"), [(0.0, 0.5), (0.5, 0.75), (1.0, 1.0)])
def test_pauses_are_scattered_between_half_and_whole(clock: Clock, jitter: float, share: float) -> None:
    backoff = Backoff(clock, lambda: jitter)
    backoff.failed("key")
    assert _pause(backoff, clock) == FIRST * share


def test_failures_during_a_pause_do_not_lengthen_it_but_count_for_the_time_of_failing(clock: Clock) -> None:
    backoff = Backoff(clock, lambda: 1.0)
    assert backoff.failed("key") == timedelta(0)
    assert backoff.failed("key") == timedelta(0)
    assert _pause(backoff, clock) == FIRST
    clock.advance(seconds=1)
    assert backoff.failed("key") == timedelta(seconds=1)
    assert _pause(backoff, clock) == FIRST - timedelta(seconds=1)


def test_what_the_provider_asks_for_is_obeyed_also_when_it_asks_during_a_pause(clock: Clock) -> None:
    backoff = Backoff(clock, lambda: 1.0)
    backoff.failed("key", timedelta(seconds=30))
    assert _pause(backoff, clock) == timedelta(seconds=30)
    clock.advance(seconds=1)
    backoff.failed("key", timedelta(seconds=60))
    assert _pause(backoff, clock) == timedelta(seconds=60)
    backoff.failed("key", timedelta(seconds=5))
    assert _pause(backoff, clock) == timedelta(seconds=60)


def test_a_clock_that_is_set_back_ends_a_pause_instead_of_lengthening_it(clock: Clock) -> None:
    backoff = Backoff(clock, lambda: 1.0)
    backoff.failed("key")
    clock.advance(hours=-1)
    assert backoff.until("key") is None
    backoff.failed("key")
    assert _pause(backoff, clock) == 2 * FIRST


def test_a_clock_that_is_set_back_to_an_earlier_pause_ends_the_later_one(clock: Clock) -> None:
    backoff = Backoff(clock, lambda: 1.0)
    backoff.failed("key")
    clock.now += FIRST
    backoff.failed("key")
    clock.advance(seconds=-1)
    assert backoff.until("key") is None
    backoff.failed("key")
    assert _pause(backoff, clock) == 4 * FIRST


def test_the_time_of_failing_counts_from_the_first_failure(clock: Clock) -> None:
    backoff = Backoff(clock, lambda: 1.0)
    backoff.failed("key")
    clock.advance(minutes=5)
    assert backoff.failed("key") == timedelta(minutes=5)
    clock.advance(minutes=5)
    assert backoff.failed("key") == timedelta(minutes=10)


def test_a_success_forgets_everything_and_keys_are_apart(clock: Clock) -> None:
    backoff = Backoff(clock, lambda: 1.0)
    backoff.failed("key")
    backoff.failed("other")
    assert backoff.succeeded("key")
    assert not backoff.succeeded("key")
    assert backoff.until("key") is None
    assert backoff.until("other") == clock.now + FIRST
    backoff.failed("key")
    assert _pause(backoff, clock) == FIRST
