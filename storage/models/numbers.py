"""Activations and their SMS."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, UniqueConstraint, false
from sqlmodel import Field, SQLModel

from storage.types import Money, UtcDateTime, word


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


class Activation(SQLModel, table=True):
    """A purchase, from the offer that asks for it to the end of the number that it bought."""

    __table_args__ = (
        Index("ix_activation_chat_id_offered_at", "chat_id", "offered_at"),
        Index("ix_activation_state", "state"),
        Index("ix_activation_requested_at", "requested_at"),
        Index("ix_activation_provider_id", "provider_id"),
        Index("ix_activation_listed_version", "listed_version"),
        Index("ix_activation_automatic_end_told_at", "automatic", "end_told_at"),
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
    place: str | None = Field(default=None, max_length=64)
    """The list that it was chosen from, in the words of its buttons; it is where Back leads."""
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
    asking: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Whether the card asks if the number is really to be cancelled."""
    warned_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the chat was told that the number's time is nearly over."""
    auto_cancel_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it was last tried to cancel the number by itself, for want of an SMS."""
    auto_cancel_refusals: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """How often the provider refused that."""
    automatic: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Whether the last cancellation was asked for by the chat's setting, and not by a tap."""
    end_told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the chat was told by a message that the number was cancelled by itself."""
    listed_version: int = Field(default=-1, sa_column_kwargs={"server_default": "-1"})
    """The version that the chat's list of active numbers shows; -1 where the number is not on it."""


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
