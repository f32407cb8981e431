"""Numbers that are cancelled by themselves when nothing comes: all of it said by rows."""

import asyncio
import logging

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.services.activations import Cancelling
from bot.services.purchases import Ceilings
from storage.models import State
from tests.services.impatience import MINUTES, auto_cancel, impatient, wishes
from tests.services.world import ALICE, World, together


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
    world.clock.advance(minutes=2, seconds=-1)
    await sweeper.sweep()
    assert cancellations(world) == 1
    world.clock.advance(seconds=1)
    await sweeper.sweep()
    assert cancellations(world) == 2
    for _ in range(5):
        world.clock.advance(minutes=2)
        await sweeper.sweep()
    assert cancellations(world) == 2
    row = await world.row(held)
    assert (row.state, row.reason, row.auto_cancel_refusals) == (State.ACTIVE, "invalid_parameter", 2)


async def test_a_provider_that_is_away_refuses_nothing_and_is_asked_again(world: World, caplog: pytest.LogCaptureFixture) -> None:
    held = await impatient(world)
    world.provider.faults.add("*", "http", status=503)
    world.clock.advance(minutes=MINUTES)
    sweeper = auto_cancel(world)
    caplog.set_level(logging.INFO)
    for _ in range(4):
        await sweeper.sweep()
        world.clock.advance(minutes=2)
    assert (await world.row(held)).auto_cancel_refusals == 0
    world.provider.faults.clear()
    await sweeper.sweep()
    assert await world.state(held) is State.CANCELLED
    said = [line for line in caplog.messages if line.startswith(held.id)]
    assert said == [f"{held.id} is cancelled by itself later: Unavailable"] * 4 + [f"{held.id} was to be cancelled by itself: CANCELLED"]


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
    assert (await world.state(held), cancellations(world), world.polls(held)) == (State.CANCELLED, 1, 1)


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


async def test_a_chat_that_disconnects_at_the_last_moment_keeps_its_number_and_stops_nothing(local: World) -> None:
    held = await impatient(local)
    local.clock.advance(minutes=MINUTES)
    look = local.provider.faults.add("getSms", "hold", count=1)

    async def disconnect() -> None:
        await local.struck(look)
        await local.accounts.disconnect(ALICE, abandon=True)
        look.release()

    assert await together(auto_cancel(local).sweep, disconnect) == [None, None]
    assert (await local.state(held), cancellations(local)) == (State.ACTIVE, 0)


async def test_eight_are_tried_at_a_time_and_those_that_were_refused_keep_no_other_waiting(local: World) -> None:
    local.provider.configure(cancel_policy="refuse")
    local.ceilings = Ceilings(9, 20)
    local.__post_init__()
    await impatient(local, "fb")
    for _ in range(8):
        await local.holds("fb")
    local.clock.advance(minutes=MINUTES)
    for expected in (8, 9):
        await auto_cancel(local).sweep()
        assert cancellations(local) == expected
