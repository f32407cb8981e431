"""A broadcast is what its admin wrote after the command, formatting and all, and nobody else's business."""

import json
from typing import Any

import pytest
from telegram import Message

from bot.handlers.broadcast import body
from bot.screens.callbacks import SendBroadcast, StopBroadcast
from tests.support.people import Person
from tests.support.wired import Wired


def message(text: str, *entities: tuple[str, int, int], **more: Any) -> Message:
    """Make a message; entities are type, offset and length in UTF-16 code units."""
    listed = [{"type": kind, "offset": offset, "length": length, **more} for kind, offset, length in entities]
    raw = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "text": text, "entities": listed}
    made = Message.de_json(raw, None)
    assert made is not None
    return made


BODIES = [
    ("/broadcast", [("bot_command", 0, 10)], "", []),
    ("/broadcast  \n ", [("bot_command", 0, 10)], "", []),
    ("/broadcast Hello", [("bot_command", 0, 10)], "Hello", []),
    ("/broadcast@the_bot Hello", [("bot_command", 0, 18)], "Hello", []),
    ("/broadcast Hello you", [("bot_command", 0, 10), ("bold", 11, 5)], "Hello you", [("bold", 0, 5)]),
    ("/broadcast\n\nHello you", [("bot_command", 0, 10), ("bold", 18, 3)], "Hello you", [("bold", 6, 3)]),
    ("/broadcast 🎉 Hello", [("bot_command", 0, 10), ("bold", 14, 5)], "🎉 Hello", [("bold", 3, 5)]),
    ("/broadcast Hello 🎉👩‍👩‍👧 you", [("bold", 17, 2), ("italic", 28, 3)], "Hello 🎉👩‍👩‍👧 you", [("bold", 6, 2), ("italic", 17, 3)]),
    ("/broadcast Hello", [("bot_command", 0, 10), ("bold", 0, 16)], "Hello", [("bold", 0, 5)]),
    ("/broadcast Hello", [("bold", 0, 10)], "Hello", []),
    ("/broadcast Hello", [("bold", 0, 11)], "Hello", []),
    ("/broadcast a /start b", [("bot_command", 0, 10), ("bot_command", 13, 6)], "a /start b", [("bot_command", 2, 6)]),
]


@pytest.mark.parametrize(("text", "given", "rest", "kept"), BODIES)
def test_the_command_is_taken_off_and_the_formatting_moves_along(
    text: str, given: list[tuple[str, int, int]], rest: str, kept: list[tuple[str, int, int]]
) -> None:
    found, entities = body(message(text, *given))
    assert found == rest
    assert [(entity["type"], entity["offset"], entity["length"]) for entity in json.loads(entities)] == kept


def test_links_and_times_keep_what_they_carry() -> None:
    linked = message("/broadcast site", ("text_link", 11, 4), url="https://example.org/?a=1")
    assert json.loads(body(linked)[1]) == [{"type": "text_link", "offset": 0, "length": 4, "url": "https://example.org/?a=1"}]
    timed = message("/broadcast noon", ("date_time", 11, 4), unix_time=1772712030, date_time_format="r")
    [entity] = json.loads(body(timed)[1])
    assert (entity["unix_time"], entity["date_time_format"]) == (1772712030, "r")


async def test_an_admin_sees_the_message_as_it_will_arrive_and_confirms(wired: Wired, admin: Person, alice: Person) -> None:
    await wired.says(alice, "/start")
    preview, asked = await wired.says(admin, "/broadcast 🎉 See @otpbuddy_bot or https://example.org")
    assert preview["text"] == "🎉 See @otpbuddy_bot or https://example.org"
    assert "2 chats" in asked["text"]
    await wired.taps(admin, wired.data(asked, "Send to"), asked)
    assert "Sending" in admin.messages()[-1]["text"]
    assert admin.messages()[-1]["message_id"] == asked["message_id"]
    await wired.taps(admin, wired.data(admin.messages()[-1], "Stop"), admin.messages()[-1])
    assert "Stopped" in admin.messages()[-1]["text"]


async def test_a_draft_can_be_thrown_away(wired: Wired, admin: Person) -> None:
    asked = (await wired.says(admin, "/broadcast Hello"))[-1]
    await wired.taps(admin, wired.data(asked, "Throw away"), asked)
    assert "Thrown away" in admin.messages()[-1]["text"]
    await wired.taps(admin, wired.data(asked, "Send to"), admin.messages()[-1])
    assert "Thrown away" in admin.messages()[-1]["text"], "a late tap on the old button sends nothing"
    assert not await wired.bot.parts.broadcasts.sending()


async def test_an_empty_broadcast_is_explained(wired: Wired, admin: Person) -> None:
    assert "after the command" in (await wired.says(admin, "/broadcast"))[-1]["text"]


async def test_nobody_but_an_admin_broadcasts(wired: Wired, admin: Person, alice: Person) -> None:
    asked = (await wired.says(admin, "/broadcast Hello"))[-1]
    assert "did not understand" in (await wired.says(alice, "/broadcast Hello"))[-1]["text"]
    menu = alice.messages()[-1]
    for label in ("Send to", "Throw away"):
        await wired.taps(alice, wired.data(asked, label), menu)
        assert "not here any more" in alice.messages()[-1]["text"]
    for forged in (SendBroadcast("nothing"), StopBroadcast("nothing")):
        await wired.taps(admin, forged.pack(), asked)
        assert "not here any more" in admin.messages()[-1]["text"]
    assert not await wired.bot.parts.broadcasts.sending()


async def test_a_broadcast_is_not_started_from_a_message_that_is_gone(wired: Wired, admin: Person) -> None:
    """A tap that names a message of another chat has no card to show progress on."""
    asked = (await wired.says(admin, "/broadcast Hello"))[-1]
    wired.sandbox.telegram.add_group(-4001, "Friends", [admin.id])
    wired.sandbox.telegram.forge_callback(admin.id, -4001, 1, wired.data(asked, "Send to"))
    await wired.handle()
    assert "not here any more" in admin.messages()[-1]["text"]
    assert not await wired.bot.parts.broadcasts.sending()
