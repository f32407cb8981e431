"""The buttons about money: alerts, statements."""

from dataclasses import dataclass

from bot.screens.callback import Callback


@dataclass(frozen=True, slots=True)
class ShowAlerts(Callback, word="bell"):
    """List what the chat waits for."""


@dataclass(frozen=True, slots=True)
class WatchPrice(Callback, word="less", free_text=True):
    """Ask at which price of a product to tell, by the product's key, on the card of an offer ("" elsewhere), to which Back leads."""

    key: str
    offer_id: str = ""


@dataclass(frozen=True, slots=True)
class SetPrice(Callback, word="most", free_text=True):
    """Tell when a product costs no more than that amount."""

    key: str
    amount: str


@dataclass(frozen=True, slots=True)
class WatchStock(Callback, word="back"):
    """Tell when a product is on sale again."""

    key: str


@dataclass(frozen=True, slots=True)
class DropAlert(Callback, word="drop"):
    """Wait for that no more."""

    alert_id: str


@dataclass(frozen=True, slots=True)
class ShowSome(Callback, word="some"):
    """A page of those past purchases that a filter keeps, by its name."""

    kept: str
    page: int


@dataclass(frozen=True, slots=True)
class ShowBought(Callback, word="which"):
    """A page of the products that were bought, to choose the one whose purchases to list."""

    page: int


@dataclass(frozen=True, slots=True)
class ShowOf(Callback, word="only"):
    """A page of the purchases of one product, by its key."""

    key: str
    page: int


@dataclass(frozen=True, slots=True)
class Export(Callback, word="csv"):
    """Send all purchases as a file."""


@dataclass(frozen=True, slots=True)
class ShowRecord(Callback, word="proof"):
    """Write a purchase down for the seller's support."""

    activation_id: str


@dataclass(frozen=True, slots=True)
class ShowSpending(Callback, word="spent"):
    """Draw what was spent: by day or by product."""

    by: str
