"""Time zones of admins, and the dates and times that they type."""

import re
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

ZONES = (
    "UTC",
    "Asia/Kolkata",
    "Asia/Dubai",
    "Europe/Moscow",
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Los_Angeles",
    "Asia/Singapore",
)
"""Those that are offered as buttons, which carry a zone's place here: append only."""
_names = cache(available_timezones)
"""To read them anew takes a moment, in which nothing else goes on."""
_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-])\s*(\d{1,2})(?::?([0-5]\d))?", re.IGNORECASE)
_FARTHEST = timedelta(hours=14)
_CLOCK = r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"(?P<year>\d{{4}})-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}})(?:\s+|T){_CLOCK}",
        rf"(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.(?P<year>\d{{4}})\s+{_CLOCK}",
        rf"(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.?\s+{_CLOCK}",
        _CLOCK,
    )
)


def zone(name: str | None) -> tzinfo:
    """Give the zone that a chat keeps by name: an IANA name, or `UTC+05:30`; UTC where there is none, or none that is known any more."""
    if name is None:
        return UTC
    offset = _OFFSET.fullmatch(name)
    if offset is not None:
        return timezone(_offset(offset))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def parse_zone(typed: str) -> str | None:
    """Read a zone as an admin types it: an IANA name in any case, its city alone, or an offset from UTC; None for anything else."""
    text = " ".join(typed.split())
    offset = _OFFSET.fullmatch(text)
    if offset is not None:
        by = _offset(offset)
        sign, minutes = "-" if by < timedelta(0) else "+", abs(by) // timedelta(minutes=1)
        return f"UTC{sign}{minutes // 60:02}:{minutes % 60:02}" if abs(by) <= _FARTHEST else None
    return _known().get(text.replace(" ", "_").lower())


def _offset(match: re.Match[str]) -> timedelta:
    by = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return -by if match[1] == "-" else by


def _known() -> dict[str, str]:
    """Map what may be typed to the names: the whole name, and the city where only one zone is called so."""
    names = {name.lower(): name for name in _names()}
    cities = [(typed.rpartition("/")[2], name) for typed, name in names.items()]
    called = Counter(city for city, _ in cities)
    return {city: name for city, name in cities if called[city] == 1} | names


def parse_time(typed: str, now: datetime, where: tzinfo) -> datetime | None:
    """Read a date and time as an admin types it, in their zone; returns it in UTC, None for what is none.

    `2026-12-01 18:30`, `01.12.2026 18:30`, `1.12. 18:30` and `18:30` are taken; without a year or a date, the next such time is meant. A
    time that a change of the clocks leaves out is the one that the clock shows then.
    """
    match = next((found for form in _FORMS if (found := form.fullmatch(typed.strip()))), None)
    if match is None:
        return None
    given = {name: int(value) for name, value in match.groupdict().items()}
    today = now.astimezone(where)
    try:
        clock = time(given["hour"], given["minute"])
        if "day" not in given:
            return _next(datetime.combine(today.date(), clock, where), now)
        day = date(given.get("year", today.year), given["month"], given["day"])
        moment = datetime.combine(day, clock, where)
        if "year" not in given and moment <= now:
            moment = moment.replace(year=moment.year + 1)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _next(moment: datetime, now: datetime) -> datetime:
    """Take the same time of the next day where it is over today."""
    if moment <= now:
        moment += timedelta(days=1)
    return moment.astimezone(UTC)


def suggestions(now: datetime, where: tzinfo) -> list[datetime]:
    """Offer a few times, earliest first, all of them in the admin's zone: in an hour, tonight, tomorrow, next Monday."""
    today = now.astimezone(where)

    def on(days: int, hour: int) -> datetime:
        return datetime.combine(today.date() + timedelta(days=days), time(hour), where)

    in_an_hour = today.replace(second=0, microsecond=0) + timedelta(hours=1)
    offered = [in_an_hour, on(0, 18), on(1, 9), on(1, 18), on(7 - today.weekday(), 9)]
    return sorted({moment.astimezone(UTC): moment for moment in offered if moment > now}.values())
