"""What no other handler knows: typed names, stale buttons, groups, and chats that block the bot."""

import logging
from collections.abc import Sequence
from typing import Any

from telegram import ChatMember, Update
from telegram.ext import BaseHandler, CallbackQueryHandler, ChatMemberHandler, MessageHandler, filters

from bot.gateway.limiter import Priority
from bot.handlers import alerts, shop, token
from bot.handlers.turn import PRIVATE, Parts, Turn, message
from bot.screens.problems import explain
from bot.screens.welcome import not_understood, only_in_private
from bot.services.errors import NotFound

logger = logging.getLogger(__name__)


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List the handlers that come last."""
    text = filters.TEXT | filters.CAPTION
    return [
        message(parts, PRIVATE & text & ~filters.COMMAND, typed),
        message(parts, filters.ChatType.PRIVATE & filters.UpdateType.EDITED_MESSAGE & text, edited),
        message(parts, PRIVATE, offer_help),
        _stale_buttons(parts),
        _groups(parts),
        _membership(parts),
    ]


async def typed(turn: Turn) -> None:
    """Take a text for a token or a price where one is awaited, else for a product's name."""
    text = _text(turn)
    if token.awaited(turn) or token.is_surely_token(text):
        await token.connect(turn, text)
    elif not (alerts.awaits_price(turn) and await alerts.take_price(turn, text)):
        await shop.search(turn, " ".join(text.split()))


async def edited(turn: Turn) -> None:
    """Take a token that is edited into a message like one that is sent; any other edit changes nothing."""
    text = _text(turn)
    if token.awaited(turn) or token.is_surely_token(text):
        await token.connect(turn, text)


async def offer_help(turn: Turn) -> None:
    """Answer what cannot be understood."""
    await turn.say(not_understood(turn.words))


def _text(turn: Turn) -> str:
    sent = turn.update.effective_message
    return (sent.text or sent.caption or "") if sent is not None else ""


def _stale_buttons(parts: Parts) -> BaseHandler[Any, Any, Any]:
    """Answer buttons of an older version, and forged ones, with a fresh start."""

    async def handle(update: Update, _context: Any) -> None:
        if update.callback_query is None:
            return
        await parts.messenger.answer(update.callback_query.id)
        user = update.callback_query.from_user
        logger.info("chat %d tapped a button that is none of ours, or none any more", user.id)
        chat, _ = await parts.accounts.enter(user.id, user.language_code, name=user.full_name, username=user.username)
        await parts.messenger.send(chat.id, explain(NotFound(), parts.languages.words(chat.speaks)), Priority.TAP)

    return CallbackQueryHandler(handle)


def _groups(parts: Parts) -> BaseHandler[Any, Any, Any]:
    """Say in a group, when a command is given there, where the bot works."""

    async def handle(update: Update, _context: Any) -> None:
        if update.effective_chat is not None:
            words = await parts.words_for(update.effective_user)
            await parts.messenger.send(update.effective_chat.id, only_in_private(words, parts.username), Priority.TAP)

    return MessageHandler(filters.ChatType.GROUPS & filters.UpdateType.MESSAGE & filters.COMMAND, handle)


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
