"""The provider with the truth about money and SMS, and the wire to it."""

import asyncio
from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from typing_extensions import override

from bot.sandbox.provider import Provider
from bot.sandbox.provider.records import Account, Offer
from bot.sandbox.provider.records import Activation as Bought

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PRODUCTS = {"wa": "38.50", "tg": "38.50", "go": "77", "fb": "0.1", "ya": "33.33"}
"""Equal prices and one that is the sum of two others, so that a balance can be read in more than one way."""


@dataclass
class Clock:
    """The true time, which the provider has, and the bot's, which may be off."""

    true: datetime = START
    off: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return self.true + self.off

    def advance(self, seconds: float) -> None:
        self.true += timedelta(seconds=seconds)


class Books(Provider):
    """The simulated provider, with the truth about every charge and every SMS that it gave out."""

    def __init__(self, clock: Clock) -> None:
        self.asking: dict[str, str] = {}
        """Label of an account → the offer that is being bought with it."""
        self.bought: dict[str, list[str]] = {}
        """Offer → what was charged for it, by the provider's ids."""
        self.given: list[tuple[str, str]] = []
        """Provider's id and text of SMS that reached the bot and that nobody has looked for yet."""
        self._given_now = False
        self.called = 0
        self.prices: set[tuple[str, Decimal]] = set()
        super().__init__(clock=lambda: clock.true, auto_sms_after=None)
        self.set_products(Offer(name, f"Product {name}", Decimal(price), 1000) for name, price in PRODUCTS.items())
        for name, price in PRODUCTS.items():
            self.reprice(name, Decimal(price))

    def reprice(self, product_id: str, price: Decimal) -> None:
        self.prices.add((product_id, price))
        self.set_stock(product_id, price=price)

    @override
    def buy(self, account: Account, offer: Offer, country: str) -> Bought:
        bought = super().buy(account, offer, country)
        self.bought.setdefault(self.asking[account.label], []).append(bought.id)
        return bought

    @override
    def record(self, call: str, label: str, outcome: str, purchase_id: str = "") -> None:
        super().record(call, label, outcome, purchase_id)
        self.called += 1
        given, self._given_now = self._given_now, call == "getSms" and outcome == "200"
        if self._given_now:
            self.given.append((purchase_id, self.activations[purchase_id].sms[-1]))
        elif given and outcome.endswith("after the effect") and "hold" not in outcome:
            self.given.pop()  # The answer that was just made is spoiled on its way.

    def token_of(self, label: str) -> str:
        return next(account.token for account in self.accounts.values() if account.label == label)

    def renew_token(self, label: str) -> None:
        """Give an account another token; the old one is rejected from now on."""
        account = self.accounts.pop(self.token_of(label))
        account.token = f"{account.token.partition('.')[0]}.{len(self.calls)}"
        self.accounts[account.token] = account


@dataclass
class Network:
    """The way to the provider: how many connections are refused next."""

    refusals: int = 0


class Wire(httpx.AsyncBaseTransport):
    """Hands requests to the provider without a network, and breaks as a network does."""

    def __init__(self, app: ASGIApp, network: Network) -> None:
        self._network = network
        self._inner = httpx.ASGITransport(whole_or_broken(app))

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        if self._network.refusals:
            self._network.refusals -= 1
            raise httpx.ConnectError("connection refused")
        response = await self._inner.handle_async_request(request)
        await asyncio.sleep(0)
        return response


def whole_or_broken(app: ASGIApp) -> ASGIApp:
    """Turn an answer that ends in its middle into the error that a client sees then."""

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        whole = False

        async def watch(message: Message | MutableMapping[str, Any]) -> None:
            nonlocal whole
            whole = message["type"] == "http.response.body" and not message.get("more_body", False)
            await send(message)

        await app(scope, receive, watch)
        if not whole:
            raise httpx.ReadError("the connection was cut")

    return served
