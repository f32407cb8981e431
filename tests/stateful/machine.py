"""The life of an activation as people, the provider, Telegram, the clock and the operator's restarts may live it."""

import asyncio
from collections import Counter
from collections.abc import Awaitable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.stateful.provider import PRODUCTS
from tests.stateful.scene import Deed, Scene
from tests.stateful.world import ALICE, BOB, CAROL, PEOPLE, Place

HOUR = timedelta(hours=1)
PEOPLES = st.sampled_from(PEOPLE)
SMALL = st.integers(0, 7)
OFTEN = ("purchase", "buy", "cancel", "done", "poll", "settle")
DEEDS = (*OFTEN, *OFTEN, "offer", "again", "decline", "trespass", "balance", "connect", "sweep")
CALLS = ("getBalance", "getNumber", "getSms", "cancelNumber", "getProducts")
REFUSALS = (201, 202, 203, 204, 206)
STATUSES = (401, 429, 503)
BROKEN = ("html", "empty", "truncated", "unknown_code", "null_data", "true_status")


deeds = st.builds(Deed, st.sampled_from(DEEDS), PEOPLES, SMALL)


Options = dict[str, Any]
# What may go wrong with a call. A refusal and a rejected token mean that nothing was done, anything else may mean either.
faults: st.SearchStrategy[Options] = st.one_of(
    st.just({}),
    st.builds(lambda after: {"kind": "cut", "after": after}, st.booleans()),
    st.builds(lambda after, code: {"kind": "code", "code": code, "after": after}, st.booleans(), st.sampled_from((205, 299))),
    st.builds(lambda after, name: {"kind": "garbage", "variant": name, "after": after}, st.booleans(), st.sampled_from(BROKEN)),
    st.builds(lambda code: {"kind": "code", "code": code}, st.sampled_from(REFUSALS)),
    st.builds(lambda status: {"kind": "http", "status": status, "retry_after": "3"}, st.sampled_from(STATUSES)),
)


