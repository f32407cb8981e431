"""Unusual use: it is shown to the admins, who decide; nothing is refused by itself."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.services.admin.team import Team
from bot.services.errors import NotFound
from storage import usage
from storage.database import Database
from storage.models import Action
from storage.usage import Noted

PERIOD = timedelta(days=1)
"""In which purchases are counted, and for how long the same chat's use is not shown again."""
PURCHASES, CANCELS = 30, 15
"""From how many purchases, or how many of them cancelled, a chat's use in a period stands out.

Somebody who signs up for themselves buys a few numbers a day; somebody who tests buys more, and is judged fine once a week.
"""
FINE_FOR = timedelta(days=7)
"""For how long a use that an admin judged fine is not shown again."""


class Usage:
    """Notes unusual use, and keeps what the admins said to it."""

    def __init__(self, database: Database, team: Team, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._team = team
        self._clock = clock

    async def sweep(self) -> None:
        """Note the chats whose use stands out now; each of them once in a period."""
        now = self._clock()
        async with self._database.reading() as session:
            heavy = await usage.heavy(session, now - PERIOD, PURCHASES, CANCELS)
        for use in heavy:
            async with self._database.writing("note an unusual use") as session:
                await usage.note(session, use, now, now + PERIOD)

    async def untold(self) -> Sequence[Noted]:
        """List what the admins have not been shown."""
        async with self._database.reading() as session:
            return await usage.untold(session)

    async def told(self, noted: Noted) -> None:
        """Note that the admins were shown it."""
        async with self._database.writing("mark an unusual use as told") as session:
            await usage.mark_told(session, noted.use, self._clock())

    async def lately(self) -> Sequence[Noted]:
        """List what stood out in the last days, the newest first."""
        async with self._database.reading() as session:
            return await usage.since(session, self._clock() - FINE_FOR)

    async def fine(self, admin_id: int, chat_id: int) -> Noted:
        """Judge a chat's use as fine, so that it is not shown again for a while; raises `NotFound`."""
        async with self._team.acting(admin_id, Action.JUDGE_USE, chat_id, "fine") as deed:
            await usage.keep_quiet(deed.session, chat_id, self._clock() + FINE_FOR)
            noted = await usage.one(deed.session, chat_id)
            if noted is None:
                raise NotFound
            return noted
