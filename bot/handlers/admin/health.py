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
        admin_command(parts, "health", lambda turn, _text: show(turn, ShowHealth(0))),
        admin_tap(parts, ShowHealth, show),
    ]


async def show(turn: Turn, tapped: ShowHealth) -> None:
    """Look at everything, and show it."""
    screen = screens.health(turn.words, await turn.parts.checkup.read())
    await (turn.say if tapped.below else turn.show)(screen)
