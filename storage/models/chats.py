"""Chats, and what each of them keeps."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint, false, true
from sqlmodel import Field, SQLModel

from storage.types import Money, UtcDateTime, word


class SortOrder(StrEnum):
    """How products are listed."""

    NAME = "name"
    PRICE = "price"


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
    awaiting: str | None = Field(default=None, max_length=48)
    """What the chat's next message is taken for: `token`, `price` with a product's key, or nothing special."""
    max_active: int | None = None
    max_per_hour: int | None = None
    unreachable_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When Telegram said that the chat cannot be written to; cleared when the chat writes again."""
    troubled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Since when the provider has not answered for this chat's numbers; cleared when it answers again."""
    trouble_told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    name: str | None = Field(default=None, sa_type=Text)
    """The user's name as Telegram last gave it, cut to 128 characters."""
    username: str | None = Field(default=None, max_length=64)
    """Without the @, as Telegram last gave it; it identifies nobody."""
    seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the user last wrote or tapped, to the hour."""
    chosen_language: str | None = Field(default=None, max_length=16)
    """The language that the user chose; without one, the client's counts."""
    country: str | None = Field(default=None, max_length=8)
    """Where the chat's numbers are from unless asked otherwise; without one, the user is asked where there are several."""
    sort_order: SortOrder = Field(
        default=SortOrder.NAME, sa_type=word(SortOrder), sa_column_kwargs={"server_default": SortOrder.NAME.value}
    )
    quiet: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Whether codes are pushed without a sound."""
    warn_before_expiry: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    auto_cancel_minutes: int | None = None
    """After how long without an SMS a number is cancelled by itself; never where it is empty."""
    low_balance: Decimal | None = Field(default=None, sa_type=Money)
    """Below which balance the chat wants to be warned."""
    low_balance_told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it was; cleared when the balance is above again."""
    mutes_broadcasts: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    searched: str | None = Field(default=None, sa_type=Text)
    """The last search that is longer than the buttons of its pages can carry; they carry its beginning."""
    list_message_id: int | None = Field(default=None, sa_type=BigInteger)
    """The message that lists the active numbers and is kept up to date."""
    banned_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ban_reason: str | None = Field(default=None, sa_type=Text)
    admitted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Since when the chat may use the bot where that takes an invitation; who came while it took none is admitted as well."""
    invite_id: str | None = Field(default=None, max_length=24)
    """The invitation that the chat came with."""
    admin_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Since when the user is an admin; owners are named by the settings and have no need of it."""
    admin_by: int | None = Field(default=None, sa_type=BigInteger)
    """The owner who made the user an admin."""
    time_zone: str | None = Field(default=None, max_length=64)
    """The admin's time zone by its IANA name, such as `Asia/Kolkata`; UTC where there is none."""

    @property
    def speaks(self) -> str:
        """The code of the language that the chat is written to in: the chosen one, else the client's."""
        return self.chosen_language or self.language


class Favourite(SQLModel, table=True):
    """A product that a chat wants at hand."""

    chat_id: int = Field(
        sa_type=BigInteger, foreign_key="chat.id", ondelete="CASCADE", primary_key=True, sa_column_kwargs={"autoincrement": False}
    )
    product_id: str = Field(sa_type=Text, primary_key=True)
    added_at: datetime = Field(sa_type=UtcDateTime)


class AlertKind(StrEnum):
    """What a chat waits for."""

    PRICE = "price"  # A product costs no more than a limit.
    STOCK = "stock"  # A product is on sale again.


class Alert(SQLModel, table=True):
    """Something about a product that a chat wants to be told once; still to be told while `told_at` is empty."""

    __table_args__ = (UniqueConstraint("chat_id", "product_id", "kind"), Index("ix_alert_met_at_told_at", "met_at", "told_at"))

    id: str = Field(primary_key=True, max_length=24)
    chat_id: int = Field(sa_type=BigInteger, foreign_key="chat.id", ondelete="CASCADE")
    product_id: str = Field(sa_type=Text)
    product_name: str = Field(sa_type=Text)
    kind: AlertKind = Field(sa_type=word(AlertKind))
    at_most: Decimal | None = Field(default=None, sa_type=Money)
    """The highest price that is told; only price alerts have one."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    met_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the list showed it."""
    met_price: Decimal | None = Field(default=None, sa_type=Money)
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class UnusualUse(SQLModel, table=True):
    """A chat that bought or cancelled unusually often; still to be shown to the admins while `told_at` is empty."""

    __tablename__ = "unusual_use"

    chat_id: int = Field(
        sa_type=BigInteger, foreign_key="chat.id", ondelete="CASCADE", primary_key=True, sa_column_kwargs={"autoincrement": False}
    )
    purchases: int
    cancels: int
    """Both in the day before it was noted."""
    noted_at: datetime = Field(sa_type=UtcDateTime)
    quiet_until: datetime = Field(sa_type=UtcDateTime)
    """Until when the same is not shown again."""
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
