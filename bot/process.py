"""One process of the bot: its parts, and what runs in it by the clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from telegram.ext import Application, JobQueue

from bot.gateway.dispatch import Dispatcher
from bot.gateway.receipt import Intake, LongPolling
from bot.gateway.webhook import Webhook
from bot.handlers.turn import Parts
from bot.jobs import Job, Work
from bot.jobs.alarms import AlarmTeller
from bot.jobs.announce import Announcer
from bot.jobs.broadcast import Broadcaster
from bot.jobs.deliver import Deliveries
from bot.jobs.holding import Keeper
from bot.jobs.notices import MoneyNotices
from bot.jobs.usage import UsageNotices
from bot.services.admin.health import Checkup
from bot.services.alerts import AlertChecks
from bot.services.holding import AutoCancel
from bot.services.leases import SECONDS, Leases, Shared
from bot.services.polling import Poller
from bot.services.settlement import Settlement
from bot.settings import Settings
from storage import updates
from storage.database import Database

RECEIPTS_KEPT_FOR = timedelta(hours=48)

App = Application[Any, Any, Any, Any, Any, Any]


class Kind(StrEnum):
    """Which part of the bot a process is."""

    RUN = "run"  # All of it, with long polling.
    WEB = "web"  # Updates by webhook, and what they ask for.
    WORKER = "worker"  # Jobs.


@dataclass(slots=True)
class Bot:
    """The wired bot of one process."""

    kind: Kind
    settings: Settings
    database: Database
    application: App
    parts: Parts
    poller: Poller
    settlement: Settlement
    deliveries: Deliveries
    keeper: Keeper
    auto_cancel: AutoCancel
    notices: MoneyNotices
    alert_checks: AlertChecks
    usage_notices: UsageNotices
    broadcaster: Broadcaster
    checkup: Checkup
    alarm_teller: AlarmTeller
    dispatcher: Dispatcher
    intake: Intake
    long_polling: LongPolling
    webhook: Webhook
    announcer: Announcer
    leases: Leases
    clock: Callable[[], datetime]

    @property
    def queue(self) -> JobQueue[Any]:
        """The library's queue of jobs, on which APScheduler runs."""
        queue = self.application.job_queue
        assert queue is not None  # noqa: S101 - the application is built with one.
        return queue

    async def take_up(self) -> None:
        """At the start: what an earlier process had under way has lost the process that would have heard its outcome.

        Where there may be other processes, it may be theirs, and is taken up when its lease has run out.
        """
        if isinstance(self.leases, Shared):
            await self.leases.claim(updates.PROCESS.format(self.leases.holder))
        else:
            await self.settlement.adopt()
            await self.parts.broadcasts.adopt()

    def heard(self, activation_id: str) -> None:
        """Hear from another process that an activation has changed."""
        self.poller.notice(activation_id)
        self.deliveries.soon(activation_id)

    def jobs(self) -> list[Job]:
        """List what runs by the clock."""
        tick = min(1.0, self.settings.poll_interval_min / 2)
        work = [
            Job("poll", tick, self.poller.tick),
            Job("deliver", 1.0, self.deliveries.sweep),
            Job("keep", 1.0, self._alone("keep", self.keeper.sweep)),
            Job("cancel by itself", 2.0, self._alone("cancel by itself", self.auto_cancel.sweep)),
            Job("settle", 2.0, self._alone("settle", self.settlement.sweep)),
            Job("broadcast", 1.0, self.broadcaster.tick),
            Job("tell of money", 1.0, self._alone("tell of money", self.notices.sweep)),
            Job("check alerts", 5.0, self._alone("check alerts", self.alert_checks.sweep)),
            Job("look at the use", 60.0, self._alone("look at the use", self.usage_notices.sweep)),
            Job("forget drafts", 3600.0, self._alone("forget drafts", self.parts.broadcasts.forget_drafts)),
            Job("forget alerts", 3600.0, self._alone("forget alerts", self.parts.alerts.forget_told)),
            Job("forget offers", 3600.0, self._alone("forget offers", self.settlement.forget_offers)),
            Job("forget updates", 3600.0, self._alone("forget updates", self._forget_updates)),
        ]
        watching = [
            Job("show signs of life", 5.0, self.checkup.beat),
            Job("watch over alarms", 5.0, self._alone("watch over alarms", self.alarm_teller.sweep)),
            Job("forget processes", 3600.0, self._alone("forget processes", self.checkup.forget)),
        ]
        shared = [Job("renew leases", SECONDS / 3, self.leases.renew)] if isinstance(self.leases, Shared) else []
        receiving = [Job("take over updates", SECONDS / 3, self._take_over_updates)] if shared and self.kind is not Kind.WORKER else []
        return [*shared, *receiving, *watching, *(work if self.kind is not Kind.WEB else [])]

    def _alone(self, chore: str, work: Work) -> Work:
        """Let one process at a time do a chore."""

        async def claimed() -> None:
            if await self.leases.claim(chore):
                await work()

        return claimed

    async def _forget_updates(self) -> None:
        await updates.forget_before(self.database, self.clock() - RECEIPTS_KEPT_FOR)

    async def _take_over_updates(self) -> None:
        await self.intake.take_up(await self.intake.left_behind())
