"""A clock that was set while no process ran: what is under way keeps the time that it has left, and what is over stays as it was."""

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.clock import Boot
from bot.services.timekeeping import keep_time
from storage.models import Activation, State
from tests.services.world import ALICE, LIFETIME, World

HOUR = timedelta(hours=1)


class Machine:
    """A machine with a clock that can be set; it was started at the beginning of the test."""

    def __init__(self, world: World, name: str = "a start") -> None:
        self._world = world
        self._name = name
        self._passed = 0.0

    def passes(self, **time: float) -> None:
        """Let time pass, by every clock."""
        self._passed += timedelta(**time).total_seconds()
        self._world.clock.advance(**time)

    def sets(self, by: timedelta) -> None:
        """Set the clock."""
        self._world.clock.now += by

    async def starts(self) -> timedelta:
        """Start the bot; returns by how much it corrected its times."""
        since: Callable[[], float] = lambda: self._passed  # noqa: E731 - shorter than a method that is passed around.
        return await keep_time(self._world.database, self._world.clock, Boot(self._name, since))


async def held(world: World, machine: Machine) -> Activation:
    await world.connected()
    assert await machine.starts() == timedelta(0)
    return await world.holds()


def left(world: World, row: Activation) -> timedelta:
    assert row.expires_at is not None
    return row.expires_at - world.clock.now


@pytest.mark.parametrize("step", [HOUR, -HOUR, timedelta(days=-400)])
async def test_a_number_keeps_the_time_that_it_has_left(world: World, step: timedelta) -> None:
    machine = Machine(world)
    bought = await held(world, machine)
    world.receives(bought, "Your code is 123456")
    await world.polled(world.poller())
    await world.edit(bought, card_version=(await world.row(bought)).version)
    machine.passes(minutes=5)
    machine.sets(step)
    assert await machine.starts() == step
    row = await world.row(bought)
    assert left(world, row) == LIFETIME - timedelta(minutes=5)
    assert row.purchased_at == world.clock.now - timedelta(minutes=5)
    assert row.card_version < row.version, "its card shows the old end"
    (sms,) = await world.sms(bought)
    assert sms.received_at == row.purchased_at
    assert await machine.starts() == timedelta(0), "the clock was set once"
    poller = world.poller()
    await world.polled(poller)
    assert await world.state(bought) is State.ACTIVE
    machine.passes(minutes=15)
    await world.polled(poller)
    await world.polled(poller)
    assert await world.state(bought) is State.EXPIRED


async def test_a_clock_that_is_kept_right_changes_nothing(world: World) -> None:
    machine = Machine(world)
    bought = await held(world, machine)
    before = await world.row(bought)
    machine.sets(timedelta(seconds=59))
    assert await machine.starts() == timedelta(0)
    machine.sets(timedelta(seconds=1))
    # It is compared with the clock of the start that was noted, so that small steps cannot add up unnoticed.
    assert await machine.starts() == timedelta(minutes=1)
    assert (await world.row(bought)).expires_at == (before.expires_at or before.offered_at) + timedelta(minutes=1)


async def test_after_another_start_of_the_machine_the_clock_is_believed(world: World) -> None:
    bought = await held(world, Machine(world))
    before = await world.row(bought)
    later = Machine(world, "another start")
    later.sets(HOUR)
    assert await later.starts() == timedelta(0)
    assert await world.row(bought) == before
    later.sets(HOUR)
    assert await later.starts() == HOUR


async def test_what_was_long_over_and_what_is_only_offered_stays_as_it_was(world: World) -> None:
    machine = Machine(world)
    over = await held(world, machine)
    await world.life.cancel(ALICE, over.id)
    machine.passes(hours=3)
    offered = await world.offered("tg")
    recent = await world.holds("go")
    await world.life.cancel(ALICE, recent.id)
    before = [await world.row(one) for one in (over, offered, recent)]
    machine.sets(HOUR)
    assert await machine.starts() == HOUR
    old, offer, moved = [await world.row(one) for one in (over, offered, recent)]
    assert [old, offer] == before[:2]
    assert moved.closed_at == (before[2].closed_at or moved.offered_at) + HOUR


@pytest.mark.parametrize(("seconds", "moved"), [(0, True), (1, False)])
async def test_what_was_asked_for_two_hours_before_is_dated_anew_and_that_is_logged(
    local: World, caplog: pytest.LogCaptureFixture, seconds: int, moved: bool
) -> None:
    machine = Machine(local)
    ended = await held(local, machine)
    await local.life.cancel(ALICE, ended.id)
    before = (await local.row(ended)).requested_at or ended.offered_at
    machine.passes(hours=2, seconds=seconds)
    machine.sets(HOUR)
    with caplog.at_level(logging.WARNING):
        await machine.starts()
    assert (await local.row(ended)).requested_at == before + HOUR * moved
    assert caplog.messages == [f"the clock was set by 1:00:00 since the last start; {int(moved)} purchases are dated anew"]


async def test_a_doubt_during_which_the_clock_was_set_back_is_settled_in_its_time(world: World) -> None:
    machine = Machine(world)
    await world.connected()
    await machine.starts()
    world.provider.faults.add("getNumber", "cut_after", count=1)
    doubtful = await world.buys("tg")
    assert doubtful.state is State.UNKNOWN
    machine.sets(-HOUR)
    assert await machine.starts() == -HOUR
    await world.settlement.sweep()
    assert await world.state(doubtful) is State.UNKNOWN, "the balance is given its time"
    machine.passes(seconds=21)
    await world.settlement.sweep()
    assert await world.state(doubtful) is State.CHARGED
