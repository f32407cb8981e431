"""Cancelling a number: what the provider decided is what is told, and a code that arrives meanwhile is shown."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from bot.otpbuddy import InvalidId, NoAnswer, NumberExpired
from bot.services.activations import Cancelling, refund
from bot.services.errors import NotConnected
from storage.models import Activation, State
from tests.services.world import ALICE, World

FULL, LESS = Decimal(500), Decimal("461.50")


async def _sms(world: World, activation: Activation, text: str = "Your code is 123456") -> None:
    world.provider.send_sms(activation.provider_id or "", text)


async def test_a_cancelled_number_shows_the_balance_before_and_after(world: World) -> None:
    await world.connected()
    held = await world.holds()
    world.clock.advance(minutes=2)
    assert await world.life.cancel(ALICE, held.id) is Cancelling.CANCELLED
    row = await world.row(held)
    assert (row.state, row.closed_at, row.closing_before, row.closing_after) == (State.CANCELLED, world.clock.now, LESS, FULL)
    assert refund(row) == row.price
    assert world.balance() == FULL
    assert await world.life.cancel(ALICE, held.id) is Cancelling.ENDED


async def test_a_refund_that_did_not_come_is_not_claimed(local: World) -> None:
    local.provider.configure(cancel_policy="no_refund")
    await local.connected()
    held = await local.holds()
    assert await local.life.cancel(ALICE, held.id) is Cancelling.CANCELLED
    row = await local.row(held)
    assert (row.closing_before, row.closing_after, refund(row)) == (LESS, LESS, Decimal(0))


@pytest.mark.parametrize(("code", "reason"), [(201, "invalid_id"), (206, "invalid_parameter")])
@pytest.mark.parametrize("policy", [{"cancel_policy": "refuse"}, {"cancel_after": 60}])
async def test_a_refusal_to_cancel_is_kept_as_it_is_and_the_number_stays(
    local: World, policy: dict[str, Any], code: int, reason: str
) -> None:
    local.provider.configure(cancel_refusal_code=code, **policy)
    await local.connected()
    held = await local.holds()
    assert await local.life.cancel(ALICE, held.id) is Cancelling.REFUSED
    row = await local.row(held)
    assert (row.state, row.reason, row.closing_before) == (State.ACTIVE, reason, None)
    assert local.balance() == LESS
    local.provider.configure(cancel_policy="refund", cancel_after=0)
    assert await local.life.cancel(ALICE, held.id) is Cancelling.CANCELLED
    assert (await local.row(held)).reason is None


async def test_an_sms_found_by_the_last_look_wins(world: World) -> None:
    await world.connected()
    held = await world.holds()
    await _sms(world, held)
    assert await world.life.cancel(ALICE, held.id) is Cancelling.CODE_ARRIVED
    assert await world.texts(held) == ["Your code is 123456"]
    assert await world.state(held) is State.ACTIVE
    assert world.asked("cancelNumber") == 0


async def test_an_sms_that_the_poller_recorded_a_moment_before_wins_too(local: World) -> None:
    await local.connected()
    held = await local.holds()
    await _sms(local, held)
    await local.polled(local.poller())
    assert await local.life.cancel(ALICE, held.id) is Cancelling.CODE_ARRIVED
    assert local.asked("cancelNumber") == 0


async def test_an_sms_between_the_last_look_and_the_request_is_shown_with_the_refusal(world: World) -> None:
    await world.connected()
    held = await world.holds()
    fault = world.provider.faults.add("cancelNumber", "hold", count=1)
    cancelling = asyncio.create_task(world.life.cancel(ALICE, held.id))
    await world.struck(fault)
    await _sms(world, held)
    fault.release()
    assert await cancelling is Cancelling.REFUSED
    await world.polled(world.poller())
    assert await world.texts(held) == ["Your code is 123456"]
    assert await world.state(held) is State.ACTIVE


async def test_an_sms_that_the_poller_brings_while_the_cancellation_is_out_is_shown(world: World) -> None:
    await world.connected()
    held = await world.holds()
    fault = world.provider.faults.add("cancelNumber", "hold", count=1)
    cancelling = asyncio.create_task(world.life.cancel(ALICE, held.id))
    await world.struck(fault)
    await _sms(world, held)
    await world.polled(world.poller())
    assert await world.texts(held) == ["Your code is 123456"]
    fault.release()
    assert await cancelling is Cancelling.REFUSED
    assert await world.state(held) is State.ACTIVE


async def test_an_sms_answer_that_is_on_its_way_when_the_number_is_cancelled_is_still_shown(world: World) -> None:
    await world.connected()
    held = await world.holds()
    await _sms(world, held)
    answer = world.provider.faults.add("getSms", "hold_after", count=1)
    poller = world.poller()
    await poller.tick()
    await world.struck(answer)
    # The provider forgets the SMS and cancels: a server that contradicts itself.
    world.provider.activations[held.provider_id or ""].sms.clear()
    world.provider.activations[held.provider_id or ""].state = "waiting"
    assert await world.life.cancel(ALICE, held.id) is Cancelling.CANCELLED
    version = (await world.row(held)).version
    answer.release()
    await poller.drain()
    assert await world.texts(held) == ["Your code is 123456"]
    row = await world.row(held)
    assert (row.state, row.version) == (State.CANCELLED, version + 1)


async def test_a_poll_that_meets_the_cancelled_number_before_the_answer_does_decides_nothing_wrong(world: World) -> None:
    await world.connected()
    held = await world.holds()
    world.clock.advance(minutes=2)
    answer = world.provider.faults.add("cancelNumber", "hold_after", count=1)
    cancelling = asyncio.create_task(world.life.cancel(ALICE, held.id))
    await world.struck(answer)
    await world.polled(world.poller())
    assert await world.state(held) is State.CANCELLED
    answer.release()
    assert await cancelling is Cancelling.CANCELLED
    row = await world.row(held)
    assert (row.state, row.closing_before, row.closing_after) == (State.CANCELLED, LESS, FULL)


@pytest.mark.parametrize("fault", [{"kind": "cut"}, {"kind": "code", "code": 205}, {"kind": "http", "status": 503}, {"kind": "garbage"}])
async def test_an_unclear_last_look_cancels_nothing(local: World, fault: dict[str, Any]) -> None:
    await local.connected()
    held = await local.holds()
    local.provider.faults.add("getSms", count=1, **fault)
    with pytest.raises(Exception, match="sms"):
        await local.life.cancel(ALICE, held.id)
    assert await local.state(held) is State.ACTIVE
    assert local.asked("cancelNumber") == 0


@pytest.mark.parametrize(("code", "expected"), [(201, InvalidId), (204, NumberExpired)])
async def test_a_number_that_the_provider_says_is_gone_is_left_to_the_poller(local: World, code: int, expected: type[Exception]) -> None:
    await local.connected()
    held = await local.holds()
    local.provider.faults.add("getSms", "code", code=code, count=1)
    with pytest.raises(expected):
        await local.life.cancel(ALICE, held.id)
    assert await local.state(held) is State.ACTIVE


async def test_a_balance_that_cannot_be_read_beforehand_cancels_nothing(local: World) -> None:
    await local.connected()
    held = await local.holds()
    local.provider.faults.add("getBalance", "cut", count=1)
    with pytest.raises(NoAnswer):
        await local.life.cancel(ALICE, held.id)
    assert await local.state(held) is State.ACTIVE


async def test_a_balance_that_cannot_be_read_afterwards_is_left_open(local: World) -> None:
    await local.connected()
    held = await local.holds()
    fault = local.provider.faults.add("cancelNumber", "hold", count=1)
    cancelling = asyncio.create_task(local.life.cancel(ALICE, held.id))
    await local.struck(fault)
    local.provider.faults.add("getBalance", "cut", count=1)
    fault.release()
    assert await cancelling is Cancelling.CANCELLED
    row = await local.row(held)
    assert (row.closing_before, row.closing_after, refund(row)) == (LESS, None, None)


async def test_a_number_that_expires_while_it_is_being_cancelled_is_told_as_expired(local: World) -> None:
    await local.connected()
    held = await local.holds()
    fault = local.provider.faults.add("cancelNumber", "hold", count=1)
    cancelling = asyncio.create_task(local.life.cancel(ALICE, held.id))
    await local.struck(fault)
    local.provider.activations[held.provider_id or ""].expires_at = local.clock.now
    fault.release()
    assert await cancelling is Cancelling.ENDED
    row = await local.row(held)
    assert (row.state, refund(row)) == (State.EXPIRED, row.price)


async def test_a_number_that_ends_during_the_last_look_is_not_cancelled(local: World) -> None:
    await local.connected()
    held = await local.holds()
    await local.life.record(held.id, ["code"])
    fault = local.provider.faults.add("getSms", "hold", count=1)
    cancelling = asyncio.create_task(local.life.cancel(ALICE, held.id))
    await local.struck(fault)
    assert await local.life.finish(ALICE, held.id)
    fault.release()
    assert await cancelling is Cancelling.ENDED
    assert await local.state(held) is State.FINISHED
    assert local.asked("cancelNumber") == 0


async def test_nothing_is_cancelled_without_an_account(local: World) -> None:
    await local.connected()
    held = await local.holds()
    await local.accounts.disconnect(ALICE, abandon=True)
    with pytest.raises(NotConnected):
        await local.life.cancel(ALICE, held.id)
    assert await local.state(held) is State.ACTIVE


async def test_two_cancellations_at_once_end_it_once_and_lose_nothing(world: World) -> None:
    await world.connected()
    held = await world.holds()
    other = world.replica()
    outcomes = await asyncio.gather(world.life.cancel(ALICE, held.id), other.life.cancel(ALICE, held.id), return_exceptions=True)
    assert Cancelling.CANCELLED in outcomes
    row = await world.row(held)
    assert (row.state, row.closing_after, world.balance()) == (State.CANCELLED, FULL, FULL)
