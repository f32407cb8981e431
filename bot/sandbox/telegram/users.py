"""What people do in the simulated Telegram: write, tap, edit, delete, block, search inline, upgrade groups."""

import copy

from bot.sandbox.telegram.entities import TEXT_LIMIT, format_text
from bot.sandbox.telegram.errors import Json
from bot.sandbox.telegram.html import utf16_length
from bot.sandbox.telegram.methods_chats import member_json
from bot.sandbox.telegram.methods_queries import inline_text
from bot.sandbox.telegram.records import ChatRecord, OpenQuery, Person
from bot.sandbox.telegram.state import State, visible_to_bot

_SUPERGROUP_BASE = -1_000_000_000_000


class Users(State):
    """The people's side. What a person could not do in a Telegram client raises ValueError."""

    def add_user(
        self,
        user_id: int,
        first_name: str,
        username: str | None = None,
        language_code: str | None = "en",
        *,
        started: bool = False,
    ) -> Json:
        """Add a person and their private chat with the bot, or rename a known one; return the User.

        Until a person writes (or with `started`), the bot can't begin a conversation.
        """
        if user_id <= 0 or user_id == self.bot["id"]:
            raise ValueError(f"{user_id} can't be the id of a user.")
        known = self.users.get(user_id)
        if known is None:
            self.users[user_id] = Person(user_id, first_name, username, language_code, started=started)
            self.chats[user_id] = ChatRecord(user_id, "private", members=[user_id])
        else:
            known.first_name, known.username, known.language_code = first_name, username, language_code
        self._tell_user(user_id)
        return self.users[user_id].as_user()

    def add_group(self, group_id: int, title: str, members: list[int], *, supergroup: bool = False, bot_is_admin: bool = False) -> Json:
        """Add a group (negative id; a supergroup's begins with -100) with the bot in it; return the Chat."""
        if group_id >= 0 or (supergroup and group_id > _SUPERGROUP_BASE):
            raise ValueError(f"{group_id} can't be the id of such a group.")
        for member in members:
            self._person(member)
        chat = ChatRecord(group_id, "supergroup" if supergroup else "group", title, list(members))
        self.chats[group_id] = chat
        old = member_json(self, chat, self.bot["id"]) | {"status": "left"}
        chat.bot_status = "administrator" if bot_is_admin else "member"
        if members:
            self._push_my_member(chat, members[0], old)
        return self.chat_json(chat)

    def send_text(self, user_id: int, text: str, chat_id: int | None = None, reply_to: int | None = None) -> Json:
        """Send a text as a user, in the private chat unless told otherwise; return the Message."""
        person, chat = self._person(user_id), self._chat_with(user_id, chat_id)
        if person.blocked and chat.type == "private":
            raise ValueError("The user has blocked the bot and must unblock it to write.")
        content = self._text_content(text)
        if reply_to is not None:
            original = self._message(chat, reply_to)
            plain = {name: value for name, value in original.items() if name != "reply_to_message"}
            content["reply_to_message"] = visible_to_bot(plain)
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

    def block(self, user_id: int) -> None:
        """Block the bot."""
        self._set_blocked(user_id, blocked=True)

    def unblock(self, user_id: int) -> None:
        """Unblock the bot."""
        self._set_blocked(user_id, blocked=False)

    def deactivate(self, user_id: int) -> None:
        """Delete the user's account."""
        self._person(user_id).deactivated = True
        self._tell_user(user_id)

    def inline_query(self, user_id: int, query: str, offset: str = "") -> str:
        """Ask the bot inline; return the inline query's id."""
        person = self._person(user_id)
        query_id = str(6_000_000_000_000_000_000 + self.number())
        self.queries[query_id] = OpenQuery(user_id, self.clock(), query=query, offset=offset)
        asked = {"id": query_id, "from": person.as_user(), "query": query, "offset": offset, "chat_type": "sender"}
        self.push("inline_query", asked)
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
        if chat.type == "private":
            self.push("message", visible_to_bot(message))
        return message

    def migrate_group(self, group_id: int, supergroup_id: int) -> Json:
        """Upgrade a group to a supergroup, with Telegram's two service messages; return the new Chat."""
        group = self.chats[group_id]
        if group.type != "group" or group.upgraded_to is not None or supergroup_id > _SUPERGROUP_BASE:
            raise ValueError(f"{group_id} can't be upgraded to {supergroup_id}.")
        new = ChatRecord(supergroup_id, "supergroup", group.title, list(group.members), group.bot_status)
        self.chats[supergroup_id] = new
        sender = self._person(group.members[0]).as_user()
        self.push("message", self.store_message(group, sender, {"migrate_to_chat_id": supergroup_id}))
        self.push("message", self.store_message(new, sender, {"migrate_from_chat_id": group_id}))
        group.upgraded_to = supergroup_id
        return self.chat_json(new)

    def kick_bot(self, user_id: int, chat_id: int) -> None:
        """Remove the bot from a group."""
        chat = self._chat_with(user_id, chat_id)
        old = member_json(self, chat, self.bot["id"])
        chat.bot_status = "kicked"
        self._push_my_member(chat, user_id, old)

    def repeat_update(self, update_id: int) -> None:
        """Deliver an update of the past once more; raises KeyError for an unknown one."""
        self.updates.repeat(update_id)
        self.changed.fire()

    def push_update(self, update: Json) -> int:
        """Deliver any update as it is; return its update_id."""
        update_id = self.updates.push_raw(copy.deepcopy(update))
        self.changed.fire()
        return update_id

    def _person(self, user_id: int) -> Person:
        if user_id not in self.users:
            raise ValueError(f"There is no user {user_id}.")
        return self.users[user_id]

    def _chat_with(self, user_id: int, chat_id: int | None) -> ChatRecord:
        chat = self.chats.get(user_id if chat_id is None else chat_id)
        if chat is None or user_id not in chat.members or chat.upgraded_to is not None:
            raise ValueError(f"User {user_id} has no chat {chat_id}.")
        return chat

    @staticmethod
    def _message(chat: ChatRecord, message_id: int) -> Json:
        if message_id not in chat.messages:
            raise ValueError(f"Chat {chat.id} has no message {message_id}.")
        return chat.messages[message_id]

    @staticmethod
    def _text_content(text: str) -> Json:
        text, entities = format_text(text)
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
        return commands or f"@{self.bot['username']}".lower() in message["text"].lower()

    def _set_blocked(self, user_id: int, *, blocked: bool) -> None:
        person = self._person(user_id)
        if person.blocked == blocked:
            return
        chat = self.chats[user_id]
        old = member_json(self, chat, self.bot["id"])
        person.blocked, person.started = blocked, True
        chat.bot_status = "kicked" if blocked else "member"
        self._push_my_member(chat, user_id, old)
        self._tell_user(user_id)

    def _push_my_member(self, chat: ChatRecord, user_id: int, old: Json) -> None:
        change = {"chat": self.chat_json(chat), "from": self.users[user_id].as_user()}
        dated = change | {"date": int(self.clock().timestamp())}
        new = member_json(self, chat, self.bot["id"])
        self.push("my_chat_member", dated | {"old_chat_member": old, "new_chat_member": new})

    def _tell_user(self, user_id: int) -> None:
        person = self.users[user_id]
        self.publish("user", {"chat_id": user_id, "user": person.as_user() | {"blocked": person.blocked}})
