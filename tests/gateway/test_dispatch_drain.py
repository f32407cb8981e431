"""At the end, what is in hand is finished and the rest is left."""

import asyncio
import logging

import pytest
from sqlalchemy.exc import OperationalError

from bot.gateway.dispatch import Bounds
from tests.gateway.house import House
from tests.gateway.support import PATIENCE, VirtualTime


async def test_a_drain_finishes_what_is_in_hand_and_leaves_the_rest(time: VirtualTime, caplog: pytest.LogCaptureFixture) -> None:
    house = House(time, Bounds(concurrency=1, capacity=4))
    gate = asyncio.Event()

    async def wait() -> None:
        await gate.wait()

    house.handlers[1] = wait
    await house.submit(1, 2)
    await house.submit(3, 4, user=8)
    await house.until("begin 1")
    blocked = asyncio.create_task(house.submit(5))
    draining = asyncio.create_task(asyncio.wait_for(house.dispatcher.drain(10 * PATIENCE), PATIENCE))
    await blocked
    await house.submit(6)
    gate.set()
    assert await draining == 3
    assert house.done() == ["begin 1", "end 1"]
    assert house.marked() == [1]
    assert "3 updates unhandled and 0 handled but not marked" in caplog.text


async def test_a_drain_cancels_what_does_not_end_in_time(house: House) -> None:
    house.handlers[1] = asyncio.Event().wait  # type: ignore[assignment]  # As above.
    await house.submit(1)
    await house.submit(2, user=8)
    await house.until("end 2")
    assert await house.dispatcher.drain(0.01) == 1
    assert house.marked() == [2]


async def test_a_drain_leaves_behind_what_resists_and_what_cannot_be_marked(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    release = asyncio.Event()

    async def resist() -> None:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                await house.note("resists")

    house.handlers[1] = resist
    house.time.moving.clear()
    house.mark_errors = [OperationalError("UPDATE", {}, Exception("disk full"))]
    await house.submit(1)
    await house.submit(2, user=8)
    await asyncio.wait_for(house.time.asleep.wait(), PATIENCE)
    assert await house.dispatcher.drain(0.01) == 1
    assert "resists" in house.log
    assert "1 updates unhandled and 1 handled but not marked" in caplog.text
    release.set()
    await house.until("end 1")


async def test_an_idle_dispatcher_drains_at_once(house: House) -> None:
    assert await house.dispatcher.drain(PATIENCE) == 0
