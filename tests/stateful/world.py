"""What outlives a process of the bot (the provider, Telegram, the people, the database's file), and one process after another on it."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from bot.jobs.deliver import Deliveries
from bot.locales import Languages
from bot.otpbuddy import Client
from bot.sandbox.provider import provider_routes
from bot.services.accounts import Accounts
from bot.services.activations import Activations
from bot.services.admin.team import Team
from bot.services.backoff import Backoff
from bot.services.catalog import Catalog
from bot.services.leases import Sole
from bot.services.polling import Poller
from bot.services.purchases import Ceilings, Purchases
from bot.services.schedule import curve
from bot.services.settlement import Patience, Settlement
from bot.services.statements import Statements
from storage.database import Database
from storage.vault import Vault, new_key
from tests.stateful.chats import Chats
from tests.stateful.provider import Books, Clock, Network, Wire

ALICE, BOB, CAROL = PEOPLE = (1001, 1002, 1003)
LIFETIME = timedelta(minutes=20)
BUYING: ContextVar[str] = ContextVar("BUYING")
"""The offer that the present task buys."""
LANGUAGES = Languages("INR")


class CrashError(BaseException):
    """The process ends here, whatever it was doing; nothing that handles errors handles this."""


@dataclass
class Place:
    """Everything outside a process of the bot. Without `base` the provider is reached without a network."""

    url: str
    base: str | None = None
    clock: Clock = field(default_factory=Clock)
    vault: Vault = field(default_factory=lambda: Vault([new_key()]))
    chats: Chats = field(default_factory=Chats)
    network: Network = field(default_factory=Network)
    crashes: int = 0
    sent: Counter[str] = field(default_factory=Counter)
    """Offer → how often getNumber left for it."""
    account_of: dict[int, str] = field(default_factory=dict)
    """Chat → label of the account that it is connected to."""
    owner_of: dict[str, int] = field(default_factory=dict)
    """Offer → chat."""

    def __post_init__(self) -> None:
        self.provider = Books(self.clock)
        self.under_way = 0
        """How many requests the provider has not answered yet."""
        self._routes = Starlette(routes=provider_routes(self.provider))

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request as the provider."""
        self.under_way += 1
        try:
            await self._routes(scope, receive, send)
        finally:
            self.under_way -= 1
            self.provider.notify()

    async def answered(self) -> None:
        """Wait until the provider has done with every request; it does not notice at once that a process has died."""
        await self.provider.until(lambda _: not self.under_way)

    def client(self, probe: Callable[[str], Any]) -> Client:
        if self.base is not None:
            return Client(self.base, clock=self.clock, probe=probe)
        return Client(
            "http://provider/v1/api",
            clock=self.clock,
            transport=Wire(self.app, self.network),
            purchase_transport=Wire(self.app, self.network),
            probe=probe,
        )

    def leaves(self, offer_id: str) -> None:
        """Note that a purchase is about to leave the process."""
        self.sent[offer_id] += 1
        self.provider.asking[self.account_of[self.owner_of[offer_id]]] = offer_id


class Process:
    """One process of the bot, wired as in production but for what is outside."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.dead = False
        self.points_left: int | None = None
        """How many of the program's points it comes past before it dies; None: it lives."""
        clock = place.clock
        self.database = database = Database(place.url, probe=self._probe)
        self.client = client = place.client(self._probe)
        self.accounts = accounts = Accounts(database, place.vault, client, clock)
        self.catalog = Catalog(accounts, client, clock)
        leases = Sole()
        shared: dict[str, Any] = {"database": database, "accounts": accounts, "clock": clock}
        self.life = life = Activations(client=client, announce=self._announce, **shared)
        self.purchases = Purchases(
            client=client,
            catalog=self.catalog,
            ceilings=Ceilings(5, 60),
            lifetime=LIFETIME,
            announce=self._announce,
            leases=leases,
            **shared,
        )
        schedule = curve(timedelta(seconds=2))
        self.poller = Poller(client=client, life=life, schedule=schedule, backoff=self._backoff(), leases=leases, **shared)
        self.settlement = Settlement(backoff=self._backoff(), patience=Patience(), announce=self._announce, **shared)
        self.statements = Statements(database)
        self.deliveries = Deliveries(
            messenger=place.chats,
            life=life,
            languages=LANGUAGES,
            backoff=self._backoff(),
            leases=leases,
            team=Team(database, frozenset(), place.clock),
            **shared,
        )

    def _announce(self, activation_id: str) -> None:
        self.poller.notice(activation_id)
        self.deliveries.soon(activation_id)

    def _backoff(self) -> Backoff:
        return Backoff(self.place.clock, lambda: 1.0)

    async def _probe(self, point: str) -> None:
        if self.points_left == 0:
            self.dead = True
        if self.dead:
            raise CrashError(point)
        if self.points_left is not None:
            self.points_left -= 1
        if point == "about to ask buy":
            self.place.leaves(BUYING.get())

    async def polled(self) -> None:
        await self.poller.tick()
        await self.poller.drain()

    async def swept(self) -> None:
        await self.deliveries.sweep()
        await self.deliveries.drain()

    async def end(self) -> None:
        """End as a kill does: whatever runs is broken off, nothing is finished."""
        self.dead = True
        running = [*self.poller._running.values(), *self.deliveries._running.values()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await self.client.aclose()
        await self.database.close()


async def empty(url: str) -> None:
    """Forget everything that was in a database."""
    async with Database(url) as database, database.writing() as session:
        for table in ("sms", "activation", "chat", "admin_notice"):
            await session.execute(text(f"DELETE FROM {table}"))
