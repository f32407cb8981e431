"""What every change of a number tells the rest of the bot, and what changes nothing."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest

from bot.otpbuddy import NoAnswer
from bot.services.activations import Cancelling, refund
from storage.models import Activation, State
from tests.services.world import ALICE, World


async def cancelling(world: World) -> Activation:
    """Hold a number that may be cancelled or not: the provider did not get the request, and nobody knows."""
    await world.connected()
    held = await world.holds()
    world.provider.faults.add("cancelNumber", "cut", count=1)
    assert await world.life.cancel(ALICE, held.id) is Cancelling.UNCLEAR
    return held


@pytest.mark.parametrize("change", ["ask", "record", "refused", "cancelled", "finish", "expire", "grace"])
async def test_every_change_is_announced_once(local: World, change: str) -> None:
    await local.connected()
    held = await local.holds()
    if change == "refused":
        local.provider.configure(cancel_policy="refuse")
    elif change == "finish":
        await local.life.record(held.id, ["code"])
    elif change == "grace":
        await local.life.expire(held.id)
    local.announced.clear()
    changes: dict[str, Callable[[], Awaitable[object]]] = {
        "ask": lambda: local.life.ask(ALICE, held.id, asking=True),
        "record": lambda: local.life.record(held.id, ["code"]),
        "refused": lambda: local.life.cancel(ALICE, held.id),
        "cancelled": lambda: local.life.cancel(ALICE, held.id),
        "finish": lambda: local.life.finish(ALICE, held.id),
        "expire": lambda: local.life.expire(held.id),
        "grace": lambda: local.life.grace(held.id),
    }
    await changes[change]()
    assert local.announced == [held.id]


async def test_an_sms_beside_one_that_is_known_is_news_as_well(local: World) -> None:
    await local.connected()
    held = await local.holds()
    await local.life.record(held.id, ["first"])
    await local.life.ask(ALICE, held.id, asking=True)
    local.announced.clear()
    assert await local.life.record(held.id, ["first", "second"])
    assert local.announced == [held.id]
    assert not (await local.row(held)).asking


async def test_a_first_request_that_was_refused_for_the_token_cancelled_nothing(local: World) -> None:
    await local.connected()
    held = await local.holds()
    await local.life.ask(ALICE, held.id, asking=True)
    local.provider.faults.add("cancelNumber", "http", status=401, count=1)
    assert await local.life.cancel(ALICE, held.id) is Cancelling.REFUSED
    row = await local.row(held)
    assert (row.state, row.reason, row.closing_before, row.asking) == (State.ACTIVE, "token_rejected", None, False)


async def test_a_second_request_that_the_provider_refuses_ends_the_doubt_about_the_first(local: World) -> None:
    held = await cancelling(local)
    local.provider.configure(cancel_policy="refuse")
    assert await local.life.cancel(ALICE, held.id) is Cancelling.REFUSED
    row = await local.row(held)
    assert (row.state, row.reason, row.closing_before) == (State.ACTIVE, "invalid_parameter", None)


async def test_a_second_request_is_not_sent_after_an_unclear_last_look_either(local: World) -> None:
    held = await cancelling(local)
    local.provider.faults.add("getSms", "cut", count=1)
    with pytest.raises(NoAnswer):
        await local.life.cancel(ALICE, held.id)
    assert (await local.state(held), local.asked("cancelNumber")) == (State.CANCELLING, 1)


async def test_a_number_that_has_ended_does_not_expire(local: World) -> None:
    await local.connected()
    held = await local.holds()
    await local.life.record(held.id, ["code"])
    await local.life.finish(ALICE, held.id)
    before, asked = await local.row(held), local.asked("getBalance")
    await local.life.expire(held.id)
    assert (await local.row(held), local.asked("getBalance")) == (before, asked)


async def test_a_number_expires_also_where_its_chat_has_disconnected(local: World) -> None:
    await local.connected()
    held = await local.holds()
    await local.accounts.disconnect(ALICE, abandon=True)
    await local.life.expire(held.id)
    row = await local.row(held)
    assert (row.state, row.closing_before, row.closing_after) == (State.EXPIRED, None, None)


async def test_a_last_look_that_finds_the_same_balance_leaves_the_card_as_it_is(local: World) -> None:
    await local.connected()
    held = await local.holds()
    await local.life.expire(held.id)
    before = await local.row(held)
    await local.life.grace(held.id)
    after = await local.row(held)
    assert (after.version, after.closing_after, after.grace_polled_at) == (before.version, before.closing_after, local.clock.now)


async def test_a_last_look_does_not_ask_for_money_that_is_back_already(local: World) -> None:
    await local.connected()
    held = await local.holds()
    local.clock.advance(minutes=20)
    local.provider.settle()
    await local.life.expire(held.id)
    asked = local.asked("getBalance")
    await local.life.grace(held.id)
    assert local.asked("getBalance") == asked


@pytest.mark.parametrize(("before", "after", "expected"), [(None, 5, None), (5, None, None), (5, 7, 2), (5, 5, 0)])
async def test_a_refund_is_known_only_by_two_balances(local: World, before: int | None, after: int | None, expected: int | None) -> None:
    await local.connected()
    held = await local.holds()
    values: dict[str, Any] = {"closing_before": before, "closing_after": after}
    await local.edit(held, **{name: None if value is None else Decimal(value) for name, value in values.items()})
    assert refund(await local.row(held)) == expected
