"""`/admin`: the way to everything that admins do."""

from collections.abc import Sequence
from typing import Any

from telegram.ext import BaseHandler

from bot.handlers.admin.gate import admin_command, admin_tap
from bot.handlers.turn import Parts, Turn
from bot.screens.admin import menu as screens
from bot.screens.admin.callbacks import AdminMenu


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List the handlers of this journey."""
    return [
        admin_command(parts, "admin", lambda turn, _text: menu(turn)),
        admin_tap(parts, AdminMenu, lambda turn, _tapped: menu(turn)),
    ]


async def menu(turn: Turn) -> None:
    """Show the menu."""
    await turn.show(screens.menu(turn.words, owner=turn.parts.team.is_owner(turn.chat_id)))
