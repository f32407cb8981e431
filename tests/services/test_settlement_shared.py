"""Purchases in doubt on an account whose money others move as well, and by clocks that jump."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from bot.services.settlement import STORIES, verdict
from storage.models import Activation, Chat, State
from tests.services.world import ALICE, BOB, START, TOKENS, World

SHARED = TOKENS[ALICE]


async def test_what_another_chat_buys_with_the_same_account_may_be_what_was_charged(world: World) -> None:
    await world.connected()
    await world.connected(BOB, SHARED)
    doubtful = await world.doubts(charged=False)
    await world.holds(chat_id=BOB)
    assert await world.judged(doubtful) is State.UNRESOLVED


@pytest.mark.parametrize(("charged", "expected"), [(True, State.CHARGED), (False, State.NOT_CHARGED)])
async def test_what_another_chat_buys_with_its_own_account_changes_nothing(world: World, charged: bool, expected: State) -> None:
    await world.connected()
    await world.connected(BOB)
    world.provider.add_account(TOKENS[BOB], Decimal(500))
    ended, doubtful = await world.holds(chat_id=BOB), await world.doubts(charged=charged)
    await world.life.cancel(BOB, ended.id)
    await world.holds(chat_id=BOB)
    assert await world.judged(doubtful) is expected


async def test_another_chats_purchase_of_another_price_leaves_one_story(world: World) -> None:
    await world.connected()
    await world.connected(BOB, SHARED)
    doubtful = await world.doubts(charged=True)
    await world.holds("fb", BOB)
    assert await world.judged(doubtful) is State.CHARGED


@pytest.mark.parametrize("lost", ["forgotten", "rejected"])
async def test_a_chat_whose_token_is_gone_or_no_good_may_have_used_the_same_account(world: World, lost: str) -> None:
    await world.connected()
    await world.connected(BOB)
    doubtful = await world.doubts(charged=True)
    await world.holds(chat_id=BOB)
    if lost == "forgotten":
        await world.accounts.disconnect(BOB, abandon=True)
    else:
        async with world.database.writing() as session:
            await session.execute(update(Chat).where(col(Chat.id) == BOB).values(rejected_at=world.clock.now))
    assert await world.judged(doubtful) is State.UNRESOLVED


async def test_another_chats_doubt_on_the_same_account_may_be_what_was_charged(local: World) -> None:
    await local.connected()
    await local.connected(BOB, SHARED)
    doubtful = await local.doubts(charged=False)
    charged = await local.doubts(charged=True, chat_id=BOB)
    assert await local.judged(doubtful) is State.UNRESOLVED
    assert await local.state(charged) is State.UNRESOLVED


async def test_a_chats_own_earlier_doubt_was_over_before_the_next_purchase_began(local: World) -> None:
    await local.connected()
    earlier = await local.doubts(charged=True)
    assert await local.judged(earlier) is State.CHARGED
    later = await local.doubts(charged=True)
    assert await local.judged(later) is State.CHARGED


async def test_a_purchase_that_came_through_before_the_balance_was_read_is_in_it_already(local: World) -> None:
    await local.connected()
    await local.holds()
    local.clock.advance(seconds=1)
    doubtful = await local.doubts(charged=False)
    assert await local.judged(doubtful) is State.NOT_CHARGED


def test_where_almost_any_balance_fits_some_story_there_is_no_verdict() -> None:
    def row(price: int, **values: Any) -> Activation:
        filled: dict[str, Any] = {"id": "a", "chat_id": ALICE, "product_id": "wa", "product_name": "", "country": "in", "offered_at": START}
        return Activation(**(filled | values), price=Decimal(price))

    doubtful = row(10, state=State.UNKNOWN, requested_at=START, balance_before=Decimal(100))
    # Every sum of different powers of two is another one.
    prices = [16 * 2**n for n in range(STORIES.bit_length())]
    ended = [row(price, state=State.EXPIRED, closed_at=START) for price in prices]
    assert verdict(doubtful, Decimal(100), ended[:-1]) is State.NOT_CHARGED
    assert verdict(doubtful, Decimal(100), ended) is State.UNRESOLVED


async def test_a_doubt_from_the_future_begins_when_the_clock_says_so_now(world: World) -> None:
    await world.connected()
    doubtful = await world.doubts(charged=True)
    world.clock.advance(hours=-1)
    before, asked = await world.row(doubtful), world.asked("getBalance")
    await world.settlement.sweep()
    dated = await world.row(doubtful)
    assert (dated.state, dated.requested_at, dated.version) == (State.UNKNOWN, world.clock.now, before.version)
    assert world.asked("getBalance") == asked
    assert await world.judged(doubtful) is State.CHARGED


async def test_a_clock_that_is_a_little_ahead_is_no_clock_that_was_set_back(local: World) -> None:
    await local.connected()
    doubtful = await local.doubts(charged=True)
    asked_at = (await local.row(doubtful)).requested_at
    local.clock.advance(seconds=-59)
    await local.settlement.sweep()
    assert (await local.row(doubtful)).requested_at == asked_at
    local.clock.advance(seconds=59)
    assert await local.judged(doubtful) is State.CHARGED
