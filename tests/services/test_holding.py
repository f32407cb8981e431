"""Numbers that are cancelled by themselves, and warnings before the end: all of it said by rows."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.services.activations import Cancelling
from bot.services.errors import NotFound
from bot.services.holding import AutoCancel, Holding
from storage import chats
from storage.models import Activation, State
from tests.services.world import ALICE, World, provider_id, together

MINUTES = 5


def auto_cancel(world: World) -> AutoCancel:
    return AutoCancel(world.database, world.life, world.clock)


def holding(world: World) -> Holding:
    return Holding(world.database, world.life, world.clock)


async def wishes(world: World, chat_id: int = ALICE, **values: Any) -> None:
    async with world.database.writing() as session:
        await chats.change(session, chat_id, **values)


async def impatient(world: World, product_id: str = "wa", chat_id: int = ALICE) -> Activation:
    """Hold a number in a chat that gives up after five minutes."""
    await world.connected(chat_id)
    await wishes(world, chat_id, auto_cancel_minutes=MINUTES)
    return await world.holds(product_id, chat_id)


def cancellations(world: World) -> int:
    return world.asked("cancelNumber")


async def test_a_number_without_an_sms_is_cancelled_when_its_chats_patience_is_over(world: World) -> None:
    held = await impatient(world)
    world.clock.advance(minutes=MINUTES, seconds=-1)
    await auto_cancel(world).sweep()
    assert (await world.state(held), cancellations(world)) == (State.ACTIVE, 0)
    world.clock.advance(seconds=1)
    await auto_cancel(world).sweep()
    row = await world.row(held)
    assert (row.state, row.automatic, row.auto_cancel_at) == (State.CANCELLED, True, world.clock.now)
    assert row.closing_after == row.balance_before
    assert held.id in world.announced
    await auto_cancel(world).sweep()
    assert cancellations(world) == 1


async def test_nobody_who_did_not_ask_for_it_loses_a_number(world: World) -> None:
    await world.connected()
    held = await world.holds()
    world.clock.advance(minutes=19)
    await auto_cancel(world).sweep()
    assert (await world.state(held), cancellations(world)) == (State.ACTIVE, 0)


async def test_a_number_with_an_sms_is_never_touched(world: World) -> None:
    kept = await impatient(world)
    asked_in_vain = await world.holds("tg")
    world.receives(kept, "Your code is 123456")
    await world.polled(world.poller())
    # This one the poller has not seen yet: the last look finds it.
    world.receives(asked_in_vain, "Your code is 777888")
    polls = world.polls(kept)
    world.clock.advance(minutes=MINUTES)
    await auto_cancel(world).sweep()
    assert cancellations(world) == 0
    assert world.polls(kept) == polls
    assert await world.texts(asked_in_vain) == ["Your code is 777888"]
    world.clock.advance(minutes=MINUTES)
    await auto_cancel(world).sweep()
    assert cancellations(world) == 0
    assert {await world.state(kept), await world.state(asked_in_vain)} == {State.ACTIVE}


async def test_an_sms_that_is_recorded_after_the_last_look_wins(world: World) -> None:
    held = await impatient(world)
    world.clock.advance(minutes=MINUTES)
    balance = world.provider.faults.add("getBalance", "hold", count=1)
    sweeping = asyncio.create_task(auto_cancel(world).sweep())
    await world.struck(balance)
    world.receives(held, "Your code is 123456")
    await world.polled(world.poller())
    balance.release()
    await sweeping
    assert (await world.state(held), cancellations(world)) == (State.ACTIVE, 0)


async def test_what_a_tap_cancels_already_is_not_cancelled_by_itself_as_well(world: World) -> None:
    held = await impatient(world)
    world.provider.faults.add("cancelNumber", "cut", count=1)
    assert await world.life.cancel(ALICE, held.id) is Cancelling.UNCLEAR
    assert await world.life.cancel(ALICE, held.id, automatic=True) is Cancelling.ENDED
    world.clock.advance(minutes=MINUTES)
    await auto_cancel(world).sweep()
    row = await world.row(held)
    assert (row.state, row.automatic) == (State.CANCELLING, False)


async def test_a_refusal_is_tried_once_more_after_a_pause_and_then_left(world: World) -> None:
    world.provider.configure(cancel_policy="refuse")
    held = await impatient(world)
    world.clock.advance(minutes=MINUTES)
    sweeper = auto_cancel(world)
    for _ in range(3):
        await sweeper.sweep()
    assert cancellations(world) == 1
    world.clock.advance(minutes=2)
    await sweeper.sweep()
    assert cancellations(world) == 2
    for _ in range(5):
        world.clock.advance(minutes=2)
        await sweeper.sweep()
    assert cancellations(world) == 2
    row = await world.row(held)
    assert (row.state, row.reason, row.auto_cancel_refusals) == (State.ACTIVE, "invalid_parameter", 2)


async def test_a_provider_that_is_away_refuses_nothing_and_is_asked_again(world: World) -> None:
    held = await impatient(world)
    world.provider.faults.add("*", "http", status=503)
    world.clock.advance(minutes=MINUTES)
    sweeper = auto_cancel(world)
    for _ in range(4):
        await sweeper.sweep()
        world.clock.advance(minutes=2)
    assert (await world.row(held)).auto_cancel_refusals == 0
    world.provider.faults.clear()
    await sweeper.sweep()
    assert await world.state(held) is State.CANCELLED


async def test_an_answer_that_was_lost_is_watched_until_the_balance_speaks(world: World) -> None:
    held = await impatient(world)
    world.provider.faults.add("cancelNumber", "cut_after", count=1)
    world.clock.advance(minutes=MINUTES)
    await auto_cancel(world).sweep()
    assert await world.state(held) is State.CANCELLING
    world.clock.advance(minutes=2)
    await auto_cancel(world).sweep()
    await world.polled(world.poller())
    row = await world.row(held)
    assert (row.state, row.automatic) == (State.CANCELLED, True)
    assert sum(entry.kind == "refund" for entry in world.provider.ledger) == 1


async def test_two_processes_cancel_a_number_once(world: World) -> None:
    held = await impatient(world)
    other = world.replica()
    world.clock.advance(minutes=MINUTES)
    assert await together(auto_cancel(world).sweep, auto_cancel(other).sweep) == [None, None]
    assert (await world.state(held), cancellations(world)) == (State.CANCELLED, 1)


async def test_the_next_process_goes_on_with_what_an_earlier_one_began(world: World) -> None:
    held = await impatient(world)
    world.clock.advance(minutes=MINUTES)
    # It was noted that it is tried, and then the process died.
    await world.edit(held, auto_cancel_at=world.clock.now)
    await auto_cancel(world.replica()).sweep()
    assert cancellations(world) == 0
    world.clock.advance(minutes=2)
    await auto_cancel(world.replica()).sweep()
    assert await world.state(held) is State.CANCELLED


async def test_numbers_of_chats_without_a_token_wait(world: World) -> None:
    await impatient(world)
    await wishes(world, rejected_at=world.clock.now)
    world.clock.advance(minutes=MINUTES)
    await auto_cancel(world).sweep()
    assert cancellations(world) == 0


async def test_a_failure_of_the_database_with_one_number_ends_no_other_half_way(local: World) -> None:
    held = await impatient(local)
    other = await local.holds("tg")
    local.clock.advance(minutes=MINUTES)
    broken = f"CREATE TRIGGER broken BEFORE UPDATE ON activation WHEN new.id = '{held.id}' BEGIN SELECT RAISE(ABORT, 'broken'); END"
    async with local.database.writing() as session:
        await session.execute(text(broken))
    with pytest.raises(IntegrityError, match="broken"):
        await auto_cancel(local).sweep()
    assert (await local.state(held), await local.state(other)) == (State.ACTIVE, State.CANCELLED)


async def test_a_chat_is_told_once_that_its_number_was_cancelled_by_itself(world: World) -> None:
    held = await impatient(world)
    assert await holding(world).ended() == []
    world.clock.advance(minutes=MINUTES)
    await auto_cancel(world).sweep()
    told = holding(world)
    assert await told.ended() == [(held.id, ALICE)]
    notice = await told.ending_notice(held.id)
    assert notice is not None
    assert (notice.chat.id, notice.held.activation.state) == (ALICE, State.CANCELLED)
    await wishes(world, unreachable_at=world.clock.now)
    assert (await told.ended(), await told.ending_notice(held.id)) == ([], None)
    await wishes(world, unreachable_at=None)
    await told.told(held.id)
    assert (await told.ended(), await told.ending_notice(held.id)) == ([], None)


async def test_what_a_tap_cancelled_needs_no_message(world: World) -> None:
    await world.connected()
    held = await world.holds()
    await world.life.cancel(ALICE, held.id)
    assert await holding(world).ended() == []


async def test_a_chat_is_warned_two_minutes_before_the_end_and_once(world: World) -> None:
    await world.connected()
    held = await world.holds()
    told = holding(world)
    world.clock.advance(minutes=18, seconds=-1)
    assert await told.ending() == []
    world.clock.advance(seconds=1)
    assert [silent.id for silent in await told.ending()] == [held.id]
    notice = await told.warning(held.id)
    assert notice is not None
    assert notice.chat.id == ALICE
    await told.warned(held.id)
    assert (await told.ending(), await told.warning(held.id)) == ([], None)


async def test_a_number_that_lives_shortly_is_not_warned_of_at_its_birth(world: World) -> None:
    await world.connected()
    held = await world.holds()
    await world.edit(held, expires_at=world.clock.now + timedelta(seconds=100))
    told = holding(world)
    assert await told.ending() == []
    world.clock.advance(seconds=75)
    assert [silent.id for silent in await told.ending()] == [held.id]


@pytest.mark.parametrize("values", [{"warn_before_expiry": False}, {"unreachable_at": None}])
async def test_who_does_not_want_it_or_cannot_be_reached_is_not_warned(world: World, values: dict[str, Any]) -> None:
    await world.connected()
    held = await world.holds()
    world.clock.advance(minutes=19)
    wanted: dict[str, Any] = {name: world.clock.now if value is None else value for name, value in values.items()}
    await wishes(world, **wanted)
    assert await holding(world).ending() == []
    assert (await holding(world).warning(held.id) is None) == ("unreachable_at" in values)


async def test_a_number_with_a_code_or_one_that_ended_is_not_warned_of(world: World) -> None:
    await world.connected()
    received, over, cancelled = [await world.holds(product) for product in ("wa", "tg", "go")]
    world.receives(received, "Your code is 123456")
    await world.polled(world.poller())
    world.clock.advance(minutes=19)
    told = holding(world)
    assert {silent.id for silent in await told.ending()} == {over.id, cancelled.id}
    await world.life.cancel(ALICE, cancelled.id)
    assert await told.warning(received.id) is None
    assert await told.warning(cancelled.id) is None
    world.clock.advance(minutes=1)
    assert await told.warning(over.id) is None
    assert await told.ending() == []
    with pytest.raises(NotFound):
        await told.warning("nothing")


async def test_a_late_end_by_the_balance_is_told_as_well(world: World) -> None:
    """The cancellation got through and its answer was lost: the money tells, and then the message goes out."""
    held = await impatient(world)
    world.provider.faults.add("cancelNumber", "cut_after", count=1)
    world.clock.advance(minutes=MINUTES)
    await auto_cancel(world).sweep()
    assert await holding(world).ended() == []
    assert not world.provider.activations[provider_id(held)].is_open
    world.clock.advance(minutes=2)
    await world.polled(world.poller())
    assert await holding(world).ended() == [(held.id, ALICE)]
