"""What became of a purchase: a definite no, a number, or a doubt; it is never guessed and never asked for twice."""

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.services.errors import (
    PurchasePending,
)
from storage.database import Database
from storage.models import State
from tests.services.world import ALICE, CARD, World, world_of
from tests.support.schema import sqlite_url

REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"kind": "code", "code": 201}, "invalid_id"),
    ({"kind": "code", "code": 202}, "insufficient_balance"),
    ({"kind": "code", "code": 203}, "product_not_found"),
    ({"kind": "code", "code": 204}, "number_expired"),
    ({"kind": "code", "code": 206}, "invalid_parameter"),
    ({"kind": "http", "status": 404}, "no_such_call"),
    ({"kind": "http", "status": 401}, "token_rejected"),
]


@pytest.mark.parametrize(("fault", "reason"), REFUSALS, ids=[reason for _, reason in REFUSALS])
async def test_a_definite_no_rejects_and_leaves_the_way_free(local: World, fault: dict[str, Any], reason: str) -> None:
    await local.connected()
    local.provider.faults.add("getNumber", count=1, **fault)
    rejected = await local.buys()
    assert (rejected.state, rejected.reason) == (State.REJECTED, reason)
    assert local.provider.charges == []
    assert local.asked("getNumber") == 1
    assert (await local.buys()).state is State.ACTIVE


async def test_a_request_that_never_left_is_a_definite_no(sqlite: Database) -> None:
    async with world_of(sqlite) as world:
        await world.connected()
        offer = await world.offered()
        requested = await world.purchases._claim(offer, Decimal(500), CARD)
        assert requested is not None
    rejected = await world.purchases._send(requested)
    assert (rejected.state, rejected.reason) == (State.REJECTED, "not_sent")


async def test_who_disconnects_at_the_last_moment_buys_nothing(tmp_path: Path) -> None:
    worlds: list[World] = []

    async def disconnect(point: str) -> None:
        if point == "did claim a purchase":
            await worlds[0].accounts.disconnect(ALICE, abandon=True)

    async with Database(sqlite_url(tmp_path / "one.sqlite3"), probe=disconnect) as database, world_of(database) as world:
        worlds.append(world)
        await world.connected()
        rejected = await world.buys()
        assert (rejected.state, rejected.reason) == (State.REJECTED, "not_connected")
        assert world.asked("getNumber") == 0
        await world.connected()
        assert world.balance() == Decimal(500)


ENDLESS = {"hang", "hang_after", "drip_after"}
DOUBTS: list[tuple[dict[str, Any], str, int]] = [
    ({"kind": "cut"}, "no_answer", 0),
    ({"kind": "cut_after"}, "no_answer", 1),
    ({"kind": "hang"}, "no_answer", 0),
    ({"kind": "hang_after"}, "no_answer", 1),
    ({"kind": "drip_after", "seconds": 0.2}, "no_answer", 1),
    ({"kind": "code", "code": 205}, "server_error", 0),
    ({"kind": "code", "code": 205, "after": True}, "server_error", 1),
    ({"kind": "code", "code": 210}, "unexpected_answer", 0),
    ({"kind": "code", "code": 299}, "unexpected_answer", 0),
    ({"kind": "http", "status": 502}, "unavailable", 0),
    ({"kind": "http", "status": 429, "retry_after": "5"}, "unavailable", 0),
    ({"kind": "bomb"}, "unexpected_answer", 0),
    *(
        ({"kind": "garbage", "variant": variant, "after": True}, "unexpected_answer", 1)
        for variant in (
            "html",
            "empty",
            "truncated",
            "nan",
            "deep",
            "big_int",
            "list",
            "null_data",
            "true_status",
            "object_id",
            "too_large",
        )
    ),
]


