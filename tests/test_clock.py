import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import steady_clock, this_boot

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


@pytest.mark.skipif(sys.platform != "linux", reason="Linux names each start of the machine.")
def test_the_machines_start_has_a_name_that_stays_and_a_time_that_grows() -> None:
    boot = this_boot()
    assert boot is not None
    assert boot == this_boot()
    assert 0 < boot.since() <= boot.since()


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff\xfe"])
def test_a_system_that_does_not_name_its_starts_has_none(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "boot_id").write_bytes(content)
    assert this_boot(tmp_path / "boot_id") is None


def test_a_long_name_is_cut_to_what_the_database_holds(tmp_path: Path) -> None:
    (tmp_path / "boot_id").write_text("x" * 100)
    boot = this_boot(tmp_path / "boot_id")
    assert boot is not None
    assert boot.name == "x" * 64
