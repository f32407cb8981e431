"""Broadcasts that wait, pause, leave at a time and are deleted, and what becomes of those of a dismissed admin."""

from typing import Any

import pytest

from bot.jobs.broadcast import AT_ONCE, TRIES
from bot.sandbox.telegram import FaultKind
from tests.jobs.audience import HELD, audience, broadcaster, card, progress, received, run, start
from tests.support.people import Person
from tests.support.wired import Wired


async def test_a_second_broadcast_waits_for_the_first(wired: Wired, admin: Person) -> None:
    people = await audience(wired, AT_ONCE)
    first = await start(wired, admin)
    second = await start(wired, admin)
    await wired.bot.broadcaster.drain()
    await wired.bot.broadcaster.tick()
    assert "Another broadcast is sent first" in card(admin)
    await run(broadcaster(wired))
    assert [received(person) for person in people] == [2] * len(people)
    ends = [(await progress(wired, broadcast_id)).broadcast.finished_at for broadcast_id in (first, second)]
    assert ends == sorted(end for end in ends if end is not None)


async def test_a_paused_broadcast_goes_on_where_it_was(wired: Wired, admin: Person) -> None:
    people = await audience(wired, 2 * AT_ONCE)
    broadcast_id = await start(wired, admin)
    hold = wired.sandbox.telegram.faults.add("sendMessage", kind=FaultKind.HOLD, count=HELD)
    await wired.bot.broadcaster.tick()
    await wired.sandbox.telegram.until(lambda _: hold.struck == HELD)
    shown = next(message for message in reversed(admin.messages()) if "Sending" in message["text"])
    await wired.taps(admin, wired.data(shown, "Pause"), shown)
    hold.release()
    await run(wired.bot.broadcaster)
    assert "Paused" in card(admin)
    assert (await progress(wired, broadcast_id)).sent == AT_ONCE
    await wired.taps(admin, wired.data(admin.messages()[-1], "Resume"), admin.messages()[-1])
    await run(wired.bot.broadcaster)
    assert [received(person) for person in people] == [1] * len(people)
    assert "Sent" in card(admin)


async def test_a_broadcast_leaves_at_its_time_and_its_card_becomes_the_progress(wired: Wired, admin: Person) -> None:
    [person] = await audience(wired, 1)
    await wired.says(admin, "/start")
    asked = (await wired.says(admin, "/broadcast Hello all"))[-1]
    await wired.taps(admin, wired.data(asked, "Send later"), asked)
    await wired.taps(admin, next(key["callback_data"] for key in keys(admin.messages()[-1])), admin.messages()[-1])
    scheduled = admin.messages()[-1]
    assert "Scheduled for" in scheduled["text"]
    with wired.clock.running(0):
        await run(wired.bot.broadcaster)
        assert received(person) == 0
        wired.clock.advance(hours=1)
        await run(broadcaster(wired))
    assert received(person) == 1
    [shown] = [message for message in admin.messages() if message["message_id"] == scheduled["message_id"]]
    assert "Sent" in shown["text"]


def keys(message: dict[str, Any]) -> list[dict[str, Any]]:
    return [key for row in message["reply_markup"]["inline_keyboard"] for key in row]


async def sent(wired: Wired, admin: Person, count: int) -> tuple[list[Person], str]:
    """Let a broadcast reach so many users, and ask for its deletion."""
    people = await audience(wired, count)
    broadcast_id = await start(wired, admin)
    await run(wired.bot.broadcaster)
    for label in ("Delete for everyone", "Delete"):
        shown = next(message for message in reversed(admin.messages()) if label in str(message.get("reply_markup")))
        await wired.taps(admin, wired.data(shown, label), shown)
    assert "Deleting for everyone" in card(admin)
    return people, broadcast_id


