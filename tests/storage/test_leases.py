"""Leases: one holder at a time, by the database's clock, and no change by one who comes back late."""

import asyncio

import pytest

from storage import leases
from storage.database import Database
from storage.leases import Held, LeaseLost

LONG, OVER = 60.0, 0.0


async def take(database: Database, names: list[str], holder: str, seconds: float = LONG) -> dict[str, Held]:
    async with database.writing() as session:
        return {held.name: held for held in await leases.take(session, names, holder, seconds)}


async def require(database: Database, held: Held | None) -> None:
    async with database.writing() as session:
        await leases.require(session, held)


async def test_what_one_holds_another_does_not_get(database: Database) -> None:
    assert (await take(database, ["a", "b"], "one")).keys() == {"a", "b"}
    assert (await take(database, ["b", "c"], "two")).keys() == {"c"}


async def test_what_ran_out_is_taken_by_the_next_and_its_epoch_tells_the_two_apart(database: Database) -> None:
    first = (await take(database, ["a"], "one", OVER))["a"]
    second = (await take(database, ["a"], "two"))["a"]
    assert second.epoch > first.epoch
    await require(database, second)
    with pytest.raises(LeaseLost):
        await require(database, first)


async def test_who_takes_again_what_it_holds_keeps_the_epoch(database: Database) -> None:
    first = await take(database, ["a"], "one")
    assert await take(database, ["a"], "one") == first
    await require(database, first["a"])


async def test_a_lease_of_the_same_holder_that_another_had_in_between_is_a_new_one(database: Database) -> None:
    first = (await take(database, ["a"], "one", OVER))["a"]
    await take(database, ["a"], "two", OVER)
    again = (await take(database, ["a"], "one"))["a"]
    assert again.epoch > first.epoch
    with pytest.raises(LeaseLost):
        await require(database, first)


async def test_where_no_lease_is_needed_none_is_asked_for(database: Database) -> None:
    await require(database, None)


async def test_all_of_a_holders_leases_are_renewed_at_once_and_the_lost_ones_are_not_among_them(database: Database) -> None:
    await take(database, ["a", "b"], "one", OVER)
    await take(database, ["b"], "two")
    async with database.writing() as session:
        assert await leases.renew(session, "one", LONG) == {"a"}
    assert await take(database, ["a"], "two") == {}, "it was prolonged"


async def test_what_is_given_back_is_free_and_what_is_anothers_stays(database: Database) -> None:
    await take(database, ["a", "b"], "one")
    async with database.writing() as session:
        await leases.drop(session, ["a", "b"], "two")
    assert await take(database, ["a", "b"], "two") == {}
    async with database.writing() as session:
        await leases.drop(session, ["a"], "one")
    assert (await take(database, ["a", "b"], "two")).keys() == {"a"}
    async with database.writing() as session:
        assert await leases.drop_all(session, "one") == 1
    assert (await take(database, ["b"], "two")).keys() == {"b"}


async def test_more_names_than_fit_a_statement_are_taken_and_given_back(database: Database) -> None:
    names = [f"n{number}" for number in range(leases.AT_ONCE + 1)]
    assert len(await take(database, names, "one")) == len(names)
    async with database.writing() as session:
        await leases.drop(session, names, "one")
    assert len(await take(database, names, "two")) == len(names)


async def test_of_fifty_that_want_the_same_one_gets_it(database: Database, second: Database) -> None:
    taken = await asyncio.gather(*(take((database, second)[n % 2], ["b", "a"][:: 1 - n % 2 * 2], f"holder {n}") for n in range(50)))
    assert sorted(name for held in taken for name in held) == ["a", "b"]


async def test_a_lease_cannot_be_taken_while_its_holder_changes_something(database: Database, second: Database) -> None:
    held = (await take(database, ["a"], "one", OVER))["a"]
    async with database.writing() as session:
        await leases.require(session, held)
        taking = asyncio.create_task(take(second, ["a"], "two"))
        _, waiting = await asyncio.wait([taking], timeout=0.2)
        assert waiting, "the change is not committed yet"
    assert (await taking).keys() == {"a"}
