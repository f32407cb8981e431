"""Shows unusual use to the admins: each chat's once in a period, at least once across a crash."""

import logging

from telegram.error import TelegramError

from bot.gateway.limiter import Priority
from bot.gateway.messenger import Messenger
from bot.locales import Languages
from bot.screens.admin.usage import notice
from bot.services.accounts import Accounts
from bot.services.admin.team import Team
from bot.services.admin.usage import Usage
from storage.usage import Noted

logger = logging.getLogger(__name__)


class UsageNotices:
    """Looks at the rows, notes what stands out, and tells."""

    def __init__(self, *, messenger: Messenger, usage: Usage, team: Team, accounts: Accounts, languages: Languages) -> None:
        self._messenger = messenger
        self._usage = usage
        self._team = team
        self._accounts = accounts
        self._languages = languages

    async def sweep(self) -> None:
        """Note what stands out now, and show what was not shown."""
        await self._usage.sweep()
        for noted in await self._usage.untold():
            await self._tell(noted)
            await self._usage.told(noted)

    async def _tell(self, noted: Noted) -> None:
        """Show it to every admin; one who cannot be told now finds it among what stood out lately."""
        for admin_id in await self._team.ids():
            words = self._languages.words(await self._accounts.language(admin_id))
            try:
                await self._messenger.send(admin_id, notice(words, noted), Priority.MESSAGE)
            except TelegramError as error:
                logger.warning("admin %d was not told of the use of chat %d: %s", admin_id, noted.chat.id, error)
