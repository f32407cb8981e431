"""Broadcasts: sent chat by chat, stopped and resumed by row, never twice, with a card that keeps up."""

import asyncio
import json
import logging

import pytest
from sqlalchemy import text as sql
from telegram.ext import BaseRateLimiter

from bot.jobs.broadcast import AT_ONCE
from bot.sandbox.telegram import FaultKind
from storage.models import BroadcastState
from tests.jobs.audience import HELD, audience, broadcaster, card, one_run, progress, received, run, start
from tests.support.people import Person
from tests.support.wired import Wired


async def test_everybody_receives_it_once_and_the_card_tells(wired: Wired, admin: Person) -> None:
    people = await audience(wired, 2 * AT_ONCE + 3)
    broadcast_id = await start(wired, admin)
    await run(wired.bot.broadcaster)
    assert [received(person) for person in people] == [1] * len(people)
    found = await progress(wired, broadcast_id)
    assert (found.broadcast.state, found.sent, found.total) == (BroadcastState.DONE, len(people) + 1, len(people) + 1)
    assert "Sent" in card(admin)
    assert f"{found.total} of {found.total} chats" in card(admin)
    calls = len(wired.sandbox.telegram.ledger)
    await run(wired.bot.broadcaster)
    assert len(wired.sandbox.telegram.ledger) == calls


async def test_formatting_is_kept(wired: Wired, admin: Person) -> None:
    await start(wired, admin, json.dumps([{"type": "bold", "offset": 0, "length": 5}]))
    await run(wired.bot.broadcaster)
    preview, sent = [message for message in admin.messages() if message["text"] == "Hello all"]
    assert "entities" not in preview
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 5}]


async def test_a_stop_spares_those_who_have_not_been_written_to(wired: Wired, admin: Person) -> None:
    people = await audience(wired, 2 * AT_ONCE)
    broadcast_id = await start(wired, admin)
    hold = wired.sandbox.telegram.faults.add("sendMessage", kind=FaultKind.HOLD, count=HELD)
    await wired.bot.broadcaster.tick()
    await wired.sandbox.telegram.until(lambda _: hold.struck == HELD)
    await wired.bot.parts.conductor.stop(admin.id, broadcast_id)
    hold.release()
    await run(wired.bot.broadcaster)
    assert sum(received(person) for person in people) <= AT_ONCE
    found = await progress(wired, broadcast_id)
    assert (found.broadcast.state, found.sent, found.waiting) == (BroadcastState.STOPPED, AT_ONCE, AT_ONCE + 1)
    assert "Stopped" in card(admin)


async def test_a_shutdown_finishes_what_is_in_hand_and_a_new_process_goes_on(wired: Wired, admin: Person) -> None:
    people = await audience(wired, 2 * AT_ONCE)
    broadcast_id = await start(wired, admin)
    hold = wired.sandbox.telegram.faults.add("sendMessage", kind=FaultKind.HOLD, count=HELD)
    await wired.bot.broadcaster.tick()
    await wired.sandbox.telegram.until(lambda _: hold.struck == HELD)
    draining = asyncio.create_task(wired.bot.broadcaster.drain())
    hold.release()
    await draining
    assert (await progress(wired, broadcast_id)).sent == AT_ONCE
    await wired.bot.broadcaster.tick()
    assert (await progress(wired, broadcast_id)).sent == AT_ONCE, "it starts nothing any more"
    await run(broadcaster(wired))
    assert [received(person) for person in people] == [1] * len(people)
    assert (await progress(wired, broadcast_id)).broadcast.state is BroadcastState.DONE


async def test_a_drain_without_a_run_ends_at_once(wired: Wired) -> None:
    await wired.bot.broadcaster.drain()


async def test_what_a_dead_process_had_in_hand_is_unclear_and_not_sent_again(wired: Wired, admin: Person) -> None:
    [person] = await audience(wired, 1)
    broadcast_id = await start(wired, admin)
    assert await wired.bot.parts.broadcasts.claim(broadcast_id, 1) == [person.id]
    await run(broadcaster(wired))
    found = await progress(wired, broadcast_id)
    assert (found.broadcast.state, found.unclear, found.sent) == (BroadcastState.DONE, 1, 1)
    assert received(person) == 0


@pytest.mark.parametrize("kind", [FaultKind.CUT_AFTER, FaultKind.HTTP_ERROR])
async def test_an_unclear_message_is_not_sent_again(wired: Wired, admin: Person, kind: FaultKind) -> None:
    [person] = await audience(wired, 1)
    broadcast_id = await start(wired, admin)
    wired.sandbox.telegram.faults.add("sendMessage", kind=kind, chat_id=person.id)
    await run(wired.bot.broadcaster)
    assert received(person) == (kind is FaultKind.CUT_AFTER)
    assert (await progress(wired, broadcast_id)).unclear == 1
    assert "Unclear, not sent again: 1" in card(admin)


async def test_a_chat_that_blocked_the_bot_is_counted_and_left_out_next_time(wired: Wired, admin: Person) -> None:
    [person] = await audience(wired, 1)
    wired.sandbox.telegram.users[person.id].blocked = True
    broadcast_id = await start(wired, admin)
    await run(wired.bot.broadcaster)
    assert (await progress(wired, broadcast_id)).blocked == 1
    again = await start(wired, admin)
    assert (await progress(wired, again)).total == 1


async def test_a_refusal_for_another_reason_is_a_failure_and_logged(wired: Wired, admin: Person, caplog: pytest.LogCaptureFixture) -> None:
    [person] = await audience(wired, 1)
    broadcast_id = await start(wired, admin)
    wired.sandbox.telegram.faults.add("sendMessage", kind=FaultKind.BAD_REQUEST, chat_id=person.id)
    await run(wired.bot.broadcaster)
    assert (await progress(wired, broadcast_id)).failed == 1
    assert [record.levelno for record in caplog.records if record.name == "bot.jobs.broadcast"] == [logging.WARNING]


