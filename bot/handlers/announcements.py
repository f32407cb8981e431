"""The button below each broadcast: hear no announcements any more, and hear them again."""

from collections.abc import Sequence
from typing import Any

from telegram import Message
from telegram.ext import BaseHandler

from bot.gateway.limiter import Priority
from bot.handlers.turn import Parts, Turn, tap
from bot.screens.broadcast import turned
from bot.screens.callbacks import Mute
from bot.services.preferences import OFF, ON, Preference


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List the handlers of this journey."""
    return [tap(parts, Mute, mute)]


async def mute(turn: Turn, tapped: Mute) -> None:
    """Keep the choice, and turn the button over; the announcement itself stays as it is."""
    muted = bool(tapped.on)
    await turn.parts.preferences.choose(turn.chat_id, Preference.ANNOUNCEMENTS, OFF if muted else ON)
    query = turn.update.callback_query
    shown = query.message if query is not None else None
    if turn.tapped is not None and isinstance(shown, Message) and shown.reply_markup is not None:
        keyboard = turned(turn.words, shown.reply_markup.inline_keyboard, muted=muted)
        await turn.parts.messenger.edit_keyboard(turn.chat_id, turn.tapped, keyboard, Priority.TAP)
