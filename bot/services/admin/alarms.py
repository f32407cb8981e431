"""Alarms: what counts as wrong, and when it is over again.

An alarm goes on once its condition holds, and off once the condition has not held for some minutes and something shows that all is well:
where nobody calls the provider, nobody knows whether it answers again. What comes back soon has to be quiet for longer each time.
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.services.admin.health import Checkup, Health
from storage import alarms
from storage.database import Database
from storage.models import Alarm

logger = logging.getLogger(__name__)

FAILURES_AT_LEAST = 5
"""Calls of the last five minutes that have to fail, or to be slow, before anything is wrong; `pulse.SLOW` says what slow is."""
ONE_OF = 5
"""And one of so many calls."""
SMS_LATE = timedelta(minutes=2)
"""Age of an SMS that is not in its chat, which can be written to."""
UPDATES_LATE = timedelta(minutes=3)
"""Age of an update that is not handled; a handler may take two minutes."""
POLLS_LATE = timedelta(minutes=3)
"""Time without a question for an SMS while numbers wait for one; twice the longest pause between two where that is more."""
DISK_LOW = 512 * 2**20
"""Free bytes on the disk of the SQLite file, or a tenth of a small disk."""
SMALL_DISK = 10
QUIET = timedelta(minutes=5)
"""For how long nothing may be wrong before an alarm is over. Failures count for as long as they are in the window of the last minutes, so
an alarm of them ends between five and ten minutes after the last one."""
SOON = timedelta(hours=1)
"""What comes back within this time after its end is flapping: it has to be quiet for twice as long, up to eight times."""
DOUBLINGS = 3


class Trouble(StrEnum):
    """What may be wrong."""

    PROVIDER = "provider"  # Its calls fail.
    SLOW = "slow"  # Its answers are slow.
    TELEGRAM = "telegram"  # Requests to Telegram fail.
    SMS = "sms"  # An SMS does not get into its chat.
    UPDATES = "updates"  # What users sent is not handled.
    POLLS = "polls"  # Nobody asks for SMS.
    DISK = "disk"  # The disk is nearly full.


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether something is wrong, None where nothing tells; and figures for who is told."""

    bad: bool | None
    figures: Mapping[str, int] = field(default_factory=dict)


def judge(health: Health) -> dict[Trouble, Finding]:
    """Say of everything that can be known whether it is wrong."""
    counts, counted = health.counts, health.census
    answers = counts.provider_calls - counts.provider_failures
    findings = {
        Trouble.PROVIDER: _share(counts.provider_failures, counts.provider_calls, answers),
        Trouble.SLOW: _share(counts.provider_slow, answers, answers),
        Trouble.TELEGRAM: _share(counts.telegram_failures, counts.telegram_calls, counts.telegram_calls - counts.telegram_failures),
        Trouble.SMS: _late(health, counted.oldest_undelivered_at, SMS_LATE, counted.undelivered),
        Trouble.UPDATES: _late(health, counted.oldest_unhandled_at, UPDATES_LATE, counted.unhandled),
        Trouble.POLLS: _polls(health),
    }
    if health.disk is not None:
        low = min(DISK_LOW, health.disk.total // SMALL_DISK)
        findings[Trouble.DISK] = Finding(health.disk.free < low, {"free": health.disk.free})
    return findings


def _share(bad: int, of: int, answers: int) -> Finding:
    if bad >= FAILURES_AT_LEAST and bad * ONE_OF >= of:
        return Finding(bad=True, figures={"bad": bad, "of": of})
    return Finding(bad=False if answers else None)


def _late(health: Health, oldest: datetime | None, limit: timedelta, count: int) -> Finding:
    """Judge the age of what waits; what a process found when it started was not waiting for it to be quick."""
    if oldest is None:
        return Finding(bad=False)
    late = health.now - max(oldest, health.up_since) > limit
    return Finding(late, {"count": count, "seconds": max(0, round((health.now - oldest).total_seconds()))})


def _polls(health: Health) -> Finding:
    """Judge whether numbers are asked for; while the provider fails, it is left alone for some time on purpose."""
    if health.waiting_since is None:
        return Finding(bad=False)
    last = max(filter(None, (health.asked_at, health.up_since, health.waiting_since)))
    if health.now - last <= max(POLLS_LATE, 2 * health.longest_pause):
        return Finding(bad=False)
    failing = health.counts.provider_failures
    return Finding(None if failing else True, {"count": health.waiting, "seconds": round((health.now - last).total_seconds())})


class Alarms:
    """Keeps the rows of alarms; whoever tells of them marks what was told."""

    def __init__(self, database: Database, checkup: Checkup, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._checkup = checkup
        self._clock = clock

    async def sweep(self) -> None:
        """Look at everything, and set off and end alarms."""
        findings = judge(await self._checkup.read())
        now = self._clock()
        async with self._database.reading() as session:
            known = {alarm.kind: alarm for alarm in await alarms.every(session)}
        wrong = {kind: finding for kind, finding in findings.items() if finding.bad}
        over = [known[kind] for kind, finding in findings.items() if finding.bad is False and kind in known and _is_over(known[kind], now)]
        if not wrong and not over:
            return
        async with self._database.writing("set off and end alarms") as session:
            for kind, finding in wrong.items():
                await self._found(session, kind, known.get(kind), json.dumps(dict(finding.figures)), now)
            for alarm in over:
                if await alarms.change(session, alarm, cleared_at=now):
                    logger.warning("the alarm %s is over, it began at %s", alarm.kind, alarm.since.isoformat())

    async def _found(self, session: AsyncSession, kind: str, known: Alarm | None, detail: str, now: datetime) -> None:
        values: dict[str, object] = {"bad_at": now, "detail": detail}
        if known is None:
            begun = await alarms.begin(session, kind, detail, now)
        elif known.cleared_at is None:
            await alarms.change(session, known, **values)
            return
        else:
            returns = known.returns + 1 if timedelta(0) <= now - known.cleared_at < SOON else 0
            values |= {"cleared_at": None, "returns": returns}
            if known.clear_told_at is not None:
                # Nobody was told of an end that was none, and for them it is still on.
                values |= {"since": now, "told_at": None, "clear_told_at": None}
            begun = await alarms.change(session, known, **values)
        if begun:
            logger.error("alarm: %s %s", kind, detail)

    async def untold(self) -> Sequence[Alarm]:
        """Read those whose beginning or end the admins are still to be told."""
        async with self._database.reading() as session:
            return await alarms.untold(session)

    async def told(self, alarm: Alarm) -> None:
        """Note that the admins were told of an alarm as it was read: that it is on, or that it was and is over."""
        now = self._clock()
        async with self._database.writing("mark an alarm as told") as session:
            if alarm.cleared_at is None:
                await alarms.change(session, alarm, told_at=now)
            elif not await alarms.change(session, alarm, told_at=alarm.told_at or now, clear_told_at=now):
                # It came back while they were told that it is over, so they are told that it is on.
                again = alarm.model_copy(update={"cleared_at": None})
                await alarms.change(session, again, col(Alarm.told_at).is_not(None), told_at=None)


def _is_over(alarm: Alarm, now: datetime) -> bool:
    quiet = QUIET * 2 ** min(alarm.returns, DOUBLINGS)
    return alarm.cleared_at is None and not timedelta(0) <= now - alarm.bad_at < quiet


def figures(alarm: Alarm) -> dict[str, int]:
    """Read the figures of an alarm."""
    read: dict[str, int] = json.loads(alarm.detail)
    return read
