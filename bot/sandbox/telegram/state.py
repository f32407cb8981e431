"""The state of the simulated Telegram, without I/O: chats, messages, updates, and the events that pages follow."""

import asyncio
import copy
import itertools
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from pydantic import SecretStr

from bot.sandbox.telegram.errors import Json, bad_request, forbidden, too_many_requests
from bot.sandbox.telegram.faults import Faults
from bot.sandbox.telegram.limits import Limits
from bot.sandbox.telegram.records import CachedAnswer, Call, ChatRecord, Happening, OpenQuery, Person, StoredFile, WebhookSettings
from bot.sandbox.telegram.updates import UpdateQueue
from bot.sandbox.telegram.waiting import Signal

CALLBACK_LIFETIME = timedelta(seconds=15)


class State:
    """Everything that Telegram knows in the sandbox. It belongs to one event loop and is not safe between threads."""

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        bot_token: str,
        bot_username: str = "otpbuddy_bot",
        bot_name: str = "otpbuddy",
        limits: bool = False,
        query_lifetime: timedelta = CALLBACK_LIFETIME,
    ) -> None:
        """Start an empty world for one bot; `limits` turns Telegram's rate limits on."""
        self.clock = clock
        self.bot_token = SecretStr(bot_token)
        self.bot: Json = {
            "id": int(bot_token.partition(":")[0]),
            "is_bot": True,
            "first_name": bot_name,
            "username": bot_username,
        }
        self.query_lifetime = query_lifetime
        self.limits = Limits() if limits else None
        self.users: dict[int, Person] = {}
        self.chats: dict[int, ChatRecord] = {}
        self.updates = UpdateQueue()
        self.ledger: list[Call] = []
        self.faults = Faults()
        self.queries: dict[str, OpenQuery] = {}
        self.inline_mode = True
        self.inline_cache: dict[tuple[int | None, str, str], CachedAnswer] = {}
        self.inline_messages: dict[str, tuple[int, int]] = {}
        self.files: dict[str, StoredFile] = {}
        self.profile: dict[tuple[str, str], Any] = {}
        self.default_menu_button: Json = {"type": "commands"}
        self.webhook = WebhookSettings()
        self.changed = Signal()
        self.poller: object | None = None
        self._message_ids = itertools.count(1)
        self._numbers = itertools.count(1)
        self._closers: list[Callable[[], Awaitable[None]]] = []
        self._readers: set[asyncio.Queue[tuple[str, Json]]] = set()

    def number(self) -> int:
        """Return the next of a series, for ids that only have to differ."""
        return next(self._numbers)

    # Chats and people

    def chat_json(self, chat: ChatRecord) -> Json:
        """Return the Chat object."""
        if chat.type != "private":
            return {"id": chat.id, "type": chat.type, "title": chat.title or ""}
        person = self.users[chat.id]
        result: Json = {"id": chat.id, "type": "private", "first_name": person.first_name}
        if person.username:
            result["username"] = person.username
        return result

    def find_chat(self, chat_id: str) -> ChatRecord:
        """Return the chat that a chat_id parameter names; raises ApiError as Telegram does."""
        if not chat_id:
            raise bad_request("chat_id is empty")
        try:
            chat = self.chats.get(int(chat_id))
        except ValueError:
            chat = None
        if chat is None:
            raise bad_request("chat not found")
        return chat

    def writable_chat(self, chat_id: str) -> ChatRecord:
        """Return the chat that a chat_id parameter names if the bot may write there; raises ApiError otherwise."""
        chat = self.find_chat(chat_id)
        if chat.type == "private":
            person = self.users[chat.id]
            if person.deactivated:
                raise forbidden("user is deactivated")
            if person.blocked:
                raise forbidden("bot was blocked by the user")
            if not person.started:
                raise forbidden("bot can't initiate conversation with a user")
            return chat
        if chat.upgraded_to is not None:
            raise bad_request("group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": chat.upgraded_to})
        if chat.bot_status == "kicked":
            raise forbidden(f"bot was kicked from the {chat.type} chat")
        if chat.bot_status == "left":
            raise forbidden(f"bot is not a member of the {chat.type} chat")
        return chat

    def check_limits(self, chat: ChatRecord) -> None:
        """Count one message of the bot to a chat; raises a 429 where Telegram would."""
        wait = self.limits.take(chat.id, self.clock()) if self.limits else None
        if wait is not None:
            raise too_many_requests(wait)

    # Messages

    def store_message(self, chat: ChatRecord, sender: Json, content: Json) -> Json:
        """Put a new message into a chat, tell the pages, and return it (a copy)."""
        own_series = chat.type == "supergroup"
        message_id = chat.last_message_id + 1 if own_series else next(self._message_ids)
        chat.last_message_id = message_id
        message: Json = {
            "message_id": message_id,
            "from": sender,
            "chat": self.chat_json(chat),
            "date": int(self.clock().timestamp()),
            **content,
        }
        chat.messages[message_id] = message
        self._happened(chat, "sent", message_id, message)
        self.publish("message", {"chat_id": chat.id, "message": message})
        return copy.deepcopy(message)

    def replace_message(self, chat: ChatRecord, message: Json) -> Json:
        """Put an edited message in place of the old one, tell the pages, and return it (a copy)."""
        chat.messages[message["message_id"]] = message
        self._happened(chat, "edited", message["message_id"], message)
        self.publish("edited", {"chat_id": chat.id, "message": message})
        return copy.deepcopy(message)

    def remove_messages(self, chat: ChatRecord, message_ids: list[int]) -> None:
        """Delete messages that exist and tell the pages."""
        for message_id in message_ids:
            del chat.messages[message_id]
            chat.pinned = [pinned for pinned in chat.pinned if pinned != message_id]
            self._happened(chat, "deleted", message_id, None)
        if message_ids:
            self.publish("deleted", {"chat_id": chat.id, "message_ids": message_ids})

    def _happened(self, chat: ChatRecord, kind: str, message_id: int, message: Json | None) -> None:
        chat.history.append(Happening(self.clock(), kind, message_id, copy.deepcopy(message)))

    def open_query(self, query_id: str) -> OpenQuery:
        """Return a callback or inline query that may still be answered; raises ApiError otherwise."""
        query = self.queries.get(query_id)
        if query is None or query.answer is not None or self.clock() - query.asked_at > self.query_lifetime:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        return query

    # Telling others

    def on_close(self, action: Callable[[], Awaitable[None]]) -> None:
        """Have something done by `close`."""
        self._closers.append(action)

    async def close(self) -> None:
        """Release every fault and end what runs in the background (delivery to webhooks)."""
        self.faults.clear()
        for action in self._closers:
            await action()

    def push(self, kind: str, body: Json) -> int | None:
        """Queue an update for the bot; return its update_id, None when the bot did not ask for this kind."""
        update_id = self.updates.push(kind, body)
        self.changed.fire()
        return update_id

    def publish(self, event: str, data: Json) -> None:
        """Tell every reader of events, and wake those that wait for a change."""
        for reader in self._readers:
            reader.put_nowait((event, copy.deepcopy(data)))
        self.changed.fire()

    def subscribe(self) -> asyncio.Queue[tuple[str, Json]]:
        """Return a queue that gets every event from now on, until `unsubscribe`."""
        reader: asyncio.Queue[tuple[str, Json]] = asyncio.Queue()
        self._readers.add(reader)
        return reader

    def unsubscribe(self, reader: asyncio.Queue[tuple[str, Json]]) -> None:
        """Stop filling a reader's queue."""
        self._readers.discard(reader)
        self.changed.fire()

    @property
    def has_readers(self) -> bool:
        """Return whether a page follows the events."""
        return bool(self._readers)


def visible_to_bot(message: Json) -> Json:
    """Return a message as the Bot API shows it: of reply markups only inline keyboards are part of a Message."""
    shown = copy.deepcopy(message)
    if "inline_keyboard" not in shown.get("reply_markup", {"inline_keyboard": None}):
        del shown["reply_markup"]
    return shown
