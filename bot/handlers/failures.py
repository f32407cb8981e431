"""What happens when a handler fails: it is logged, and the user is told without a traceback."""

import logging
from collections.abc import Callable, Coroutine
from typing import Any

from telegram import Chat, Update, User
from telegram.error import TelegramError

from bot.gateway.limiter import Priority
from bot.gateway.outcome import Outcome, classify
from bot.handlers.turn import Parts
from bot.screens.problems import broken, flooding

logger = logging.getLogger(__name__)

_NORMAL = frozenset({Outcome.GONE, Outcome.STALE_QUERY, Outcome.NOT_MODIFIED})


def failures(parts: Parts) -> Callable[[object, Any], Coroutine[Any, Any, None]]:
    """Make the handler of errors."""

    async def handle(update: object, context: Any) -> None:
        error = context.error
        user = _private(update)
        if isinstance(error, TelegramError):
            outcome = classify(error)
            if outcome is Outcome.UNREACHABLE and user is not None:
                await parts.accounts.leave(user.id)
            if outcome is Outcome.UNREACHABLE or outcome in _NORMAL:
                return
            logger.warning("an answer did not reach Telegram (%s): %s", outcome.name, error)
            if outcome is not Outcome.OTHER:
                return
        logger.error("a handler failed", exc_info=error)
        if user is not None:
            await parts.messenger.send(user.id, broken(await parts.words_for(user)), Priority.TAP)

    return handle


def _private(update: object) -> User | None:
    """Give the user whose private chat an update comes from: what fails in a group says nothing about any of its members' chats."""
    if not isinstance(update, Update) or update.effective_chat is None or update.effective_chat.type != Chat.PRIVATE:
        return None
    return update.effective_user


def flood(parts: Parts) -> Callable[[Update], Coroutine[Any, Any, None]]:
    """Make the answer to a user who sends too many updates; a tap is answered where it was made, so that its spinner stops."""

    async def handle(update: Update) -> None:
        user = _private(update)
        query = update.callback_query
        if query is not None:
            text = flooding(await parts.words_for(query.from_user)).plain
            await parts.messenger.answer(query.id, text)
        elif user is not None:
            await parts.messenger.send(user.id, flooding(await parts.words_for(user)), Priority.MESSAGE)

    return handle
