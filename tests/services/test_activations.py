"""The life of a number: SMS come, it is cancelled, finished, or its time runs out; what the provider says is what is told."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.otpbuddy import InvalidId, NoAnswer, NumberExpired
from bot.services.activations import Cancelling, refund
from bot.services.errors import NotConnected, NotFound
from storage.models import CLOSED, IN_FLIGHT, OPEN, Activation, State
from tests.services.world import ALICE, BOB, CARD, World

FULL, LESS = Decimal(500), Decimal("461.50")


async def _sms(world: World, activation: Activation, text: str = "Your code is 123456") -> None:
    world.provider.send_sms(activation.provider_id or "", text)


# What is recorded


async def test_the_same_sms_counts_once_and_different_ones_keep_their_order(world: World) -> None:
    await world.connected()
    held = await world.holds()
    assert await world.life.record(held.id, ["first"])
    assert not await world.life.record(held.id, ["first"])
    assert await world.life.record(held.id, ["first", "second"])
    assert not await world.life.record(held.id, ["first"])
    assert [(sms.position, sms.text) for sms in await world.sms(held)] == [(1, "first"), (2, "second")]


async def test_every_new_sms_is_announced_and_outdates_the_card(local: World) -> None:
    await local.connected()
    held = await local.holds()
    local.announced.clear()
    await local.life.record(held.id, ["first"])
    await local.life.record(held.id, ["first"])
    assert local.announced == [held.id]
    assert (await local.row(held)).version == held.version + 1


async def test_different_sms_recorded_at_once_are_all_kept(world: World) -> None:
    await world.connected()
    held = await world.holds()
    texts = [f"code {number}" for number in range(20)]
    other = world.replica().life
    recorded = await asyncio.gather(*((world.life, other)[n % 2].record(held.id, [text]) for n, text in enumerate(texts)))
    assert all(recorded)
    assert sorted(sms.position for sms in await world.sms(held)) == list(range(1, 21))
    assert set(await world.texts(held)) == set(texts)


async def test_one_sms_recorded_fifty_times_at_once_is_kept_once(world: World) -> None:
    await world.connected()
    held = await world.holds()
    recorded = await asyncio.gather(*(world.life.record(held.id, ["the code"]) for _ in range(50)))
    assert sum(recorded) == 1
    assert await world.texts(held) == ["the code"]


@pytest.mark.parametrize("state", sorted(OPEN | CLOSED))
async def test_an_sms_is_kept_and_shown_whatever_has_become_of_the_number(local: World, state: State) -> None:
    await local.connected()
    held = await local.holds()
    await local.edit(held, state=state)
    assert await local.life.record(held.id, ["late"])
    assert (await local.row(held)).version == held.version + 1


async def test_what_a_database_cannot_hold_is_taken_out_of_a_text(world: World) -> None:
    await world.connected()
    held = await world.holds()
    await world.life.record(held.id, ["a\x00b\ud83d'; DROP TABLE sms; --"])
    assert await world.texts(held) == ["ab?'; DROP TABLE sms; --"]


# Who may look


async def test_only_the_chat_that_bought_a_number_sees_it_or_does_anything_with_it(world: World) -> None:
    await world.connected()
    await world.connected(BOB)
    held = await world.holds()
    await world.life.record(held.id, ["secret"])
    for attempt in (world.life.look(held.id, BOB), world.life.cancel(BOB, held.id), world.life.look("no such id")):
        with pytest.raises(NotFound):
            await attempt
    assert not await world.life.finish(BOB, held.id)
    assert await world.state(held) is State.ACTIVE
    looked = await world.life.look(held.id, ALICE)
    assert [sms.text for sms in looked.messages] == ["secret"]


async def test_a_card_is_known_as_one_in_its_own_chat_only(local: World) -> None:
    await local.connected()
    held = await local.holds()
    assert await local.life.is_card(ALICE, CARD)
    assert not await local.life.is_card(BOB, CARD)
    await local.life.card_is(held, 99)
    row = await local.row(held)
    assert (row.card_message_id, row.card_version, row.version) == (99, held.version, held.version)
    await local.life.outdate(row)
    assert (await local.row(held)).version == held.version + 1


# The table of transitions

ACTS: dict[str, Callable[[World, str], Awaitable[Any]]] = {
    "cancel": lambda world, number: world.life.cancel(ALICE, number),
    "finish": lambda world, number: world.life.finish(ALICE, number),
    "expire": lambda world, number: world.life.expire(number),
    "grace": lambda world, number: world.life.grace(number),
    "buy": lambda world, number: world.purchases.buy(ALICE, number, CARD),
    "decline": lambda world, number: world.purchases.decline(ALICE, number),
    "settle": lambda world, _: world.settlement.sweep(),
    "adopt": lambda world, _: world.settlement.adopt(),
}
MOVES = {
    ("cancel", State.ACTIVE): State.CANCELLED,
    ("cancel", State.CANCELLING): State.CANCELLED,
    ("finish", State.ACTIVE): State.FINISHED,
    ("finish", State.CANCELLING): State.FINISHED,
    ("expire", State.ACTIVE): State.EXPIRED,
    ("expire", State.CANCELLING): State.EXPIRED,
    ("buy", State.OFFERED): State.ACTIVE,
    ("decline", State.OFFERED): None,
    # The row was requested before an hour that has passed, and the balance lacks neither nothing nor the price.
    ("settle", State.REQUESTED): State.UNRESOLVED,
    ("settle", State.UNKNOWN): State.UNRESOLVED,
    ("adopt", State.REQUESTED): State.UNKNOWN,
}
"""Every way from one state to another; None: the row is deleted. Whatever is not here changes nothing."""


@pytest.mark.parametrize("act", sorted(ACTS))
async def test_states_change_only_as_the_table_says(local: World, act: str) -> None:
    await local.connected()
    for state in State:
        local.provider.add_account("demo-token-alice", Decimal(500))
        held = await local.holds()
        charges = len(local.provider.charges)
        if act == "finish":
            await local.life.record(held.id, ["code"])
        closed = local.clock.now if state in CLOSED else None
        await local.edit(
            held, state=state, closed_at=closed, requested_at=local.clock.now - timedelta(hours=2), balance_before=Decimal(1000)
        )
        await ACTS[act](local, held.id)
        expected = MOVES.get((act, state), state)
        if expected is None:
            with pytest.raises(NotFound):
                await local.life.look(held.id)
        else:
            assert await local.state(held) is expected, state
            await local.edit(held, state=State.REJECTED)
        assert len(local.provider.charges) - charges == ((act, state) == ("buy", State.OFFERED))


def test_every_state_is_in_no_more_than_one_group() -> None:
    groups = (OPEN, IN_FLIGHT, CLOSED)
    assert sum(map(len, groups)) == len(frozenset().union(*groups))


# Cancelling


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


# Being done


async def test_a_number_is_finished_by_its_owner_once_it_has_received_something(world: World) -> None:
    await world.connected()
    held = await world.holds()
    assert not await world.life.finish(ALICE, held.id)
    await world.life.record(held.id, ["code"])
    assert await world.life.finish(ALICE, held.id)
    row = await world.row(held)
    assert (row.state, row.closed_at) == (State.FINISHED, world.clock.now)
    assert not await world.life.finish(ALICE, held.id)


# Running out


async def test_an_expiry_is_measured_against_the_balance_as_it_was_last_read(world: World) -> None:
    await world.connected()
    held = await world.holds()
    world.clock.advance(minutes=20)
    world.provider.settle()
    await world.life.expire(held.id)
    row = await world.row(held)
    assert (row.state, row.closing_before, row.closing_after) == (State.EXPIRED, LESS, FULL)
    await world.life.expire(held.id)
    await world.life.expire("no such id")


async def test_the_balance_of_a_refused_cancellation_is_no_witness_of_a_later_expiry(local: World) -> None:
    local.provider.configure(cancel_policy="refuse")
    await local.connected()
    held = await local.holds()
    await local.life.cancel(ALICE, held.id)
    await local.holds("fb")
    local.clock.advance(minutes=20)
    local.provider.activations[held.provider_id or ""].expires_at = local.clock.now
    local.provider.activations[(await local.row(local.announced[-1])).provider_id or ""].expires_at += timedelta(hours=1)
    local.provider.settle()
    await local.life.expire(held.id)
    assert refund(await local.row(held)) == held.price


async def test_a_refund_that_comes_a_little_late_is_shown_by_the_last_look(world: World) -> None:
    await world.connected()
    held = await world.holds()
    await world.life.expire(held.id)
    assert refund(await world.row(held)) == 0
    world.clock.advance(minutes=20)
    world.provider.settle()
    before = (await world.row(held)).version
    await world.life.grace(held.id)
    row = await world.row(held)
    assert (refund(row), row.grace_polled_at, row.version) == (row.price, world.clock.now, before + 1)


async def test_a_purchase_before_the_last_look_does_not_hide_what_came_back(local: World) -> None:
    await local.connected()
    held = await local.holds()
    local.clock.advance(minutes=20)
    local.provider.settle()
    await local.life.expire(held.id)
    await local.holds("tg")
    await local.life.grace(held.id)
    row = await local.row(held)
    assert refund(row) == row.price


async def test_a_purchase_before_the_last_look_is_not_taken_for_money_that_went(local: World) -> None:
    await local.connected()
    held = await local.holds()
    await local.life.expire(held.id)
    await local.holds("tg")
    before = (await local.row(held)).version
    await local.life.grace(held.id)
    row = await local.row(held)
    assert (refund(row), row.version) == (Decimal(0), before)


async def test_a_balance_that_was_unreadable_at_the_end_is_read_by_the_last_look(local: World) -> None:
    await local.connected()
    held = await local.holds()
    local.provider.faults.add("getBalance", "cut", count=1)
    await local.life.expire(held.id)
    assert refund(await local.row(held)) is None
    await local.life.grace(held.id)
    assert (await local.row(held)).closing_after == LESS


async def test_a_balance_that_stays_unreadable_is_left_open(local: World) -> None:
    await local.connected()
    held = await local.holds()
    local.provider.faults.add("getBalance", "cut", count=2)
    await local.life.expire(held.id)
    await local.life.grace(held.id)
    row = await local.row(held)
    assert (row.closing_after, row.grace_polled_at) == (None, local.clock.now)