class Life(RuleBasedStateMachine):
    """One run: a provider, three people with two accounts, and a bot that is restarted now and then.

    What is drawn never depends on what the bot did, so that a failure is found again although the database's threads take turns as they
    like.
    """

    def __init__(self, runner: asyncio.Runner, place: Place) -> None:
        super().__init__()
        self.runner = runner
        self.place = place
        self.scene = Scene(place)
        self.steps = 0

    def run(self, work: Awaitable[Any]) -> Any:
        async def waited() -> Any:
            return await work

        return self.runner.run(waited())

    @initialize(bought=st.booleans())
    def begin(self, bought: bool) -> None:
        provider = self.place.provider
        provider.add_account(provider.token_of("Alice"), Decimal("4000.07"))
        provider.add_account(provider.token_of("Bob"), Decimal(300))
        self.place.account_of = {ALICE: "Alice", BOB: "Bob", CAROL: "Alice"}
        self.run(self.scene.admit())
        if bought:
            self.offer_and_buy(ALICE, 0)
            self.offer_and_buy(CAROL, 3)

    # What people and jobs do.

    @rule(deed=deeds)
    def do(self, deed: Deed) -> None:
        self.run(self.scene.together(deed))

    @rule(who=PEOPLES, which=SMALL, fault=st.none() | faults)
    def offer_and_buy(self, who: int, which: int, fault: Options | None = None) -> None:
        self.fail("getNumber", fault, who)
        self.run(self.scene.together(Deed("purchase", who, which)))

    @rule(who=PEOPLES, which=SMALL, call=st.sampled_from(CALLS), fault=st.none() | faults)
    def cancel(self, who: int, which: int, call: str, fault: Options | None) -> None:
        self.fail(call, fault, who)
        self.run(self.scene.together(Deed("cancel", who, which)))

    @rule(seconds=st.sampled_from((1, 21, 61, 1201)), deeds=st.permutations(("poll", "settle", "sweep")))
    def jobs_run(self, seconds: int, deeds: list[str]) -> None:
        self.time_passes(seconds)
        for name in deeds:
            self.run(self.scene.together(Deed(name, ALICE, 0)))

    @rule(who=PEOPLES, charged=st.booleans(), several=st.lists(deeds, min_size=1, max_size=3))
    def money_moves_during_a_doubt(self, who: int, charged: bool, several: list[Deed]) -> None:
        self.offer_and_buy(who, 2, {"kind": "cut", "after": charged})
        for deed in several:
            self.run(self.scene.together(deed))
        self.jobs_run(21, ["settle"])

    @rule(who=PEOPLES, times=st.integers(2, 4))
    def buy_at_once(self, who: int, times: int) -> None:
        self.run(self.scene.together(Deed("offer", who, times)))
        self.run(self.scene.together(*[Deed("buy", who, 0)] * times))

    @rule(several=st.lists(deeds, min_size=2, max_size=4))
    def do_at_once(self, several: list[Deed]) -> None:
        self.run(self.scene.together(*several))

    @rule(deed=deeds, points=st.integers(0, 30))
    def die_while(self, deed: Deed, points: int) -> None:
        self.scene.process.points_left = points
        self.run(self.scene.together(deed))
        if not self.scene.process.dead and self.scene.process.points_left is not None:
            self.run(self.scene.restart())

    @rule(deed=deeds, call=st.sampled_from(CALLS[:4]), after=st.booleans())
    def do_slowly(self, deed: Deed, call: str, after: bool) -> None:
        if self.scene.slow is None and self.scene.may(deed):
            self.run(self.scene.hold(deed, call, after=after))

    @rule()
    def go_on(self) -> None:
        self.run(self.scene.release())

    # What happens outside.

    @rule(who=PEOPLES, which=SMALL, old=st.booleans(), polled=st.booleans())
    def sms_comes(self, who: int, which: int, old: bool, polled: bool) -> None:
        """An SMS comes: a new one, or the first one again."""
        self.run(self.scene.send_sms(who, which, old=old))
        if polled:
            self.run(self.scene.together(Deed("poll", who, 5)))

    @rule(call=st.sampled_from(CALLS), fault=faults, who=PEOPLES)
    def call_fails(self, call: str, fault: Options, who: int) -> None:
        self.fail(call, fault, who)

    def fail(self, call: str, fault: Options | None, who: int) -> None:
        """Let the next call of that name with somebody's account fail, or, with empty options, the next connection be refused."""
        if fault:
            self.place.provider.faults.add(call, label=self.place.account_of[who], count=1, **fault)
        elif fault is not None:
            self.place.network.refusals += 1

    @rule(trouble=st.sampled_from(("lost", "taken", "unsent", "limited")))
    def telegram_fails(self, trouble: str) -> None:
        self.place.chats.troubles.append(trouble)

    @rule(policy=st.sampled_from(("refund", "refund", "refund", "no_refund", "refuse")))
    def cancelling_is_ruled(self, policy: str) -> None:
        self.place.provider.configure(cancel_policy=policy)

    @rule(product=st.sampled_from(sorted(PRODUCTS)), price=st.sampled_from(("38.50", "77", "0.30", "12.34")))
    def price_changes(self, product: str, price: str) -> None:
        self.place.provider.reprice(product, Decimal(price))

    @rule(who=PEOPLES, connected=st.integers(0, 3))
    def token_is_renewed(self, who: int, connected: int) -> None:
        """An account gets another token; mostly somebody notices and connects with it."""
        self.place.provider.renew_token(self.place.account_of[who])
        if connected:
            self.run(self.scene.together(Deed("balance", who, 0)))
            self.run(self.scene.together(Deed("connect", who, 0)))

    @rule(seconds=st.sampled_from((1, 5, 16, 21, 61, 300, 1201, 4000)))
    def time_passes(self, seconds: int) -> None:
        self.place.clock.advance(seconds)

    @rule(hours=st.sampled_from((-1, 1)))
    def clock_jumps(self, hours: int) -> None:
        self.place.clock.off = max(-HOUR, min(HOUR, self.place.clock.off + hours * HOUR))

    @rule(who=PEOPLES, blocked=st.booleans())
    def chat_is_blocked(self, who: int, blocked: bool) -> None:
        if blocked:
            self.place.chats.blocked.add(who)
        else:
            self.place.chats.blocked.discard(who)
            self.run(self.scene.process.accounts.enter(who, "en"))

    @rule(which=SMALL)
    def message_is_deleted(self, which: int) -> None:
        if shown := sorted(self.place.chats.shown)[-8:]:
            del self.place.chats.shown[shown[which % len(shown)]]

    @invariant()
    def nothing_is_wrong(self) -> None:
        self.steps += 1
        self.run(self.scene.auditor.audit(self.scene.process, idle=self.scene.slow is None))

    def lived(self) -> dict[str, int]:
        """Count what happened in this life."""
        place = self.place
        return {
            "steps": self.steps,
            "restarts": place.crashes,
            "purchases": place.sent.total(),
            "charges": len(place.provider.charges),
            "calls": place.provider.called,
            "codes": len(place.chats.pushed),
            **Counter(f"state {state}" for state in self.scene.auditor.states.values()),
        }

    def teardown(self) -> None:
        """Let everything come to its end, if nothing was found wrong before."""
        try:
            self.run(self.scene.come_to_rest())
        finally:
            self.run(self.scene.process.end())
