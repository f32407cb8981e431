"""The pace that several processes keep together."""

import asyncio

from storage import sending
from storage.database import Database

LONG = 60.0


async def test_moments_are_apart_by_the_interval_whoever_asks(database: Database, second: Database) -> None:
    waits = [await sending.reserve((database, second)[n % 2], "x", LONG, patient=False) for n in range(4)]
    assert all(given for given, _ in waits)
    for position, (_, wait) in enumerate(waits):
        assert position * LONG - 10 < wait <= position * LONG


async def test_fifty_at_once_get_fifty_different_moments(database: Database, second: Database) -> None:
    waits = await asyncio.gather(*(sending.reserve((database, second)[n % 2], "x", LONG, patient=False) for n in range(50)))
    assert sorted(round(wait / LONG) for _, wait in waits) == list(range(50))


async def test_the_patient_take_only_what_is_there_and_learn_when_to_ask_again(database: Database) -> None:
    assert await sending.reserve(database, "x", LONG, patient=True) == (True, 0.0)
    given, wait = await sending.reserve(database, "x", LONG, patient=True)
    assert (given, LONG - 10 < wait <= LONG) == (False, True)
    _, wait = await sending.reserve(database, "x", LONG, patient=False)
    assert LONG - 10 < wait <= LONG, "one who asked in vain holds nobody up"


async def test_time_that_nobody_used_is_not_saved_up(database: Database) -> None:
    assert await sending.reserve(database, "x", 0.000_001, patient=False) == (True, 0.0)
    assert await sending.reserve(database, "x", LONG, patient=False) == (True, 0.0)


async def test_a_pause_puts_off_what_is_not_reserved_and_is_never_shortened(database: Database) -> None:
    await sending.pause(database, "x", 2 * LONG)
    await sending.pause(database, "x", LONG)
    _, wait = await sending.reserve(database, "x", LONG, patient=False)
    assert 2 * LONG - 10 < wait <= 2 * LONG


async def test_names_have_nothing_to_do_with_each_other(database: Database) -> None:
    await sending.pause(database, "x", LONG)
    assert await sending.reserve(database, "y", LONG, patient=True) == (True, 0.0)
