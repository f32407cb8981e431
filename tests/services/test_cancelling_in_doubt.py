"""Cancellations without a clear answer: watched on, settled by the balance, and tried again without guessing."""

from decimal import Decimal

from bot.services.activations import Cancelling, refund
from storage.models import Activation, State
from tests.services.world import ALICE, World

FULL, LESS = Decimal(500), Decimal("461.50")


async def _sms(world: World, activation: Activation, text: str = "Your code is 123456") -> None:
    world.provider.send_sms(activation.provider_id or "", text)


async def test_a_cancellation_without_clear_answer_stays_in_doubt_until_the_balance_speaks(world: World) -> None:
    await world.connected()
    held = await world.holds()
    world.provider.faults.add("cancelNumber", "cut_after", count=1)
    assert await world.life.cancel(ALICE, held.id) is Cancelling.UNCLEAR
    row = await world.row(held)
    assert (row.state, row.reason, row.closing_before) == (State.CANCELLING, "no_answer", LESS)
    world.clock.advance(minutes=2)
    await world.polled(world.poller())
    row = await world.row(held)
    assert (row.state, row.closing_before, row.closing_after, row.reason) == (State.CANCELLED, LESS, FULL, None)


async def test_a_cancellation_that_never_arrived_is_in_doubt_and_still_gets_its_code(world: World) -> None:
    await world.connected()
    held = await world.holds()
    world.provider.faults.add("cancelNumber", "cut", count=1)
    assert await world.life.cancel(ALICE, held.id) is Cancelling.UNCLEAR
    await _sms(world, held)
    await world.polled(world.poller())
    assert await world.texts(held) == ["Your code is 123456"]
    assert await world.state(held) is State.CANCELLING


async def test_a_cancellation_in_doubt_ends_as_expired_when_no_money_came_back(local: World) -> None:
    local.provider.configure(cancel_policy="no_refund")
    await local.connected()
    held = await local.holds()
    local.provider.faults.add("cancelNumber", "cut_after", count=1)
    await local.life.cancel(ALICE, held.id)
    local.clock.advance(minutes=2)
    await local.polled(local.poller())
    row = await local.row(held)
    assert (row.state, refund(row)) == (State.EXPIRED, Decimal(0))


async def test_trying_again_after_a_cancellation_that_got_through_is_told_as_cancelled(world: World) -> None:
    await world.connected()
    held = await world.holds()
    world.provider.faults.add("cancelNumber", "cut_after", count=1)
    await world.life.cancel(ALICE, held.id)
    assert await world.life.cancel(ALICE, held.id) is Cancelling.CANCELLED
    row = await world.row(held)
    assert (row.state, row.closing_before, row.closing_after) == (State.CANCELLED, LESS, FULL)


async def test_trying_again_after_a_cancellation_that_did_not_get_through_cancels(local: World) -> None:
    await local.connected()
    held = await local.holds()
    local.provider.faults.add("cancelNumber", "cut", count=1)
    await local.life.cancel(ALICE, held.id)
    assert await local.life.cancel(ALICE, held.id) is Cancelling.CANCELLED


async def test_trying_again_may_find_the_number_gone_without_its_money(local: World) -> None:
    local.provider.configure(cancel_policy="no_refund")
    await local.connected()
    held = await local.holds()
    local.provider.faults.add("cancelNumber", "cut_after", count=1)
    await local.life.cancel(ALICE, held.id)
    assert await local.life.cancel(ALICE, held.id) is Cancelling.ENDED
    assert await local.state(held) is State.EXPIRED


async def test_a_second_request_that_was_refused_for_the_token_says_nothing_of_the_first(local: World) -> None:
    await local.connected()
    held = await local.holds()
    local.provider.faults.add("cancelNumber", "cut_after", count=1)
    await local.life.cancel(ALICE, held.id)
    local.provider.faults.add("cancelNumber", "http", status=401, count=1)
    assert await local.life.cancel(ALICE, held.id) is Cancelling.UNCLEAR
    row = await local.row(held)
    assert (row.state, row.reason, row.closing_before) == (State.CANCELLING, "token_rejected", LESS)
