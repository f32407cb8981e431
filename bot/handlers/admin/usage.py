"""`/usage`: whose use stands out, and what an admin says to that."""

from collections.abc import Sequence
from typing import Any

from telegram.ext import BaseHandler

from bot.handlers.admin.gate import admin_command, admin_tap
from bot.handlers.admin.people import of
from bot.handlers.turn import Parts, Turn
from bot.screens.admin import usage as screens
from bot.screens.admin.callbacks_people import JudgeFine, ShowUsage


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List the handlers of this journey."""
    return [
        admin_command(parts, "usage", lambda turn, _text: show(turn)),
        admin_tap(parts, ShowUsage, lambda turn, _tapped: show(turn)),
        admin_tap(parts, JudgeFine, fine),
    ]


async def show(turn: Turn) -> None:
    """List whose use stood out lately."""
    await turn.show(screens.lately(turn.words, await turn.parts.usage.lately()))


async def fine(turn: Turn, tapped: JudgeFine) -> None:
    """Show a chat's use no more for a while."""
    await turn.show(screens.fine(turn.words, await turn.parts.usage.fine(turn.chat_id, of(tapped.chat_id))))
