"""What is done about a number without a tap: it is cancelled when no SMS comes, and its chat is told before its time is over."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.otpbuddy import OtpbuddyError
from bot.services.activations import Activations, Cancelling, Held
from bot.services.errors import ServiceError
from storage import activations, chats, holding
from storage.database import Database
from storage.holding import Silent
from storage.models import Chat, State

logger = logging.getLogger(__name__)

WARN_BEFORE = timedelta(minutes=2)
WARN_LAST = 4
"""A number that lives so shortly that two minutes are much of its life is warned of in the last quarter of it."""
TRY_AGAIN_AFTER = timedelta(minutes=2)
REFUSALS = 2
"""After so many refusals a number is left alone until its time is over."""
AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Notice:
    """A number that its chat is to be told something about."""

    held: Held
    chat: Chat


class Holding:
    """Finds in the rows what a chat is to be told of the numbers that it holds, and notes that it was."""

    def __init__(self, database: Database, life: Activations, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._life = life
        self._clock = clock

    async def ending(self) -> Sequence[Silent]:
        """List the numbers without an SMS whose time is nearly over and whose chats want to know and were not told."""
        now = self._clock()
        async with self._database.reading() as session:
            found = await holding.unwarned(session, now, now + WARN_BEFORE)
        return [silent for silent in found if silent.expires_at - now <= (silent.expires_at - silent.purchased_at) / WARN_LAST]

    async def warning(self, activation_id: str) -> Notice | None:
        """Read what a chat is to be told of a number that nearly ends; None where it is not so any more. Raises `NotFound`."""
        held = await self._life.look(activation_id)
        activation = held.activation
        waits = activation.state is State.ACTIVE and not held.messages and activation.warned_at is None
        in_time = activation.expires_at is not None and activation.expires_at > self._clock()
        return await self._notice(held) if waits and in_time else None

    async def warned(self, activation_id: str) -> None:
        """Note that the chat was told that the number nearly ends."""
        async with self._database.writing("note a warning") as session:
            await activations.change(session, activation_id, set(State), redraw=False, warned_at=self._clock())

    async def ended(self) -> Sequence[tuple[str, int]]:
        """List the numbers that were cancelled by themselves and whose chats were not told: id and chat id."""
        async with self._database.reading() as session:
            return await holding.ended_untold(session)

    async def ending_notice(self, activation_id: str) -> Notice | None:
        """Read what a chat is to be told of a number that was cancelled by itself; None where it was told. Raises `NotFound`."""
        held = await self._life.look(activation_id)
        return await self._notice(held) if held.activation.end_told_at is None else None

    async def told(self, activation_id: str) -> None:
        """Note that the chat was told that the number was cancelled by itself."""
        async with self._database.writing("note that an end was told") as session:
            await activations.change(session, activation_id, {State.CANCELLED}, redraw=False, end_told_at=self._clock())

    async def _notice(self, held: Held) -> Notice | None:
        async with self._database.reading() as session:
            chat = await chats.get(session, held.activation.chat_id)
        return Notice(held, chat) if chat is not None and chat.unreachable_at is None else None


class AutoCancel:
    """Cancels numbers that received nothing for as long as their chats wait; an SMS found by the last look wins."""

    def __init__(self, database: Database, life: Activations, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._life = life
        self._clock = clock

    async def sweep(self) -> None:
        """Cancel what is due; the rows say what is, so that a restart changes nothing."""
        now = self._clock()
        async with self._database.reading() as session:
            silent = await holding.impatient(session, now - TRY_AGAIN_AFTER, REFUSALS)
        due = [one for one in silent if now - one.purchased_at >= timedelta(minutes=one.auto_cancel_minutes or 0)]
        # A failure of one ends none of the others half-way.
        results = await asyncio.gather(*(self._cancel(one) for one in due[:AT_ONCE]), return_exceptions=True)
        for error in results:
            if error is not None:
                raise error

    async def _cancel(self, silent: Silent) -> None:
        now = self._clock()
        async with self._database.writing("try to cancel a number by itself") as session:
            if not await holding.claim(session, silent.id, now - TRY_AGAIN_AFTER, REFUSALS, now):
                return
        try:
            outcome = await self._life.cancel(silent.chat_id, silent.id, automatic=True)
        except (OtpbuddyError, ServiceError) as error:
            # Nothing was asked for, so this is no refusal.
            logger.info("%s is cancelled by itself later: %s", silent.id, type(error).__name__)
            return
        logger.info("%s was to be cancelled by itself: %s", silent.id, outcome.name)
        if outcome is Cancelling.REFUSED:
            async with self._database.writing("count a refusal") as session:
                await holding.count_refusal(session, silent.id)
