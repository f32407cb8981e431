"""What a user sees, and the log does not hide, when a handler fails."""

import logging
from typing import Any

import pytest
from telegram import Update

from bot.handlers.failures import flood
from bot.sandbox.telegram import FaultKind
from tests.support.people import Person
from tests.support.wired import Wired

GROUP = -4001


async def unreachable(wired: Wired, person: Person) -> bool:
    chat = await wired.chat(person)
    return chat is not None and chat.unreachable_at is not None


async def fail(wired: Wired, update: object, error: Exception) -> None:
    await wired.bot.application.process_error(update, error)


async def test_a_bug_is_logged_and_its_user_told_without_a_traceback(wired: Wired, alice: Person, caplog: pytest.LogCaptureFixture) -> None:
    await wired.says(alice, "/start")
    wired.sandbox.telegram.push_update(
        {"message": {"message_id": 9, "date": 1, "chat": {"id": alice.id, "type": "private"}, "text": "hi", "from": USER}}
    )
    raw = wired.sandbox.telegram.updates.pending()[-1]
    wired.sandbox.telegram.updates.clear()
    await fail(wired, Update.de_json(raw, wired.bot.application.bot), ZeroDivisionError("canary"))
    assert "Something went wrong on my side" in alice.messages()[-1]["text"]
    assert "canary" not in alice.messages()[-1]["text"]
    [record] = [record for record in caplog.records if record.name == "bot.handlers.failures"]
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError


USER = {"id": 1001, "is_bot": False, "first_name": "Alice", "language_code": "en"}


async def test_a_bug_outside_of_any_update_is_logged(wired: Wired, caplog: pytest.LogCaptureFixture) -> None:
    await fail(wired, None, ZeroDivisionError("no update"))
    assert "a handler failed" in caplog.text


async def test_a_bug_in_a_group_writes_to_nobody(wired: Wired, alice: Person, caplog: pytest.LogCaptureFixture) -> None:
    await wired.says(alice, "/start")
    before = alice.messages()
    chat = {"id": GROUP, "type": "group", "title": "Friends"}
    raw = {"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": chat, "from": USER, "text": "x"}}
    await fail(wired, Update.de_json(raw, wired.bot.application.bot), ZeroDivisionError())
    assert alice.messages() == before
    assert "a handler failed" in caplog.text


async def test_a_user_who_blocked_the_bot_meanwhile_is_noted(wired: Wired, alice: Person, caplog: pytest.LogCaptureFixture) -> None:
    await wired.says(alice, "/start")
    wired.sandbox.telegram.faults.add("sendMessage", kind=FaultKind.BLOCKED)
    await wired.says(alice, "/help")
    assert await unreachable(wired, alice)
    assert "a handler failed" not in caplog.text


async def test_a_group_that_refuses_the_answer_closes_no_private_chat(wired: Wired, alice: Person) -> None:
    await wired.says(alice, "/start")
    wired.sandbox.telegram.add_group(GROUP, "Friends", [alice.id])
    refusal = "have no rights to send a message"
    wired.sandbox.telegram.faults.add("sendMessage", kind=FaultKind.BAD_REQUEST, description=refusal, chat_id=GROUP)
    wired.sandbox.telegram.send_text(alice.id, "/buy", GROUP)
    await wired.handle()
    assert not wired.sandbox.telegram.faults.active[0].count
    assert not await unreachable(wired, alice)


SILENT: dict[str, dict[str, Any]] = {
    "no answer": {"kind": FaultKind.CUT},
    "a server error": {"kind": FaultKind.HTTP_ERROR},
    "too long": {"kind": FaultKind.BAD_REQUEST, "description": "message is too long"},
}


@pytest.mark.parametrize("fault", SILENT.values(), ids=SILENT)
async def test_an_answer_that_was_lost_is_logged_and_not_followed_by_another(
    wired: Wired, alice: Person, caplog: pytest.LogCaptureFixture, fault: dict[str, Any]
) -> None:
    await wired.says(alice, "/start")
    before = alice.messages()
    wired.sandbox.telegram.faults.add("sendMessage", **fault)
    await wired.says(alice, "/help")
    assert alice.messages() == before
    assert "an answer did not reach Telegram" in caplog.text
    assert not await unreachable(wired, alice)


async def test_a_refusal_that_is_not_known_is_a_bug(wired: Wired, alice: Person, caplog: pytest.LogCaptureFixture) -> None:
    await wired.says(alice, "/start")
    wired.sandbox.telegram.faults.add("sendMessage", kind=FaultKind.BAD_REQUEST, description="BUTTON_DATA_INVALID")
    answers = await wired.says(alice, "/help")
    assert "Something went wrong on my side" in answers[-1]["text"]
    assert "a handler failed" in caplog.text


async def test_what_is_normal_life_is_not_logged_as_a_failure(wired: Wired, alice: Person, caplog: pytest.LogCaptureFixture) -> None:
    await wired.says(alice, "/start")
    wired.sandbox.telegram.faults.add("sendMessage", kind=FaultKind.BAD_REQUEST, description="message to be replied not found")
    before = alice.messages()
    await wired.says(alice, "/help")
    assert alice.messages() == before
    assert not [record for record in caplog.records if record.name == "bot.handlers.failures"]


async def test_a_tap_that_is_too_much_is_answered_where_it_was_made(wired: Wired, alice: Person) -> None:
    menu = (await wired.says(alice, "/start"))[-1]
    before = alice.messages()
    query = wired.sandbox.telegram.forge_callback(alice.id, alice.id, menu["message_id"], "help")
    [raw] = wired.sandbox.telegram.updates.pending()
    made = Update.de_json(raw, wired.bot.application.bot)
    assert made is not None
    await flood(wired.bot.parts)(made)
    answer = wired.sandbox.telegram.queries[query].answer
    assert answer is not None
    assert "too fast" in answer["text"]
    assert alice.messages() == before


async def test_a_flood_is_answered_in_private_only(wired: Wired, alice: Person) -> None:
    await wired.says(alice, "/start")
    answer = flood(wired.bot.parts)
    for chat in ({"id": GROUP, "type": "group", "title": "Friends"}, {"id": alice.id, "type": "private"}):
        raw = {"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": chat, "from": USER, "text": "x"}}
        made = Update.de_json(raw, wired.bot.application.bot)
        assert made is not None
        await answer(made)
    sent = [message["text"] for message in alice.messages() if "too fast" in message["text"]]
    assert len(sent) == 1
