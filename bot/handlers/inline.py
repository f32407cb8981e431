"""Searching while typing, after the bot's name in any chat (inline mode), and the message that a choice sends."""

import logging
from collections.abc import Sequence
from typing import Any

from telegram import Chat, Message, MessageEntity, Update
from telegram.ext import BaseHandler, InlineQueryHandler, filters

from bot.handlers import shop
from bot.handlers.turn import PRIVATE, Parts, Turn, message
from bot.otpbuddy import OtpbuddyError
from bot.screens import inline as screens
from bot.screens.callbacks import Choose
from bot.screens.links import product_behind
from bot.services.errors import ServiceError

logger = logging.getLogger(__name__)

RESULTS = 50
"""Telegram takes no more in one answer (https://core.telegram.org/bots/api#answerinlinequery)."""
_OFFSET_DIGITS = 6


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List the handlers of this journey."""
    return [_queries(parts), message(parts, PRIVATE & _Chosen(parts), lambda turn, _text: chosen(turn), anew=True)]


def _queries(parts: Parts) -> BaseHandler[Any, Any, Any]:
    async def handle(update: Update, _context: Any) -> None:
        query = update.inline_query
        if query is None:
            return
        user = query.from_user
        words = await parts.words_for(user)
        offset = int(query.offset) if query.offset.isdecimal() and len(query.offset) <= _OFFSET_DIGITS else 0
        try:
            found = await parts.shelves.suggestions(user.id, query.query)
        except (ServiceError, OtpbuddyError) as error:
            logger.info("user %d finds nothing inline: %s", user.id, type(error).__name__ if isinstance(error, ServiceError) else error)
            await parts.messenger.answer_inline(query.id, [], button=screens.problem(words, error))
            return
        listed = screens.results(words, found[offset : offset + RESULTS], parts.username, priced=query.chat_type == Chat.SENDER)
        await parts.messenger.answer_inline(
            query.id,
            listed,
            next_offset=str(offset + RESULTS) if len(found) > offset + RESULTS else "",
            button=None if listed else screens.nothing_found(words),
        )

    return InlineQueryHandler(handle)


async def chosen(turn: Turn) -> None:
    """Go on to the card that asks, with the product that was chosen."""
    key = _product_of(turn.message)
    if key is not None:
        await shop.choose(turn, Choose(key))


class _Chosen(filters.MessageFilter):
    """Lets a message through that was written by choosing a product of this bot inline."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts

    def filter(self, message: Message) -> bool:
        ours = message.via_bot is not None and message.via_bot.id == self._parts.bot.id
        return ours and _product_of(message) is not None


def _product_of(message: Message | None) -> str | None:
    links = [entity.url for entity in message.entities if entity.type == MessageEntity.TEXT_LINK] if message is not None else []
    return next((key for url in links if url and (key := product_behind(url)) is not None), None)
