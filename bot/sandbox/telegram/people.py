"""The people of the simulated Telegram and their standing with the bot: accounts, groups, blocks."""

from bot.sandbox.telegram.errors import Json
from bot.sandbox.telegram.methods_chats import member_json
from bot.sandbox.telegram.records import ChatRecord, Person
from bot.sandbox.telegram.state import State

_SUPERGROUP_BASE = -1_000_000_000_000


class People(State):
    """The people's side, without messages. What a person could not do in a Telegram client raises ValueError."""

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
