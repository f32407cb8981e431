"""The numbers that are held: their list, the warning before the end, and another number in place of one."""

from collections.abc import Sequence
from typing import Any

from telegram.ext import BaseHandler

from bot.handlers.offer import show_offer
from bot.handlers.turn import Parts, Turn, command, tap
from bot.otpbuddy import OtpbuddyError
from bot.screens import holding as screens
from bot.screens import numbers as lists
from bot.screens.callbacks import CancelNow, KeepWaiting, Numbers, Replace
from bot.services.activations import Cancelling, Held
from bot.services.errors import ServiceError
from storage.models import OPEN, State


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List the handlers of this journey."""
    return [
        command(parts, "numbers", lambda turn, _text: numbers(turn)),
        tap(parts, Numbers, lambda turn, _tapped: numbers(turn)),
        tap(parts, Replace, replace),
        tap(parts, CancelNow, cancel_now),
        tap(parts, KeepWaiting, keep_waiting),
    ]


async def numbers(turn: Turn) -> None:
    """List what is active; the message is kept up to date as long as it is the newest list."""
    listing = await turn.parts.lists.read(turn.chat_id)
    message_id = await turn.show(lists.listing(turn.words, listing))
    await turn.parts.lists.shown(listing, message_id)


async def replace(turn: Turn, tapped: Replace) -> None:
    """Cancel, and only where the provider clearly did so offer the same product at today's price: nothing is bought by this tap."""
    outcome = await turn.parts.life.cancel(turn.chat_id, tapped.activation_id)
    held = await turn.parts.life.look(tapped.activation_id, turn.chat_id)
    # On a card, a second tap only finds what the first one did.
    was_cancelled = held.activation.state is State.CANCELLED and turn.tapped != held.activation.card_message_id
    if outcome is not Cancelling.CANCELLED and not was_cancelled:
        await _tell(turn, held, outcome, replacing=True)
        return
    turn.parts.deliver(tapped.activation_id)
    try:
        offer = await turn.parts.purchases.offer_again(turn.chat_id, tapped.activation_id)
    except (ServiceError, OtpbuddyError) as error:
        await turn.show(screens.nothing_offered(turn.words, tapped.activation_id, error))
    else:
        await show_offer(turn, offer)


async def cancel_now(turn: Turn, tapped: CancelNow) -> None:
    """Cancel a number whose end was warned of; the warning turns into what came of it."""
    outcome = await turn.parts.life.cancel(turn.chat_id, tapped.activation_id)
    held = await turn.parts.life.look(tapped.activation_id, turn.chat_id)
    await _tell(turn, held, outcome, replacing=False)


async def keep_waiting(turn: Turn, tapped: KeepWaiting) -> None:
    """Leave the number as it is."""
    held = await turn.parts.life.look(tapped.activation_id, turn.chat_id)
    waits = held.activation.state in OPEN and not held.messages
    await turn.show(screens.kept(turn.words, held) if waits else screens.see_card(turn.words, held))


async def _tell(turn: Turn, held: Held, outcome: Cancelling, *, replacing: bool) -> None:
    """Tell what came of a cancellation; how a number ended, its card tells by itself where that was tapped."""
    turn.parts.deliver(held.activation.id)
    if outcome in {Cancelling.REFUSED, Cancelling.UNCLEAR}:
        await turn.show(screens.not_cancelled(turn.words, held, outcome, replacing=replacing))
    elif outcome is Cancelling.CODE_ARRIVED:
        await turn.show(screens.see_card(turn.words, held))
    elif turn.tapped != held.activation.card_message_id:
        ended = screens.cancelled if held.activation.state is State.CANCELLED else screens.see_card
        await turn.show(ended(turn.words, held))
