"""What no other handler knows: typed names, stale buttons, and chats that block the bot."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from telegram import ChatMember, Update
from telegram.ext import BaseHandler, CallbackQueryHandler, ChatMemberHandler, filters

from bot.handlers import admin, alerts, number, preferences, shop, token
from bot.handlers.turn import PRIVATE, Parts, Turn, message, take
from bot.screens.callback import SEPARATOR, is_id
from bot.screens.welcome import not_understood
from bot.services.errors import NotFound

logger = logging.getLogger(__name__)


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List the handlers that come last."""
    text = filters.TEXT | filters.CAPTION
    return [
        message(parts, PRIVATE & text & ~filters.COMMAND, typed, again=shop.found_by),
        message(parts, filters.ChatType.PRIVATE & filters.UpdateType.EDITED_MESSAGE & text, edited),
        message(parts, PRIVATE, offer_help),
        _stale_buttons(parts),
        _membership(parts),
    ]


async def typed(turn: Turn, text: str) -> None:
    """Take a text for a token or an amount where one is awaited, else for a product's name."""
    if token.awaited(turn) or token.is_surely_token(text):
        await token.connect(turn, text)
    elif not (await admin.took(turn) or await _took_amount(turn, text)):
        await shop.search(turn, text)


async def _took_amount(turn: Turn, text: str) -> bool:
    """Take a text for an amount where one is awaited, and it is one."""
    if alerts.awaits_price(turn):
        return await alerts.take_price(turn, text)
    return preferences.awaits_amount(turn) and await preferences.take_amount(turn, text)


async def edited(turn: Turn, text: str) -> None:
    """Take a token that is edited into a message like one that is sent; any other edit changes nothing."""
    if token.awaited(turn) or token.is_surely_token(text):
        await token.connect(turn, text)


async def offer_help(turn: Turn, _text: str) -> None:
    """Take what an admin was asked for, and answer what cannot be understood."""
    if not await admin.took(turn):
        await turn.say(not_understood(turn.words))


def _stale_buttons(parts: Parts) -> BaseHandler[Any, Any, Any]:
    """Answer buttons of an older version, and forged ones: with the card of what they name, else with a fresh start."""

    async def handle(update: Update, _context: Any) -> None:
        query = update.callback_query
        if query is None:
            return
        await parts.messenger.answer(query.id)
        logger.info("chat %d tapped a button that is none of ours, or none any more", query.from_user.id)
        await take(parts, update, lambda turn: _reopen(turn, query.data or ""), anew=True)

    return CallbackQueryHandler(handle)


async def _reopen(turn: Turn, data: str) -> None:
    """Open the card of the first thing of this chat's that the button's data names."""
    for named in data.split(SEPARATOR)[1:]:
        with suppress(NotFound):
            if is_id(named):
                await number.open_card(turn, named)
                return
    raise NotFound


def _membership(parts: Parts) -> BaseHandler[Any, Any, Any]:
    """Note when a user blocks the bot, or lets it in again."""

    async def handle(update: Update, _context: Any) -> None:
        change = update.my_chat_member
        if change is None or change.chat.type != "private":
            return
        if change.new_chat_member.status == ChatMember.BANNED:
            await parts.accounts.leave(change.chat.id)
        else:
            user = change.from_user
            await parts.accounts.enter(change.chat.id, user.language_code, name=user.full_name, username=user.username)

    return ChatMemberHandler(handle, ChatMemberHandler.MY_CHAT_MEMBER)
