"""The gate before everything that only admins may do."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from telegram.ext import CallbackQueryHandler, CommandHandler

from bot.handlers.turn import Parts, Turn, command, tap
from bot.screens.callback import Callback
from bot.screens.welcome import not_understood
from bot.services.errors import NotFound

C = TypeVar("C", bound=Callback)


def admin_command(parts: Parts, name: str, react: Callable[[Turn, str], Awaitable[None]]) -> CommandHandler[Any, Any]:
    """Handle a command of admins; to anybody else it is a word like any other."""

    async def guarded(turn: Turn, text: str) -> None:
        if turn.is_admin:
            await react(turn, text)
        else:
            await turn.say(not_understood(turn.words))

    return command(parts, name, guarded)


def admin_tap(parts: Parts, kind: type[C], react: Callable[[Turn, C], Awaitable[None]]) -> CallbackQueryHandler[Any, Any]:
    """Handle the taps of admins on one kind of button; to anybody else it is a button of something that is gone."""

    async def guarded(turn: Turn, tapped: C) -> None:
        if not turn.is_admin:
            raise NotFound
        await react(turn, tapped)

    return tap(parts, kind, guarded)
