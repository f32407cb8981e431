"""What a chat is told of its numbers without asking: that one was cancelled by itself, and that one nearly ends."""

from datetime import timedelta
from typing import Any

import pytest

from bot.services.errors import NotFound
from bot.services.holding import Holding
from storage.models import State
from tests.services.impatience import MINUTES, auto_cancel, impatient, wishes
from tests.services.world import ALICE, World, provider_id


def holding(world: World) -> Holding:
    return Holding(world.database, world.life, world.clock)


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
    version = (await world.row(held)).version
    await told.told(held.id)
    assert (await world.row(held)).version == version, "its card stays as it is"
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
    version = (await world.row(held)).version
    await told.warned(held.id)
    assert (await world.row(held)).version == version, "its card stays as it is"
    assert (await told.ending(), await told.warning(held.id)) == ([], None)


async def test_a_number_that_lives_shortly_is_not_warned_of_at_its_birth(world: World) -> None:
    await world.connected()
    held = await world.holds()
    await world.edit(held, expires_at=world.clock.now + timedelta(seconds=100))
    told = holding(world)
    world.clock.advance(seconds=74)
    assert await told.ending() == []
    world.clock.advance(seconds=1)
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
