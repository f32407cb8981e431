"""The life of a number after it was bought: SMS come, the user cancels or is done, its time runs out."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum, auto
from typing import Any

from sqlmodel import col

from bot.otpbuddy import Client, InvalidId, NumberExpired, OtpbuddyError, Refused
from bot.services.accounts import Accounts
from bot.services.errors import NotConnected, NotFound
from bot.services.hearing import keep
from bot.services.reasons import reason_of
from storage import activations, chats, holding, messages
from storage.database import Database
from storage.leases import Held as Fence
from storage.leases import require
from storage.models import CLOSED, OPEN, Activation, Sms, State
from storage.text import storable


class Cancelling(Enum):
    """What came of the wish to cancel."""

    CANCELLED = auto()
    CODE_ARRIVED = auto()  # The last look found an SMS; nothing was cancelled.
    REFUSED = auto()  # The provider said no; the number stays.
    UNCLEAR = auto()  # No clear answer; the number stays and is watched.
    ENDED = auto()  # It had ended before.


@dataclass(frozen=True, slots=True)
class Held:
    """An activation with the SMS that it received."""

    activation: Activation
    messages: tuple[Sms, ...] = ()


class Activations:
    """Every change of a bought number, each a conditional update from a named state."""

    def __init__(
        self,
        *,
        database: Database,
        client: Client,
        accounts: Accounts,
        clock: Callable[[], datetime],
        announce: Callable[[str], None],
    ) -> None:
        """Take the parts; `announce` is told the id of every activation whose change was committed."""
        self._database = database
        self._client = client
        self._accounts = accounts
        self._clock = clock
        self._announce = announce

    async def look(self, activation_id: str, chat_id: int | None = None) -> Held:
        """Read an activation with its SMS; raises `NotFound` where it is not there, or not that chat's."""
        async with self._database.reading() as session:
            activation = await activations.get(session, activation_id, chat_id)
            if activation is None:
                raise NotFound
            return Held(activation, tuple(await messages.of(session, activation_id)))

    async def is_card(self, chat_id: int, message_id: int) -> bool:
        """Whether a message is a card that the bot keeps up to date."""
        async with self._database.reading() as session:
            return await activations.is_card(session, chat_id, message_id)

    async def card_is(self, activation: Activation, message_id: int) -> None:
        """Note that another message shows the activation as it was when it was read."""
        values: dict[str, Any] = {"card_message_id": message_id, "card_version": activation.version}
        async with self._database.writing("mark a card as drawn") as session:
            await activations.change(session, activation.id, set(State), redraw=False, **values)

    async def ask(self, chat_id: int, activation_id: str, *, asking: bool) -> None:
        """Put the question before a cancellation on the card, or take it off; nothing happens to another chat's, or one that ended."""
        async with self._database.writing("put a question on a card") as session:
            mine = col(Activation.chat_id) == chat_id
            changed = await activations.change(session, activation_id, OPEN, mine, asking=asking)
        if changed is not None:
            self._announce(activation_id)

    async def record(self, activation_id: str, texts: Iterable[str], fence: Fence | None = None) -> bool:
        """Keep what the provider shows; True if something of it is new. It is pushed whatever state the number is in.

        The provider repeats an SMS on every call, so most of the time nothing is new, and then nothing is written. With a fence,
        raises `LeaseLost` where another process watches the number by now; the same holds for `expire` and `grace`.
        """
        shown = [storable(text) for text in texts]
        async with self._database.reading() as session:
            known = {sms.text for sms in await messages.of(session, activation_id)}
        if known.issuperset(shown):
            return False
        async with self._database.writing("record an SMS") as session:
            await require(session, fence)
            is_new = await keep(session, activation_id, shown, self._clock())
        if is_new:
            self._announce(activation_id)
        return is_new

    async def cancel(self, chat_id: int, activation_id: str, *, automatic: bool = False) -> Cancelling:
        """Look for an SMS once more, then cancel; the balance is read before and after, and nothing is assumed.

        `automatic` says that the chat's setting asks for it and not a tap: then nothing with an SMS is touched, nor what a tap cancels
        already. Raises `NotFound` for another chat's, `NotConnected` and `OtpbuddyError` where nothing was asked of the provider.
        """
        activation = (await self.look(activation_id, chat_id)).activation
        states = {State.ACTIVE} if automatic else OPEN
        if activation.state not in states or activation.provider_id is None:
            return Cancelling.ENDED
        if await self._last_look(activation, activation.provider_id):
            await self.ask(chat_id, activation_id, asking=False)
            return Cancelling.CODE_ARRIVED
        before = activation.closing_before if activation.state is State.CANCELLING else await self._accounts.balance(chat_id)
        async with self._database.writing("begin a cancellation") as session:
            values: dict[str, Any] = {"state": State.CANCELLING, "closing_before": before, "reason": None, "asking": False}
            may = [holding.silent()] if automatic else []
            cancelling = await activations.change(session, activation_id, states, *may, automatic=automatic, **values)
        if cancelling is None:
            return Cancelling.ENDED
        return await self._send_cancel(cancelling, activation.provider_id, again=activation.state is State.CANCELLING)

    async def _last_look(self, activation: Activation, provider_id: str) -> bool:
        """Ask for SMS before a number is given up; an unclear answer raises, so that nothing is cancelled unseen."""
        try:
            answer = await self._accounts.ask(activation.chat_id, lambda token: self._client.sms(token, provider_id))
        except OtpbuddyError as error:
            if error.executed == "no" and activation.state is State.CANCELLING:
                # The number may be unknown to the provider by now because an earlier cancellation did get through.
                return False
            raise
        await self.record(activation.id, answer.texts)
        return bool(answer.texts)

    async def _send_cancel(self, activation: Activation, provider_id: str, *, again: bool) -> Cancelling:
        try:
            await self._accounts.ask(activation.chat_id, lambda token: self._client.cancel(token, provider_id))
        except OtpbuddyError as error:
            if isinstance(error, NumberExpired) or (again and isinstance(error, InvalidId)):
                # After an attempt without clear answer, a number that is not known any more may have been ended by it.
                closed = await self._close(activation, State.EXPIRED, in_doubt=isinstance(error, InvalidId))
                return Cancelling.CANCELLED if closed is State.CANCELLED else Cancelling.ENDED
            # A second request that never left proves nothing about the first.
            refused = isinstance(error, Refused) or (error.executed == "no" and not again)
            # The balance of a cancellation that did not happen is no witness of a later end.
            values: dict[str, Any] = {"state": State.ACTIVE, "closing_before": None} if refused else {}
            async with self._database.writing("note a refused cancellation") as session:
                await activations.change(session, activation.id, {State.CANCELLING}, reason=reason_of(error), **values)
            self._announce(activation.id)
            return Cancelling.REFUSED if refused else Cancelling.UNCLEAR
        await self._close(activation, State.CANCELLED)
        return Cancelling.CANCELLED

    async def finish(self, chat_id: int, activation_id: str) -> bool:
        """End a number whose code the user has; False where it has received nothing yet or has ended."""
        async with self._database.writing("finish a number") as session:
            if not await messages.count(session, activation_id):
                return False
            mine = col(Activation.chat_id) == chat_id
            finished = await activations.change(session, activation_id, OPEN, mine, state=State.FINISHED, closed_at=self._clock())
        if finished is not None:
            self._announce(activation_id)
        return finished is not None

    async def expire(self, activation_id: str, fence: Fence | None = None) -> None:
        """End a number whose time is over, by the clock or by the provider's word; the caller has looked for SMS before."""
        async with self._database.reading() as session:
            activation = await activations.get(session, activation_id)
            chat = await chats.get(session, activation.chat_id) if activation is not None else None
        if activation is None or chat is None or activation.state not in OPEN:
            return
        if activation.closing_before is None:
            # Nobody announces an expiry, so the witness is the balance as it was last read.
            activation.closing_before = chat.balance
        await self._close(activation, State.EXPIRED, in_doubt=activation.state is State.CANCELLING, fence=fence)

    async def _close(self, activation: Activation, state: State, *, in_doubt: bool = False, fence: Fence | None = None) -> State:
        """End a number with the balance as it is now; returns the state that it has then, another end's if that came first."""
        before, now = activation.closing_before, self._clock()
        after = await self._balance_or_none(activation.chat_id)
        if in_doubt and before is not None and after == before + activation.price:
            # A cancellation had no clear answer; the money is back, so it was carried out.
            state = State.CANCELLED
        values: dict[str, Any] = {"state": state, "closed_at": now, "closing_before": before, "closing_after": after, "reason": None}
        async with self._database.writing("close a number") as session:
            await require(session, fence)
            closed = await activations.change(session, activation.id, OPEN, **values)
        self._announce(activation.id)
        return (closed or (await self.look(activation.id)).activation).state

    async def grace(self, activation_id: str, fence: Fence | None = None) -> None:
        """After an expired number's last look: read the balance again, since a refund may come a little late."""
        ended = (await self.look(activation_id)).activation
        came_back_already = refund(ended) == ended.price
        after = None if came_back_already else await self._balance_or_none(ended.chat_id)
        # Only a rise can be a refund that came late. A fall is another purchase, and would hide what came back.
        changed = after is not None and (ended.closing_after is None or after > ended.closing_after)
        values: dict[str, Any] = {"grace_polled_at": self._clock()} | ({"closing_after": after} if changed else {})
        async with self._database.writing("note a last look") as session:
            await require(session, fence)
            await activations.change(session, activation_id, CLOSED, redraw=changed, **values)
        self._announce(activation_id)

    async def _balance_or_none(self, chat_id: int) -> Decimal | None:
        try:
            return await self._accounts.balance(chat_id)
        except (OtpbuddyError, NotConnected):
            return None


def refund(activation: Activation) -> Decimal | None:
    """Tell what came back when a number ended; None where the balance could not be read on both sides."""
    if activation.closing_before is None or activation.closing_after is None:
        return None
    return activation.closing_after - activation.closing_before
