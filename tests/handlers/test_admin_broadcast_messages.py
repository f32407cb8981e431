"""What an admin wrote, formatting and all, as it is sent to everybody."""

import json
from typing import Any

import pytest
from telegram import Message

from bot.handlers.admin.drafting import body, read
from bot.services.letters import Letter
from storage.models import Content


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


PHOTO = {
    "photo": [{"file_id": size, "file_unique_id": size, "width": 1, "height": 1} for size in ("small", "large")],
    "caption": "Look",
    "caption_entities": [{"length": 4, "offset": 0, "type": "bold"}],
}
FILE = {"document": {"file_id": "file", "file_unique_id": "file"}}
MOVING = {**FILE, "animation": {"file_id": "file", "file_unique_id": "file", "width": 1, "height": 1, "duration": 1}}
STICKER = {
    "sticker": {"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}
}


def sent(**content: Any) -> Message:
    made = Message.de_json({"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, **content}, None)
    assert made is not None
    return made


def test_a_text_a_picture_and_a_file_can_be_sent_and_nothing_else() -> None:
    assert read(sent(text="Hello")) == Letter("Hello")
    assert read(sent(**PHOTO)) == Letter("Look", json.dumps(PHOTO["caption_entities"]), Content.PHOTO, "large")
    assert read(sent(**FILE)) == Letter("", "[]", Content.DOCUMENT, "file")
    assert read(sent(**MOVING)) is None
    assert read(sent(**STICKER)) is None
