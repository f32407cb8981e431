"""Groups: nothing of them is kept. A command is answered with where the bot works, and a token that is shown to everybody is taken away."""

from collections.abc import Callable, Sequence
from typing import Any

from telegram import Message, MessageEntity, Update
from telegram.ext import BaseHandler, MessageHandler, filters

from bot.commands import commands
from bot.gateway.limiter import Priority
from bot.handlers.token import find_token, is_surely_token
from bot.handlers.turn import Parts, after_command
from bot.locales import SOURCE
from bot.screens.welcome import only_in_private, token_in_group
from bot.services.errors import TokenRefused


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List the handlers of groups; channels have none."""
    names = {command.command for command in commands(parts.languages.words(SOURCE), admin=True)} | {"start", "menu"}
    ours = _Asked(lambda: parts.username, names)
    return [
        MessageHandler(filters.ChatType.GROUPS & _Pasted(lambda: parts.bot.id), _warns(parts)),
        MessageHandler(filters.ChatType.GROUPS & filters.UpdateType.MESSAGE & ours, _leads_to_private(parts)),
    ]


def _warns(parts: Parts) -> Callable[[Update, Any], Any]:
    """Delete a message with a token where that is allowed, and warn; also where it was edited into an older one."""

    async def handle(update: Update, _context: Any) -> None:
        pasted = update.effective_message
        if pasted is None:
            return
        deleted = await parts.messenger.delete(pasted.chat.id, pasted.message_id)
        words = await parts.words_for(update.effective_user)
        await parts.messenger.send(pasted.chat.id, token_in_group(words, parts.username, deleted=deleted), Priority.TAP)

    return handle


def _leads_to_private(parts: Parts) -> Callable[[Update, Any], Any]:
    """Say once, in one line, where the bot works."""

    async def handle(update: Update, _context: Any) -> None:
        asked = update.effective_message
        if asked is None:
            return
        words = await parts.words_for(update.effective_user)
        screen = only_in_private(words, parts.username)
        await parts.messenger.send(asked.chat.id, screen, Priority.TAP, reply_to=asked.message_id)

    return handle


class _Pasted(filters.MessageFilter):
    """Lets a message through that holds a token: after the command, alone, in an address, or where a token or this bot is spoken of."""

    def __init__(self, bot_id: Callable[[], int]) -> None:
        super().__init__()
        self._bot_id = bot_id

    def filter(self, message: Message) -> bool:
        text = "\n".join([message.text or message.caption or "", *_addresses(message)])
        replied = message.reply_to_message
        to_us = replied is not None and replied.from_user is not None and replied.from_user.id == self._bot_id()
        return _follows_command(text) or is_surely_token(text, spoken_of=to_us)


def _addresses(message: Message) -> list[str]:
    """List the addresses that lie behind words of a message."""
    entities = (*message.entities, *message.caption_entities)
    return [entity.url for entity in entities if entity.type == MessageEntity.TEXT_LINK and entity.url]


def _follows_command(text: str) -> bool:
    command_word = "".join(text.partition("@")[0].split(maxsplit=1)[:1])
    if command_word.lower() != "/token":
        return False
    try:
        find_token(after_command(text))
    except TokenRefused:
        return False
    return True


class _Asked(filters.MessageFilter):
    """Lets a command through that is meant for this bot: by its name, or one of ours that is meant for nobody by name.

    A bot in a group may see the commands that are meant for others as well, and must not answer those.
    """

    def __init__(self, username: Callable[[], str], names: set[str]) -> None:
        super().__init__()
        self._username = username
        self._names = names

    def filter(self, message: Message) -> bool:
        first = (message.text or "").split(maxsplit=1)[:1]
        if not first or not filters.COMMAND.filter(message) or message.is_automatic_forward:
            return False
        name, _, addressee = first[0].removeprefix("/").lower().partition("@")
        return addressee == self._username().lower() if addressee else name in self._names
