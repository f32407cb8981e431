"""Keeps the progress cards of broadcasts up to date, and tells the owners of one that its author may not decide about any more."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from telegram.error import TelegramError

from bot.gateway.limiter import Priority
from bot.gateway.messenger import Messenger
from bot.gateway.outcome import Outcome, classify
from bot.locales import Languages
from bot.screens.admin import progress as screens
from bot.services.accounts import Accounts
from bot.services.admin.team import Team
from bot.services.broadcasts import Broadcasts, Progress
from storage.models import Broadcast, BroadcastState

logger = logging.getLogger(__name__)

REDRAW_EVERY = timedelta(seconds=3)


class Cards:
    """Sweeps over the broadcasts whose cards are outdated."""

    def __init__(
        self,
        *,
        messenger: Messenger,
        broadcasts: Broadcasts,
        team: Team,
        accounts: Accounts,
        languages: Languages,
        clock: Callable[[], datetime],
    ) -> None:
        self._messenger = messenger
        self._broadcasts = broadcasts
        self._team = team
        self._accounts = accounts
        self._languages = languages
        self._clock = clock
        self._drawn_at: dict[str, datetime] = {}

    async def sweep(self) -> None:
        """Draw what is outdated; what is under way changes with every chat, and is drawn every few seconds."""
        now = self._clock()
        for broadcast_id in await self._broadcasts.undrawn():
            progress = await self._broadcasts.progress(broadcast_id)
            drawn_at = self._drawn_at.get(broadcast_id)
            if _under_way(progress.broadcast) and drawn_at is not None and timedelta(0) <= now - drawn_at < REDRAW_EVERY:
                continue
            self._drawn_at[broadcast_id] = now
            await self._draw(progress)
            if not _under_way(progress.broadcast):
                del self._drawn_at[broadcast_id]
        for broadcast in await self._broadcasts.orphans():
            await self._tell_owners(broadcast)

    async def _draw(self, progress: Progress) -> None:
        broadcast = progress.broadcast
        words = self._languages.words(await self._accounts.language(broadcast.author_id))
        decides = broadcast.author_id in await self._team.ids()
        screen = screens.progress(words, progress, controls=decides)
        card, moved = broadcast.card_message_id, None
        try:
            there = card is not None and await self._messenger.edit(broadcast.author_id, card, screen, Priority.CARD)
            if not there and decides:
                moved = await self._messenger.send(broadcast.author_id, screen, Priority.MESSAGE)
        except TelegramError as error:
            if classify(error) is not Outcome.UNREACHABLE:
                logger.warning("the card of broadcast %s is redrawn later: %s", broadcast.id, error)
                return
        await self._broadcasts.drawn(progress, moved)

    async def _tell_owners(self, broadcast: Broadcast) -> None:
        """Tell every owner; one who cannot be told now finds it in the list of broadcasts."""
        for owner_id in sorted(self._team.owners):
            words = self._languages.words(await self._accounts.language(owner_id))
            try:
                await self._messenger.send(owner_id, screens.orphan(words, broadcast), Priority.MESSAGE)
            except TelegramError as error:
                logger.warning("owner %d was not told of broadcast %s: %s", owner_id, broadcast.id, error)
        await self._broadcasts.told_of_orphan(broadcast.id)


def _under_way(broadcast: Broadcast) -> bool:
    removing = broadcast.removing_at is not None and broadcast.removed_at is None
    return broadcast.state is BroadcastState.SENDING or removing
