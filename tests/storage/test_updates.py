"""Received updates: stored before they are confirmed, handled once, given up in the end, and forgotten."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from storage import leases, updates
from storage.database import Database
from storage.models import UpdateReceipt
from storage.updates import Left
from tests.gateway.support import pending

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = 60.0
LARGE = 2**40


async def test_only_new_updates_are_reported_and_stored(database: Database) -> None:
    assert await updates.store(database, [(2, "b"), (1, "a")], None, NOW) == [1, 2]
    assert await updates.store(database, [(1, "changed"), (LARGE, "c"), (LARGE, "d")], None, NOW) == [LARGE]
    assert await pending(database) == [(1, "a"), (2, "b"), (LARGE, "c")]


async def test_nothing_to_store_is_no_transaction(database: Database) -> None:
    async with database.writing():
        assert await updates.store(database, [], None, NOW) == []


async def test_a_handled_update_is_emptied_and_stays_known(database: Database) -> None:
    await updates.store(database, [(1, "a"), (2, "b"), (3, "c")], None, NOW)
    await updates.mark_handled(database, [1, 3, 99], NOW)
    await updates.mark_handled(database, [1], NOW + timedelta(days=1))
    assert await pending(database) == [(2, "b")]
    assert await updates.store(database, [(1, "a")], None, NOW) == []
    async with database.reading() as session:
        receipt = await session.get(UpdateReceipt, 1)
    assert receipt is not None
    assert (receipt.received_at, receipt.handled_at, receipt.payload) == (NOW, NOW, None)


async def test_old_handled_updates_are_forgotten(database: Database) -> None:
    await updates.store(database, [(1, "a"), (2, "b"), (3, "c")], None, NOW - timedelta(days=9))
    await updates.mark_handled(database, [1], NOW - timedelta(hours=49))
    await updates.mark_handled(database, [2], NOW - timedelta(hours=47))
    assert await updates.forget_before(database, NOW - timedelta(hours=48)) == 1
    assert await pending(database) == [(3, "c")]
    assert await updates.store(database, [(1, "a"), (2, "b")], None, NOW) == [1]


@pytest.mark.parametrize("kind", [OperationalError, DBAPIError])
def test_a_database_that_is_away_or_full_passes(kind: type[DBAPIError]) -> None:
    assert updates.is_outage(kind("x", {}, Exception("x")))
    assert updates.is_outage(ConnectionRefusedError())
    assert updates.is_outage(PoolTimeout())


@pytest.mark.parametrize("kind", [IntegrityError, ProgrammingError])
def test_a_wrong_statement_does_not_pass(kind: type[DBAPIError]) -> None:
    assert not updates.is_outage(kind("x", {}, Exception("x")))
    assert not updates.is_outage(ValueError())


async def test_an_update_that_every_start_begins_and_none_ends_is_given_up_in_the_end(database: Database) -> None:
    await updates.store(database, [(3, "waits behind it"), (1, "kills the process"), (2, "handled")], None, NOW)
    await updates.mark_handled(database, [2], NOW)
    for replays in range(3):
        left = [Left(1, "kills the process", replays), Left(3, "waits behind it", 0)]
        assert await updates.take_over(database, None, 3, NOW) == (left, [])
        await updates.count_replay(database, 1)
    # However often it was found, it was never begun.
    left = [Left(3, "waits behind it", 0)]
    assert await updates.take_over(database, None, 3, NOW) == (left, [1])
    assert await updates.take_over(database, None, 3, NOW) == (left, [])


async def holds(database: Database, name: str, holder: str, seconds: float = MINUTE) -> None:
    async with database.writing() as session:
        assert await leases.take(session, [name], holder, seconds)


async def test_what_a_process_has_in_hand_is_taken_over_only_when_it_is_gone(database: Database) -> None:
    await holds(database, "process:one", "one")
    await holds(database, "process:two", "two", seconds=0)
    await holds(database, "account:x", "three")
    for update_id, holder in enumerate(["one", "two", "three", None, "me"], start=1):
        await updates.store(database, [(update_id, f"of {holder}")], holder, NOW)
    taken = [Left(2, "of two", 0), Left(3, "of three", 0), Left(4, "of None", 0), Left(5, "of me", 0)]
    assert await updates.take_over(database, "me", 3, NOW) == (taken, [])
    await holds(database, "process:me", "me")
    assert await updates.take_over(database, "two", 3, NOW) == ([], [])


async def test_a_process_asks_for_its_own_unhandled_updates_only(database: Database) -> None:
    await updates.store(database, [(1, "a"), (2, "b")], "me", NOW)
    await updates.store(database, [(3, "c")], "other", NOW)
    await updates.mark_handled(database, [2], NOW)
    assert await updates.unhandled(database, [1, 2, 3, 4], "me") == {1}
    assert await updates.unhandled(database, [1, 2, 3, 4], None) == set()
