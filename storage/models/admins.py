"""What the admins decide for the whole bot, and the record of what they did."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field, SQLModel

from storage.types import UtcDateTime, word


class Mode(StrEnum):
    """Who may use the bot."""

    OPEN = "open"
    INVITE = "invite"  # Newcomers need an invitation.
    CLOSED = "closed"  # Under maintenance: active numbers go on, nothing is bought.


class House(SQLModel, table=True):
    """How the whole bot is set; a single row, and none where nobody changed anything yet."""

    name: str = Field(primary_key=True, max_length=8)
    mode: Mode = Field(sa_type=word(Mode))
    notice: str | None = Field(default=None, sa_type=Text)
    """What users are told while it is closed."""
    changed_at: datetime = Field(sa_type=UtcDateTime)


class Invite(SQLModel, table=True):
    """A deep link that admits newcomers; its id is what the link carries."""

    id: str = Field(primary_key=True, max_length=24, repr=False)
    created_by: int = Field(sa_type=BigInteger)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    max_uses: int | None = None
    """How many chats it may admit; any number where it is empty."""
    uses: int = 0
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Action(StrEnum):
    """What an admin did."""

    NAME_ADMIN = "name admin"
    DISMISS_ADMIN = "dismiss admin"
    BAN = "ban"
    UNBAN = "unban"
    SET_LIMITS = "set limits"
    WRITE = "write"
    LOOK_UP = "look up"
    SET_MODE = "set mode"
    INVITE = "invite"
    REVOKE_INVITE = "revoke invite"
    DRAFT_BROADCAST = "draft broadcast"
    SCHEDULE_BROADCAST = "schedule"
    START_BROADCAST = "start broadcast"
    PAUSE_BROADCAST = "pause broadcast"
    RESUME_BROADCAST = "resume"
    STOP_BROADCAST = "stop broadcast"
    REMOVE_BROADCAST = "remove"
    EXPORT = "export"
    JUDGE_USE = "judge use"


class AuditEntry(SQLModel, table=True):
    """One action of an admin; written in the transaction that did it, and never changed."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_at", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    admin_id: int = Field(sa_type=BigInteger)
    action: Action = Field(sa_type=word(Action))
    subject: str = Field(default="", max_length=64)
    """The id of what was acted upon: a chat, a broadcast."""
    detail: str = Field(default="", sa_type=Text)
