"""Broadcasts and their recipients."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field, SQLModel

from storage.types import UtcDateTime, word


class BroadcastState(StrEnum):
    """Where a broadcast is: shown to its author, waiting for its time, being sent, or at its end."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    DONE = "done"
    STOPPED = "stopped"


class Content(StrEnum):
    """What a broadcast's message is, beside its text."""

    TEXT = "text"
    PHOTO = "photo"
    DOCUMENT = "document"


class Audience(StrEnum):
    """Which of the reachable chats that want announcements a broadcast is for."""

    ALL = "all"
    ACTIVE = "active"  # Seen within so many days.
    LANGUAGE = "language"  # Written to in one language.
    CONNECTED = "connected"  # With a token.
    UNCONNECTED = "unconnected"  # Without one.
    ONE = "one"  # One chat, as a test.


class Removal(StrEnum):
    """What became of deleting a broadcast's message from one chat."""

    REMOVED = "removed"  # Or it was not there any more.
    REFUSED = "refused"  # Telegram does not allow it any more.
    UNCLEAR = "unclear"


class Broadcast(SQLModel, table=True):
    """A message from an admin to many chats."""

    id: str = Field(primary_key=True, max_length=24)
    author_id: int = Field(sa_type=BigInteger)
    content: Content = Field(default=Content.TEXT, sa_type=word(Content), sa_column_kwargs={"server_default": Content.TEXT.value})
    file_id: str | None = Field(default=None, sa_type=Text)
    """Telegram's id of the photo or document, which is valid for this bot as long as Telegram keeps the file."""
    text: str = Field(sa_type=Text)
    """The text, or the caption of a photo or document."""
    entities: str = Field(default="[]", sa_type=Text)
    """Telegram's message entities of the text, as JSON."""
    buttons: str = Field(default="[]", sa_type=Text, sa_column_kwargs={"server_default": "[]"})
    """The rows of buttons with links, as JSON: lists of objects with `text` and `url`."""
    audience: Audience = Field(default=Audience.ALL, sa_type=word(Audience), sa_column_kwargs={"server_default": Audience.ALL.value})
    audience_value: str | None = Field(default=None, max_length=32)
    """Days, a language's code or a chat's id, where the audience needs one."""
    scheduled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    removing_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it was asked to be deleted from all chats."""
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When that was done, as far as Telegram allowed."""
    state: BroadcastState = Field(sa_type=word(BroadcastState))
    created_at: datetime = Field(sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    card_message_id: int | None = Field(default=None, sa_type=BigInteger)
    version: int = 0
    card_version: int = -1


class Outcome(StrEnum):
    """What became of a broadcast for one chat."""

    SENT = "sent"
    BLOCKED = "blocked"
    FAILED = "failed"
    UNCLEAR = "unclear"  # Telegram may have taken it; it is not sent again.


class BroadcastRecipient(SQLModel, table=True):
    """One chat of a broadcast; still to be sent to while it has no outcome and no attempt."""

    __tablename__ = "broadcast_recipient"
    __table_args__ = (Index("ix_broadcast_recipient_broadcast_id_outcome", "broadcast_id", "outcome"),)

    broadcast_id: str = Field(foreign_key="broadcast.id", ondelete="CASCADE", primary_key=True, max_length=24)
    chat_id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    attempted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Committed before the message is sent, so that a crash leaves "unclear" and never a second copy."""
    outcome: Outcome | None = Field(default=None, sa_type=word(Outcome))
    message_id: int | None = Field(default=None, sa_type=BigInteger)
    removal: Removal | None = Field(default=None, sa_type=word(Removal))
