"""Offers: their names, where they were chosen and lead back to, and what is told while one becomes a purchase."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from bot.services.catalog import product_key
from bot.services.leases import new_holder
from bot.services.purchases import new_id
from tests.services.world import ALICE, BOB, CARD, World


@pytest.mark.parametrize("make", [new_id, new_holder])
def test_a_name_that_nobody_can_guess_has_twelve_characters_and_is_new_every_time(make: Callable[[], str]) -> None:
    made = {make() for _ in range(100)}
    assert len(made) == 100
    assert {len(name) for name in made} == {12}


@pytest.mark.parametrize(("place", "kept"), [("list:1:wa", "list:1:wa"), ("x" * 65, "x" * 64), ("a\0b", "ab"), (None, None)])
async def test_who_declines_an_offer_is_told_where_it_was_chosen(local: World, place: str | None, kept: str | None) -> None:
    await local.connected()
    offer = await local.purchases.offer(ALICE, product_key("wa"), "in", place)
    assert await local.purchases.decline(BOB, offer.id) is None
    assert await local.purchases.decline(ALICE, offer.id) == kept
    assert await local.purchases.decline(ALICE, offer.id) is None


@pytest.mark.parametrize(("fault", "told"), [({"kind": "hold"}, 3), ({"kind": "code", "code": 203}, 2), ({"kind": "cut"}, 2)])
async def test_the_request_the_outcome_and_what_it_left_are_announced(local: World, fault: dict[str, Any], told: int) -> None:
    await local.connected()
    offer = await local.offered()
    struck = local.provider.faults.add("getNumber", count=1, **fault)
    buying = asyncio.create_task(local.purchases.buy(ALICE, offer.id, CARD))
    await local.struck(struck)
    assert local.announced[0] == offer.id
    struck.release()
    await buying
    assert local.announced == [offer.id] * told
