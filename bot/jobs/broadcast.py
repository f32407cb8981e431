"""Sends the broadcast that is due, chat by chat, and keeps its author's progress card up to date."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from telegram.error import TelegramError

from bot.gateway import outcome as telegram_outcome
from bot.gateway.limiter import Priority
from bot.gateway.messenger import Messenger
from bot.gateway.outcome import classify
from bot.locales import Languages
from bot.screens import broadcast as screens
from bot.services.accounts import Accounts
from bot.services.broadcasts import Broadcasts, Progress
from bot.services.leases import Leases
from storage.models import Broadcast, BroadcastState, Outcome

logger = logging.getLogger(__name__)

AT_ONCE = 25
CHORE = "broadcasts"
REDRAW_EVERY = timedelta(seconds=3)


class Broadcaster:
    """Drives one broadcast at a time, oldest first, in one process; ticks only start it, so that a long one blocks nothing."""

    def __init__(
        self,
        *,
        messenger: Messenger,
        broadcasts: Broadcasts,
        accounts: Accounts,
        languages: Languages,
        leases: Leases,
        clock: Callable[[], datetime],
    ) -> None:
        self._messenger = messenger
        self._broadcasts = broadcasts
        self._accounts = accounts
        self._languages = languages
        self._leases = leases
        self._clock = clock
        self._task: asyncio.Task[None] | None = None
        self._drawn_at: datetime | None = None
        self._stopping = False

    async def tick(self) -> None:
        """Start sending where something is to be sent; raises what an earlier run died of."""
        if self._task is not None and self._task.done():
            task, self._task = self._task, None
            task.result()
        if not await self._leases.claim(CHORE):
            return
        if self._task is None and not self._stopping and (sending := await self._broadcasts.sending()):
            # Nothing is in hand now, so whatever an earlier run attempted and did not conclude may have been sent.
            await self._broadcasts.adopt()
            self._task = asyncio.create_task(self._drive(sending[0]), name=f"broadcast {sending[0].id}")
        await self._redraw()

    async def drain(self) -> None:
        """Finish the chats in hand and stop; the rest goes on after the next start."""
        self._stopping = True
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _drive(self, broadcast: Broadcast) -> None:
        while not self._stopping and await self._leases.claim(CHORE):
            claimed = await self._broadcasts.claim(broadcast.id, AT_ONCE)
            if not claimed:
                return
            results = await asyncio.gather(*(self._send(broadcast, chat_id) for chat_id in claimed))
            await self._broadcasts.conclude(broadcast.id, results)
            if any(outcome is None for _, outcome, _ in results):
                return  # Telegram is away or wants a pause; the next tick tries again.

    async def _send(self, broadcast: Broadcast, chat_id: int) -> tuple[int, Outcome | None, int | None]:
        """Send to one chat; an outcome of None says that nothing left and the chat's turn comes again."""
        try:
            message_id = await self._messenger.send_broadcast(chat_id, broadcast.text, broadcast.entities, Priority.BROADCAST)
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
            return Outcome.UNCLEAR
        logger.warning("broadcast to chat %d failed: %s", chat_id, error)
        return Outcome.FAILED

    async def _redraw(self) -> None:
        now = self._clock()
        for broadcast_id in await self._broadcasts.undrawn():
            progress = await self._broadcasts.progress(broadcast_id)
            sending = progress.broadcast.state is BroadcastState.SENDING
            if sending and self._drawn_at is not None and timedelta(0) <= now - self._drawn_at < REDRAW_EVERY:
                continue
            self._drawn_at = now
            await self._draw(progress)

    async def _draw(self, progress: Progress) -> None:
        broadcast = progress.broadcast
        screen = screens.progress(self._languages.words(await self._accounts.language(broadcast.author_id)), progress)
        try:
            if broadcast.card_message_id is not None:
                await self._messenger.edit(broadcast.author_id, broadcast.card_message_id, screen, Priority.CARD)
        except TelegramError as error:
            if classify(error) is not telegram_outcome.Outcome.UNREACHABLE:
                logger.warning("the card of broadcast %s is redrawn later: %s", broadcast.id, error)
                return
        await self._broadcasts.drawn(progress)
