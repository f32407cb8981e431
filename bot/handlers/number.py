"""The buttons of a number's card."""

from collections.abc import Sequence
from typing import Any

from telegram.ext import BaseHandler

from bot.gateway.limiter import Priority
from bot.handlers.turn import Parts, Turn, tap
from bot.screens import number as screens
from bot.screens.callbacks import AskCancel, Cancel, Done, Keep, OpenCard
from bot.services.activations import Cancelling
from storage.models import OPEN, State


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List the handlers of this journey."""
    return [
        tap(parts, OpenCard, lambda turn, tapped: open_card(turn, tapped.activation_id)),
        tap(parts, AskCancel, ask_cancel),
        tap(parts, Cancel, cancel),
        tap(parts, Keep, keep),
        tap(parts, Done, done),
    ]


async def open_card(turn: Turn, activation_id: str) -> None:
    """Show a card anew at the bottom of the chat; it is the one that is kept up to date from now on."""
    held = await turn.parts.life.look(activation_id, turn.chat_id)
    if held.activation.state is State.OFFERED:
        return
    message_id = await turn.say(screens.card(turn.words, held))
    await turn.parts.life.card_is(held.activation, message_id)
    if held.activation.card_message_id is not None:
        await turn.parts.messenger.strip(turn.chat_id, held.activation.card_message_id)


async def ask_cancel(turn: Turn, tapped: AskCancel) -> None:
    """Put the question on the card."""
    await turn.parts.drawn(tapped.activation_id)
    held = await turn.parts.life.look(tapped.activation_id, turn.chat_id)
    if held.activation.state not in OPEN or turn.tapped is None:
        turn.parts.deliver(tapped.activation_id)
        return
    await turn.parts.messenger.edit(turn.chat_id, turn.tapped, screens.card(turn.words, held, asking=True), Priority.TAP)


async def cancel(turn: Turn, tapped: Cancel) -> None:
    """Cancel; the card tells what came of it."""
    await turn.parts.messenger.typing(turn.chat_id)
    outcome = await turn.parts.life.cancel(turn.chat_id, tapped.activation_id)
    if outcome is Cancelling.CODE_ARRIVED:
        await turn.say(screens.code_arrived_instead(turn.words))
    await _restore(turn, tapped.activation_id)


async def keep(turn: Turn, tapped: Keep) -> None:
    """Take the question off the card."""
    await _restore(turn, tapped.activation_id)


async def done(turn: Turn, tapped: Done) -> None:
    """End a number whose code has arrived."""
    await turn.parts.life.look(tapped.activation_id, turn.chat_id)
    if not await turn.parts.life.finish(turn.chat_id, tapped.activation_id):
        held = await turn.parts.life.look(tapped.activation_id, turn.chat_id)
        if held.activation.state in OPEN:
            await turn.say(screens.no_code_yet(turn.words))
    await _restore(turn, tapped.activation_id)


async def _restore(turn: Turn, activation_id: str) -> None:
    """Draw the card as it is now; whatever was tapped stood on it."""
    held = await turn.parts.life.look(activation_id, turn.chat_id)
    await turn.parts.life.outdate(held.activation)
    turn.parts.deliver(activation_id)
