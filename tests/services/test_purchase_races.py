"""A purchase beside what another process writes down at that very moment, and the other way round."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.services.errors import Banned, HoldsNumbers, PurchaseUnderWay
from bot.services.farewell import Farewell
from storage import activations, chats
from storage.database import Database
from storage.models import State
from tests.services.world import ALICE, CARD, world_of

WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


async def someone_waits(watching: AsyncConnection) -> None:
    while not (await watching.execute(WAITING)).scalar_one():
        await watching.rollback()


@pytest.mark.postgres
async def test_a_ban_that_is_being_written_down_is_waited_for_and_holds(migrated_url: str) -> None:
    """On PostgreSQL, where two processes write side by side; what was read before the ban would let the purchase through after it."""
    written = asyncio.Event()
    bans: list[asyncio.Task[None]] = []

    async def ban() -> None:
        async with Database(migrated_url) as other, asyncio.timeout(20), other.engine.connect() as watching, other.writing() as session:
            await chats.change(session, ALICE, banned_at=datetime.now(UTC), ban_reason="spam")
            written.set()
            await someone_waits(watching)

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


@pytest.mark.postgres
@pytest.mark.parametrize(("wish", "refusal"), [("connect", HoldsNumbers), ("disconnect", HoldsNumbers), ("forget", PurchaseUnderWay)])
async def test_a_request_that_is_being_written_down_is_waited_for_and_keeps_its_token(
    migrated_url: str, wish: str, refusal: type[Exception]
) -> None:
    """On PostgreSQL; what was counted before the request was written would let its token go after it."""
    written = asyncio.Event()
    async with Database(migrated_url) as database, world_of(database) as world:
        await world.connected()
        offer = await world.offered()
        wishes: dict[str, Callable[[], Awaitable[object]]] = {
            "connect": lambda: world.connected(token="demo-token-bob"),
            "disconnect": lambda: world.accounts.disconnect(ALICE),
            "forget": lambda: Farewell(database, world.accounts, world.clock).forget(ALICE),
        }

        async def request() -> None:
            async with Database(migrated_url) as other, asyncio.timeout(20), other.engine.connect() as watching, other.writing() as session:
                await chats.lock(session, ALICE)
                await activations.change(session, offer.id, {State.OFFERED}, state=State.REQUESTED, requested_at=world.clock.now)
                written.set()
                await someone_waits(watching)

        requesting = asyncio.create_task(request())
        await written.wait()
        with pytest.raises(refusal):
            await wishes[wish]()
        await requesting
        assert (await world.accounts.token(ALICE)).get_secret_value() == "demo-token-alice"
