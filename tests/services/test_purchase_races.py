"""A purchase beside what another process writes down at that very moment."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from bot.services.errors import Banned
from storage import chats
from storage.database import Database
from storage.models import State
from tests.services.world import ALICE, CARD, world_of


@pytest.mark.postgres
async def test_a_ban_that_is_being_written_down_is_waited_for_and_holds(migrated_url: str) -> None:
    """On PostgreSQL, where two processes write side by side; what was read before the ban would let the purchase through after it."""
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
    written = asyncio.Event()
    bans: list[asyncio.Task[None]] = []

    async def ban() -> None:
        async with Database(migrated_url) as other, asyncio.timeout(20), other.engine.connect() as watching, other.writing() as session:
            await chats.change(session, ALICE, banned_at=datetime.now(UTC), ban_reason="spam")
            written.set()
            while not (await watching.execute(waiting)).scalar_one():
                await watching.rollback()

    async def probe(point: str) -> None:
        if point == "did remember a balance" and armed.is_set() and not bans:
            bans.append(asyncio.create_task(ban()))
            await written.wait()

    armed = asyncio.Event()
    async with Database(migrated_url, probe=probe) as database, world_of(database) as world:
        await world.connected()
        offer = await world.offered()
        armed.set()
        with pytest.raises(Banned):
            await world.purchases.buy(ALICE, offer.id, CARD)
        await asyncio.gather(*bans)
        assert len(bans) == 1
        assert await world.state(offer) is State.OFFERED
        assert world.provider.charges == []
