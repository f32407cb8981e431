"""The tables. What a row means is said here; what may happen to it is said in the services."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.types import Money, UtcDateTime, word

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING


class State(StrEnum):
    """Where an activation (a bought number that waits for a code) is in its life; states only move forward."""

    OFFERED = "offered"  # A confirmation card is shown; nothing is spent.
    REQUESTED = "requested"  # A tap bought; the request may have left.
    REJECTED = "rejected"  # The provider definitely refused.
    UNKNOWN = "unknown"  # The request may have been carried out; the balance has to speak.
    NOT_CHARGED = "not_charged"  # It spoke: no money was taken.
    CHARGED = "charged"  # It spoke: money was taken and no number received.
    UNRESOLVED = "unresolved"  # It spoke, but its words fit neither.
    ACTIVE = "active"
    CANCELLING = "cancelling"  # The user cancelled; the provider has not clearly said yes.
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    FINISHED = "finished"  # The user tapped Done.


OPEN = frozenset({State.ACTIVE, State.CANCELLING})
"""States in which a number can still receive an SMS and is polled."""

IN_FLIGHT = frozenset({State.REQUESTED, State.UNKNOWN})
"""States in which money may have been spent and it is not known."""


CLOSED = frozenset({State.CANCELLED, State.EXPIRED, State.FINISHED})
"""States in which a number that was received has ended."""


class Chat(SQLModel, table=True):
    """A private chat with the bot; its id is Telegram's, at most 52 significant bits of a signed 64-bit integer."""

    id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    created_at: datetime = Field(sa_type=UtcDateTime)
    language: str = Field(default="en", max_length=16)
    token: str | None = Field(default=None, sa_type=Text, repr=False)
    """The otpbuddy token, sealed by the vault and bound to this chat."""
    rejected_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the provider refused the token; polling waits until a new one is connected."""
    rejected_told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    balance: Decimal | None = Field(default=None, sa_type=Money)
    """The balance as it was last read: what a refund that nobody asked for is measured against."""
    awaiting: str | None = Field(default=None, max_length=16)
    """What the chat's next message is taken for: `token`, or nothing special."""
    max_active: int | None = None
    max_per_hour: int | None = None
    unreachable_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When Telegram said that the chat cannot be written to; cleared when the chat writes again."""
    troubled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Since when the provider has not answered for this chat's numbers; cleared when it answers again."""
    trouble_told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Activation(SQLModel, table=True):
    """A purchase, from the offer that asks for it to the end of the number that it bought."""

    __table_args__ = (
        Index("ix_activation_chat_id_offered_at", "chat_id", "offered_at"),
        Index("ix_activation_state", "state"),
        Index("ix_activation_provider_id", "provider_id"),
        CheckConstraint(f"state IN ({', '.join(repr(state.value) for state in State)})", name="state"),
    )

    id: str = Field(primary_key=True, max_length=24)
    chat_id: int = Field(sa_type=BigInteger, foreign_key="chat.id", ondelete="CASCADE")
    state: State = Field(sa_type=word(State))
    product_id: str = Field(sa_type=Text)
    product_name: str = Field(sa_type=Text)
    country: str = Field(max_length=8)
    price: Decimal = Field(sa_type=Money)
    offered_at: datetime = Field(sa_type=UtcDateTime)
    requested_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    purchased_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    grace_polled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When a closed number was asked for its SMS one last time."""
    provider_id: str | None = Field(default=None, sa_type=Text)
    number: str | None = Field(default=None, sa_type=Text)
    balance_before: Decimal | None = Field(default=None, sa_type=Money)
    balance_after: Decimal | None = Field(default=None, sa_type=Money)
    closing_before: Decimal | None = Field(default=None, sa_type=Money)
    """The balance before a cancellation or an expiry took effect, the witness of a refund."""
    closing_after: Decimal | None = Field(default=None, sa_type=Money)
    reason: str | None = Field(default=None, max_length=32)
    """Why it was rejected or a cancellation was refused, as a word that screens know."""
    version: int = 0
    """Grows with every change that the card shows."""
    card_version: int = -1
    """The version that the chat has seen."""
    card_message_id: int | None = Field(default=None, sa_type=BigInteger)


class Sms(SQLModel, table=True):
    """An SMS that a number received; it is still to be pushed while `delivered_at` is empty."""

    __table_args__ = (
        UniqueConstraint("activation_id", "digest"),
        UniqueConstraint("activation_id", "position"),
        Index("ix_sms_delivered_at", "delivered_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    activation_id: str = Field(foreign_key="activation.id", ondelete="CASCADE", max_length=24)
    position: int
    """1 for the first different SMS of the activation, then 2, and so on."""
    digest: str = Field(max_length=64)
    """SHA-256 of the text in hexadecimal: the provider repeats an SMS on every call, and it counts once."""
    text: str = Field(sa_type=Text)
    received_at: datetime = Field(sa_type=UtcDateTime)
    delivered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    message_id: int | None = Field(default=None, sa_type=BigInteger)


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


class UpdateReceipt(SQLModel, table=True):
    """An update that Telegram gave out; confirmed to Telegram only once it is here."""

    __tablename__ = "update_receipt"
    __table_args__ = (Index("ix_update_receipt_handled_at", "handled_at"),)

    update_id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    received_at: datetime = Field(sa_type=UtcDateTime)
    handled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    replays: int = 0
    """How often a process that started found it unhandled."""
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
