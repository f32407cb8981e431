"""How often is asked for an SMS, by a number's age."""

from datetime import timedelta

import pytest

from bot.services.schedule import curve, longest_pause


@pytest.mark.parametrize(
    ("age", "intervals"),
    [(0, 1), (59.999, 1), (60, 2), (179.999, 2), (180, 4), (599.999, 4), (600, 8), (86_400, 8)],
)
def test_the_older_a_number_the_rarer_it_is_asked_for(age: float, intervals: int) -> None:
    schedule = curve(timedelta(seconds=2))
    assert schedule(timedelta(seconds=age), "wa") == timedelta(seconds=2 * intervals)


def test_no_pause_is_longer_than_the_longest() -> None:
    schedule = curve(timedelta(seconds=2))
    assert max(schedule(timedelta(minutes=age), "wa") for age in range(120)) == longest_pause(timedelta(seconds=2))
