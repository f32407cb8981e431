"""`/health`: how the bot is doing."""

from collections.abc import Sequence
from typing import Any

from telegram.ext import BaseHandler

from bot.handlers.admin.gate import admin_command, admin_tap
from bot.handlers.turn import Parts, Turn
from bot.screens.admin import health as screens
from bot.screens.admin.callbacks import ShowHealth


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List the handlers of this journey."""
    return [
        admin_command(parts, "health", lambda turn, _text: show(turn)),
        admin_tap(parts, ShowHealth, lambda turn, _tapped: show(turn)),
    ]


async def show(turn: Turn) -> None:
    """Look at everything, and show it."""
    await turn.show(screens.health(turn.words, await turn.parts.checkup.read()))
