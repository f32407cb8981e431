"""How much one chat may hold and buy."""

from datetime import timedelta

import pytest

from bot.services.errors import (
    TooManyActive,
    TooManyPurchases,
)
from bot.services.purchases import Ceilings
from storage import chats
from storage.models import State
from tests.services.world import ALICE, World


async def test_as_many_numbers_as_are_allowed_can_be_held_and_no_more(world: World) -> None:
    world.ceilings = Ceilings(2, 20)
    world.__post_init__()
    await world.connected()
    first = await world.holds("fb")
    await world.holds("fb")
    with pytest.raises(TooManyActive) as refused:
        await world.buys("fb")
    assert refused.value.limit == 2
    assert len(world.provider.charges) == 2
    await world.life.cancel(ALICE, first.id)
    await world.holds("fb")


async def test_a_chats_own_ceilings_go_before_the_general_ones(local: World) -> None:
    await local.connected()
    async with local.database.writing() as session:
        await chats.change(session, ALICE, max_active=1, max_per_hour=0)
    with pytest.raises(TooManyPurchases) as hourly:
        await local.buys()
    assert (hourly.value.limit, hourly.value.free_at) == (0, local.clock.now + timedelta(hours=1))
    async with local.database.writing() as session:
        await chats.change(session, ALICE, max_per_hour=7)
    await local.holds()
    with pytest.raises(TooManyActive) as active:
        await local.buys()
    assert active.value.limit == 1


async def test_the_hours_ceiling_tells_when_the_next_purchase_is_free_and_keeps_its_word(local: World) -> None:
    local.ceilings = Ceilings(50, 3)
    local.__post_init__()
    await local.connected()
    for _ in range(3):
        await local.holds("fb")
        local.clock.advance(minutes=10)
    with pytest.raises(TooManyPurchases) as refused:
        await local.buys("fb")
    free_at = refused.value.free_at
    assert (refused.value.limit, free_at - local.clock.now) == (3, timedelta(minutes=30))
    local.clock.now = free_at - timedelta(seconds=1)
    with pytest.raises(TooManyPurchases):
        await local.buys("fb")
    local.clock.now = free_at
    await local.holds("fb")


async def test_refused_purchases_do_not_count_towards_the_hour(local: World) -> None:
    local.ceilings = Ceilings(5, 1)
    local.__post_init__()
    await local.connected()
    local.provider.faults.add("getNumber", "code", code=203, count=2)
    for _ in range(2):
        assert (await local.buys()).state is State.REJECTED
    await local.holds()
    with pytest.raises(TooManyPurchases):
        await local.buys()
