"""What the simulated provider keeps: accounts, offers, activations, its ledger and its settings."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

State = Literal["waiting", "received", "cancelled", "expired"]


@dataclass(slots=True)
class Account:
    """A customer; `label` names it on the desk and in the ledger."""

    token: str = field(repr=False)
    label: str
    balance: Decimal


@dataclass(slots=True)
class Offer:
    """A product with its price and how many numbers are left; `text` is a typical SMS with "{code}" in it."""

    id: str
    name: str
    price: Decimal
    stock: int = 50
    text: str = "{code} is your {name} verification code."


@dataclass(slots=True)
class Activation:
    """A bought number; `price` is what was charged, `auto_sms_at` when an SMS comes by itself."""

    id: str
    number: str
    account: str
    product_id: str
    product: str
    price: Decimal
    bought_at: datetime
    expires_at: datetime
    auto_sms_at: datetime | None
    state: State = "waiting"
    sms: list[str] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Say whether SMS can still arrive."""
        return self.state in {"waiting", "received"}


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A movement of money: negative for a charge, positive for a refund or a deposit."""

    at: datetime
    kind: Literal["charge", "refund", "deposit"]
    account: str
    amount: Decimal
    balance: Decimal
    product: str = ""
    purchase_id: str = ""


@dataclass(frozen=True, slots=True)
class CallEntry:
    """A call as it was answered; `outcome` is the envelope's code, or the fault that struck."""

    at: datetime
    call: str
    account: str
    outcome: str
    purchase_id: str = ""


@dataclass(slots=True)
class Settings:
    """How the provider behaves where its reference says nothing, or two things."""

    revision: int = 2
    mirror_http_status: bool = False
    """Answer with an HTTP status that equals the envelope's code."""
    text_numbers: bool = False
    """Write every number as text."""
    all_messages: bool = False
    """Let `getSms` give a list of every SMS instead of the latest."""
    auto_sms_after: float | None = 4.0
    """Seconds from a purchase to an SMS that comes by itself; None: none does."""
    lifetime: float = 1200.0
    cancel_policy: Literal["refund", "no_refund", "refuse"] = "refund"
    cancel_after: float = 0.0
    """Seconds before which a number cannot be cancelled."""
    cancel_refusal_code: int = 206
    out_of_stock_code: int = 203
    wrong_token: Literal["http401", "http403", "201", "206"] = "http401"  # noqa: S105  # A way to refuse, not a password.

    def changed(self, changes: dict[str, Any]) -> "Settings":
        """Give these settings with changes; raises ValueError for an unknown name or a value that is none of its."""
        unknown = changes.keys() - _CHECKS.keys()
        wrong = [name for name, value in changes.items() if name not in unknown and not _CHECKS[name](value)]
        if unknown or wrong:
            raise ValueError(f"No such settings: {', '.join(sorted([*unknown, *wrong]))}.")
        values = {name: getattr(self, name) for name in _CHECKS}
        return Settings(**(values | changes))


def _seconds(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _refusal(value: Any) -> bool:
    return value in {201, 202, 203, 204, 205, 206}


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


_CHECKS: dict[str, Callable[[Any], bool]] = {
    "revision": lambda value: value in {1, 2},
    "mirror_http_status": _flag,
    "text_numbers": _flag,
    "all_messages": _flag,
    "auto_sms_after": lambda value: value is None or _seconds(value),
    "lifetime": _seconds,
    "cancel_policy": lambda value: value in {"refund", "no_refund", "refuse"},
    "cancel_after": _seconds,
    "cancel_refusal_code": _refusal,
    "out_of_stock_code": _refusal,
    "wrong_token": lambda value: value in {"http401", "http403", "201", "206"},
}
