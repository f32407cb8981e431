"""Tells the admins of alarms: each of them once when it begins and once when it is over."""

import logging
from functools import partial

from telegram.error import TelegramError

from bot.gateway.limiter import Priority
from bot.gateway.messenger import Messenger
from bot.gateway.outcome import Outcome, classify
from bot.jobs.teller import Teller
from bot.locales import Languages
from bot.screens.admin import health as screens
from bot.services.accounts import Accounts
from bot.services.admin.alarms import Alarms
from bot.services.admin.team import Team
from storage.models import Alarm

logger = logging.getLogger(__name__)


class AlarmTeller:
    """Sweeps over the alarms; one is marked once every admin was told who can be, and until then told again after a pause.

    Who was told already is remembered by the process: after a crash in between they are told a second time.
    """

    def __init__(
        self, *, messenger: Messenger, teller: Teller, alarms: Alarms, accounts: Accounts, languages: Languages, team: Team
    ) -> None:
        self._messenger = messenger
        self._teller = teller
        self._alarms = alarms
        self._accounts = accounts
        self._languages = languages
        self._team = team
        self._told: dict[str, set[int]] = {}

    async def sweep(self) -> None:
        """Look for what is wrong, and start telling what is to be told; raises what an earlier attempt died of."""
        self._teller.check()
        await self._alarms.sweep()
        untold = {_key(alarm): alarm for alarm in await self._alarms.untold()}
        self._told = {key: self._told.get(key, set()) for key in untold}
        admin_ids = await self._team.ids() if untold else []
        for key, alarm in untold.items():
            waiting = [admin_id for admin_id in admin_ids if admin_id not in self._told[key]]
            for admin_id in waiting:
                self._teller.soon(f"alarm:{key}:{admin_id}", admin_id, partial(self._tell, alarm, admin_id, admin_ids))
            if not waiting:
                await self._alarms.told(alarm)

    async def drain(self) -> None:
        """Wait for what is under way."""
        await self._teller.drain()

    async def _tell(self, alarm: Alarm, admin_id: int, admin_ids: list[int]) -> None:
        words = self._languages.words(await self._accounts.language(admin_id))
        try:
            await self._messenger.send(admin_id, screens.alarm(words, alarm), Priority.MESSAGE)
        except TelegramError as error:
            if classify(error) is not Outcome.UNREACHABLE:
                raise
            logger.warning("admin %d cannot be told of an alarm: %s", admin_id, error)
        told = self._told.setdefault(_key(alarm), set())
        told.add(admin_id)
        if told.issuperset(admin_ids):
            await self._alarms.told(alarm)


def _key(alarm: Alarm) -> str:
    return f"{alarm.kind}:{alarm.since.timestamp():.6f}:{'on' if alarm.cleared_at is None else 'over'}"
