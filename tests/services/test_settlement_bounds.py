"""Where the times end within which money may still move, to the second."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.services.settlement import verdict
from storage.models import Activation, State
from tests.services.world import ALICE, BOB, CARD, START, TOKENS, World

SHARED = TOKENS[ALICE]


async def test_a_balance_that_is_unreadable_for_just_an_hour_may_still_speak(local: World) -> None:
    await local.connected()
    doubtful = await local.doubts(charged=True)
    local.provider.faults.add("getBalance", "cut")
    local.clock.advance(hours=1)
    await local.settlement.sweep()
    assert await local.state(doubtful) is State.UNKNOWN
    local.clock.advance(seconds=2)
    await local.settlement.sweep()
    assert await local.state(doubtful) is State.UNRESOLVED


async def test_patience_and_the_balance_before_are_those_of_the_request_and_not_of_the_offer(local: World) -> None:
    await local.connected()
    offer = await local.offered()
    local.clock.advance(minutes=5)
    local.provider.add_account(SHARED, Decimal(900))
    local.provider.faults.add("getNumber", "cut_after", count=1)
    doubtful = await local.purchases.buy(ALICE, offer.id, CARD)
    await local.settlement.sweep()
    assert await local.state(doubtful) is State.UNKNOWN
    assert await local.judged(doubtful) is State.CHARGED


async def test_it_is_asked_for_again_when_the_pause_is_just_over_and_forgotten_when_it_has_spoken(local: World) -> None:
    await local.connected()
    doubtful = await local.doubts(charged=True)
    fault = local.provider.faults.add("getBalance", "cut")
    local.clock.advance(seconds=20)
    await local.settlement.sweep()
    local.clock.advance(seconds=2)
    await local.settlement.sweep()
    assert fault.struck == 2
    local.provider.faults.clear()
    local.clock.advance(seconds=4)
    await local.settlement.sweep()
    assert await local.state(doubtful) is State.CHARGED
    assert local.settlement._backoff.until(doubtful.id) is None


@pytest.mark.parametrize(("seconds", "expected"), [(600, State.UNRESOLVED), (601, State.NOT_CHARGED)])
async def test_money_of_an_ended_number_comes_back_within_ten_minutes(local: World, seconds: int, expected: State) -> None:
    await local.connected()
    ended = await local.holds()
    await local.edit(ended, state=State.EXPIRED, closed_at=local.clock.now, expires_at=local.clock.now)
    local.clock.advance(seconds=seconds)
    assert await local.judged(await local.doubts(charged=False)) is expected


@pytest.mark.parametrize(("seconds", "expected"), [(3580, State.UNRESOLVED), (3581, State.NOT_CHARGED)])
async def test_money_of_a_number_that_never_came_comes_back_within_an_hour(local: World, seconds: int, expected: State) -> None:
    await local.connected()
    assert await local.judged(await local.doubts(charged=True)) is State.CHARGED
    local.clock.advance(seconds=seconds)
    assert await local.judged(await local.doubts(charged=False)) is expected


@pytest.mark.parametrize(("seconds", "expected"), [(60, State.UNRESOLVED), (61, State.CHARGED)])
async def test_another_chats_clock_may_be_a_minute_ahead(local: World, seconds: int, expected: State) -> None:
    await local.connected()
    await local.connected(BOB, SHARED)
    await local.holds(chat_id=BOB)
    local.clock.advance(seconds=seconds)
    assert await local.judged(await local.doubts(charged=True)) is expected


@pytest.mark.parametrize(("seconds", "expected"), [(0, State.UNRESOLVED), (1, State.CHARGED)])
async def test_a_chat_has_one_clock(local: World, seconds: int, expected: State) -> None:
    await local.connected()
    await local.holds()
    local.clock.advance(seconds=seconds)
    assert await local.judged(await local.doubts(charged=True)) is expected


@pytest.mark.parametrize(("seconds", "moved"), [(60, False), (61, True)])
async def test_a_doubt_is_from_the_future_when_it_is_more_than_a_minute_ahead(local: World, seconds: int, moved: bool) -> None:
    await local.connected()
    doubtful = await local.doubts(charged=True)
    local.clock.advance(seconds=-seconds)
    await local.settlement.sweep()
    assert ((await local.row(doubtful)).requested_at == local.clock.now) is moved


async def test_a_process_that_starts_with_a_clock_behind_adopts_what_was_asked_for_later(local: World) -> None:
    await local.connected()
    offer = await local.offered()
    await local.purchases._claim(offer, Decimal(500), CARD)
    local.clock.advance(days=-30)
    await local.settlement.adopt()
    assert await local.state(offer) is State.UNKNOWN
    assert local.announced[-1] == offer.id


def row(price: int, state: State, **values: Any) -> Activation:
    filled: dict[str, Any] = {"id": "a", "chat_id": ALICE, "product_id": "wa", "product_name": "", "country": "in", "offered_at": START}
    return Activation(**(filled | values), price=Decimal(price), state=state)


DOUBTFUL = row(10, State.UNKNOWN, requested_at=START, balance_before=Decimal(100))


@pytest.mark.parametrize(("counts", "expected"), [((2,) * 4 + (5,) * 4, State.NOT_CHARGED), ((73, 137), State.UNRESOLVED)])
def test_ten_thousand_sums_are_looked_at_and_no_more(counts: tuple[int, ...], expected: State) -> None:
    # So many equal prices less one make so many sums, and the next group's price is above all of them.
    ended, price = list[Activation](), 16
    for count in counts:
        ended += [row(price, State.EXPIRED, closed_at=START)] * (count - 1)
        price *= count
    assert verdict(DOUBTFUL, Decimal(100), ended) is expected


@pytest.mark.parametrize(("seconds", "expected"), [(-1, State.NOT_CHARGED), (0, State.UNRESOLVED)])
def test_money_that_was_seen_to_be_back_counts_from_just_that_moment(seconds: int, expected: State) -> None:
    seen = {"closed_at": START + timedelta(seconds=seconds), "closing_before": Decimal(50), "closing_after": Decimal(60)}
    assert verdict(DOUBTFUL, Decimal(100), [row(10, State.EXPIRED, **seen)]) is expected
