"""The screens of those who run the bot."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.locales import Words
from bot.screens.admin import health, menu, statistics, statistics_export, team
from bot.screens.overview import BY_DAY, BY_PRODUCT
from bot.screens.screen import Screen
from bot.services.admin.alarms import Trouble
from bot.services.admin.health import Health
from bot.services.admin.statistics import Cell, Statistics, Times
from bot.services.admin.team import PAGE, Record
from bot.services.pulse import Counts
from bot.services.spending import Waits
from storage.census import Census
from storage.models import Action, Alarm, AuditEntry, Chat, ProcessBeat
from storage.size import Disk
from storage.statistics import Visits
from tests.screens.gallery_money import spent

NOON = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
LARGEST_ID = 2**52 - 1


def chat(outside: str, **values: Any) -> Chat:
    """Make the chat of somebody who calls themselves that."""
    return Chat(id=LARGEST_ID, created_at=NOON, name=outside[:128], **values)


def teams(outside: str, words: Words) -> Iterator[tuple[str, Screen]]:
    for owner in (False, True):
        yield f"admins' menu, {owner}", menu.menu(words, owner=owner)
    named = chat(outside, username="x" * 32, admin_at=NOON, admin_by=1)
    yield "an owner who never wrote", team.team(words, [], frozenset({1}))
    yield "owners and admins", team.team(words, [Chat(id=1, created_at=NOON), *[named] * 8], frozenset({1, 2}))
    yield "who is to be an admin", team.ask_admin(words)
    yield "nobody", team.nobody(words)
    yield "dismiss", team.confirm_dismissal(words, named)
    yield "named", team.named(words)
    yield "an empty record", team.record(words, Record([], 0, 1))
    entries = [AuditEntry(at=NOON, admin_id=LARGEST_ID, action=action, subject=str(LARGEST_ID), detail=outside) for action in Action]
    for page, start in enumerate(range(0, len(entries), PAGE)):
        yield f"record {page}", team.record(words, Record(entries[start : start + PAGE], page, 3))


def reports(outside: str, words: Words) -> Iterator[tuple[str, Screen]]:
    """Draw what stands below the pictures of statistics, or without one."""
    waits = Waits(10**6, 10**6 - 1, timedelta(seconds=23), timedelta(hours=9, minutes=59))
    every = replace(spent(outside), purchases=10**6, waits=waits)
    times = Times(10**6, timedelta(seconds=0.4), timedelta(hours=9, minutes=59))
    full = {"by_day": {day.date.isoformat(): waits for day in every.days}, "by_product": {f"p{number}": waits for number in range(20)}}
    none, silent = Times(0, None, None), Waits(1, 0, None, None)
    few = spent(outside, Decimal("38.5"), 3, waits=silent, returned=Decimal(0), purchases=1)
    for by in (BY_DAY, BY_PRODUCT):
        report = Statistics(90, Visits(*[10**6] * 5), 10**5, every, times, **full)
        yield f"statistics by {by}", statistics.statistics(words, report, by)
        yield (
            f"few statistics by {by}",
            statistics.statistics(words, Statistics(30, Visits(1, 0, 1, 1, 1), 0, few, none, {}, {"p1": silent}), by),
        )
    unsold = spent(outside, purchases=0, products=[], days=[], waits=Waits(0, 0, None, None))
    yield "no statistics", statistics.statistics(words, Statistics(7, Visits(0, 0, 0, 0, 0), 0, unsold, none, {}, {}), BY_DAY)
    yield "statistics as a file", statistics_export.export(words, [Cell("2026-03-05", "p", outside)], 90)[1]


def alarm(trouble: Trouble, **values: Any) -> Alarm:
    seen = json.dumps({"bad": 12, "of": 40, "count": 3, "seconds": 200, "free": 10**8})
    return Alarm(kind=trouble, detail=seen, since=NOON, bad_at=NOON, **values)


def beat(number: int) -> ProcessBeat:
    return ProcessBeat(
        holder=str(number),
        kind="worker",
        version="0.1.0",
        started_at=NOON,
        beat_at=NOON,
        provider_calls=0,
        provider_failures=0,
        provider_slow=0,
        provider_seconds=0,
        telegram_calls=0,
        telegram_failures=0,
    )


def healths(words: Words) -> Iterator[tuple[str, Screen]]:
    idle = Census(0, 0, 0, {}, 0, None, 0, None, 0, 0)
    well = Health(NOON, [beat(1)], Counts(), None, None, 0, None, timedelta(seconds=16), idle, 123_456, Disk(10**11, 10**10), [])
    yield "health of a new bot", health.health(words, well)
    late = NOON - timedelta(minutes=20)
    busy = replace(idle, undelivered=3, oldest_undelivered_at=late, unhandled=2, oldest_unhandled_at=late, recipients_waiting=4000)
    counts = Counts(400, 20, 9, 380 * 0.42, 9000, 12)
    every = [alarm(trouble) for trouble in Trouble]
    ill = Health(NOON, [beat(n) for n in range(20)], counts, late, late, 9, late, timedelta(seconds=16), busy, 10**13, None, every)
    yield "health with everything wrong", health.health(words, ill)
    for trouble in Trouble:
        yield f"alarm of {trouble}", health.alarm(words, alarm(trouble))
        yield f"all clear of {trouble}", health.alarm(words, alarm(trouble, cleared_at=NOON + timedelta(hours=2)))


def running(outside: str, words: Words) -> Iterator[tuple[str, Screen]]:
    """Draw them all, with a text from outside wherever one is shown."""
    for gallery in (teams, reports):
        yield from gallery(outside, words)
    yield from healths(words)
