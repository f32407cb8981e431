"""The services over a real database and a simulated provider that is asked over HTTP, at a time that only tests move."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from pydantic import SecretStr
from sqlalchemy import update
from sqlmodel import col
from starlette.applications import Starlette

from bot.otpbuddy import Client
from bot.sandbox.provider import Provider, provider_routes
from bot.sandbox.serve import serve
from bot.services.accounts import Accounts
from bot.services.activations import Activations
from bot.services.backoff import Backoff
from bot.services.catalog import Catalog, product_key
from bot.services.leases import Leases, Sole
from bot.services.polling import Concurrency, Poller
from bot.services.purchases import Ceilings, Purchases
from bot.services.schedule import Schedule, curve
from bot.services.settlement import Patience, Settlement
from storage import activations, chats, messages
from storage.database import Database
from storage.models import Activation, Chat, Sms, State
from storage.vault import Vault, new_key

ALICE, BOB = 1001, 1002
TOKENS = {ALICE: "demo-token-alice", BOB: "demo-token-bob"}
LIFETIME = timedelta(minutes=20)
CARD = 77
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def provider_id(activation: Activation) -> str:
    """Give the provider's id of a number that was received."""
    assert activation.provider_id is not None
    return activation.provider_id


class Clock:
    """Time that stands until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class World:
    """One process of the bot as far as the domain goes; a second one may share its database and its provider."""

    provider: Provider
    database: Database
    client: Client
    clock: Clock
    url: str
    vault: Vault = field(default_factory=lambda: Vault([new_key()]))
    ceilings: Ceilings = field(default_factory=lambda: Ceilings(5, 20))
    patience: Patience = field(default_factory=Patience)
    leases: Leases = field(default_factory=Sole)
    announced: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        announce = self.announced.append
        shared: dict[str, Any] = {"database": self.database, "clock": self.clock}
        self.accounts = Accounts(self.database, self.vault, self.client, self.clock)
        self.catalog = Catalog(self.accounts, self.client, self.clock)
        self.life = Activations(client=self.client, accounts=self.accounts, announce=announce, **shared)
        self.purchases = Purchases(
            client=self.client,
            accounts=self.accounts,
            catalog=self.catalog,
            ceilings=self.ceilings,
            lifetime=LIFETIME,
            leases=self.leases,
            announce=announce,
            **shared,
        )
        self.settlement = Settlement(accounts=self.accounts, backoff=self.backoff(), patience=self.patience, announce=announce, **shared)

    def backoff(self, jitter: float = 1.0) -> Backoff:
        """Pauses of their full length, unless told otherwise."""
        return Backoff(self.clock, lambda: jitter)

    def poller(
        self,
        *,
        schedule: Schedule | None = None,
        concurrency: Concurrency | None = None,
        jitter: float = 1.0,
    ) -> Poller:
        return Poller(
            database=self.database,
            client=self.client,
            accounts=self.accounts,
            life=self.life,
            schedule=schedule or curve(timedelta(seconds=2)),
            backoff=self.backoff(jitter),
            leases=self.leases,
            clock=self.clock,
            concurrency=concurrency,
        )

    def replica(self, **changes: Any) -> "World":
        """A second process on the same database, with the same keys."""
        return World(self.provider, self.database, self.client, self.clock, self.url, self.vault, **changes)

    async def connected(self, chat_id: int = ALICE, token: str | None = None) -> Decimal:
        await self.accounts.enter(chat_id, "en")
        return await self.accounts.connect(chat_id, SecretStr(token or TOKENS[chat_id]))

    async def offered(self, product_id: str = "wa", chat_id: int = ALICE) -> Activation:
        return await self.purchases.offer(chat_id, product_key(product_id), "in")

    async def buys(self, product_id: str = "wa", chat_id: int = ALICE) -> Activation:
        return await self.purchases.buy(chat_id, (await self.offered(product_id, chat_id)).id, CARD)

    async def holds(self, product_id: str = "wa", chat_id: int = ALICE) -> Activation:
        """Buy a number and see that it is there."""
        bought = await self.buys(product_id, chat_id)
        assert bought.state is State.ACTIVE
        return await self.row(bought)

    async def doubts(self, product_id: str = "wa", chat_id: int = ALICE, *, charged: bool) -> Activation:
        """Buy without hearing an answer, whether or not the provider took the money."""
        self.provider.faults.add("getNumber", "cut_after" if charged else "cut", count=1)
        doubtful = await self.buys(product_id, chat_id)
        assert doubtful.state is State.UNKNOWN
        return doubtful

    async def judged(self, doubtful: Activation) -> State:
        """Let the balance speak, once it may."""
        self.clock.advance(seconds=20)
        await self.settlement.sweep()
        return await self.state(doubtful)

    async def row(self, activation: Activation | str) -> Activation:
        activation_id = activation if isinstance(activation, str) else activation.id
        async with self.database.reading() as session:
            found = await activations.get(session, activation_id)
        assert found is not None
        return found

    async def state(self, activation: Activation | str) -> State:
        return (await self.row(activation)).state

    async def chat(self, chat_id: int = ALICE) -> Chat:
        async with self.database.reading() as session:
            found = await chats.get(session, chat_id)
        assert found is not None
        return found

    async def sms(self, activation: Activation) -> Sequence[Sms]:
        async with self.database.reading() as session:
            return await messages.of(session, activation.id)

    async def texts(self, activation: Activation) -> list[str]:
        return [sms.text for sms in await self.sms(activation)]

    async def edit(self, activation: Activation, **values: Any) -> None:
        """Write into a row what another process, or an earlier one, would have left there."""
        async with self.database.writing() as session:
            await session.execute(update(Activation).where(col(Activation.id) == activation.id).values(**values))

    def balance(self, chat_id: int = ALICE) -> Decimal:
        return self.provider.accounts[TOKENS[chat_id]].balance

    def asked(self, call: str) -> int:
        """How often the provider was asked something, by the API's name of the call."""
        return sum(entry.call == call for entry in self.provider.calls)

    async def struck(self, fault: Any, times: int = 1) -> None:
        """Wait until a fault has struck that often."""
        await self.provider.until(lambda _: fault.struck >= times)

    def polls(self, activation: Activation | None = None) -> int:
        """How often the provider answered a question for SMS, of one number or of all."""
        wanted = None if activation is None else activation.provider_id
        return sum(call.call == "getSms" and wanted in {None, call.purchase_id} for call in self.provider.calls)

    def receives(self, activation: Activation, text: str) -> None:
        """Let an SMS arrive at the provider."""
        self.provider.send_sms(provider_id(activation), text)

    async def polled(self, poller: Poller) -> None:
        """One round of the poller, to its end."""
        await poller.tick()
        await poller.drain()

    async def passes(self, poller: Poller, seconds: float, step: float = 0.5) -> None:
        """Let time pass in steps, with a whole round of the poller at each."""
        ends = self.clock.now + timedelta(seconds=seconds)
        while self.clock.now < ends:
            self.clock.advance(seconds=step)
            await self.polled(poller)


@asynccontextmanager
async def world_of(database: Database, **options: Any) -> AsyncIterator[World]:
    """Serve a provider without SMS of its own and build the services on it; options are the client's."""
    clock = Clock()
    provider = Provider(clock=clock, auto_sms_after=None)
    async with serve(Starlette(routes=provider_routes(provider))) as url:
        base = f"{url}/v1/api"
        async with Client(base, clock=clock, **options) as client:
            yield World(provider, database, client, clock, base)
        provider.faults.clear()


async def together(*calls: Callable[[], Any]) -> list[Any]:
    """Start calls at once and collect what they return or raise."""
    return await asyncio.gather(*(call() for call in calls), return_exceptions=True)
