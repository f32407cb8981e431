"""The gate before everything that only admins may do."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from telegram.error import TelegramError
from telegram.ext import CallbackQueryHandler, CommandHandler

from bot.gateway.limiter import Priority
from bot.handlers.turn import Parts, Turn, command, tap
from bot.screens.callback import Callback
from bot.screens.screen import Screen
from bot.screens.welcome import not_understood
from bot.services.errors import NotFound
from storage.models import Chat

logger = logging.getLogger(__name__)

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


async def tell(turn: Turn, chat: Chat, screen: Screen) -> bool:
    """Tell somebody what an admin did to them; False where they cannot be told, which changes nothing of it."""
    try:
        await turn.parts.messenger.send(chat.id, screen, Priority.MESSAGE)
    except TelegramError as error:
        logger.warning("chat %d was not told what an admin did: %s", chat.id, error)
        return False
    return True
