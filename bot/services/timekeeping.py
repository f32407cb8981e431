"""A clock that somebody sets while no process runs: what is under way is dated anew, so that nothing expires early or lives for ever."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.clock import Boot
from storage import clock as queries
from storage.database import Database

logger = logging.getLogger(__name__)

NOTICED_FROM = timedelta(minutes=1)
"""A smaller step is the clock being kept right, and changes nothing that matters."""
RECENT = timedelta(hours=2)
"""What was asked for that shortly before may still have to do with what is under way: a purchase in doubt is judged by other movements."""


async def keep_time(database: Database, clock: Callable[[], datetime], boot: Boot) -> timedelta:
    """At the start of the only process: see by how far the clock was set since an earlier one, and date anew what is under way.

    The machine seems to have started at another time by its clock then. Where it was started anew, nothing can be known, and the clock
    is believed. Returns by how much was corrected.
    """
    started_at = clock().timestamp() - boot.since()
    async with database.writing("keep time") as session:
        known = await queries.started_at(session, boot.name)
        step = timedelta(seconds=started_at - known) if known is not None else timedelta(0)
        if known is not None and abs(step) < NOTICED_FROM:
            return timedelta(0)
        if step:
            then = datetime.fromtimestamp(started_at + boot.since(), UTC) - step
            count = await queries.date_anew(session, then - RECENT, step)
            logger.warning("the clock was set by %s since the last start; %d purchases are dated anew", step, count)
        await queries.note_start(session, boot.name, started_at)
    return step
