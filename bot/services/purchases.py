"""Buying a number: offered, asked for once, and never in doubt for longer than the balance needs to speak."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from weakref import WeakValueDictionary

from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.otpbuddy import Client, OtpbuddyError, Product, Purchase
from bot.services.accounts import Accounts, fingerprint
from bot.services.catalog import Catalog, product_key
from bot.services.errors import BalanceTooLow, NotConnected, NotFound, NotOnSale, PurchasePending, TooManyActive, TooManyPurchases
from bot.services.leases import Leases
from bot.services.reasons import reason_of
from storage import activations, chats
from storage.database import Database
from storage.models import IN_FLIGHT, Activation, Chat, State
from storage.text import storable
from storage.updates import is_outage

logger = logging.getLogger(__name__)

HOUR = timedelta(hours=1)
PLACE_LENGTH = 64
"""What the column holds, and as much as any button carries."""
OUTAGE_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds; in all less than the time that a tap's handler may take."""
JUDGED = frozenset({State.CHARGED, State.NOT_CHARGED, State.UNRESOLVED})
"""What the balance may have said of a purchase whose answer was still on its way."""


@dataclass(frozen=True, slots=True)
class Ceilings:
    """How much one chat may do where its row says nothing else."""

    active: int
    per_hour: int

    def of(self, chat: Chat) -> "Ceilings":
        """Give what holds for one chat."""
        return Ceilings(
            chat.max_active if chat.max_active is not None else self.active,
            chat.max_per_hour if chat.max_per_hour is not None else self.per_hour,
        )


class PriceChanged(Exception):
    """The price is not the offered one; `offer` carries the new one and asks again."""

    def __init__(self, offer: Activation, old_price: Decimal) -> None:
        super().__init__(offer.id)
        self.offer = offer
        self.old_price = old_price


