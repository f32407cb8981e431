"""The database goes away between the provider's answer and its being written down: what was paid for is not given up at once."""

from pathlib import Path

import pytest

from bot.gateway.dispatch import Bounds
from bot.services.purchases import OUTAGE_PAUSES
from storage.database import Database
from storage.models import State
from tests.services.world import World, world_of
from tests.support.schema import sqlite_url


class Outage:
    """A probe at which the database fails as often as it is told, as a full or vanished disk does."""

    def __init__(self, times: int, error: type[Exception] = OSError) -> None:
        self.left = times
        self.error = error

    async def __call__(self, point: str) -> None:
        if point == "about to conclude a purchase" and self.left:
            self.left -= 1
            raise self.error("no space left")


async def bought(directory: Path, outage: Outage) -> tuple[World, list[float]]:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    async with Database(sqlite_url(directory / "test.sqlite3"), probe=outage) as database, world_of(database) as world:
        world.purchases._sleep = sleep
        await world.connected()
        try:
            offer = await world.offered()
            await world.purchases.buy(offer.chat_id, offer.id, 77)
        finally:
            assert len(world.provider.charges) == 1
            if not outage.left:
                assert await world.state(offer) is State.ACTIVE
    return world, pauses


async def test_an_outage_that_passes_costs_nothing(tmp_path: Path) -> None:
    _, pauses = await bought(tmp_path, Outage(7))
    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0]


async def test_an_outage_that_stays_is_told_in_the_end(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert sum(OUTAGE_PAUSES) < Bounds().deadline
    outage = Outage(99)
    with pytest.raises(OSError, match="no space left"):
        await bought(tmp_path, outage)
    assert outage.left == 99 - 1 - 7
    assert sum("cannot be written down" in line for line in caplog.messages) == 7


async def test_a_bug_is_no_outage(tmp_path: Path) -> None:
    bug = Outage(99, ZeroDivisionError)
    with pytest.raises(ZeroDivisionError):
        await bought(tmp_path, bug)
    assert bug.left == 98
