"""What runs by the clock: APScheduler jobs over rows, each a call to the part that knows how."""

import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from telegram.ext import CallbackContext, JobQueue

from storage.updates import is_outage

logger = logging.getLogger(__name__)

Work = Callable[[], Awaitable[object]]
OPTIONS: dict[str, Any] = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
"""A late job runs late instead of not at all, once, and never beside itself; the library's own defaults drop it."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do every so many seconds."""

    name: str
    every: float
    work: Work


def start(queue: JobQueue[Any], jobs: list[Job], fail: Callable[[BaseException], None]) -> None:
    """Put the jobs on the queue; `fail` is told of a bug, because a bot that polls no more must not live on."""
    for job in jobs:
        queue.run_repeating(_guarded(job, fail), interval=job.every, first=0, name=job.name, job_kwargs=OPTIONS)


def _guarded(job: Job, fail: Callable[[BaseException], None]) -> Callable[[CallbackContext[Any, Any, Any, Any]], Coroutine[Any, Any, None]]:
    async def run(_context: CallbackContext[Any, Any, Any, Any]) -> None:
        try:
            await job.work()
        except Exception as error:  # noqa: BLE001  # Whatever it is, it either passes by itself or ends the process.
            if is_outage(error):
                logger.error("%s: the database is away, trying again: %s", job.name, type(error).__name__)  # noqa: TRY400
            else:
                fail(error)

    return run