class Purchases:
    """Offers, and what becomes of them when the user taps Buy."""

    def __init__(
        self,
        *,
        database: Database,
        client: Client,
        accounts: Accounts,
        catalog: Catalog,
        ceilings: Ceilings,
        lifetime: timedelta,
        leases: Leases,
        clock: Callable[[], datetime],
        announce: Callable[[str], None],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Take the parts; `announce` is told the id of every activation whose change was committed."""
        self._database = database
        self._client = client
        self._accounts = accounts
        self._catalog = catalog
        self._ceilings = ceilings
        self._lifetime = lifetime
        self._leases = leases
        self._clock = clock
        self._announce = announce
        self._sleep = sleep
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def offer(self, chat_id: int, key: str, country: str, place: str | None = None) -> Activation:
        """Write down an offer at today's price, with the balance, and where it was chosen.

        Raises `NotOnSale`, `NotConnected`, `OtpbuddyError`.
        """
        product = await self._catalog.product(chat_id, key)
        balance = await self._accounts.balance(chat_id)
        offer = Activation(
            id=new_id(),
            chat_id=chat_id,
            state=State.OFFERED,
            product_id=product.id,
            product_name=product.name,
            country=country,
            price=product.price,
            offered_at=self._clock(),
            balance_before=balance,
            place=storable(place, PLACE_LENGTH) if place else None,
        )
        async with self._database.writing("make an offer") as session:
            session.add(offer)
        return offer

    async def offer_again(self, chat_id: int, activation_id: str) -> Activation:
        """Offer the product of an earlier purchase of the chat once more, at today's price."""
        earlier = await self._mine(chat_id, activation_id)
        try:
            return await self.offer(chat_id, product_key(earlier.product_id), earlier.country)
        except NotOnSale:
            raise _gone(earlier) from None

    async def decline(self, chat_id: int, offer_id: str) -> str | None:
        """Forget an offer, and tell where it was chosen; nothing happens where it is no longer one."""
        async with self._database.writing("decline an offer") as session:
            offer = await activations.get(session, offer_id, chat_id)
            await activations.forget_offer(session, offer_id, chat_id)
        return offer.place if offer is not None else None

    async def move(self, chat_id: int, offer_id: str, country: str) -> Activation:
        """Offer a number from another country instead; where it is bought already, return it as it is. Raises `NotFound`."""
        mine = col(Activation.chat_id) == chat_id
        async with self._database.writing("change an offer's country") as session:
            moved = await activations.change(session, offer_id, {State.OFFERED}, mine, country=country)
        return moved or await self._mine(chat_id, offer_id)

    async def buy(self, chat_id: int, offer_id: str, card_message_id: int) -> Activation:
        """Buy what was offered: once, however often this is called; every call returns the activation as it is then.

        Raises `ServiceError`, `PriceChanged` or `OtpbuddyError` where nothing was bought and the offer still stands. The
        outcome of a request that was sent is never an exception but the activation's state.
        """
        offer = await self._mine(chat_id, offer_id)
        if offer.state is not State.OFFERED:
            return offer
        token = await self._accounts.token(chat_id)
        async with self._turns.setdefault(fingerprint(token), asyncio.Lock()), self._leases.turn(self._accounts.lease(token)):
            offer = await self._mine(chat_id, offer_id)
            if offer.state is not State.OFFERED:
                return offer
            # A list that is even a little old may lack the price that would be charged.
            try:
                product = await self._catalog.product(chat_id, product_key(offer.product_id), max_age=timedelta(0))
            except NotOnSale:
                raise _gone(offer) from None
            await self._refuse_other_price(offer, product)
            balance = await self._accounts.balance(chat_id)
            if balance < offer.price:
                raise BalanceTooLow(balance, offer.price, offer.product_id)
            requested = await self._claim(offer, balance, card_message_id)
            if requested is None:
                return await self._mine(chat_id, offer_id)
            self._announce(requested.id)
            return await self._send(requested)

    async def _mine(self, chat_id: int, activation_id: str) -> Activation:
        async with self._database.reading() as session:
            activation = await activations.get(session, activation_id, chat_id)
        if activation is None:
            raise NotFound
        return activation

    async def _refuse_other_price(self, offer: Activation, product: Product) -> None:
        if product.price == offer.price:
            return
        async with self._database.writing("change an offer") as session:
            changed = await activations.change(session, offer.id, {State.OFFERED}, price=product.price, product_name=product.name)
        if changed is not None:
            raise PriceChanged(changed, offer.price)

    async def _claim(self, offer: Activation, balance: Decimal, card_message_id: int) -> Activation | None:
        """Commit "requested" if this tap is the one that buys and the chat may; None where another tap was."""
        now = self._clock()
        async with self._database.writing("claim a purchase") as session:
            await chats.lock(session, offer.chat_id)
            chat = await chats.get(session, offer.chat_id)
            if chat is None:
                raise NotFound
            present = await activations.get(session, offer.id)
            if present is None or present.state is not State.OFFERED:
                # Another process bought it; its purchase must not pass for an earlier one that is pending.
                return None
            # It may have been banned, or the bot closed, since the offer was made.
            await self._accounts.access.check(session, chat)
            await self._refuse_too_many(session, chat, now)
            # What was read before the purchase is no witness of what comes back after it.
            await chats.change(session, offer.chat_id, balance=None)
            return await activations.change(
                session,
                offer.id,
                {State.OFFERED},
                col(Activation.price) == offer.price,
                state=State.REQUESTED,
                requested_at=now,
                balance_before=balance,
                card_message_id=card_message_id,
            )

    async def _refuse_too_many(self, session: AsyncSession, chat: Chat, now: datetime) -> None:
        if await activations.in_flight(session, chat.id):
            raise PurchasePending
        ceilings = self._ceilings.of(chat)
        if await activations.count_open(session, chat.id) >= ceilings.active:
            raise TooManyActive(ceilings.active)
        recent, most = await activations.requested_since(session, chat.id, now - HOUR), ceilings.per_hour
        if len(recent) >= most:
            raise TooManyPurchases(most, recent[-most] + HOUR if most else now + HOUR)

    async def _send(self, requested: Activation) -> Activation:
        """Ask the provider, once, and commit what it says."""

        def buy(token: SecretStr) -> Awaitable[Purchase]:
            return self._client.buy(token, country=requested.country, product_id=requested.product_id)

        try:
            purchase = await self._accounts.ask(requested.chat_id, buy)
        except NotConnected:
            # The user disconnected at the last moment, so nothing was asked.
            return await self._conclude(requested, IN_FLIGHT, state=State.REJECTED, reason="not_connected")
        except OtpbuddyError as error:
            state = State.REJECTED if error.executed == "no" else State.UNKNOWN
            return await self._conclude(requested, IN_FLIGHT, state=state, reason=reason_of(error))
        # A number that was received is worth more than a verdict that was reached without it.
        activation = await self._conclude(requested, IN_FLIGHT | JUDGED, **self._received(purchase))
        await self._read_balance_after(activation)
        return activation

    def _received(self, purchase: Purchase) -> dict[str, Any]:
        now = self._clock()
        return {
            "state": State.ACTIVE,
            "provider_id": purchase.id,
            "number": purchase.number,
            "purchased_at": now,
            "expires_at": now + self._lifetime,
            "reason": None,
        }

    async def _conclude(self, activation: Activation, states: Collection[State], **values: Any) -> Activation:
        concluded = await self._written(activation.id, states, values)
        if concluded is None:
            return await self._mine(activation.chat_id, activation.id)
        self._announce(activation.id)
        return concluded

    async def _written(self, activation_id: str, states: Collection[State], values: dict[str, Any]) -> Activation | None:
        """Write an outcome down, again and again for a minute where the database is away: what was paid for would be lost with it."""
        pauses = iter(OUTAGE_PAUSES)
        while True:
            try:
                async with self._database.writing("conclude a purchase") as session:
                    return await activations.change(session, activation_id, states, **values)
            except Exception as error:
                pause = next(pauses, None)
                if pause is None or not is_outage(error):
                    raise
                logger.error("the outcome of %s cannot be written down, trying again in %s s", activation_id, pause)  # noqa: TRY400 - no bug.
                await self._sleep(pause)

    async def _read_balance_after(self, activation: Activation) -> None:
        """Show what the purchase left; a failure costs nothing but that line."""
        try:
            balance = await self._accounts.balance(activation.chat_id)
        except (OtpbuddyError, NotConnected):
            return
        async with self._database.writing("note what a purchase left") as session:
            await activations.change(session, activation.id, set(State), balance_after=balance)
        self._announce(activation.id)


def _gone(activation: Activation) -> NotOnSale:
    """Say that a product is gone by the name that it had when it was offered."""
    return NotOnSale(Product(activation.product_id, activation.product_name, activation.price))


def new_id() -> str:
    """Make an id that fits a button and cannot be guessed: 12 characters, 72 random bits."""
    return secrets.token_urlsafe(9)
