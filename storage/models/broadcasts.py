"""Broadcasts and their recipients."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field, SQLModel

from storage.types import UtcDateTime, word


class BroadcastState(StrEnum):
    """Where a broadcast is: shown to its author, being sent, or at its end."""

    DRAFT = "draft"
    SENDING = "sending"
    DONE = "done"
    STOPPED = "stopped"


class Broadcast(SQLModel, table=True):
    """A message from an admin to every reachable chat."""

    id: str = Field(primary_key=True, max_length=24)
    author_id: int = Field(sa_type=BigInteger)
    text: str = Field(sa_type=Text)
    entities: str = Field(default="[]", sa_type=Text)
    """Telegram's message entities of the text, as JSON."""
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
