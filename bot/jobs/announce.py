"""Word of what this process committed, for those that draw and poll in other ones."""

import asyncio
import logging

from storage import signals
from storage.database import Database
from storage.updates import is_outage

logger = logging.getLogger(__name__)


class Announcer:
    """Tells without keeping anybody waiting; where that fails, the other processes' sweep finds the rows a moment later."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._telling: set[asyncio.Task[None]] = set()

    def __call__(self, activation_id: str) -> None:
        """Tell that an activation has changed."""
        task = asyncio.create_task(self._tell(activation_id), name=f"tell of {activation_id}")
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def drain(self) -> None:
        """Wait for what is being told."""
        while self._telling:
            await asyncio.wait(list(self._telling))

    async def _tell(self, activation_id: str) -> None:
        try:
            await signals.tell(self._database, activation_id)
        except Exception as error:
            if not is_outage(error):
                raise
            logger.error("other processes are not told of %s: %s", activation_id, type(error).__name__)  # noqa: TRY400 - an outage, no bug.
