"""Word from process to process that something was committed, by PostgreSQL's NOTIFY.

A word that gets lost costs a moment and nothing else: whoever sweeps the rows finds what it was about.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import func, select

from storage.database import Database
from storage.updates import is_outage

logger = logging.getLogger(__name__)

_CHANNEL = "activation_changed"
RETRY_AFTER = 1.0


async def tell(db: Database, activation_id: str) -> None:
    """Tell every process that listens."""
    async with db.engine.begin() as connection:
        await connection.execute(select(func.pg_notify(_CHANNEL, activation_id)))


async def listen(
    db: Database,
    heard: Callable[[str], None],
    *,
    listening: Callable[[], None] = lambda: None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Call `heard` with every id that is told, until cancelled; a lost connection is opened anew. `listening` is called when it stands."""
    while True:
        try:
            await _listen(db, heard, listening)
        except Exception as error:
            if not is_outage(error):
                raise
            logger.error("the database is away, nothing is heard of other processes: %s", type(error).__name__)  # noqa: TRY400 - no bug.
        await sleep(RETRY_AFTER)


async def _listen(db: Database, heard: Callable[[str], None], listening: Callable[[], None]) -> None:
    async with db.engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        lost = asyncio.Event()

        def ended(_connection: Any) -> None:
            lost.set()

        def told(_connection: Any, _process: int, _channel: str, activation_id: str) -> None:
            heard(activation_id)

        driver.add_termination_listener(ended)
        await driver.add_listener(_CHANNEL, told)
        try:
            listening()
            await lost.wait()
        finally:
            driver.remove_termination_listener(ended)
            if not driver.is_closed():
                await driver.remove_listener(_CHANNEL, told)
