"""What a chat wants to be told of a product: that it costs no more than so much, or that it is on sale again."""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from bot.otpbuddy import OtpbuddyError, Product, Unavailable
from bot.services.accounts import Accounts, fingerprint
from bot.services.backoff import Backoff
from bot.services.catalog import Catalog, product_key
from bot.services.errors import KeptOut, NotConnected, NotFound, NotOnSale, TooManyAlerts
from bot.services.purchases import new_id
from storage import activations, alerts, chats
from storage.database import Database
from storage.models import Alert, AlertKind

logger = logging.getLogger(__name__)

CEILING = 20
"""How much one chat may wait for at a time."""
EVERY = timedelta(minutes=5)
"""How often a chat's list is looked at, give or take a quarter."""
SHARED_FOR = timedelta(minutes=3)
"""How old a list may be that chats of one account share, and so the least time between two that are read for alerts alone."""
LONGEST_PAUSE = timedelta(hours=1)
AT_ONCE = 20
"""Chats that are looked at in one sweep, one after the other; the others have their turn in the next one.

Where the provider answers none of them, the sweep takes 20 deadlines, still less than after which a job is taken for dead.
"""
TOLD_KEPT_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Watched:
    """What came of the wish to be told: an alert that waits, or a product for which there is nothing to wait."""

    alert: Alert | None
    product: Product | None


class Alerts:
    """Sets alerts up and takes them away."""

    def __init__(self, database: Database, catalog: Catalog, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._catalog = catalog
        self._clock = clock

    async def waiting(self, chat_id: int) -> Sequence[Alert]:
        """List what the chat waits for, newest first."""
        async with self._database.reading() as session:
            return await alerts.waiting(session, chat_id)

    async def when_at_most(self, chat_id: int, key: str, limit: Decimal) -> Watched:
        """Wait until a product costs no more than the limit; an alert that it has for its price gets the new limit.

        Raises `NotOnSale`, `TooManyAlerts`, `NotConnected` and `OtpbuddyError`.
        """
        product = await self._catalog.product(chat_id, key)
        if product.price <= limit:
            return Watched(None, product)
        return Watched(await self._wait(chat_id, product.id, product.name, AlertKind.PRICE, limit), None)

    async def when_back(self, chat_id: int, key: str) -> Watched:
        """Wait until a product that is not on sale is listed again.

        Raises `NotFound` where nothing is known of it, `TooManyAlerts`, `NotConnected` and `OtpbuddyError`.
        """
        try:
            return Watched(None, await self._catalog.product(chat_id, key))
        except NotOnSale as gone:
            product_id, name = await self._bought_before(chat_id, key, gone)
        return Watched(await self._wait(chat_id, product_id, name, AlertKind.STOCK, None), None)

    async def remove(self, chat_id: int, alert_id: str) -> None:
        """Wait for that no more; nothing happens where the chat does not, or is about to be told."""
        async with self._database.writing("remove an alert") as session:
            await alerts.remove(session, alert_id, chat_id)

    async def forget_told(self) -> int:
        """Delete the alerts that were told a while ago; returns how many."""
        async with self._database.writing("forget alerts") as session:
            return await alerts.forget_told(session, self._clock() - TOLD_KEPT_FOR)

    async def _bought_before(self, chat_id: int, key: str, gone: NotOnSale) -> tuple[str, str]:
        """Find out what a product that is gone is called: as the list named it until lately, or the chat's own purchases and offers."""
        if gone.product is not None:
            return gone.product.id, gone.product.name
        async with self._database.reading() as session:
            for product_id, name in await activations.products(session, chat_id):
                if product_key(product_id) == key:
                    return product_id, name
        raise NotFound

    async def _wait(self, chat_id: int, product_id: str, name: str, kind: AlertKind, limit: Decimal | None) -> Alert:
        async with self._database.writing("set an alert up") as session:
            await chats.lock(session, chat_id)
            earlier = await alerts.find(session, chat_id, product_id, kind)
            if (earlier is None or earlier.met_at is not None) and await alerts.count_waiting(session, chat_id) >= CEILING:
                raise TooManyAlerts(CEILING)
            if earlier is not None:
                await session.delete(earlier)
                await session.flush()
            alert = Alert(
                id=new_id(),
                chat_id=chat_id,
                product_id=product_id,
                product_name=name,
                kind=kind,
                at_most=limit,
                created_at=self._clock(),
            )
            session.add(alert)
        return alert


class AlertChecks:
    """Looks at the product lists for those who wait: seldom, once for all chats of an account, and not at all for nobody."""

    def __init__(
        self,
        *,
        database: Database,
        accounts: Accounts,
        catalog: Catalog,
        backoff: Backoff,
        clock: Callable[[], datetime],
        jitter: Callable[[], float],
    ) -> None:
        """Take the parts; `jitter` gives random numbers from 0 up to 1, and `backoff` pauses of minutes."""
        self._database = database
        self._accounts = accounts
        self._catalog = catalog
        self._backoff = backoff
        self._clock = clock
        self._jitter = jitter
        self._due: dict[int, datetime] = {}

    async def sweep(self) -> None:
        """Look at the lists that are due. When a chat is looked at next is kept in memory: after a restart it is a while later."""
        now = self._clock()
        async with self._database.reading() as session:
            watching = await alerts.watching(session)
        self._due = {chat_id: min(self._due.get(chat_id) or self._next(now), now + 2 * EVERY) for chat_id in watching}
        due = sorted((chat_id for chat_id in watching if self._due[chat_id] <= now), key=lambda chat_id: self._due[chat_id])
        for chat_id in due[:AT_ONCE]:
            # A token may be gone by now, or its key; and while nobody may buy, nobody is told what it costs.
            with suppress(NotConnected, KeptOut):
                await self._check(chat_id)
            self._due[chat_id] = self._next(self._clock())

    def _next(self, now: datetime) -> datetime:
        return now + EVERY * (0.75 + self._jitter() / 2)

    async def _check(self, chat_id: int) -> None:
        account = fingerprint(await self._accounts.token(chat_id))
        pause = self._backoff.until(account)
        if pause is not None and pause > self._clock():
            return
        try:
            products = await self._catalog.products(chat_id, max_age=SHARED_FOR)
        except OtpbuddyError as error:
            asked = error.retry_after if isinstance(error, Unavailable) else None
            self._backoff.failed(account, timedelta(seconds=asked or 0))
            logger.info("no list for the alerts of chat %d: %s", chat_id, error)
            return
        self._backoff.succeeded(account)
        await self._compare(chat_id, {product.id: product for product in products})

    async def _compare(self, chat_id: int, products: dict[str, Product]) -> None:
        async with self._database.reading() as session:
            waiting = await alerts.waiting(session, chat_id)
        for alert in waiting:
            product = products.get(alert.product_id)
            if product is not None and (alert.at_most is None or product.price <= alert.at_most):
                async with self._database.writing("meet an alert") as session:
                    await alerts.meet(session, alert, product.price, self._clock())
