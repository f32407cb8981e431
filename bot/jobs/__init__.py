"""What runs by the clock: APScheduler jobs over rows, each a call to the part that knows how."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from telegram.ext import CallbackContext, JobQueue

from storage.updates import is_outage

logger = logging.getLogger(__name__)

Work = Callable[[], Awaitable[object]]
OPTIONS: dict[str, Any] = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
"""A late job runs late instead of not at all, once, and never beside itself; the library's own defaults drop it."""
SILENT_FOR = 300.0
"""Seconds beyond its interval after which a job that has not ended counts as dead. A pause that Telegram asks for is shorter."""


class JobDiedError(Exception):
    """A job has not come to an end for so long that the process must be taken for deaf."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do every so many seconds."""

    name: str
    every: float
    work: Work


class Jobs:
    """Runs jobs on the library's queue, and notices when one of them fails or falls silent."""

    def __init__(self, jobs: Sequence[Job], *, clock: Callable[[], float] = time.monotonic, silent_for: float = SILENT_FOR) -> None:
        self._jobs = jobs
        self._clock = clock
        self._silent_for = silent_for
        self._ended_at: dict[str, float] = {}
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def start(self, queue: JobQueue[Any]) -> None:
        """Put the jobs on the queue."""
        for job in self._jobs:
            self._ended_at[job.name] = self._clock()
            queue.run_repeating(self._guarded(job), interval=job.every, first=0, name=job.name, job_kwargs=OPTIONS)

    async def watch(self, every: float = 5.0) -> None:
        """Raise what a job died of, or `JobDiedError` for one that never ends: a bot that polls no more must not live on."""
        while True:
            await asyncio.wait([self._failed], timeout=every)
            if self._failed.done():
                self._failed.result()
            self.check()

    def check(self) -> None:
        """Raise `JobDiedError` where a job has been silent for too long."""
        for job in self._jobs:
            silent = self._clock() - self._ended_at[job.name]
            if silent > job.every + self._silent_for:
                raise JobDiedError(f"the job {job.name!r} has not ended for {silent:.0f} s")

    def _guarded(self, job: Job) -> Callable[[CallbackContext[Any, Any, Any, Any]], Coroutine[Any, Any, None]]:
        async def run(_context: CallbackContext[Any, Any, Any, Any]) -> None:
            try:
                await job.work()
            except Exception as error:  # noqa: BLE001 - whatever it is, it either passes by itself or ends the process.
                if is_outage(error):
                    logger.error("%s: the database is away, trying again: %s", job.name, type(error).__name__)  # noqa: TRY400 - no bug.
                elif not self._failed.done():
                    self._failed.set_exception(error)
            self._ended_at[job.name] = self._clock()

        return run
