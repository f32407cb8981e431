"""Tells chats of numbers that nearly end or were cancelled by themselves, and keeps their lists of numbers up to date."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from bot.gateway.limiter import Priority
from bot.gateway.messenger import Messenger
from bot.jobs.teller import Teller
from bot.locales import Languages
from bot.screens import holding as screens
from bot.screens import numbers
from bot.services.holding import Holding
from bot.services.leases import Leases
from bot.services.lists import Lists

REDRAW_EVERY = timedelta(seconds=2)
"""A purchase changes a number three times within a second, and its card is drawn each time; the list waits for the last."""


class Keeper:
    """Sweeps over the rows of numbers that are held."""

    def __init__(
        self,
        *,
        messenger: Messenger,
        teller: Teller,
        holding: Holding,
        lists: Lists,
        languages: Languages,
        leases: Leases,
        clock: Callable[[], datetime],
    ) -> None:
        self._messenger = messenger
        self._teller = teller
        self._holding = holding
        self._lists = lists
        self._languages = languages
        self._leases = leases
        self._clock = clock
        self._drawn_at: dict[int, datetime] = {}

    async def sweep(self) -> None:
        """Start telling what is to be told; raises what an earlier attempt died of."""
        self._teller.check()
        for silent in await self._holding.ending():
            self._teller.soon(f"warning:{silent.id}", silent.chat_id, partial(self._warn, silent.id))
        for activation_id, chat_id in await self._holding.ended():
            self._teller.soon(f"end:{activation_id}", chat_id, partial(self._tell_end, activation_id))
        now = self._clock()
        self._drawn_at = {chat_id: at for chat_id, at in self._drawn_at.items() if timedelta(0) <= now - at < REDRAW_EVERY}
        for chat_id in await self._lists.outdated():
            if chat_id not in self._drawn_at:
                self._teller.soon(_list_key(chat_id), chat_id, partial(self._redraw, chat_id))

    async def list_drawn(self, chat_id: int) -> None:
        """Wait until a list that is being drawn, here or by another process, is drawn: what is written over it now would be wiped off.

        Whoever draws reads first which message is the list, so one that was forgotten before this is left alone after it.
        """
        await self._teller.done(_list_key(chat_id))
        async with self._leases.turn(_list_key(chat_id)):
            return

    async def drain(self) -> None:
        """Wait for what is under way."""
        await self._teller.drain()

    async def _warn(self, activation_id: str) -> None:
        notice = await self._holding.warning(activation_id)
        if notice is not None:
            chat, activation = notice.chat, notice.held.activation
            screen = screens.warning(self._languages.words(chat.speaks), notice.held)
            await self._messenger.send(chat.id, screen, Priority.MESSAGE, reply_to=activation.card_message_id, silent=chat.quiet)
            await self._holding.warned(activation_id)

    async def _tell_end(self, activation_id: str) -> None:
        notice = await self._holding.ending_notice(activation_id)
        if notice is not None:
            chat, activation = notice.chat, notice.held.activation
            screen = screens.cancelled(self._languages.words(chat.speaks), notice.held)
            await self._messenger.send(chat.id, screen, Priority.MESSAGE, reply_to=activation.card_message_id, silent=chat.quiet)
            await self._holding.told(activation_id)

    async def _redraw(self, chat_id: int) -> None:
        async with self._leases.turn(_list_key(chat_id)):
            await self._draw_anew(chat_id)

    async def _draw_anew(self, chat_id: int) -> None:
        listing = await self._lists.read(chat_id)
        message_id = listing.chat.list_message_id
        if message_id is None:
            return
        self._drawn_at[chat_id] = self._clock()
        screen = numbers.listing(self._languages.words(listing.chat.speaks), listing)
        if await self._messenger.edit(chat_id, message_id, screen, Priority.CARD):
            await self._lists.redrawn(listing, message_id)
        else:
            await self._lists.forget(chat_id, message_id)


def _list_key(chat_id: int) -> str:
    return f"list:{chat_id}"
