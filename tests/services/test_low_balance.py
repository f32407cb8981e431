"""The warning of a low balance: told once when a reading falls below, again only after it was above, and never in anybody's way."""

from decimal import Decimal

import pytest

from storage import chats
from storage.chats import LowBalance
from tests.services.world import ALICE, BOB, World

D = Decimal


async def warned_at(world: World, limit: str | None, chat_id: int = ALICE) -> None:
    async with world.database.writing() as session:
        await chats.change(session, chat_id, low_balance=None if limit is None else D(limit))


async def untold(world: World) -> list[LowBalance]:
    async with world.database.reading() as session:
        return await chats.low_untold(session)


async def told(world: World, chat_id: int = ALICE) -> None:
    async with world.database.writing() as session:
        await chats.mark_low_told(session, chat_id, world.clock())


async def reads(world: World, balance: str) -> None:
    world.provider.add_account("demo-token-alice", D(balance))
    assert await world.accounts.balance(ALICE) == D(balance)


async def test_a_reading_below_is_told_once_and_again_only_after_one_that_is_not(world: World) -> None:
    await world.connected()
    await warned_at(world, "50")
    for balance in ("50", "50.00"):
        await reads(world, balance)
        assert await untold(world) == [], "the limit itself is not below it"
    await reads(world, "49.99")
    assert await untold(world) == [LowBalance(ALICE, D("49.99"), D(50))]
    await told(world)
    for balance in ("49.99", "12", "0", "-3"):
        await reads(world, balance)
        assert await untold(world) == []
    await reads(world, "50")
    await reads(world, "9.50")
    assert await untold(world) == [LowBalance(ALICE, D("9.50"), D(50))]


async def test_amounts_are_compared_exactly_and_as_amounts(world: World) -> None:
    await world.connected()
    world.provider.configure(text_numbers=True)
    await warned_at(world, "100.00000000000000000001")
    await reads(world, "100.00000000000000000002")
    assert await untold(world) == []
    await reads(world, "100.00000000000000000000")
    assert len(await untold(world)) == 1
    await warned_at(world, "9")
    assert await untold(world) == [], "100 comes before 9 among words only"


async def test_buying_is_never_kept_from_happening(world: World) -> None:
    await world.connected()
    await warned_at(world, "1000")
    await world.holds()
    assert await untold(world) == [LowBalance(ALICE, D("461.50"), D(1000))]
    await told(world)
    await world.holds()
    assert await untold(world) == []


async def test_without_a_limit_nothing_is_told_and_a_new_limit_begins_anew(world: World) -> None:
    await world.connected()
    await reads(world, "1")
    assert await untold(world) == []
    await warned_at(world, "50")
    assert len(await untold(world)) == 1
    await told(world)
    await warned_at(world, None)
    await reads(world, "1")
    await warned_at(world, "60")
    assert len(await untold(world)) == 1


async def test_a_chat_that_cannot_be_reached_is_told_when_it_can(world: World) -> None:
    await world.connected()
    await world.connected(BOB)
    for chat_id in (ALICE, BOB):
        await warned_at(world, "1000", chat_id)
    await world.accounts.leave(ALICE)
    assert [low.chat_id for low in await untold(world)] == [BOB]
    await world.accounts.enter(ALICE, "en")
    assert [low.chat_id for low in await untold(world)] == [ALICE, BOB]


async def test_connecting_reads_the_balance_too(world: World) -> None:
    await world.connected()
    await warned_at(world, "50")
    await world.connected(ALICE, "demo-token-bob")
    assert await untold(world) == [LowBalance(ALICE, D(42), D(50))]
    await told(world)
    await world.connected(ALICE)
    await world.connected(ALICE, "demo-token-bob")
    assert len(await untold(world)) == 1
    await world.accounts.disconnect(ALICE)
    assert await untold(world) == []


@pytest.mark.parametrize(("read", "again"), [("500", 1), ("3", 0)])
async def test_a_balance_that_rose_while_it_was_told_may_be_told_again(world: World, read: str, again: int) -> None:
    await world.connected()
    await warned_at(world, "50")
    await reads(world, "1")
    [_] = await untold(world)
    await reads(world, read)
    await told(world)
    await reads(world, "2")
    assert len(await untold(world)) == again


async def test_a_chat_that_is_gone_is_told_nothing(world: World) -> None:
    await told(world, 4711)
    assert await untold(world) == []