async def test_a_message_that_was_refused_for_now_waits_for_the_next_tick(wired: Wired, admin: Person) -> None:
    [person] = await audience(wired, 1)
    broadcast_id = await start(wired, admin)
    wired.sandbox.telegram.faults.add("sendMessage", kind=FaultKind.RETRY_AFTER, retry_after=0, chat_id=person.id)
    await one_run(wired.bot.broadcaster)
    found = await progress(wired, broadcast_id)
    assert (found.broadcast.state, found.sent, found.waiting) == (BroadcastState.SENDING, 1, 1)
    await run(wired.bot.broadcaster)
    assert received(person) == 1
    assert (await progress(wired, broadcast_id)).sent == 2


async def test_while_telegram_is_away_each_tick_tries_once(wired: Wired, admin: Person) -> None:
    await audience(wired, 3)
    broadcast_id = await start(wired, admin)
    limiter = wired.bot.application.bot.rate_limiter
    assert isinstance(limiter, BaseRateLimiter)
    await limiter.shutdown()
    driver = wired.bot.broadcaster
    async with asyncio.timeout(10):
        await one_run(driver)
    assert (await progress(wired, broadcast_id)).waiting == 4
    await limiter.initialize()
    await run(driver)
    assert (await progress(wired, broadcast_id)).sent == 4


async def test_a_bug_in_a_run_comes_out_at_the_next_tick(wired: Wired, admin: Person) -> None:
    await start(wired, admin, "{")
    await one_run(wired.bot.broadcaster)
    with pytest.raises(json.JSONDecodeError):
        await wired.bot.broadcaster.tick()


async def test_an_outage_of_the_database_leaves_no_chat_without_an_outcome(wired: Wired, admin: Person) -> None:
    people = await audience(wired, 2)
    broadcast_id = await start(wired, admin)
    hold = wired.sandbox.telegram.faults.add("sendMessage", kind=FaultKind.HOLD, count=3)
    await wired.bot.broadcaster.tick()
    [task] = [task for task in asyncio.all_tasks() if task.get_name().startswith("broadcast ")]
    await wired.sandbox.telegram.until(lambda _: hold.struck == 3)
    async with wired.bot.database.writing() as session:
        await session.execute(sql("ALTER TABLE broadcast_recipient RENAME TO gone"))
    hold.release()
    await asyncio.wait([task])
    async with wired.bot.database.writing() as session:
        await session.execute(sql("ALTER TABLE gone RENAME TO broadcast_recipient"))
    assert type(task.exception()).__name__ == "OperationalError"
    await run(broadcaster(wired))
    found = await progress(wired, broadcast_id)
    assert (found.broadcast.state, found.unclear, found.waiting) == (BroadcastState.DONE, 3, 0)
    assert [received(person) for person in people] == [1, 1]


def redraws(wired: Wired, admin: Person) -> int:
    return len([call for call in wired.sandbox.telegram.ledger if call.method == "editMessageText" and call.chat_id == str(admin.id)])


async def test_the_card_of_a_long_broadcast_is_redrawn_every_few_seconds_and_at_the_end(wired: Wired, admin: Person) -> None:
    await audience(wired, 2)
    broadcast_id = await start(wired, admin)
    parts, driver = wired.bot.parts, wired.bot.broadcaster
    await driver.drain()
    drawn = redraws(wired, admin)
    with wired.clock.running(0):
        for expected, ahead in ((1, 0), (1, 1), (1, 1), (2, 1), (3, -60)):
            wired.clock.advance(seconds=ahead)
            claimed = await parts.broadcasts.claim(broadcast_id, 1)
            await parts.broadcasts.conclude(broadcast_id, [(chat_id, None, None) for chat_id in claimed])
            await driver.tick()
            assert redraws(wired, admin) - drawn == expected
    await parts.conductor.stop(admin.id, broadcast_id)
    await driver.tick()
    assert redraws(wired, admin) - drawn == 4
    assert "Stopped" in card(admin)


async def test_a_card_that_could_not_be_redrawn_is_redrawn_later(wired: Wired, admin: Person, caplog: pytest.LogCaptureFixture) -> None:
    await start(wired, admin)
    fault = wired.sandbox.telegram.faults.add("editMessageText", kind=FaultKind.HTTP_ERROR, count=2)
    await run(wired.bot.broadcaster)
    assert "is redrawn later" in caplog.text
    while fault.count:
        await wired.bot.broadcaster.tick()
    await wired.bot.broadcaster.tick()
    assert "Sent" in card(admin)


async def test_an_author_who_blocked_the_bot_stays_unreachable(wired: Wired, admin: Person) -> None:
    await start(wired, admin)
    wired.sandbox.telegram.users[admin.id].blocked = True
    await run(wired.bot.broadcaster)
    chat = await wired.chat(admin)
    assert chat is not None
    assert chat.unreachable_at is not None
    assert await wired.bot.parts.broadcasts.undrawn() == [], "it is not tried for ever"


async def test_a_card_that_is_gone_is_made_anew(wired: Wired, admin: Person) -> None:
    await start(wired, admin)
    asked = admin.messages()[-1]
    admin.telegram.delete_message(admin.id, admin.id, asked["message_id"])
    await run(wired.bot.broadcaster)
    assert "Sent" in card(admin)
    drawn = [message for message in admin.messages() if "Delivered" in message["text"]]
    assert len(drawn) == 1
    assert drawn[0]["message_id"] > asked["message_id"]