@pytest.mark.parametrize(
    ("fault", "reason", "charges"),
    DOUBTS,
    ids=[f"{fault['kind']}-{fault.get('variant', fault.get('code', ''))}-{n}" for fault, _, n in DOUBTS],
)
async def test_everything_else_is_unknown_and_is_asked_for_once(sqlite: Database, fault: dict[str, Any], reason: str, charges: int) -> None:
    # Only what never ends by itself is given little time; a slow machine must not turn an answer into none.
    options = {"purchase_deadline": 0.8} if fault["kind"] in ENDLESS else {}
    async with world_of(sqlite, **options) as world:
        await world.connected()
        world.provider.faults.add("getNumber", count=1, **fault)
        doubtful = await world.buys()
        assert (doubtful.state, doubtful.reason) == (State.UNKNOWN, reason)
        # A fault that strikes after the effect is written down as the answer and as the fault.
        assert world.asked("getNumber") == 1 + charges
        assert len(world.provider.charges) == charges


async def test_while_one_purchase_is_in_doubt_no_other_is_made(world: World) -> None:
    await world.connected()
    world.provider.faults.add("getNumber", "cut_after", count=1)
    offer, other = await world.offered(), await world.offered("tg")
    await world.purchases.buy(ALICE, offer.id, CARD)
    with pytest.raises(PurchasePending):
        await world.purchases.buy(ALICE, other.id, CARD)
    assert await world.state(other) is State.OFFERED
    assert (await world.purchases.buy(ALICE, offer.id, CARD)).state is State.UNKNOWN
    assert len(world.provider.charges) == 1


async def test_two_offers_tapped_at_once_on_two_replicas_are_not_both_in_flight(world: World) -> None:
    await world.connected()
    offers = (await world.offered("wa"), await world.offered("tg"))
    held = world.provider.faults.add("getNumber", "hold", count=1)
    first = asyncio.create_task(world.purchases.buy(ALICE, offers[0].id, CARD))
    await world.struck(held)
    with pytest.raises(PurchasePending):
        await world.replica().purchases.buy(ALICE, offers[1].id, CARD)
    held.release()
    assert (await first).state is State.ACTIVE


async def test_an_answer_that_comes_after_the_doubt_still_gives_the_number(world: World) -> None:
    await world.connected()
    offer = await world.offered()
    held = world.provider.faults.add("getNumber", "hold_after", count=1)
    buying = asyncio.create_task(world.purchases.buy(ALICE, offer.id, CARD))
    await world.struck(held)
    world.clock.advance(seconds=10)
    await world.settlement.adopt()
    assert await world.state(offer) is State.UNKNOWN
    held.release()
    assert (await buying).state is State.ACTIVE
    assert (await world.row(offer)).number is not None


async def test_an_answer_that_comes_even_after_the_verdict_outweighs_it(world: World) -> None:
    await world.connected()
    offer = await world.offered()
    held = world.provider.faults.add("getNumber", "hold_after", count=1)
    buying = asyncio.create_task(world.purchases.buy(ALICE, offer.id, CARD))
    await world.struck(held)
    world.clock.advance(minutes=2)
    await world.settlement.sweep()
    assert await world.state(offer) is State.CHARGED
    held.release()
    assert (await buying).state is State.ACTIVE
    bought = await world.row(offer)
    assert (bought.number, bought.reason) == (world.provider.activations[bought.provider_id or ""].number, None)


async def test_a_late_refusal_does_not_undo_a_verdict(world: World) -> None:
    await world.connected()
    offer = await world.offered()
    held = world.provider.faults.add("getNumber", "hold", count=1)
    buying = asyncio.create_task(world.purchases.buy(ALICE, offer.id, CARD))
    await world.struck(held)
    world.provider.set_stock("wa", stock=0)
    world.clock.advance(minutes=2)
    await world.settlement.sweep()
    held.release()
    assert (await buying).state is State.NOT_CHARGED


async def test_an_offer_that_was_declined_meanwhile_is_not_bought(local: World) -> None:
    await local.connected()
    offer = await local.offered()
    await local.purchases.decline(ALICE, offer.id)
    assert await local.purchases._claim(offer, Decimal(500), CARD) is None
