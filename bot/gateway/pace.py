"""One bot's pace over several processes: before a message leaves, its moment is reserved in the database."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from storage import sending
from storage.database import Database
from storage.updates import is_outage

logger = logging.getLogger(__name__)

_NAME = "messages"


class Pace(Protocol):
    """What the limiter asks before a message leaves, and tells when Telegram wants a pause."""

    async def moment(self, *, patient: bool) -> None:
        """Return when a message may leave; one that is patient lets those of other processes go first."""
        ...

    async def pause(self, seconds: float) -> None:
        """Let the other processes know that Telegram wants silence for so long."""
        ...


class OwnPace:
    """The only process that sends: its own limits are all there is."""

    async def moment(self, *, patient: bool) -> None:
        """Return at once."""

    async def pause(self, seconds: float) -> None:
        """Tell nobody."""


class SharedPace:
    """The pace of several processes. Without the database they send by their own limits: an answer is worth more than the pace."""

    def __init__(self, database: Database, per_second: int, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._database = database
        self._interval = 1.0 / per_second
        self._sleep = sleep

    async def moment(self, *, patient: bool) -> None:
        """Reserve the next moment and wait for it."""
        given = False
        while not given:
            try:
                given, wait = await sending.reserve(self._database, _NAME, self._interval, patient=patient)
            except Exception as error:
                if not is_outage(error):
                    raise
                logger.error("the database is away, this process sends by its own limits: %s", type(error).__name__)  # noqa: TRY400 - no bug.
                return
            if wait > 0:
                await self._sleep(wait)

    async def pause(self, seconds: float) -> None:
        """Put every moment off that is not reserved yet."""
        try:
            await sending.pause(self._database, _NAME, seconds)
        except Exception as error:
            if not is_outage(error):
                raise
            logger.error("the database is away, other processes are not told of a pause: %s", type(error).__name__)  # noqa: TRY400 - no bug.
