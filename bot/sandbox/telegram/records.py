"""What the simulated Telegram remembers: people, chats, calls, files and open queries."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.sandbox.telegram.errors import Json


@dataclass(slots=True)
class Person:
    """A Telegram user and their relation to the bot."""

    id: int
    first_name: str
    username: str | None = None
    language_code: str | None = "en"
    started: bool = False
    blocked: bool = False
    deactivated: bool = False

    def as_user(self) -> Json:
        """Return the User object."""
        user: Json = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        if self.username:
            user["username"] = self.username
        if self.language_code:
            user["language_code"] = self.language_code
        return user


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened in a chat: `kind` is "sent", "edited" or "deleted"; `message` is None when deleted."""

    at: datetime
    kind: str
    message_id: int
    message: Json | None


@dataclass(slots=True)
class ChatRecord:
    """A chat and what is in it. `bot_status` is a ChatMember status: member, administrator, left, kicked."""

    id: int
    type: str
    title: str | None = None
    members: list[int] = field(default_factory=list)
    bot_status: str = "member"
    upgraded_to: int | None = None
    messages: dict[int, Json] = field(default_factory=dict)
    history: list[Happening] = field(default_factory=list)
    pinned: list[int] = field(default_factory=list)
    last_message_id: int = 0
    menu_button: Json | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One Bot API call of the ledger; `message_id` is that of the message it made or changed."""

    at: datetime
    method: str
    params: Json
    ok: bool
    error_code: int | None = None
    description: str | None = None
    message_id: int | None = None

    @property
    def chat_id(self) -> Any:
        """Return the chat_id as the bot gave it, None when it gave none."""
        return self.params.get("chat_id")


@dataclass(slots=True)
class OpenQuery:
    """A callback or inline query that waits for the bot's answer."""

    user_id: int
    asked_at: datetime
    chat_id: int | None = None
    message_id: int | None = None
    query: str = ""
    offset: str = ""
    answer: Json | None = None


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    """An answer to inline queries of one text and offset that is given without asking the bot, until a time."""

    answer: Json
    until: datetime


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that the bot uploaded."""

    file_id: str
    unique_id: str
    path: str
    name: str
    mime_type: str
    content: bytes = field(repr=False)
    width: int = 0
    height: int = 0


@dataclass(slots=True)
class WebhookSettings:
    """What setWebhook asked for and how delivery fares; an empty `url` means long polling."""

    url: str = ""
    secret_token: str = field(default="", repr=False)
    max_connections: int = 40
    last_error_at: datetime | None = None
    last_error: str = ""
    generation: int = 0
