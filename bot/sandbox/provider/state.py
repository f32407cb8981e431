"""The simulated provider without any I/O: it charges, delivers, refunds, and writes everything down.

What falls due with time (an SMS that comes by itself, an expiry with its refund) happens when somebody looks.
"""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, TypeVar

from bot.sandbox.provider.catalog import COUNTRIES, DEMO_ACCOUNTS, offers
from bot.sandbox.provider.faults import Faults
from bot.sandbox.provider.records import Account, Activation, CallEntry, LedgerEntry, Offer, Settings

T = TypeVar("T")

_CALLS_KEPT = 5000
_CODE_DIGITS = 6


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Provider:
    """Accounts, offers, activations and faults; `revision` and the other settings say how the API speaks of them.

    `seed` makes ids, numbers and codes repeatable. `auto_sms_after` is in seconds; None: SMS come only when sent.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = _utc_now,
        seed: int = 0,
        revision: int = 2,
        mirror_http_status: bool = False,
        auto_sms_after: float | None = 4.0,
    ) -> None:
        self._clock = clock
        self._random = random.Random(seed)  # noqa: S311  # Made-up numbers that tests want to see again.
        self._changed = asyncio.Event()
        self.settings = Settings().changed(
            {"revision": revision, "mirror_http_status": mirror_http_status, "auto_sms_after": auto_sms_after}
        )
        self.faults = Faults()
        self.accounts: dict[str, Account] = {}
        self.offers: dict[str, Offer] = {}
        self.activations: dict[str, Activation] = {}
        self.ledger: list[LedgerEntry] = []
        self.calls: deque[CallEntry] = deque(maxlen=_CALLS_KEPT)
        self.set_products(offers())
        for token, label, balance in DEMO_ACCOUNTS:
            self.add_account(token, balance, label)

    @property
    def charges(self) -> list[LedgerEntry]:
        """The charges so far."""
        return [entry for entry in self.ledger if entry.kind == "charge"]

    def notify(self) -> None:
        """Wake everybody who waits for a change."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    @property
    def change(self) -> asyncio.Event:
        """The event that the next call or change sets: take it, look, and then wait for it, to miss nothing."""
        return self._changed

    async def until(self, predicate: Callable[["Provider"], T], timeout: float = 10.0) -> T:
        """Wait until `predicate` gives something true, looking again after every call and change, and give that.

        Raises TimeoutError, with the last calls in its text, after `timeout` seconds.
        """
        try:
            async with asyncio.timeout(timeout):
                while True:
                    self.settle()
                    if found := predicate(self):
                        return found
                    await self._changed.wait()
        except TimeoutError:
            last = "; ".join(f"{call.call} by {call.account}: {call.outcome}" for call in list(self.calls)[-10:])
            raise TimeoutError(f"Not within {timeout} s; the last calls: {last or 'none'}") from None

    def configure(self, **changes: Any) -> None:
        """Change settings; raises ValueError for an unknown one. SMS on their way stop when they are turned off."""
        self.settings = self.settings.changed(changes)
        if self.settings.auto_sms_after is None:
            for activation in self.activations.values():
                activation.auto_sms_at = None
        self.notify()

    def set_products(self, products: Iterable[Offer]) -> None:
        """Replace the whole list of offers."""
        self.offers = {offer.id: offer for offer in products}
        self.notify()

    def set_stock(self, product_id: str, *, stock: int | None = None, price: Decimal | None = None) -> Offer:
        """Change what is left of a product, or its price; raises KeyError or ValueError."""
        offer = self.offers[product_id]
        if (stock is not None and stock < 0) or (price is not None and price < 0):
            raise ValueError("Stock and price cannot be negative.")
        offer.stock = offer.stock if stock is None else stock
        offer.price = offer.price if price is None else price
        self.notify()
        return offer

    def add_account(self, token: str, balance: Decimal, label: str | None = None) -> Account:
        """Open an account, or set the balance of the one with this token."""
        account = self.accounts.get(token)
        if account is None:
            account = Account(token, label or f"Account {len(self.accounts) + 1}", Decimal(0))
            self.accounts[token] = account
        self.move_money(account, balance - account.balance, "deposit")
        return account

    def move_money(
        self, account: Account, amount: Decimal, kind: Literal["charge", "refund", "deposit"], activation: Activation | None = None
    ) -> None:
        """Change a balance and write it down."""
        account.balance += amount
        product, purchase_id = (activation.product, activation.id) if activation else ("", "")
        self.ledger.append(LedgerEntry(self.now(), kind, account.label, amount, account.balance, product, purchase_id))
        self.notify()

    def now(self) -> datetime:
        """Give the provider's time."""
        return self._clock()

    def record(self, call: str, label: str, outcome: str, purchase_id: str = "") -> None:
        """Write a call down."""
        self.calls.append(CallEntry(self.now(), call, label, outcome, purchase_id))
        self.notify()

    def buy(self, account: Account, offer: Offer, country: str) -> Activation:
        """Charge an account and give it a number; the caller has checked that both can be done."""
        now = self.now()
        auto = self.settings.auto_sms_after
        calling_code, length = COUNTRIES[country]
        activation = Activation(
            id=f"{self._random.getrandbits(96):024x}",
            number=f"{calling_code}{self._random.randint(6, 9)}{self._digits(length - 1)}",
            account=account.label,
            product_id=offer.id,
            product=offer.name,
            price=offer.price,
            bought_at=now,
            expires_at=now + timedelta(seconds=self.settings.lifetime),
            auto_sms_at=None if auto is None else now + timedelta(seconds=auto),
        )
        offer.stock -= 1
        self.activations[activation.id] = activation
        self.move_money(account, -offer.price, "charge", activation)
        return activation

    def close(self, activation: Activation, state: Literal["cancelled", "expired"], *, refund: bool) -> None:
        """End a number, with or without its money back."""
        activation.state = state
        if refund:
            account = next(account for account in self.accounts.values() if account.label == activation.account)
            self.move_money(account, activation.price, "refund", activation)
        self.notify()

    def settle(self) -> None:
        """Let everything happen that is due by now."""
        now = self.now()
        for activation in self.activations.values():
            if activation.auto_sms_at is not None and activation.state == "waiting" and activation.auto_sms_at <= now:
                activation.auto_sms_at = None
                self._deliver(activation, self.typical_text(activation.product_id))
            if activation.state == "waiting" and activation.expires_at <= now:
                self.close(activation, "expired", refund=True)

    def send_sms(self, number_or_id: str, text: str) -> Activation:
        """Let an SMS arrive; raises ValueError where no open number is meant."""
        self.settle()
        wanted = number_or_id.strip().removeprefix("+")
        meant = [found for found in self.activations.values() if wanted in {found.id, found.number} and found.is_open]
        if not meant:
            raise ValueError("There is no open number like that.")
        self._deliver(meant[-1], text)
        return meant[-1]

    def _deliver(self, activation: Activation, text: str) -> None:
        activation.sms.append(text)
        activation.state = "received"
        self.notify()

    def typical_text(self, product_id: str) -> str:
        """Make up an SMS as the product's company would send it, with a new code each time."""
        return self.text_with(product_id, self._digits(_CODE_DIGITS))

    def text_with(self, product_id: str, digits: str) -> str:
        """Write the product's typical SMS with a code made of the first of these digits, six or more."""
        offer = self.offers.get(product_id) or Offer(product_id, product_id, Decimal(0))
        parts = {"code": digits[:6], "code3": digits[:3], "code3b": digits[3:6], "code4": digits[:4], "code5": digits[:5]}
        return offer.text.format(name=offer.name, **parts)

    def _digits(self, count: int) -> str:
        return "".join(self._random.choices("0123456789", k=count))
