"""A provider that answers every question with its own failure, ten thousand times."""

from datetime import timedelta
from pathlib import Path

from bot.services.backoff import LONGEST
from bot.services.polling import Concurrency
from storage.database import Database
from storage.models import State
from tests.services.world import BOB, provider_id, world_of
from tests.support.schema import sqlite_url

STORM = 10_000
LIFETIME = timedelta(days=30)
"""The storm takes days at the longest pause, which the numbers have to live through."""


async def test_ten_thousand_errors_in_a_row_are_noted_once_and_disturb_nobody_else(tmp_path: Path) -> None:
    async with Database(sqlite_url(tmp_path / "test.sqlite3")) as database, world_of(database) as world:
        await world.connected()
        await world.connected(BOB)
        alices = [await world.holds() for _ in range(5)]
        bobs = await world.holds("fb", BOB)
        for held in (*alices, bobs):
            await world.edit(held, expires_at=world.clock() + LIFETIME)
            world.provider.activations[provider_id(held)].expires_at += LIFETIME
        storm = world.provider.faults.add("getSms", "code", code=205, label="Alice")
        poller = world.poller()
        await world.passes(poller, 120)
        since = (await world.chat()).troubled_at
        assert since is not None
        began, before = world.clock(), storm.struck
        while storm.struck < STORM:
            world.clock.advance(seconds=LONGEST.total_seconds())
            await world.polled(poller)
        # At the end of a pause as many questions go out as a chat may have under way, and then none until the end of the next.
        pauses = (world.clock() - began) / LONGEST
        assert storm.struck - before <= Concurrency().per_chat * (pauses + 1)
        assert (await world.chat()).troubled_at == since
        assert (await world.chat(BOB)).troubled_at is None
        world.receives(bobs, "undisturbed")
        world.receives(alices[0], "late")
        await world.passes(poller, 120, step=60)
        assert await world.texts(bobs) == ["undisturbed"]
        assert await world.texts(alices[0]) == []
        world.provider.faults.clear()
        await world.passes(poller, 240, step=10)
        assert (await world.chat()).troubled_at is None
        assert await world.texts(alices[0]) == ["late"]
        assert {await world.state(held) for held in (*alices, bobs)} == {State.ACTIVE}
