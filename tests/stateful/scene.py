"""People, jobs, restarts and the end, acted out one after the other or side by side."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import SecretStr

from bot.otpbuddy import OtpbuddyError
from bot.sandbox.provider.faults import Fault
from bot.services.catalog import product_key
from bot.services.errors import OtherAccount, ServiceError
from bot.services.purchases import PriceChanged
from storage.models import OPEN, Activation
from tests.stateful.checks import Auditor
from tests.stateful.provider import PRODUCTS
from tests.stateful.world import BUYING, PEOPLE, CrashError, Place, Process

EXPECTED = (ServiceError, OtpbuddyError, PriceChanged)
"""All that a caller of the services has to be ready for."""
PURCHASES = {"buy", "purchase"}


@dataclass(frozen=True)
class Deed:
    """Something that somebody does, with a number that says which of several things it is done to."""

    name: str
    who: int
    which: int


class Scene:
    """A place with the process that runs there at present, and what people remember."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.process = Process(place)
        self.auditor = Auditor(place)
        self.offers: dict[int, list[tuple[str, int]]] = {chat_id: [] for chat_id in PEOPLE}
        """Chat → its offers, each with the message that shows it."""
        self.slow: tuple[Deed, asyncio.Task[None], Fault] | None = None
        """A deed that is held in the middle of one of its calls."""

    async def admit(self) -> None:
        for chat_id in PEOPLE:
            await self.process.accounts.enter(chat_id, "en")
            await self.process.accounts.connect(chat_id, self.token(chat_id))

    def token(self, chat_id: int) -> SecretStr:
        return SecretStr(self.place.provider.token_of(self.place.account_of[chat_id]))

    def may(self, deed: Deed) -> bool:
        """Whether a deed can come to its end while another is held: purchases with one account, and a job's rounds, wait in line."""
        if self.slow is None:
            return True
        held = self.slow[0]
        if deed.name in PURCHASES and held.name in PURCHASES:
            return self.place.account_of[deed.who] != self.place.account_of[held.who]
        return not (deed.name == held.name and deed.name in {"poll", "settle", "sweep"})

    async def together(self, *several: Deed) -> None:
        possible = [deed for deed in several if self.may(deed)]
        results = await asyncio.gather(*(self.perform(deed) for deed in possible), return_exceptions=True)
        await self.process.deliveries.drain()
        await self.judge(results)

    async def judge(self, results: Sequence[Any]) -> None:
        failed = [result for result in results if isinstance(result, BaseException)]
        if self.process.dead:
            await self.restart()
            failed = [error for error in failed if not isinstance(error, CrashError)]
        for error in failed:
            raise error

    async def perform(self, deed: Deed) -> None:
        act: Callable[[int, int], Awaitable[Any]] = getattr(self, f"_{deed.name}")
        with suppress(*EXPECTED):
            await act(deed.who, deed.which)

    async def hold(self, deed: Deed, call: str, *, after: bool) -> None:
        fault = self.place.provider.faults.add(call, "hold", label=self.place.account_of[deed.who], count=1, after=after)
        task = asyncio.create_task(self.perform(deed))
        struck = asyncio.create_task(self.place.provider.until(lambda _: fault.struck, timeout=60))
        await asyncio.wait({task, struck}, return_when=asyncio.FIRST_COMPLETED)
        struck.cancel()
        await asyncio.wait({struck})
        self.slow = (deed, task, fault)
        if not fault.struck:
            await self.release()

    async def release(self) -> None:
        if self.slow is not None:
            (_, task, fault), self.slow = self.slow, None
            fault.release()
            results = await asyncio.gather(task, return_exceptions=True)
            await self.process.deliveries.drain()
            await self.judge(results)

    async def restart(self) -> None:
        """Kill the process and start another one on what it left."""
        self.place.crashes += 1
        if self.slow is not None:
            (_, task, fault), self.slow = self.slow, None
            task.cancel()
            await asyncio.wait({task})
            fault.release()
        await self.process.end()
        await self.place.answered()
        self.place.provider.given.clear()
        self.process = Process(self.place)
        await self.process.settlement.adopt()
        await self.process.deliveries.drain()

    async def come_to_rest(self) -> None:
        await self.release()
        self.place.provider.faults.clear()
        self.place.network.refusals = 0
        self.place.chats.troubles.clear()
        # A token that is rejected is noticed by asking; only then may another take its place while numbers hang on it.
        await self.work(rounds=10, seconds=15)
        for chat_id in PEOPLE:
            await self._connect_at_last(chat_id)
        # Five minutes: twice the longest pause after failures, and a doubt's patience.
        await self.work(rounds=20, seconds=15)
        await self.auditor.quiet(self.process)
        # More than an hour beyond any number's end, by a clock that is right.
        self.place.clock.off = timedelta(0)
        await self.work(rounds=8, seconds=1800)
        rows = await self.auditor.quiet(self.process)
        assert not [row.id for row in rows.activations if row.state in OPEN], "a number never ended"

    async def _connect_at_last(self, chat_id: int) -> None:
        """Connect the account; whoever is told that it does not know the numbers logs out and in again, as the bot says."""
        try:
            await self.process.accounts.connect(chat_id, self.token(chat_id))
        except OtherAccount:
            self.place.provider.settle()
            sold = [self.place.provider.activations.get(row.provider_id or "") for row in await self.process.statements.held(chat_id)]
            assert not [number.id for number in sold if number is not None and number.is_open], "the account knows one of them"
            await self.process.accounts.disconnect(chat_id, abandon=True)
            await self.process.accounts.connect(chat_id, self.token(chat_id))

    async def work(self, rounds: int, seconds: float) -> None:
        for _ in range(rounds):
            await self.process.polled()
            await self.process.settlement.sweep()
            await self.process.swept()
            self.place.clock.advance(seconds)
        await self.process.swept()

    async def _offer(self, who: int, which: int) -> None:
        product = sorted(PRODUCTS)[which % len(PRODUCTS)]
        self._offered(who, await self.process.purchases.offer(who, product_key(product), "in"))

    async def _again(self, who: int, which: int) -> None:
        if offer := self._one(who, which):
            self._offered(who, await self.process.purchases.offer_again(who, offer[0]))

    def _offered(self, who: int, offer: Activation) -> None:
        self.place.owner_of[offer.id] = who
        self.offers[who].append((offer.id, self.place.chats.post(who)))

    def _one(self, who: int, which: int) -> tuple[str, int] | None:
        """Choose an offer of somebody's, the newest first."""
        offers = self.offers[who]
        return offers[-1 - which % len(offers)] if offers else None

    async def _buy(self, who: int, which: int) -> None:
        if offer := self._one(who, which // 3):
            BUYING.set(offer[0])
            await self.process.purchases.buy(who, *offer)

    async def _purchase(self, who: int, which: int) -> None:
        await self._offer(who, which)
        await self._buy(who, 0)

    async def _decline(self, who: int, which: int) -> None:
        if offer := self._one(who, which):
            await self.process.purchases.decline(who, offer[0])

    async def _held(self, who: int, which: int) -> Activation | None:
        held = await self.process.statements.held(who)
        return held[which % len(held)] if held else None

    async def _cancel(self, who: int, which: int) -> None:
        if held := await self._held(who, which):
            await self.process.life.cancel(who, held.id)

    async def _done(self, who: int, which: int) -> None:
        if held := await self._held(who, which):
            await self.process.life.finish(who, held.id)

    async def _trespass(self, who: int, which: int) -> None:
        """Do to somebody else's what only the owner may."""
        other = PEOPLE[(PEOPLE.index(who) + 1) % len(PEOPLE)]
        if held := await self._held(other, which):
            assert not await self.process.life.finish(who, held.id)
            await self.process.life.cancel(who, held.id)
            raise AssertionError("somebody else's number was cancelled")

    async def _balance(self, who: int, _which: int) -> None:
        await self.process.accounts.balance(who)

    async def _connect(self, who: int, _which: int) -> None:
        await self.process.accounts.connect(who, self.token(who))

    async def _poll(self, _who: int, which: int) -> None:
        self.place.clock.advance(which)
        await self.process.polled()

    async def _settle(self, _who: int, _which: int) -> None:
        await self.process.settlement.sweep()

    async def _sweep(self, _who: int, _which: int) -> None:
        await self.process.swept()

    async def send_sms(self, who: int, which: int, *, old: bool) -> None:
        held = await self._held(who, which)
        number = self.place.provider.activations.get(held.provider_id or "") if held else None
        self.place.provider.settle()
        if number is not None and number.is_open:
            text = number.sms[0] if old and number.sms else f"Your code is {len(number.sms)}{number.id[:5]} for {number.id}"
            self.place.provider.send_sms(number.id, text)
