"""What processes that share a database agree on: who has what, and who comes too late."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update
from sqlmodel import col

from bot.services.leases import NEW_AT_ONCE, Shared, Sole
from bot.services.polling import Poller
from storage.database import Database
from storage.leases import LeaseLost
from storage.models import Activation, Lease, State
from tests.services.monotonic import Monotonic
from tests.services.world import ALICE, BOB, World, together

SECONDS = 60.0


def process(database: Database, monotonic: Monotonic, name: str) -> Shared:
    return Shared(database, name, seconds=SECONDS, clock=monotonic)


async def run_out(database: Database) -> None:
    """Let every lease run out by the database's clock."""
    async with database.writing() as session:
        await session.execute(update(Lease).values(until=0.0))


async def holders(database: Database) -> dict[str, str]:
    async with database.reading() as session:
        return {name: holder for name, holder in await session.execute(select(col(Lease.name), col(Lease.holder)))}  # noqa: C416 - as mypy wants it.


async def test_numbers_are_shared_out_and_given_back_when_they_are_not_watched_any_more(database: Database, monotonic: Monotonic) -> None:
    one, two = process(database, monotonic, "one"), process(database, monotonic, "two")
    assert await one.keep(["a", "b"]) == {"a", "b"}
    assert await two.keep(["a", "b", "c"]) == {"c"}
    assert await one.keep(["b"]) == {"b"}
    assert await two.keep(["a", "b", "c"]) == {"a", "c"}
    assert await holders(database) == {"a": "two", "b": "one", "c": "two"}


async def test_nothing_is_asked_of_the_database_for_what_a_process_has(database: Database, monotonic: Monotonic) -> None:
    one = process(database, monotonic, "one")
    await one.keep(["a"])
    await run_out(database)
    await process(database, monotonic, "two").keep(["a"])
    assert await one.keep(["a"]) == {"a"}
    assert await one.claim("a"), "it has not heard of the other one: its own time is not over"


async def test_no_more_numbers_are_taken_on_at_a_time_than_others_can_have_their_share(database: Database, monotonic: Monotonic) -> None:
    one = process(database, monotonic, "one")
    names = [f"n{number:04}" for number in range(205)]
    assert [len(await one.keep(names)) for _ in range(2)] == [200, 205]


async def test_a_chore_is_one_processs_until_it_ends(database: Database, monotonic: Monotonic) -> None:
    one, two = process(database, monotonic, "one"), process(database, monotonic, "two")
    assert await one.claim("settle")
    assert not await two.claim("settle")
    await one.keep([])
    assert not await two.claim("settle"), "giving numbers back leaves chores alone"
    await one.release()
    assert await two.claim("settle")


async def test_a_block_holds_for_its_time_only_and_blocks_of_one_process_share(database: Database, monotonic: Monotonic) -> None:
    one, two = process(database, monotonic, "one"), process(database, monotonic, "two")
    async with one.holding("a") as mine:
        async with one.holding("a") as mine_too, two.holding("a") as others:
            assert (mine, mine_too, others) == (True, True, False)
        async with two.holding("a") as others:
            assert not others, "the outer block still holds it"
    async with two.holding("a") as others:
        assert others
    assert await holders(database) == {}


async def test_a_block_gives_nothing_back_that_is_watched_anyway(database: Database, monotonic: Monotonic) -> None:
    one = process(database, monotonic, "one")
    await one.keep(["a"])
    async with one.holding("a"):
        pass
    assert await holders(database) == {"a": "one"}


async def test_a_turn_waits_for_another_process(database: Database, monotonic: Monotonic) -> None:
    one, two = process(database, monotonic, "one"), process(database, monotonic, "two")
    order = []

    async def take_turn() -> None:
        async with two.turn("account"):
            order.append("two")

    async with one.turn("account"):
        waiting = asyncio.create_task(take_turn())
        await asyncio.wait([waiting], timeout=0.3)
        order.append("one")
    await waiting
    assert order == ["one", "two"]


async def test_renewing_prolongs_and_shows_what_was_lost(database: Database, monotonic: Monotonic) -> None:
    one, two = process(database, monotonic, "one"), process(database, monotonic, "two")
    await one.keep(["a", "b"])
    await run_out(database)
    await two.keep(["b"])
    await one.renew()
    assert one.fence("a") is not None
    with pytest.raises(LeaseLost):
        one.fence("b")
    assert not await two.claim("a"), "it was prolonged"


async def test_a_process_that_was_late_with_renewing_trusts_nothing_it_had(database: Database, monotonic: Monotonic) -> None:
    one, two = process(database, monotonic, "one"), process(database, monotonic, "two")
    await one.keep(["a", "b"])
    assert one.fence("a") is not None
    monotonic.now += SECONDS
    with pytest.raises(LeaseLost):
        one.fence("a")
    await run_out(database)
    assert await two.claim("a")
    assert await one.keep(["a", "b"]) == {"b"}, "asked anew, it gets what is left"


