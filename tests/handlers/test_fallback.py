"""What nobody expects: unknown messages, stale and forged buttons, and chats that close."""

from typing import Any

import pytest

from bot.screens.callback import MAX_BYTES
from bot.services.accounts import LANGUAGE_LENGTH
from tests.support.people import Person
from tests.support.wired import Wired

GROUP = -4001
FILE = {"file_id": "x", "file_unique_id": "y"}
UNKNOWN: dict[str, dict[str, Any]] = {
    "sticker": {"sticker": FILE | {"width": 1, "height": 1, "is_animated": False, "is_video": False, "type": "regular"}},
    "photo": {"photo": [FILE | {"width": 1, "height": 1}]},
    "voice": {"voice": FILE | {"duration": 1}},
    "location": {"location": {"longitude": 1.0, "latitude": 1.0}},
    "unknown command": {"text": "/nonsense", "entities": [{"type": "bot_command", "offset": 0, "length": 9}]},
}
GARBAGE = [
    "nothing",
    "buy",
    "buy:",
    "menu:x",
    "card:" + "a" * 25,
    "shop:-1:x",
    "\x00" * 64,
    "\ufffd" * 21,
    "🇮🇳" * 8,
    "hist:9999999",
    "'; --",
]


def pushed(wired: Wired, person: Person, kind: str = "message", **content: Any) -> None:
    user = {"id": person.id, "is_bot": False, "first_name": "Alice", "language_code": "en"}
    chat = {"id": person.id, "type": "private", "first_name": "Alice"}
    wired.sandbox.telegram.push_update({kind: {"message_id": 10**6, "date": 1, "chat": chat, "from": user, **content}})


@pytest.mark.parametrize("content", UNKNOWN.values(), ids=UNKNOWN)
async def test_what_is_not_understood_is_answered_with_help(wired: Wired, alice: Person, content: dict[str, Any]) -> None:
    await wired.says(alice, "/start")
    pushed(wired, alice, **content)
    await wired.handle()
    assert "did not understand" in alice.messages()[-1]["text"]


async def test_an_edit_of_what_is_not_understood_says_nothing(wired: Wired, alice: Person) -> None:
    await wired.says(alice, "/start")
    before = alice.messages()
    pushed(wired, alice, "edited_message", **UNKNOWN["photo"], edit_date=2)
    await wired.handle()
    assert alice.messages() == before


async def test_a_caption_is_a_search_like_a_text(wired: Wired, alice: Person) -> None:
    await wired.connected(alice)
    pushed(wired, alice, **UNKNOWN["photo"], caption="whats\n  app")
    await wired.handle()
    assert "“whats app”" in alice.messages()[-1]["text"]


@pytest.mark.parametrize("data", GARBAGE)
async def test_a_forged_or_stale_button_is_answered_and_changes_nothing(wired: Wired, alice: Person, data: str) -> None:
    assert len(data.encode()) <= MAX_BYTES
    menu = (await wired.says(alice, "/start"))[-1]
    await wired.taps(alice, data, menu)
    [shown] = alice.messages()
    assert "not here any more" in shown["text"], "the menu changes in place"
    assert wired.sandbox.telegram.ledger[-2].method == "answerCallbackQuery", "the spinner stops first"


async def test_a_button_without_data_is_answered(wired: Wired, alice: Person) -> None:
    await wired.says(alice, "/start")
    user = {"id": alice.id, "is_bot": False, "first_name": "Alice"}
    wired.sandbox.telegram.push_update({"callback_query": {"id": "1", "from": user, "chat_instance": "1", "game_short_name": "x"}})
    await wired.handle()
    assert "not here any more" in alice.messages()[-1]["text"]


async def test_a_tap_that_comes_too_late_to_be_answered_has_its_effect(wired: Wired, alice: Person) -> None:
    menu = (await wired.says(alice, "/start"))[-1]
    query = wired.sandbox.telegram.forge_callback(alice.id, alice.id, menu["message_id"], "help")
    del wired.sandbox.telegram.queries[query]
    await wired.handle()
    assert "How it works" in alice.messages()[-1]["text"]


async def test_a_user_who_blocks_the_bot_is_unreachable_until_they_let_it_in_again(wired: Wired, alice: Person) -> None:
    await wired.says(alice, "/start")
    alice.telegram.block(alice.id)
    await wired.handle()
    chat = await wired.chat(alice)
    assert chat is not None
    assert chat.unreachable_at is not None
    alice.telegram.unblock(alice.id)
    await wired.handle()
    chat = await wired.chat(alice)
    assert chat is not None
    assert chat.unreachable_at is None


async def test_a_group_that_throws_the_bot_out_blocks_nobody(wired: Wired, alice: Person) -> None:
    await wired.says(alice, "/start")
    wired.sandbox.telegram.add_group(GROUP, "Friends", [alice.id])
    wired.sandbox.telegram.kick_bot(alice.id, GROUP)
    await wired.handle()
    chat = await wired.chat(alice)
    assert chat is not None
    assert chat.unreachable_at is None


async def test_a_client_may_call_its_language_anything(wired: Wired, alice: Person) -> None:
    alice.telegram.add_user(alice.id, "Alice", language_code="x" * 60)
    assert "Hello, Alice" in (await wired.says(alice, "/start"))[-1]["text"]
    chat = await wired.chat(alice)
    assert chat is not None
    assert chat.language == "x" * LANGUAGE_LENGTH


async def test_messages_without_a_sender_are_passed_over(wired: Wired, alice: Person) -> None:
    await wired.says(alice, "/start")
    before = alice.messages()
    chat = {"id": alice.id, "type": "private", "first_name": "Alice"}
    wired.sandbox.telegram.push_update({"message": {"message_id": 10**6, "date": 1, "chat": chat, "text": "hello"}})
    await wired.handle()
    assert alice.messages() == before
