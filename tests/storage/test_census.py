"""Counts over all chats."""

from datetime import timedelta
from decimal import Decimal

from storage import census, leases, messages, updates
from storage.database import Database
from storage.models import Broadcast, BroadcastRecipient, BroadcastState, Outcome, State
from tests.storage import rows
from tests.storage.rows import NOW


async def test_an_empty_house_has_nothing_to_do(database: Database) -> None:
    counted = await census.take(database)
    assert (counted.chats, counted.connected, counted.unreachable, counted.activations) == (0, 0, 0, {})
    assert (counted.undelivered, counted.oldest_undelivered_at, counted.unhandled) == (0, None, 0)
    assert (counted.recipients_waiting, counted.processes, counted.oldest_unhandled_at) == (0, 0, None)


async def test_everything_is_counted_that_is_there_or_still_to_be_done(database: Database) -> None:
    await rows.chat(database, token="sealed")
    await rows.chat(database, 2, unreachable_at=NOW)
    await rows.number(database, "n")
    await rows.number(database, "m", state=State.FINISHED, price=Decimal(1))
    async with database.writing() as session:
        await messages.add(session, "n", "code 1234", NOW)
        await leases.take(session, ["process:x", "n"], "x", 60)
        await leases.take(session, ["process:y"], "y", 0)
    await updates.store(database, [(1, "a")], None, NOW)
    await updates.store(database, [(2, "b"), (3, "c")], None, NOW + timedelta(minutes=1))
    await updates.mark_handled(database, [1, 3], NOW)
    counted = await census.take(database)
    assert (counted.chats, counted.connected, counted.unreachable) == (2, 1, 1)
    assert counted.activations == {State.ACTIVE: 1, State.FINISHED: 1}
    assert (counted.undelivered, counted.oldest_undelivered_at) == (1, NOW)
    assert (counted.unhandled, counted.oldest_unhandled_at, counted.processes) == (1, NOW + timedelta(minutes=1), 1)


async def test_chats_wait_for_a_broadcast_that_is_under_way_and_for_no_other(database: Database) -> None:
    await rows.chat(database)
    async with database.writing() as session:
        for state in BroadcastState:
            session.add(Broadcast(id=state.value, author_id=1, text="x", state=state, created_at=NOW))
            session.add(BroadcastRecipient(broadcast_id=state.value, chat_id=1))
            session.add(BroadcastRecipient(broadcast_id=state.value, chat_id=2, outcome=Outcome.SENT))
    assert (await census.take(database)).recipients_waiting == 1