async def test_the_only_process_has_everything_and_writes_nothing(database: Database) -> None:
    sole = Sole()
    assert await sole.keep(["a"]) == ["a"]
    assert await sole.claim("a")
    async with sole.holding("a") as mine, sole.turn("a"):
        assert mine
    assert sole.fence("a") is None
    assert await holders(database) == {}


# A process that sleeps past its lease


async def one_poll(poller: Poller) -> None:
    await poller.tick()
    await poller.drain()


async def test_one_who_sleeps_past_the_lease_changes_nothing_and_each_sms_is_there_once(world: World, monotonic: Monotonic) -> None:
    """A poll's answer is on its way while the lease runs out; another process watches the number by the time it arrives."""
    await world.connected()
    held = await world.holds()
    late = world.replica(leases=process(world.database, monotonic, "late"))
    prompt = world.replica(leases=process(world.database, monotonic, "prompt"))
    world.receives(held, "code")
    sleeper = late.poller()
    fault = world.provider.faults.add("getSms", "hold", count=1)
    await sleeper.tick()
    await world.struck(fault)
    await run_out(world.database)
    await one_poll(prompt.poller())
    assert await world.texts(held) == ["code"]
    world.receives(held, "what only the sleeper is told of")
    fault.release()
    await sleeper.drain()
    assert await world.texts(held) == ["code"]
    await one_poll(sleeper)
    assert await world.texts(held) == ["code"], "it does not ask any more either"


@pytest.mark.parametrize("change", ["record", "expire", "grace"])
async def test_a_change_by_one_who_lost_the_lease_is_refused(world: World, monotonic: Monotonic, change: str) -> None:
    await world.connected()
    held = await world.holds()
    late, other = process(world.database, monotonic, "late"), process(world.database, monotonic, "other")
    await late.keep([held.id])
    fence = late.fence(held.id)
    await run_out(world.database)
    await other.keep([held.id])
    before = await world.row(held)
    changes: dict[str, Callable[[], Awaitable[object]]] = {
        "record": lambda: world.life.record(held.id, ["code"], fence),
        "expire": lambda: world.life.expire(held.id, fence),
        "grace": lambda: world.life.grace(held.id, fence),
    }
    with pytest.raises(LeaseLost):
        await changes[change]()
    assert await world.row(held) == before
    assert await world.texts(held) == []


async def test_two_processes_share_the_numbers_out_and_each_is_asked_for_by_one(world: World, monotonic: Monotonic) -> None:
    await world.connected()
    held = [await world.holds() for _ in range(3)]
    pollers = [world.replica(leases=process(world.database, monotonic, name)).poller() for name in ("one", "two")]
    await together(*(poller.tick for poller in pollers))
    await together(*(poller.drain for poller in pollers))
    assert [world.polls(number) for number in held] == [1, 1, 1]


async def test_more_numbers_than_are_taken_on_at_a_time_are_watched_within_a_few_ticks(local: World, monotonic: Monotonic) -> None:
    await local.connected()
    held = await local.holds()
    async with local.database.writing() as session:
        for number in range(NEW_AT_ONCE + 5):
            values = held.model_dump() | {"id": f"n{number}", "provider_id": f"p{number}", "purchased_at": local.clock()}
            session.add(Activation(**values))
    poller = local.replica(leases=process(local.database, monotonic, "one")).poller()
    for _ in range(2):
        await poller.tick()
    await poller.drain()
    assert len(await holders(local.database)) == NEW_AT_ONCE + 6


# Purchases


async def test_purchases_of_one_account_take_turns_over_all_processes_whichever_chat_asks(world: World, monotonic: Monotonic) -> None:
    """With one after the other each balance says what its own purchase took."""
    token = "demo-token-alice"
    await world.connected(ALICE, token)
    await world.connected(BOB, token)
    replicas = [world.replica(leases=process(world.database, monotonic, name)) for name in ("one", "two")]
    bought = await together(lambda: replicas[0].buys("wa", ALICE), lambda: replicas[1].buys("wa", BOB))
    rows = [await world.row(number) for number in bought]
    assert [row.state for row in rows] == [State.ACTIVE, State.ACTIVE]
    first, second = sorted(rows, key=lambda row: row.balance_before or 0, reverse=True)
    assert first.balance_after == second.balance_before


def test_an_account_has_one_name_that_does_not_tell_its_token(world: World) -> None:
    token = SecretStr("demo-token-alice")
    name = world.accounts.lease(token)
    assert name == world.replica().accounts.lease(token)
    assert name != world.accounts.lease(SecretStr("another"))
    assert "alice" not in name
    assert len(name) <= 96
