"""Purchases in doubt: the balance speaks, and where it says two things at once nobody claims to know."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.services.errors import NotFound
from bot.services.settlement import verdict
from storage.models import Activation, State
from tests.services.world import ALICE, CARD, START, World

D = Decimal


@pytest.mark.parametrize(("charged", "expected"), [(True, State.CHARGED), (False, State.NOT_CHARGED)])
async def test_after_some_patience_the_balance_speaks(world: World, charged: bool, expected: State) -> None:
    await world.connected()
    doubtful = await world.doubts(charged=charged)
    world.clock.advance(seconds=19)
    await world.settlement.sweep()
    assert await world.state(doubtful) is State.UNKNOWN
    world.announced.clear()
    world.clock.advance(seconds=1)
    await world.settlement.sweep()
    row = await world.row(doubtful)
    assert (row.state, row.balance_before, row.balance_after) == (expected, D(500), D("461.50") if charged else D(500))
    assert world.announced == [doubtful.id]
    assert world.asked("getNumber") == 1 + charged
    assert (await world.buys("tg")).state is State.ACTIVE


async def test_a_balance_that_fits_neither_is_told_as_unresolved(local: World) -> None:
    await local.connected()
    doubtful = await local.doubts(charged=True)
    local.provider.add_account("demo-token-alice", D(1000))
    local.clock.advance(minutes=1)
    await local.settlement.sweep()
    row = await local.row(doubtful)
    assert (row.state, row.balance_after) == (State.UNRESOLVED, D(1000))


async def test_a_request_whose_process_died_before_it_left_is_settled_as_not_charged(world: World) -> None:
    await world.connected()
    offer = await world.offered()
    await world.purchases._claim(offer, D(500), CARD)
    reborn = world.replica()
    await reborn.settlement.adopt()
    row = await world.row(offer)
    assert (row.state, row.reason) == (State.UNKNOWN, "interrupted")
    world.clock.advance(minutes=1)
    await reborn.settlement.sweep()
    assert await world.state(offer) is State.NOT_CHARGED
    assert world.provider.charges == []


async def test_a_request_whose_process_died_after_the_charge_is_settled_as_charged_and_not_sent_again(world: World) -> None:
    await world.connected()
    offer = await world.offered()
    await world.purchases._claim(offer, D(500), CARD)
    await world.client.buy(await world.accounts.token(ALICE), country="in", product_id="wa")
    reborn = world.replica()
    await reborn.settlement.adopt()
    world.clock.advance(minutes=1)
    await reborn.settlement.sweep()
    assert await world.state(offer) is State.CHARGED
    assert len(world.provider.charges) == 1


async def test_another_processs_request_is_in_doubt_only_after_a_purchases_longest_time(world: World) -> None:
    await world.connected()
    offer = await world.offered()
    await world.purchases._claim(offer, D(500), CARD)
    world.clock.advance(seconds=60)
    await world.settlement.sweep()
    assert await world.state(offer) is State.REQUESTED
    world.clock.advance(seconds=1)
    await world.settlement.sweep()
    assert await world.state(offer) is State.NOT_CHARGED


async def test_a_balance_that_cannot_be_read_is_asked_for_again_with_growing_pauses(local: World) -> None:
    await local.connected()
    doubtful = await local.doubts(charged=True)
    local.clock.advance(seconds=20)
    fault = local.provider.faults.add("getBalance", "cut")
    for _ in range(10):
        await local.settlement.sweep()
    assert fault.struck == 1
    local.clock.advance(seconds=2)
    await local.settlement.sweep()
    local.clock.advance(seconds=2)
    await local.settlement.sweep()
    assert fault.struck == 2
    local.provider.faults.clear()
    local.clock.advance(seconds=2)
    await local.settlement.sweep()
    assert await local.state(doubtful) is State.CHARGED


async def test_a_balance_that_stays_unreadable_for_an_hour_is_told_as_it_is(local: World) -> None:
    await local.connected()
    doubtful = await local.doubts(charged=True)
    local.provider.faults.add("getBalance", "http", status=500)
    local.clock.advance(minutes=59)
    await local.settlement.sweep()
    assert await local.state(doubtful) is State.UNKNOWN
    local.clock.advance(minutes=3)
    await local.settlement.sweep()
    row = await local.row(doubtful)
    assert (row.state, row.balance_after) == (State.UNRESOLVED, None)


async def test_a_doubt_of_a_chat_without_account_waits_and_is_then_told_as_it_is(local: World) -> None:
    await local.connected()
    doubtful = await local.doubts(charged=True)
    await local.accounts.disconnect(ALICE, abandon=True)
    local.clock.advance(minutes=1)
    await local.settlement.sweep()
    assert await local.state(doubtful) is State.UNKNOWN
    local.clock.advance(hours=1)
    await local.settlement.sweep()
    assert await local.state(doubtful) is State.UNRESOLVED


async def test_offers_are_forgotten_after_a_week_and_purchases_never(world: World) -> None:
    await world.connected()
    held, old = await world.holds(), await world.offered()
    world.clock.advance(days=7)
    young = await world.offered()
    assert await world.settlement.forget_offers() == 0
    world.clock.advance(seconds=1)
    assert await world.settlement.forget_offers() == 1
    with pytest.raises(NotFound):
        await world.life.look(old.id)
    assert {await world.state(held), await world.state(young)} == {State.ACTIVE, State.OFFERED}


@pytest.mark.parametrize(("charged", "expected"), [(True, State.CHARGED), (False, State.NOT_CHARGED)])
@pytest.mark.parametrize("end", ["cancel", "expire"])
async def test_a_refund_meanwhile_does_not_blur_the_verdict(world: World, charged: bool, expected: State, end: str) -> None:
    await world.connected()
    earlier = await world.holds("tg")
    world.clock.advance(minutes=11)
    doubtful = await world.doubts(charged=charged)
    if end == "cancel":
        await world.life.cancel(ALICE, earlier.id)
    else:
        world.provider.activations[earlier.provider_id or ""].expires_at = world.clock.now
        world.provider.settle()
        await world.life.expire(earlier.id)
    world.clock.advance(seconds=20)
    await world.settlement.sweep()
    assert await world.state(doubtful) is expected


@pytest.mark.parametrize("charged", [True, False])
async def test_a_cancellation_in_doubt_meanwhile_may_have_brought_its_money_back(local: World, charged: bool) -> None:
    await local.connected()
    earlier = await local.holds("tg")
    local.provider.faults.add("cancelNumber", "cut_after", count=1)
    doubtful = await local.doubts(charged=charged)
    await local.life.cancel(ALICE, earlier.id)
    local.clock.advance(seconds=20)
    await local.settlement.sweep()
    assert await local.state(doubtful) is (State.CHARGED if charged else State.NOT_CHARGED)


async def test_a_charge_and_a_refund_of_the_same_amount_look_like_nothing_and_are_told_as_unresolved(local: World) -> None:
    await local.connected()
    earlier = await local.holds("wa")
    doubtful = await local.doubts(charged=True)
    await local.life.cancel(ALICE, earlier.id)
    local.clock.advance(seconds=20)
    await local.settlement.sweep()
    assert await local.state(doubtful) is State.UNRESOLVED


async def test_cancelling_and_buying_the_same_again_is_judged_clearly(local: World) -> None:
    await local.connected()
    earlier = await local.holds("wa")
    await local.life.cancel(ALICE, earlier.id)
    local.clock.advance(seconds=5)
    doubtful = await local.doubts(charged=False)
    local.clock.advance(seconds=20)
    await local.settlement.sweep()
    assert await local.state(doubtful) is State.NOT_CHARGED


def _row(**values: Any) -> Activation:
    filled: dict[str, Any] = {
        "id": "a", "chat_id": ALICE, "state": State.UNKNOWN, "product_id": "wa", "product_name": "", "country": "in",
        "price": D(10), "offered_at": START, "requested_at": START, "balance_before": D(100),
    }  # fmt: skip
    return Activation(**(filled | values))


def _ended(price: int, back: int | None, at: int = 60, grace: int | None = None, state: State = State.EXPIRED) -> Activation:
    return _row(
        price=D(price),
        state=state,
        closed_at=START + timedelta(seconds=at),
        grace_polled_at=None if grace is None else START + timedelta(seconds=grace),
        closing_before=D(50),
        closing_after=None if back is None else D(50 + back),
    )


@pytest.mark.parametrize(
    ("balance", "ended", "expected"),
    [
        ("90", [], State.CHARGED),
        ("90.0000", [], State.CHARGED),
        ("100", [], State.NOT_CHARGED),
        ("95", [], State.UNRESOLVED),
        ("110", [], State.UNRESOLVED),
        ("90", [_ended(7, None)], State.CHARGED),
        ("97", [_ended(7, None)], State.CHARGED),
        ("107", [_ended(7, None)], State.NOT_CHARGED),
        ("100", [_ended(7, None)], State.NOT_CHARGED),
        ("103", [_ended(7, None)], State.UNRESOLVED),
        ("100", [_ended(10, None)], State.UNRESOLVED),
        ("110", [_ended(10, None)], State.NOT_CHARGED),
        ("100", [_ended(3, None), _ended(7, None)], State.UNRESOLVED),
        ("97", [_ended(3, None), _ended(4, None)], State.CHARGED),
        ("107", [_ended(3, None), _ended(4, None)], State.NOT_CHARGED),
        ("100", [_ended(10, 10, at=-60)], State.NOT_CHARGED),
        ("100", [_ended(10, 0, at=-60)], State.UNRESOLVED),
        ("100", [_ended(10, 10, at=-60, grace=-30)], State.NOT_CHARGED),
        ("100", [_ended(10, 10, at=-60, grace=30)], State.UNRESOLVED),
        ("100", [_row(state=State.CANCELLING)], State.UNRESOLVED),
    ],
)
def test_the_verdict_is_the_only_story_that_fits(balance: str, ended: list[Activation], expected: State) -> None:
    assert verdict(_row(), D(balance), ended) is expected


def test_without_the_balance_before_there_is_no_verdict() -> None:
    assert verdict(_row(balance_before=None), D(90)) is State.UNRESOLVED
    assert verdict(_row(requested_at=None), D(90)) is State.CHARGED
