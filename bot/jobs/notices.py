"""Tells chats what the rows say about their money: that the balance is low, and that what an alert waits for has come."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from bot.gateway.limiter import Priority
from bot.gateway.messenger import Messenger
from bot.jobs.teller import Teller
from bot.locales import Languages, Words
from bot.screens import account
from bot.screens import alerts as screens
from bot.services.accounts import Accounts
from storage import alerts, chats
from storage.database import Database

AT_ONCE = 100
LATE = timedelta(minutes=15)
"""Age of what an alert saw at which the chat is told when that was."""


class MoneyNotices:
    """Sweeps over the rows: each notice is marked after Telegram took it, so that it is told at least once."""

    def __init__(
        self,
        *,
        messenger: Messenger,
        teller: Teller,
        database: Database,
        accounts: Accounts,
        languages: Languages,
        clock: Callable[[], datetime],
    ) -> None:
        self._messenger = messenger
        self._teller = teller
        self._database = database
        self._accounts = accounts
        self._languages = languages
        self._clock = clock

    async def sweep(self) -> None:
        """Start telling what has not been told; raises what an earlier attempt died of."""
        self._teller.check()
        async with self._database.reading() as session:
            low = await chats.low_untold(session)
            met = await alerts.untold(session, AT_ONCE)
        for found in low:
            self._teller.soon(f"low balance:{found.chat_id}", found.chat_id, partial(self._warn, found.chat_id))
        for alert in met:
            self._teller.soon(f"alert:{alert.id}", alert.chat_id, partial(self._tell, alert.id))

    async def drain(self) -> None:
        """Wait for what is under way."""
        await self._teller.drain()

    async def _warn(self, chat_id: int) -> None:
        async with self._database.reading() as session:
            low = await chats.low_untold(session, chat_id)
        for found in low:
            screen = account.low_balance(await self._words(chat_id), found.balance, found.limit)
            await self._messenger.send(chat_id, screen, Priority.MESSAGE)
            async with self._database.writing("mark a low balance as told") as session:
                await chats.mark_low_told(session, chat_id, self._clock())

    async def _tell(self, alert_id: str) -> None:
        async with self._database.reading() as session:
            met = await alerts.untold(session, 1, alert_id)
        for alert in met:
            late = alert.met_at is not None and self._clock() - alert.met_at > LATE
            await self._messenger.send(alert.chat_id, screens.met(await self._words(alert.chat_id), alert, late=late), Priority.MESSAGE)
            async with self._database.writing("mark an alert as told") as session:
                await alerts.mark_told(session, alert.id, self._clock())

    async def _words(self, chat_id: int) -> Words:
        return self._languages.words(await self._accounts.language(chat_id))
