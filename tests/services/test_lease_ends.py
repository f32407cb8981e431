"""When a lease is no longer a process's own: given back, run out, or all released; and when it is prolonged."""

import asyncio
import logging

import pytest

from bot.services.leases import TURN_PAUSE, Shared
from storage.database import Database
from storage.leases import LeaseLost
from tests.services.monotonic import Monotonic
from tests.services.world import World

SECONDS = 15.0
"""How long a lease lasts unless told otherwise."""


@pytest.fixture
def one(sqlite: Database, monotonic: Monotonic) -> Shared:
    return Shared(sqlite, "one", clock=monotonic)


@pytest.fixture
def two(sqlite: Database, monotonic: Monotonic) -> Shared:
    return Shared(sqlite, "two", clock=monotonic)


async def test_what_was_given_back_is_not_ones_own_any_more(one: Shared, two: Shared) -> None:
    async with one.holding("a"):
        pass
    async with two.holding("a"), one.holding("a") as mine:
        assert not mine


async def test_a_chore_stays_ones_own_after_a_block_that_held_it_too(one: Shared, two: Shared) -> None:
    assert await one.claim("settle")
    async with one.holding("settle"):
        pass
    assert not await two.claim("settle")


async def test_what_was_released_may_be_changed_no_more(one: Shared, two: Shared) -> None:
    await one.keep(["a"])
    await one.release()
    assert await two.claim("a")
    with pytest.raises(LeaseLost):
        one.fence("a")


async def test_a_lease_lasts_fifteen_seconds_from_when_it_was_last_renewed(one: Shared, monotonic: Monotonic) -> None:
    await one.keep(["a"])
    for _ in range(3):
        monotonic.now += SECONDS - 0.1
        assert one.fence("a") is not None
        await one.renew()
    monotonic.now += SECONDS
    with pytest.raises(LeaseLost):
        one.fence("a")


async def test_who_was_late_and_asks_for_one_thing_has_the_others_again_too(one: Shared, monotonic: Monotonic) -> None:
    await one.keep(["a"])
    monotonic.now += SECONDS
    assert await one.claim("settle")
    assert one.fence("a") is not None


async def test_who_waits_for_a_turn_asks_a_few_times_a_second(sqlite: Database, one: Shared) -> None:
    pauses: list[float] = []
    asked_often = asyncio.Event()

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            asked_often.set()
        await asyncio.sleep(0)

    async def take_turn() -> None:
        async with Shared(sqlite, "two", sleep=sleep).turn("account"):
            pass

    async with one.turn("account"):
        waiting = asyncio.create_task(take_turn())
        await asyncio.wait_for(asked_often.wait(), 10)
    await waiting
    assert set(pauses) == {TURN_PAUSE}
    assert 0 < TURN_PAUSE < 0.5


async def test_numbers_of_a_process_that_was_late_are_asked_for_again_at_the_next_turn(
    local: World, monotonic: Monotonic, one: Shared, caplog: pytest.LogCaptureFixture
) -> None:
    await local.connected()
    held = await local.holds()
    poller = local.replica(leases=one).poller()
    await local.polled(poller)
    monotonic.now += SECONDS
    local.clock.advance(seconds=2)
    with caplog.at_level(logging.WARNING):
        await local.polled(poller)
    assert (local.polls(), caplog.messages) == (1, [f"another process watches {held.id} by now"])
    local.clock.advance(seconds=2)
    await local.polled(poller)
    assert local.polls() == 2
