"""Purchases whose outcome is unknown: the balance before and after is the only witness there is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from bot.otpbuddy import OtpbuddyError
from bot.services.accounts import Accounts
from bot.services.activations import refund
from bot.services.backoff import Backoff
from bot.services.errors import NotConnected
from storage import activations
from storage.database import Database
from storage.models import Activation, State

OFFERS_KEPT_FOR = timedelta(days=7)
REFUNDS_LATE_BY = timedelta(minutes=10)
"""How long after a number ended its money may still come back."""
LOST_FOR = timedelta(hours=1)
"""How long after a purchase whose number was not received its money may still come back: it ends when the number's time is over."""
STORIES = 10_000
"""Where more sums than that are possible, almost any balance fits."""
AHEAD = timedelta(minutes=1)
"""How far the clock of another process may be ahead. What was asked for later than that, was before this clock was set back."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait before judging."""

    abandoned: timedelta = timedelta(seconds=60)
    """After a request without outcome: its process is dead, because a purchase has a shorter deadline."""
    unknown: timedelta = timedelta(seconds=20)
    """Before the balance is read: a charge may land a little after the connection was cut."""
    hopeless: timedelta = timedelta(hours=1)
    """After this, a purchase whose balance cannot be read is told as unresolved."""


class Settlement:
    """Finds purchases in doubt and closes them with what the balance says."""

    def __init__(
        self,
        *,
        database: Database,
        accounts: Accounts,
        backoff: Backoff,
        patience: Patience,
        clock: Callable[[], datetime],
        announce: Callable[[str], None],
    ) -> None:
        self._database = database
        self._accounts = accounts
        self._backoff = backoff
        self._patience = patience
        self._clock = clock
        self._announce = announce

    async def adopt(self) -> None:
        """At the start of the only process: whatever was under way has lost the process that would have heard its outcome."""
        async with self._database.reading() as session:
            requested = await activations.of_state(session, State.REQUESTED)
        await self._doubt([activation.id for activation in requested])

    async def sweep(self) -> None:
        """Turn abandoned requests into doubts, settle the doubts that are due, and forget old offers."""
        now = self._clock()
        async with self._database.reading() as session:
            abandoned = await activations.abandoned(session, now - self._patience.abandoned)
        await self._doubt(abandoned)
        async with self._database.reading() as session:
            unknown = await activations.of_state(session, State.UNKNOWN)
        for activation in unknown:
            until = self._backoff.until(activation.id)
            if _asked_at(activation) > now + AHEAD:
                await self._date_anew(activation, now)
            elif now - _asked_at(activation) >= self._patience.unknown and (until is None or until <= now):
                await self._settle(activation)

    async def forget_offers(self) -> int:
        """Delete offers that were left alone for a week; returns how many."""
        async with self._database.writing("forget offers") as session:
            return await activations.forget_offers(session, self._clock() - OFFERS_KEPT_FOR)

    async def _doubt(self, requested: Sequence[str]) -> None:
        for activation_id in requested:
            async with self._database.writing("doubt a purchase") as session:
                await activations.change(session, activation_id, {State.REQUESTED}, state=State.UNKNOWN, reason="interrupted")
            self._announce(activation_id)

    async def _date_anew(self, activation: Activation, now: datetime) -> None:
        """Let a doubt begin now: nothing that happens from here on has a time that can be compared with the one it has."""
        async with self._database.writing("date a doubt anew") as session:
            await activations.change(session, activation.id, {State.UNKNOWN}, redraw=False, requested_at=now)

    async def _settle(self, activation: Activation) -> None:
        hopeless = self._clock() - _asked_at(activation) > self._patience.hopeless
        try:
            balance = await self._accounts.balance(activation.chat_id)
        except (OtpbuddyError, NotConnected):
            self._backoff.failed(activation.id)
            if hopeless:
                await self._close(activation, State.UNRESOLVED, None)
            return
        ended, bought = await self._movements(activation)
        await self._close(activation, verdict(activation, balance, ended, bought), balance)

    async def _movements(self, doubt: Activation) -> tuple[list[Activation], list[Activation]]:
        """Read what else may have brought money back to the account of a doubt, or taken some from it, since it was asked for."""
        asked_at = _asked_at(doubt)
        async with self._database.reading() as session:
            ended = await activations.ended_since(session, asked_at - REFUNDS_LATE_BY, asked_at - LOST_FOR, self._clock())
            bought = await activations.bought_since(session, asked_at - self._patience.abandoned)
        others = {number.chat_id for number in (*ended, *bought)} - {doubt.chat_id}
        sharing = {other for other in others if await self._accounts.may_share(doubt.chat_id, other)} | {doubt.chat_id}
        concerned = [[number for number in found if number.chat_id in sharing and number.id != doubt.id] for found in (ended, bought)]
        return concerned[0], [number for number in concerned[1] if _came_through_after(number, doubt)]

    async def _close(self, activation: Activation, state: State, balance: Decimal | None) -> None:
        self._backoff.succeeded(activation.id)
        async with self._database.writing("settle a purchase") as session:
            await activations.change(session, activation.id, {State.UNKNOWN}, state=state, balance_after=balance)
        self._announce(activation.id)


def verdict(activation: Activation, balance: Decimal, ended: Sequence[Activation] = (), bought: Sequence[Activation] = ()) -> State:
    """Judge a purchase in doubt by the balance now.

    Each of the numbers in `ended` may have brought its price back since the balance before the purchase was read, or not: the balances
    noted at its end were read around other movements of money and cannot tell. Each of those in `bought` may have taken its price since
    then. Only what fits one story alone is a verdict.
    """
    if activation.balance_before is None:
        return State.UNRESOLVED
    moved = {Decimal(0)}
    for amount in (
        *(number.price for number in ended if not _refunded_before(number, _asked_at(activation))),
        *(-number.price for number in bought),
    ):
        moved |= {other + amount for other in moved}
        if len(moved) > STORIES:
            return State.UNRESOLVED
    gained = balance - activation.balance_before
    charged, untouched = gained + activation.price in moved, gained in moved
    if charged == untouched:
        return State.UNRESOLVED
    return State.CHARGED if charged else State.NOT_CHARGED


def _came_through_after(number: Activation, doubt: Activation) -> bool:
    """Whether a purchase may have taken its money after the balance before the doubt was read."""
    own = number.chat_id == doubt.chat_id
    if number.purchased_at is None:
        # A chat buys nothing while a purchase of its own has no outcome.
        return not own
    return number.purchased_at >= _asked_at(doubt) - (timedelta(0) if own else AHEAD)


def _refunded_before(number: Activation, moment: datetime) -> bool:
    """Whether a number's money was seen to be back before that moment."""
    seen_at = number.grace_polled_at or number.closed_at
    return seen_at is not None and seen_at < moment and refund(number) == number.price


def _asked_at(activation: Activation) -> datetime:
    return activation.requested_at or activation.offered_at
