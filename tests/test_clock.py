from datetime import UTC, datetime, timedelta

from bot.clock import steady_clock

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_a_clock_that_is_set_does_not_move_the_bots_time() -> None:
    wall, passed = [NOON.timestamp()], [1000.0]
    clock = steady_clock(lambda: wall[0], lambda: passed[0])
    assert clock() == NOON
    passed[0] += 90
    for jump in (3600, -7200):
        wall[0] += jump
        assert clock() == NOON + timedelta(seconds=90)


def test_the_real_clock_tells_the_time_in_utc_and_goes_forward() -> None:
    before = datetime.now(UTC)
    clock = steady_clock()
    first, second = clock(), clock()
    assert abs(first - before) < timedelta(minutes=1)
    assert first <= second
    assert first.utcoffset() == timedelta(0)
