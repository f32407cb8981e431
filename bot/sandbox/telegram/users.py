"""What people do in the simulated Telegram: write, edit, delete, tap, search inline."""

import copy

from bot.sandbox.telegram.entities import CAPTION_LIMIT, TEXT_LIMIT, format_text
from bot.sandbox.telegram.errors import Json
from bot.sandbox.telegram.methods_queries import cached_answer, inline_text, publish_results
from bot.sandbox.telegram.params import Params, Upload
from bot.sandbox.telegram.people import People
from bot.sandbox.telegram.records import ChatRecord, OpenQuery
from bot.sandbox.telegram.state import visible_to_bot
from bot.sandbox.telegram.uploads import document_content, photo_content
from bot.sandbox.telegram.utf16 import utf16_length

_INLINE_QUERY_LIMIT = 256
_PHOTOS = frozenset({"image/png", "image/jpeg"})


class Users(People):
    """The people's messages and taps. What a person could not do in a Telegram client raises ValueError."""

    def send_text(
        self,
        user_id: int,
        text: str,
        chat_id: int | None = None,
        reply_to: int | None = None,
        entities: list[Json] | None = None,
    ) -> Json:
        """Send a text as a user, in the private chat unless told otherwise; return the Message."""
        content = self._text_content(text, entities)
        chat = self._chat_with(user_id, chat_id)
        if reply_to is not None:
            original = self._message(chat, reply_to)
            plain = {name: value for name, value in original.items() if name != "reply_to_message"}
            content["reply_to_message"] = visible_to_bot(plain)
        return self._write(user_id, chat, content)

    def send_file(
        self, user_id: int, file: Upload, caption: str = "", chat_id: int | None = None, entities: list[Json] | None = None
    ) -> Json:
        """Send a picture as a photo, or any other file as a document, with a caption; return the Message."""
        kind = "photo" if file.mime_type in _PHOTOS else "document"
        content = (photo_content if kind == "photo" else document_content)(self, Params({}, {kind: file}))
        text, found = format_text(caption, "", entities)
        if utf16_length(text) > CAPTION_LIMIT:
            raise ValueError(f"A caption has at most {CAPTION_LIMIT} characters.")
        if text:
            content |= {"caption": text, **({"caption_entities": found} if found else {})}
        return self._write(user_id, self._chat_with(user_id, chat_id), content)

    def _write(self, user_id: int, chat: ChatRecord, content: Json) -> Json:
        person = self._person(user_id)
        if person.blocked and chat.type == "private":
            raise ValueError("The user has blocked the bot and must unblock it to write.")
        if chat.type == "private":
            person.started = True
        message = self.store_message(chat, person.as_user(), content)
        if self._reaches_bot(chat, message):
            self.push("message", visible_to_bot(message))
        return message

    def edit_text(self, user_id: int, message_id: int, text: str, chat_id: int | None = None) -> Json:
        """Edit a message of the user; return the Message."""
        chat = self._chat_with(user_id, chat_id)
        old = self._message(chat, message_id)
        if old["from"]["id"] != user_id or "text" not in old:
            raise ValueError("Only one's own texts can be edited.")
        kept = {name: value for name, value in old.items() if name not in {"text", "entities"}}
        edited = kept | self._text_content(text) | {"edit_date": int(self.clock().timestamp())}
        message = self.replace_message(chat, edited)
        if self._reaches_bot(chat, message):
            self.push("edited_message", visible_to_bot(message))
        return message

    def delete_message(self, user_id: int, chat_id: int, message_id: int) -> None:
        """Delete a message for everybody, of which the bot is not told."""
        chat = self._chat_with(user_id, chat_id)
        self._message(chat, message_id)
        self.remove_messages(chat, [message_id])

    def tap(self, user_id: int, chat_id: int, message_id: int, data: str) -> str:
        """Tap the button with this callback data on a message; return the callback query's id."""
        buttons = self.buttons(chat_id, message_id)
        if all(button.get("callback_data") != data for button in buttons):
            raise ValueError(f"Message {message_id} has no button with the data {data!r}.")
        return self.forge_callback(user_id, chat_id, message_id, data)

    def tap_button(self, user_id: int, chat_id: int, message_id: int, label: str) -> str:
        """Tap the first button with exactly this label, else the first that contains it; return the query's id."""
        buttons = self.buttons(chat_id, message_id)
        exact = [button for button in buttons if button["text"] == label]
        for button in exact or [button for button in buttons if label in button["text"]]:
            if "callback_data" in button:
                return self.forge_callback(user_id, chat_id, message_id, button["callback_data"])
            raise ValueError(f"The button {button['text']!r} has no callback data.")
        labels = [button["text"] for button in buttons]
        raise ValueError(f"Message {message_id} has no button {label!r}, only {labels}.")

    def buttons(self, chat_id: int, message_id: int) -> list[Json]:
        """Return the buttons of a message's inline keyboard, row by row."""
        message = self._message(self.chats[chat_id], message_id)
        rows = message.get("reply_markup", {}).get("inline_keyboard", [])
        return [button for row in rows for button in row]

    def forge_callback(self, user_id: int, chat_id: int, message_id: int, data: str) -> str:
        """Push a callback query with any data, as a tampered client can; return its id.

        The message may be gone: then it is an InaccessibleMessage. `chat_id` need not be a chat of the user.
        """
        person, chat = self._person(user_id), self.chats[chat_id]
        query_id = str(5_000_000_000_000_000_000 + self.number())
        self.queries[query_id] = OpenQuery(user_id, self.clock(), chat_id, message_id)
        message = chat.messages.get(message_id)
        shown = visible_to_bot(message) if message is not None else {"chat": self.chat_json(chat), "message_id": message_id, "date": 0}
        query = {"id": query_id, "from": person.as_user(), "message": shown, "chat_instance": str(-(10**15) - chat_id)}
        self.push("callback_query", query | {"data": data})
        return query_id

    def inline_query(self, user_id: int, query: str, offset: str = "", chat_id: int | None = None) -> str:
        """Ask the bot inline, in the chat with it unless told otherwise; return the inline query's id.

        What the bot allowed to be kept is answered without asking it again.
        """
        person, chat = self._person(user_id), self._chat_with(user_id, chat_id)
        if not self.inline_mode:
            raise ValueError("The bot has no inline mode.")
        query_id = str(6_000_000_000_000_000_000 + self.number())
        asked = self.queries[query_id] = OpenQuery(user_id, self.clock(), query=query[:_INLINE_QUERY_LIMIT], offset=offset)
        asked.answer = cached_answer(self, user_id, asked.query, offset)
        if asked.answer is not None:
            publish_results(self, query_id)
            return query_id
        kind = "sender" if chat.type == "private" else chat.type
        body = {"id": query_id, "from": person.as_user(), "query": asked.query, "offset": offset, "chat_type": kind}
        self.push("inline_query", body)
        return query_id

    def choose_inline_result(self, inline_query_id: str, result_id: str, chat_id: int) -> Json:
        """Send a result of an answered inline query into a chat; return the Message."""
        asked = self.queries[inline_query_id]
        results = (asked.answer or {}).get("results", [])
        result = next((item for item in results if item["id"] == result_id), None)
        if result is None:
            raise ValueError(f"The inline query has no result {result_id!r}.")
        chat, user = self._chat_with(asked.user_id, chat_id), self._person(asked.user_id).as_user()
        text, entities = inline_text(result.get("input_message_content"))
        content: Json = {"via_bot": self.bot, "text": text}
        if entities:
            content["entities"] = entities
        chosen: Json = {"result_id": result_id, "from": user, "query": asked.query}
        if result.get("reply_markup"):
            content["reply_markup"] = result["reply_markup"]
            chosen["inline_message_id"] = f"AgAAAB{self.number():010d}"
        message = self.store_message(chat, user, content)
        if "inline_message_id" in chosen:
            self.inline_messages[chosen["inline_message_id"]] = (chat.id, message["message_id"])
        self.push("chosen_inline_result", chosen)
        # A bot sees what is sent through it, whatever its privacy mode (https://core.telegram.org/bots/features#privacy-mode).
        if chat.type == "private" or chat.bot_status not in {"left", "kicked"}:
            self.push("message", visible_to_bot(message))
        return message

    def repeat_update(self, update_id: int) -> None:
        """Deliver an update of the past once more; raises KeyError for an unknown one."""
        self.updates.repeat(update_id)
        self.changed.fire()

    def push_update(self, update: Json) -> int:
        """Deliver any update as it is; return its update_id."""
        update_id = self.updates.push_raw(copy.deepcopy(update))
        self.changed.fire()
        return update_id

    @staticmethod
    def _text_content(text: str, given: list[Json] | None = None) -> Json:
        text, entities = format_text(text, "", given)
        if not 0 < utf16_length(text) <= TEXT_LIMIT:
            raise ValueError(f"A text has 1 to {TEXT_LIMIT} characters.")
        return {"text": text, "entities": entities} if entities else {"text": text}

    def _reaches_bot(self, chat: ChatRecord, message: Json) -> bool:
        """Apply privacy mode: in groups the bot sees commands, replies to it, and mentions of it."""
        if chat.type == "private" or chat.bot_status == "administrator":
            return True
        if chat.bot_status in {"left", "kicked"}:
            return False
        if message.get("reply_to_message", {}).get("from", {}).get("id") == self.bot["id"]:
            return True
        commands = any(entity["type"] == "bot_command" for entity in message.get("entities", []))
        return commands or f"@{self.bot['username']}".lower() in message.get("text", "").lower()
