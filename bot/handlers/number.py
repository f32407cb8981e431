"""The buttons of a number's card."""

from collections.abc import Sequence
from typing import Any

from telegram.ext import BaseHandler

from bot.handlers.offer import show_offer
from bot.handlers.turn import Parts, Turn, tap
from bot.screens import number as screens
from bot.screens.callbacks import AskCancel, Cancel, Done, Keep, OpenCard
from bot.services.activations import Cancelling
from storage.models import OPEN, Activation, State


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
    """Show a card anew at the bottom of the chat, the one that is kept up to date from now on; of what is only offered, the offer."""
    held = await turn.parts.life.look(activation_id, turn.chat_id)
    if held.activation.state is State.OFFERED:
        await show_offer(turn, held.activation)
        return
    message_id = await turn.say(screens.card(turn.words, held))
    await turn.parts.life.card_is(held.activation, message_id)
    if held.activation.card_message_id is not None:
        await turn.parts.messenger.strip(turn.chat_id, held.activation.card_message_id)


async def ask_cancel(turn: Turn, tapped: AskCancel) -> None:
    """Put the question on the card."""
    await turn.parts.life.ask(turn.chat_id, tapped.activation_id, asking=True)
    await _show(turn, tapped.activation_id)


async def cancel(turn: Turn, tapped: Cancel) -> None:
    """Cancel; the card tells what came of it."""
    outcome = await turn.parts.life.cancel(turn.chat_id, tapped.activation_id)
    if outcome is Cancelling.CODE_ARRIVED:
        await turn.say(screens.code_arrived_instead(turn.words))
    await _show(turn, tapped.activation_id)


async def keep(turn: Turn, tapped: Keep) -> None:
    """Take the question off the card."""
    await turn.parts.life.ask(turn.chat_id, tapped.activation_id, asking=False)
    await _show(turn, tapped.activation_id)


async def done(turn: Turn, tapped: Done) -> None:
    """End a number whose code has arrived."""
    await turn.parts.life.look(tapped.activation_id, turn.chat_id)
    if not await turn.parts.life.finish(turn.chat_id, tapped.activation_id):
        held = await turn.parts.life.look(tapped.activation_id, turn.chat_id)
        if held.activation.state in OPEN:
            await turn.say(screens.no_code_yet(turn.words))
    await _show(turn, tapped.activation_id)


async def _show(turn: Turn, activation_id: str) -> None:
    await show_card(turn, (await turn.parts.life.look(activation_id, turn.chat_id)).activation)


async def show_card(turn: Turn, activation: Activation) -> None:
    """Have the card that was tapped drawn as it is now; if another message is the card meanwhile, show it where the user looks."""
    if turn.tapped is None or turn.tapped == activation.card_message_id:
        turn.parts.deliver(activation.id)
        return
    await open_card(turn, activation.id)
    await turn.parts.messenger.strip(turn.chat_id, turn.tapped)
