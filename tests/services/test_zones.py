"""Times as admins type them, in zones as they name them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.zones import ZONES, parse_time, parse_zone, suggestions, zone

NOW = datetime(2026, 11, 25, 2, 50, tzinfo=UTC)
INDIA = "Asia/Kolkata"

NAMES = [
    ("Asia/Kolkata", INDIA),
    ("asia/kolkata", INDIA),
    (" kolkata ", INDIA),
    ("New  York", "America/New_York"),
    ("Pacific", None),
    ("us/pacific", "US/Pacific"),
    ("UTC", "UTC"),
    ("utc", "UTC"),
    ("+5:30", "UTC+05:30"),
    ("+0530", "UTC+05:30"),
    ("utc-4", "UTC-04:00"),
    ("GMT+14", "UTC+14:00"),
    ("-00:30", "UTC-00:30"),
    ("-0", "UTC+00:00"),
    ("+15", None),
    ("+14:30", None),
    ("5:30", None),
    ("Atlantis", None),
    ("../../etc/passwd", None),
    ("", None),
]


@pytest.mark.parametrize(("typed", "name"), NAMES)
def test_a_zone_is_known_by_its_name_its_city_or_its_offset(typed: str, name: str | None) -> None:
    assert parse_zone(typed) == name


def test_every_zone_that_is_offered_is_one() -> None:
    assert [parse_zone(name) for name in ZONES] == list(ZONES)
    assert all(zone(name).utcoffset(NOW.replace(tzinfo=None)) is not None for name in ZONES)


@pytest.mark.parametrize("name", [None, "", "Atlantis", "../x", "a\0b"])
def test_a_zone_that_is_known_no_more_is_utc(name: str | None) -> None:
    assert zone(name).utcoffset(NOW.replace(tzinfo=None)) == timedelta(0)


def test_an_offset_is_a_zone() -> None:
    assert NOW.astimezone(zone("UTC+05:30")).utcoffset() == timedelta(hours=5, minutes=30)
    assert NOW.astimezone(zone("UTC-00:30")).utcoffset() == timedelta(minutes=-30)


TIMES = [
    ("2026-12-01 18:30", "2026-12-01 13:00"),
    ("2026-12-01T18:30", "2026-12-01 13:00"),
    (" 01.12.2026  18:30 ", "2026-12-01 13:00"),
    ("1.12.2026 18.30", "2026-12-01 13:00"),
    ("1.12. 18:30", "2026-12-01 13:00"),
    ("1.11 18:30", "2027-11-01 13:00"),
    ("25.11. 8:20", "2027-11-25 02:50"),
    ("25.11. 8:21", "2026-11-25 02:51"),
    ("18:30", "2026-11-25 13:00"),
    ("8:20", "2026-11-26 02:50"),
    ("8:21", "2026-11-25 02:51"),
    ("2020-01-01 00:00", "2019-12-31 18:30"),
    ("24:00", None),
    ("12:60", None),
    ("2026-02-30 12:00", None),
    ("29.2. 12:00", None),
    ("0001-01-01 00:00", None),
    ("9999-12-31 23:59", "9999-12-31 18:29"),
    ("tomorrow", None),
    ("2026-12-01", None),
    ("", None),
]


@pytest.mark.parametrize(("typed", "expected"), TIMES)
def test_a_time_is_meant_in_the_admins_zone(typed: str, expected: str | None) -> None:
    found = parse_time(typed, NOW, zone(INDIA))
    assert (f"{found:%Y-%m-%d %H:%M}" if found is not None else None) == expected
    assert found is None or found.tzinfo is UTC


def test_a_time_that_the_clocks_leave_out_or_show_twice_is_one_all_the_same() -> None:
    berlin = zone("Europe/Berlin")
    assert parse_time("2027-03-28 02:30", NOW, berlin) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert parse_time("2027-10-31 02:30", NOW, berlin) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


@given(st.text(max_size=30), st.sampled_from([None, *ZONES]))
def test_any_text_is_a_time_or_none(typed: str, name: str | None) -> None:
    found = parse_time(typed, NOW, zone(name))
    assert found is None or found.tzinfo is UTC


SUGGESTED = [
    ("2026-11-25 08:20:30.5", ["25 09:20", "25 18:00", "26 09:00", "26 18:00", "30 09:00"]),
    ("2026-11-25 17:59:59", ["25 18:00", "25 18:59", "26 09:00", "26 18:00", "30 09:00"]),
    ("2026-11-25 18:00:00", ["25 19:00", "26 09:00", "26 18:00", "30 09:00"]),
    ("2026-11-29 08:00:00", ["29 09:00", "29 18:00", "30 09:00", "30 18:00"]),
    ("2026-11-30 08:00:00", ["30 09:00", "30 18:00", "01 09:00", "01 18:00", "07 09:00"]),
]


@pytest.mark.parametrize(("shown", "times"), SUGGESTED)
def test_an_hour_from_now_tonight_tomorrow_and_next_monday_are_suggested(shown: str, times: list[str]) -> None:
    where = zone(INDIA)
    offered = suggestions(datetime.fromisoformat(shown).replace(tzinfo=where).astimezone(UTC), where)
    assert [f"{time:%d %H:%M}" for time in offered] == times
    assert {(time.second, time.microsecond, time.tzinfo) for time in offered} == {(0, 0, where)}


@given(st.integers(0, 2 * 366 * 24 * 3600), st.sampled_from(ZONES))
def test_every_suggestion_is_ahead_and_in_order(seconds: int, name: str) -> None:
    now = NOW + timedelta(seconds=seconds)
    offered = suggestions(now, zone(name))
    assert 3 <= len(offered) <= 5
    assert offered == sorted(offered)
    assert all(now < time <= now + timedelta(days=8) and time.tzinfo is not UTC for time in offered)
