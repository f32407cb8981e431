"""Whose numbers they are: a token that replaces one that works no more may be another account's, which knows nothing of them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncSession

from bot.otpbuddy import Client, NoSuchCall, NumberExpired, Refused
from bot.services.errors import OtherAccount
from bot.services.hearing import keep
from storage import activations
from storage.models import IN_FLIGHT, OPEN, Activation, State

GIVEN_UP = "given_up"
"""The reason that is kept with a number that the account that is connected now does not know."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a chat holds from an earlier token, as the account behind a new one sees it."""

    known: Sequence[Activation] = ()
    unknown: Sequence[Activation] = ()
    doubts: Sequence[Activation] = ()
    """Purchases without an outcome: the provider has no name for them yet."""

    def alive(self, now: datetime) -> int:
        """Count the numbers that could still get their code: their time is not over, and nobody asked to cancel them."""
        awaited = [number for number in self.unknown if number.state is not State.CANCELLING]
        return sum(number.expires_at is None or number.expires_at > now for number in awaited)


Keep = Callable[[Activation, Sequence[str]], Awaitable[None]]
"""Is given the SMS of a number as soon as they are known: what fails afterwards must not lose them."""


async def claim(client: Client, token: SecretStr, held: Sequence[Activation], heard: Keep) -> Claim:
    """Ask the account behind a token for each number that is held; raises `OtpbuddyError` where it gives no clear answer."""
    known: list[Activation] = []
    unknown: list[Activation] = []
    for number in held:
        if number.provider_id is None:
            continue
        try:
            shown = await _ask(client, token, number.provider_id)
        except NumberExpired:
            # The API does not say that this is told to its owner alone: it proves nothing, and the poller ends the number.
            continue
        (unknown if shown is None else known).append(number)
        if shown:
            await heard(number, shown)
    return Claim(known, unknown, [number for number in held if number.state in IN_FLIGHT])


async def _ask(client: Client, token: SecretStr, provider_id: str) -> Sequence[str] | None:
    """Give the SMS of a number; None where the account does not know it, and raises `NumberExpired` where it is over."""
    try:
        return (await client.sms(token, provider_id)).texts
    except (NoSuchCall, NumberExpired):
        raise
    except Refused:
        return None


async def keep_own(session: AsyncSession, number: Activation, texts: Sequence[str], now: datetime) -> None:
    """Keep the SMS of a number, unless the provider gave its id out again: then the poller sees whose they are."""
    if not await activations.later_owners(session, number):
        await keep(session, number.id, texts, now)


async def settle(session: AsyncSession, claimed: Claim, now: datetime, *, released: bool) -> None:
    """Let go of numbers that none of are known, with no word about their money: the balance that can be read is another account's.

    Raises `OtherAccount` while one of them could still get its code, unless the user `released` them before.
    """
    if claimed.known:
        # A chat's numbers all hang on one account, so it is this one. What it does not know any more has ended, and the poller sees that.
        return
    if not released and (count := claimed.alive(now)):
        raise OtherAccount(count)
    for number in claimed.unknown:
        ended: dict[str, Any] = {"state": State.EXPIRED, "closed_at": now, "grace_polled_at": now, "reason": GIVEN_UP}
        await activations.change(session, number.id, OPEN, closing_before=None, **ended)
    for doubt in claimed.doubts:
        # The balance before it is no witness against one that may be another account's.
        await activations.change(session, doubt.id, IN_FLIGHT, balance_before=None)