async def test_a_broadcast_is_deleted_from_every_chat(wired: Wired, admin: Person) -> None:
    people, broadcast_id = await sent(wired, admin, AT_ONCE + 2)
    gone = people[0]
    [own] = [message for message in gone.messages() if message["text"] == "Hello all"]
    gone.telegram.delete_message(gone.id, gone.id, own["message_id"])
    wired.sandbox.telegram.faults.add("deleteMessage", kind=FaultKind.CUT_AFTER, chat_id=people[1].id)
    wired.sandbox.telegram.faults.add("deleteMessage", kind=FaultKind.RETRY_AFTER, retry_after=0, chat_id=people[2].id)
    old = "Bad Request: message can't be deleted for everyone"
    wired.sandbox.telegram.faults.add("deleteMessage", kind=FaultKind.BAD_REQUEST, description=old, chat_id=people[3].id)
    fault = wired.sandbox.telegram.faults.add("deleteMessage", kind=FaultKind.HTTP_ERROR, count=TRIES, chat_id=people[4].id)
    for _ in range(TRIES + 1):
        await run(wired.bot.broadcaster)
    assert fault.struck == TRIES
    assert [received(person) for person in people] == [0, 0, 0, 1, 1, *[0] * (len(people) - 5)]
    found = await progress(wired, broadcast_id)
    assert (found.removed, found.refused, found.removal_unclear) == (len(people) - 1, 1, 1)
    assert found.broadcast.removed_at is not None
    assert "Deleted for everyone" in card(admin)
    assert f"Deleted: {found.removed} of {found.sent}" in card(admin)
    calls = len(wired.sandbox.telegram.ledger)
    await run(wired.bot.broadcaster)
    assert len(wired.sandbox.telegram.ledger) == calls


async def test_a_deletion_goes_on_after_a_restart_and_before_anything_is_sent(wired: Wired, admin: Person) -> None:
    people, broadcast_id = await sent(wired, admin, 3)
    await wired.bot.broadcaster.drain()
    second = await start(wired, admin)
    await run(broadcaster(wired))
    found = await progress(wired, broadcast_id)
    assert (found.removed, found.refused, found.broadcast.removed_at is not None) == (4, 0, True)
    assert [received(person) for person in people] == [1, 1, 1], "those of the second one"
    after = await progress(wired, second)
    assert after.broadcast.finished_at is not None
    assert found.broadcast.removed_at is not None
    assert found.broadcast.removed_at <= after.broadcast.finished_at


async def test_the_owners_are_told_when_the_author_is_dismissed_in_the_middle(wired: Wired, admin: Person, alice: Person) -> None:
    people = await audience(wired, AT_ONCE)
    for person in (admin, alice):
        await wired.says(person, "/start")
    await wired.says(admin, f"/admins {alice.id}")
    broadcast_id = await start(wired, alice)
    hold = wired.sandbox.telegram.faults.add("sendMessage", kind=FaultKind.HOLD, count=HELD)
    await wired.bot.broadcaster.tick()
    await wired.sandbox.telegram.until(lambda _: hold.struck == HELD)
    await wired.bot.parts.team.dismiss(admin.id, alice.id)
    hold.release()
    await run(wired.bot.broadcaster)
    assert (await progress(wired, broadcast_id)).sent == AT_ONCE
    told = next(message for message in admin.messages() if "A broadcast is paused" in message["text"])
    assert "is no admin any more" in told["text"]
    assert "reply_markup" not in next(message for message in reversed(alice.messages()) if "Paused" in message["text"])
    await run(wired.bot.broadcaster)
    assert len([message for message in admin.messages() if "A broadcast is paused" in message["text"]]) == 1

    await wired.taps(admin, wired.data(told, "Open it"), told)
    await wired.taps(admin, wired.data(admin.messages()[-1], "Resume"), told)
    await run(wired.bot.broadcaster)
    assert sum(received(person) for person in people) + received(admin) + received(alice) - 1 == AT_ONCE + 2, "one was the preview"


async def test_an_owner_who_cannot_be_told_finds_it_in_the_list(
    wired: Wired, admin: Person, alice: Person, caplog: pytest.LogCaptureFixture
) -> None:
    for person in (admin, alice):
        await wired.says(person, "/start")
    await wired.says(admin, f"/admins {alice.id}")
    await start(wired, alice)
    await wired.bot.parts.team.dismiss(admin.id, alice.id)
    wired.sandbox.telegram.faults.add("sendMessage", kind=FaultKind.BAD_REQUEST, chat_id=admin.id)
    await run(wired.bot.broadcaster)
    assert f"owner {admin.id} was not told" in caplog.text
    assert not [message for message in admin.messages() if "A broadcast is paused" in message["text"]]
    listed = (await wired.says(admin, "/admin"))[-1]
    await wired.taps(admin, wired.data(listed, "Broadcast"), listed)
    assert "⏸" in str(admin.messages()[-1]["reply_markup"])
