"""What the bot keeps for its own work: received updates, leases, the send budget, the clock, and what the admins are to be told."""

from datetime import datetime

from sqlalchemy import BigInteger, Double, Index, Text
from sqlmodel import Field, SQLModel

from storage.types import UtcDateTime


class UpdateReceipt(SQLModel, table=True):
    """An update that Telegram gave out; confirmed to Telegram only once it is here."""

    __tablename__ = "update_receipt"
    __table_args__ = (Index("ix_update_receipt_handled_at", "handled_at"),)

    update_id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    received_at: datetime = Field(sa_type=UtcDateTime)
    handled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    replays: int = 0
    """How often a process that started found it unhandled."""
    holder: str | None = Field(default=None, max_length=24)
    """The process that handles it."""
    payload: str | None = Field(default=None, sa_type=Text, repr=False)
    """The update as JSON, sealed, because users paste tokens into messages; emptied once it is handled."""


class AdminNotice(SQLModel, table=True):
    """Something that the admins are told once; still to be told while `told_at` is empty."""

    __tablename__ = "admin_notice"

    kind: str = Field(primary_key=True, max_length=64)
    """What it is about, such as `code 299`: the same thing is noted once."""
    detail: str = Field(sa_type=Text)
    noted_at: datetime = Field(sa_type=UtcDateTime)
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Alarm(SQLModel, table=True):
    """Something that is wrong with the bot; the admins are told once when it begins and once when it is over."""

    kind: str = Field(primary_key=True, max_length=64)
    """What is wrong, as a word that screens know."""
    detail: str = Field(sa_type=Text)
    since: datetime = Field(sa_type=UtcDateTime)
    bad_at: datetime = Field(sa_type=UtcDateTime)
    """When it was last found wrong."""
    returns: int = 0
    """How often it came back soon after it was over: the more often, the longer it has to be quiet before it counts as over."""
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    cleared_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    clear_told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ProcessBeat(SQLModel, table=True):
    """A sign of life of one process, and what it saw in the last minutes; one whose sign is old has ended."""

    __tablename__ = "process_beat"

    holder: str = Field(primary_key=True, max_length=24)
    kind: str = Field(max_length=8)
    version: str = Field(max_length=32)
    started_at: datetime = Field(sa_type=UtcDateTime)
    beat_at: datetime = Field(sa_type=UtcDateTime)
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it last asked the provider for an SMS."""
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it last got an answer to that."""
    provider_calls: int
    provider_failures: int
    provider_slow: int
    provider_seconds: float = Field(sa_type=Double)
    """What the calls that were answered took together."""
    telegram_calls: int
    telegram_failures: int


class Lease(SQLModel, table=True):
    """What one process alone may work on for a while: a number, a broadcast, a chore, or its own name.

    Times are seconds since 1970 by the database's clock, the only one that all processes share.
    """

    __table_args__ = (Index("ix_lease_holder", "holder"),)

    name: str = Field(primary_key=True, max_length=96)
    holder: str = Field(max_length=24)
    until: float = Field(sa_type=Double)
    epoch: int = Field(sa_type=BigInteger)
    """Grows with every new holder, so that one who comes back late can be told from the present one."""


class SendBudget(SQLModel, table=True):
    """The pace at which all processes of one bot send together: when the next message may leave, by the database's clock."""

    __tablename__ = "send_budget"

    name: str = Field(primary_key=True, max_length=24)
    next_at: float = Field(sa_type=Double)
    """Seconds since 1970."""


class BootClock(SQLModel, table=True):
    """When the machine seems to have started, by its clock as the last process found it: it moves only when somebody sets the clock."""

    __tablename__ = "boot_clock"

    boot: str = Field(primary_key=True, max_length=64)
    """The name of this start of the machine."""
    started_at: float = Field(sa_type=Double)
    """Seconds since 1970."""
