"""Sends the broadcast that is due, chat by chat, deletes one where that was asked for, and keeps the progress cards up to date."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from telegram.error import TelegramError

from bot.gateway import outcome as telegram_outcome
from bot.gateway.limiter import Priority
from bot.gateway.messenger import Messenger
from bot.gateway.outcome import classify
from bot.jobs.progress import Cards
from bot.locales import Languages
from bot.screens import broadcast as screens
from bot.services.accounts import Accounts
from bot.services.broadcasts import Broadcasts
from bot.services.leases import Leases
from bot.services.letters import Letter
from storage.models import Broadcast, Outcome, Removal

logger = logging.getLogger(__name__)

AT_ONCE = 25
CHORE = "broadcasts"
TRIES = 3
"""How often a message is deleted whose deletion has no clear answer: doing it twice does no harm."""


class Broadcaster:
    """Drives one broadcast at a time in one process: what is to be deleted first, then what was started first.

    Ticks only start it, so that a long one blocks nothing.
    """

    def __init__(
        self,
        *,
        messenger: Messenger,
        broadcasts: Broadcasts,
        accounts: Accounts,
        languages: Languages,
        cards: Cards,
        leases: Leases,
        clock: Callable[[], datetime],
    ) -> None:
        self._messenger = messenger
        self._broadcasts = broadcasts
        self._accounts = accounts
        self._languages = languages
        self._cards = cards
        self._leases = leases
        self._clock = clock
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self._reached: dict[str, int] = {}
        """For each broadcast that is being deleted, the chat up to which that was tried."""
        self._tries: dict[tuple[str, int], int] = {}

    async def tick(self) -> None:
        """Start sending where something is to be sent; raises what an earlier run died of."""
        if self._task is not None and self._task.done():
            task, self._task = self._task, None
            task.result()
        if not await self._leases.claim(CHORE):
            return
        await self._broadcasts.start_due()
        if self._task is None and not self._stopping and await self._due() is not None:
            # Nothing is in hand now, so whatever an earlier run attempted and did not conclude may have been sent.
            await self._broadcasts.adopt()
            self._task = asyncio.create_task(self._drive(), name="broadcast run")
        await self._cards.sweep()

    async def drain(self) -> None:
        """Finish the chats in hand and stop; the rest goes on after the next start."""
        self._stopping = True
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _due(self) -> tuple[Broadcast, bool] | None:
        """Give the broadcast whose turn it is, and whether it is to be deleted."""
        for broadcast in await self._broadcasts.removing():
            return broadcast, True
        for broadcast in await self._broadcasts.sending():
            return broadcast, False
        return None

    async def _drive(self) -> None:
        """Go on until nothing is left, batch by batch; another one may be more urgent after each."""
        while not self._stopping and await self._leases.claim(CHORE) and (due := await self._due()) is not None:
            broadcast, removal = due
            if not await (self._remove_some(broadcast) if removal else self._send_some(broadcast)):
                return  # Telegram is away or wants a pause; the next tick tries again.

    async def _send_some(self, broadcast: Broadcast) -> bool:
        """Send to the next chats; False where nothing left for some of them."""
        claimed = await self._broadcasts.claim(broadcast.id, AT_ONCE)
        if not claimed:
            return True
        letter, spoken = Letter.of(broadcast), await self._broadcasts.languages(claimed)
        results = await asyncio.gather(*(self._send(letter, chat_id, spoken.get(chat_id)) for chat_id in claimed))
        await self._broadcasts.conclude(broadcast.id, results)
        return all(outcome is not None for _, outcome, _ in results)

    async def _send(self, letter: Letter, chat_id: int, language: str | None) -> tuple[int, Outcome | None, int | None]:
        """Send to one chat; an outcome of None says that nothing left and the chat's turn comes again."""
        keyboard = screens.keyboard(self._languages.words(language), letter.buttons)
        try:
            message_id = await self._messenger.send_letter(chat_id, letter, keyboard, Priority.BROADCAST)
        except TelegramError as error:
            return chat_id, await self._judge(chat_id, error), None
        return chat_id, Outcome.SENT, message_id

    async def _judge(self, chat_id: int, error: TelegramError) -> Outcome | None:
        kind = classify(error)
        if kind is telegram_outcome.Outcome.UNREACHABLE:
            await self._accounts.leave(chat_id)
            return Outcome.BLOCKED
        if kind in {telegram_outcome.Outcome.LIMITED, telegram_outcome.Outcome.UNSENT}:
            return None
        if kind is telegram_outcome.Outcome.UNCLEAR:
            logger.warning("whether a broadcast reached chat %d is not clear: %s", chat_id, type(error.__cause__ or error).__name__)
            return Outcome.UNCLEAR
        logger.warning("broadcast to chat %d failed: %s", chat_id, error)
        return Outcome.FAILED

    async def _remove_some(self, broadcast: Broadcast) -> bool:
        """Delete the next messages; False where that is to be tried again later."""
        found = await self._broadcasts.to_remove(broadcast.id, self._reached.get(broadcast.id, 0), AT_ONCE)
        if not found:
            self._reached.pop(broadcast.id, None)  # The end of the list; what was left out on the way comes now, from its start.
            return True
        results = await asyncio.gather(*(self._remove(broadcast.id, chat_id, message_id) for chat_id, message_id in found))
        await self._broadcasts.conclude_removal(broadcast.id, results)
        self._reached[broadcast.id] = found[-1][0]
        return all(removal is not None for _, removal in results)

    async def _remove(self, broadcast_id: str, chat_id: int, message_id: int) -> tuple[int, Removal | None]:
        """Delete one message; a removal of None says that it is tried again."""
        try:
            removed = await self._messenger.erase(chat_id, message_id)
        except TelegramError as error:
            kind, place = classify(error), (broadcast_id, chat_id)
            if kind in {telegram_outcome.Outcome.LIMITED, telegram_outcome.Outcome.UNSENT}:
                return chat_id, None
            self._tries[place] = self._tries.get(place, 0) + 1
            if self._tries[place] < TRIES:
                return chat_id, None
            del self._tries[place]
            logger.warning("whether a broadcast is deleted from chat %d is not clear: %s", chat_id, error)
            return chat_id, Removal.UNCLEAR
        self._tries.pop((broadcast_id, chat_id), None)
        return chat_id, Removal.REMOVED if removed else Removal.REFUSED
