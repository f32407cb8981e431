"""Sends and edits screens; what Telegram's usual refusals mean for a message is decided here, once."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from telegram import (
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputMediaPhoto,
    LinkPreviewOptions,
    MessageEntity,
    ReplyParameters,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import ChatMigrated, TelegramError
from telegram.ext import ExtBot

from bot.gateway.limiter import Priority
from bot.gateway.outcome import Outcome, classify
from bot.screens.screen import File, Screen
from bot.services.letters import Letter
from storage.models import Content

logger = logging.getLogger(__name__)

TYPING_AFTER = 0.8
"""Seconds until somebody who waits wants to see that something happens."""
TYPING_LASTS = 4.5
"""A little less than the 5 seconds after which Telegram takes the status away (https://core.telegram.org/bots/api#sendchataction)."""
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_INLINE_CACHE = 10
"""Seconds."""


class Messenger:
    """Writes to chats; every method raises `TelegramError` where the outcome is not a normal one."""

    def __init__(self, bot: ExtBot[Priority]) -> None:
        self._bot = bot

    async def send(self, chat_id: int, screen: Screen, priority: Priority, *, reply_to: int | None = None, silent: bool = False) -> int:
        """Send a new message and return its id.

        Text that Telegram cannot parse goes out once more without markup, and a message for a group that became a supergroup once more
        to its new id. Nothing is kept of groups, so no row has to follow.
        """
        try:
            return await self._send(chat_id, screen, priority, ParseMode.HTML, reply_to, silent=silent)
        except ChatMigrated as error:
            chat_id = error.new_chat_id
        except TelegramError as error:
            if classify(error) is not Outcome.BAD_MARKUP:
                raise
            return await self._send(chat_id, screen, priority, None, reply_to, silent=silent)
        return await self._send(chat_id, screen, priority, ParseMode.HTML, reply_to, silent=silent)

    async def _send(self, chat_id: int, screen: Screen, priority: Priority, mode: str | None, reply_to: int | None, *, silent: bool) -> int:
        message = await self._bot.send_message(
            chat_id,
            str(screen.text) if mode else screen.plain,
            parse_mode=mode,
            reply_markup=screen.keyboard,
            link_preview_options=_NO_PREVIEW,
            disable_notification=silent,
            # The message that is replied to may have been deleted by the user; the code still has to arrive.
            reply_parameters=ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to else None,
            rate_limit_args=priority,
        )
        return message.message_id

    async def edit(self, chat_id: int, message_id: int, screen: Screen, priority: Priority) -> bool:
        """Change a message to show the screen; False where it is not there or cannot be changed any more."""
        try:
            return await self._edit(chat_id, message_id, screen, priority, ParseMode.HTML)
        except TelegramError as error:
            if classify(error) is not Outcome.BAD_MARKUP:
                raise
        return await self._edit(chat_id, message_id, screen, priority, None)

    async def _edit(self, chat_id: int, message_id: int, screen: Screen, priority: Priority, mode: str | None) -> bool:
        try:
            await self._bot.edit_message_text(
                str(screen.text) if mode else screen.plain,
                chat_id,
                message_id,
                parse_mode=mode,
                reply_markup=screen.keyboard,
                link_preview_options=_NO_PREVIEW,
                rate_limit_args=priority,
            )
        except TelegramError as error:
            outcome = classify(error)
            if outcome is Outcome.GONE:
                return False
            if outcome is not Outcome.NOT_MODIFIED:
                raise
        return True

    async def send_document(self, chat_id: int, file: File, screen: Screen, priority: Priority) -> int:
        """Send a file with the screen below it and return the message's id."""
        message = await self._bot.send_document(
            chat_id,
            file.content,
            caption=str(screen.text),
            parse_mode=ParseMode.HTML,
            filename=file.name,
            reply_markup=screen.keyboard,
            # Telegram would make something else of what it takes for a picture or a song.
            disable_content_type_detection=True,
            rate_limit_args=priority,
        )
        return message.message_id

    async def send_photo(self, chat_id: int, picture: File, screen: Screen, priority: Priority) -> int:
        """Send a picture with the screen below it and return the message's id."""
        message = await self._bot.send_photo(
            chat_id,
            picture.content,
            caption=str(screen.text),
            parse_mode=ParseMode.HTML,
            filename=picture.name,
            reply_markup=screen.keyboard,
            rate_limit_args=priority,
        )
        return message.message_id

    async def edit_photo(self, chat_id: int, message_id: int, picture: File, screen: Screen, priority: Priority) -> bool:
        """Change a message, also one of text, to show the picture and the screen; False where it is not there or cannot be changed."""
        media = InputMediaPhoto(picture.content, caption=str(screen.text), parse_mode=ParseMode.HTML, filename=picture.name)
        try:
            await self._bot.edit_message_media(media, chat_id, message_id, reply_markup=screen.keyboard, rate_limit_args=priority)
        except TelegramError as error:
            outcome = classify(error)
            if outcome is Outcome.GONE:
                return False
            if outcome is not Outcome.NOT_MODIFIED:
                raise
        return True

    async def strip(self, chat_id: int, message_id: int) -> None:
        """Take the buttons off a message that another one replaces; whether that works does not matter."""
        try:
            await self._bot.edit_message_reply_markup(chat_id, message_id, rate_limit_args=Priority.CARD)
        except TelegramError as error:
            if classify(error) is Outcome.OTHER:
                raise

    async def send_letter(self, chat_id: int, letter: Letter, keyboard: InlineKeyboardMarkup | None, priority: Priority) -> int:
        """Send what an admin wrote, as they formatted it, and return the message's id."""
        entities: Sequence[MessageEntity] = MessageEntity.de_list(json.loads(letter.entities), self._bot)
        caption: dict[str, Any] = {"caption": letter.text, "caption_entities": entities, "reply_markup": keyboard}
        if letter.content is Content.PHOTO:
            message = await self._bot.send_photo(chat_id, letter.file_id or "", **caption, rate_limit_args=priority)
        elif letter.content is Content.DOCUMENT:
            message = await self._bot.send_document(chat_id, letter.file_id or "", **caption, rate_limit_args=priority)
        else:
            message = await self._bot.send_message(chat_id, letter.text, entities=entities, reply_markup=keyboard, rate_limit_args=priority)
        return message.message_id

    async def erase(self, chat_id: int, message_id: int) -> bool:
        """Delete a broadcast's message; False where Telegram does not allow it any more. One that is gone already counts as deleted."""
        try:
            await self._bot.delete_message(chat_id, message_id, rate_limit_args=Priority.BROADCAST)
        except TelegramError as error:
            outcome = classify(error)
            if outcome not in {Outcome.GONE, Outcome.UNREACHABLE}:
                raise
            return "not found" in error.message.lower() and outcome is Outcome.GONE
        return True

    async def edit_keyboard(self, chat_id: int, message_id: int, keyboard: InlineKeyboardMarkup, priority: Priority) -> None:
        """Change the buttons below a message and nothing else; where it is gone, or has them already, there is nothing to do."""
        try:
            await self._bot.edit_message_reply_markup(chat_id, message_id, reply_markup=keyboard, rate_limit_args=priority)
        except TelegramError as error:
            if classify(error) not in {Outcome.GONE, Outcome.NOT_MODIFIED}:
                raise

    async def delete(self, chat_id: int, message_id: int) -> bool:
        """Delete a message; False where that is not allowed, it is gone, or Telegram gave no clear answer.

        It never raises: what the message was about has to go on, and its writer is told to delete it.
        """
        try:
            return await self._bot.delete_message(chat_id, message_id, rate_limit_args=Priority.TAP)
        except TelegramError as error:
            logger.warning("a message of chat %d could not be deleted (%s): %s", chat_id, classify(error).name, error)
            return False

    async def answer(self, query_id: str, text: str | None = None) -> None:
        """Stop the spinner of a tapped button, with a text of up to 200 characters that shows for a moment.

        A query that is too old, or an answer that got lost, changes nothing.
        """
        try:
            await self._bot.answer_callback_query(query_id, text, rate_limit_args=Priority.TAP)
        except TelegramError as error:
            if classify(error) is Outcome.OTHER:
                raise

    async def answer_inline(
        self,
        query_id: str,
        results: Sequence[InlineQueryResultArticle],
        *,
        next_offset: str = "",
        button: InlineQueryResultsButton | None = None,
    ) -> None:
        """Answer an inline query, for its sender alone; a query that is too old, or an answer that got lost, changes nothing.

        Prices change and accounts get connected, so Telegram may keep what was found for a moment only, and what was not not at all.
        """
        try:
            await self._bot.answer_inline_query(
                query_id,
                results,
                cache_time=_INLINE_CACHE if results else 0,
                is_personal=True,
                next_offset=next_offset,
                button=button,
                rate_limit_args=Priority.TAP,
            )
        except TelegramError as error:
            if classify(error) is Outcome.OTHER:
                raise

    async def typing(self, chat_id: int, action: ChatAction = ChatAction.TYPING) -> None:
        """Show that an answer is on its way, and of which kind; whether that works does not matter."""
        try:
            await self._bot.send_chat_action(chat_id, action, rate_limit_args=Priority.TAP)
        except TelegramError as error:
            if classify(error) is Outcome.OTHER:
                raise

    @asynccontextmanager
    async def busy(self, chat_id: int) -> AsyncIterator[None]:
        """Show that an answer is on its way once the block takes long, and for as long as it does."""
        task = asyncio.create_task(self._keep_typing(chat_id), name=f"typing in {chat_id}")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def _keep_typing(self, chat_id: int) -> None:
        await asyncio.sleep(TYPING_AFTER)
        while True:
            try:
                await self.typing(chat_id)
            except TelegramError as error:
                logger.warning("chat %d is not shown that an answer is on its way: %s", chat_id, error)
                return
            await asyncio.sleep(TYPING_LASTS)
