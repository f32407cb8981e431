"""Waiting for what passes: delays that grow, never in step with anybody else's."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Patience:
    """How to wait between attempts: twice as long each time from `shortest` to `longest` seconds, less up to a half at random.

    `sleep` waits for some seconds; `chance` gives a number from 0 to 1.
    """

    shortest: float = 0.5
    longest: float = 30.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.SystemRandom().random

    async def wait(self, attempt: int) -> None:
        """Wait after the given attempt, counted from 1."""
        longest = min(self.longest, self.shortest * 2.0 ** min(attempt - 1, 60))
        await self.sleep(longest * (1 - self.chance() / 2))

    async def outlast(self, what: str, action: Callable[[int], Awaitable[T]], passes: Callable[[Exception], bool]) -> T:
        """Repeat an action, given the number of the attempt from 1, until it succeeds; an error that does not pass is raised."""
        attempt = 1
        while True:
            try:
                return await action(attempt)
            except Exception as error:
                if not passes(error):
                    raise
                logger.exception("Could not %s (attempt %d); trying again", what, attempt)
            await self.wait(attempt)
            attempt += 1
