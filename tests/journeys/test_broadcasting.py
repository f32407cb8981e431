"""A message from an admin to everybody: seen before it is sent, sent once, and counted honestly."""

from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.server import Sandbox
from tests.support import bots
from tests.support.people import Message, Person

pytestmark = pytest.mark.usefixtures("bot")

TEXT = "/broadcast 📣👨‍👩‍👧 Numbers for Вконтакте are back <today>"


def formatted(text: str, *pieces: tuple[str, str]) -> dict[str, Any]:
    """Write a text with entities, whose offsets count UTF-16 code units."""

    def units(piece: str) -> int:
        return len(piece.encode("utf-16-le")) // 2

    entities = [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]
    entities += [{"type": kind, "offset": units(text[: text.index(piece)]), "length": units(piece)} for piece, kind in pieces]
    return {"text": text, "entities": entities}


def marked(message: Message) -> set[tuple[str, str]]:
    """Read which pieces of a message have which formatting."""
    encoded = message["text"].encode("utf-16-le")
    return {
        (encoded[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le"), entity["type"])
        for entity in message.get("entities", [])
    }


async def everybody_starts(sandbox: Sandbox) -> list[Person]:
    people = [Person(sandbox, 2000 + index) for index in range(5)]
    for person in people:
        sandbox.telegram.add_user(person.id, f"User {person.id}")
        person.says("/start")
        await person.sees("Hello, User")
    return people


async def drafts(admin: Person, **content: Any) -> Message:
    admin.sends(**content)
    return await admin.sees("will receive", "Send it?")


async def test_a_broadcast_is_previewed_confirmed_sent_with_its_formatting_and_counted(sandbox: Sandbox, admin: Person) -> None:
    people = await everybody_starts(sandbox)
    pieces = (("Вконтакте", "bold"), ("back", "italic"))
    asked = await drafts(admin, **formatted(TEXT, *pieces))
    preview = await admin.sees("Numbers for Вконтакте are back <today>")
    assert set(pieces) <= marked(preview)
    assert preview["message_id"] < asked["message_id"]
    assert not any("Вконтакте" in text for person in people for text in person.history()), "nobody gets it before it is confirmed"

    await admin.taps("Send to 6 chats", asked)
    final = await admin.sees("Sent", "6 of 6 chats", "Delivered: 6")
    assert final["message_id"] == asked["message_id"]
    for person in people:
        received = await person.sees("📣👨‍👩‍👧 Numbers for Вконтакте are back <today>")
        assert set(pieces) <= marked(received)
        assert sum("Вконтакте" in text for text in person.history()) == 1


async def test_progress_is_shown_and_blocked_and_unclear_chats_are_counted_and_not_written_to_again(
    sandbox: Sandbox, admin: Person, tmp_path: Path
) -> None:
    people = await everybody_starts(sandbox)
    sandbox.telegram.deactivate(people[0].id)
    sandbox.telegram.faults.add("sendMessage", kind="cut_after", chat_id=people[1].id)
    sandbox.telegram.faults.add("sendMessage", kind="retry_after", retry_after=1, chat_id=people[2].id)
    held = sandbox.telegram.faults.add("sendMessage", kind="hold", chat_id=people[3].id)
    asked = await drafts(admin, **formatted("/broadcast Hello everyone"))
    await admin.taps("Send to", asked)
    await admin.sees("Sending…", "of 6 chats")
    held.release()
    await admin.sees("Sent", "6 of 6 chats", "Delivered: 4", "Blocked the bot: 1", "Unclear, not sent again: 1")
    outcomes = dict(bots.rows(tmp_path, "SELECT chat_id, outcome FROM broadcast_recipient"))
    assert outcomes[people[0].id] == "blocked"
    assert outcomes[people[1].id] == "unclear"
    assert list(outcomes.values()).count("sent") == 4
    for person in people[1:]:
        assert sum("Hello everyone" in text for text in person.history()) == 1

    again = await drafts(admin, **formatted("/broadcast Hello once more"))
    assert "5 chats" in again["text"], "who cannot be reached is not counted on"


async def test_a_double_tap_sends_once_and_a_draft_can_be_thrown_away(sandbox: Sandbox, admin: Person, alice: Person) -> None:
    alice.says("/start")
    asked = await drafts(admin, **formatted("/broadcast Hello everyone"))
    data = admin.data("Send to", asked)
    for _ in range(5):
        sandbox.telegram.tap(admin.id, admin.id, asked["message_id"], data)
    await admin.sees("Sent", "Delivered: 2")
    await admin.hears_nothing_more()
    assert sum("Hello everyone" in text for text in alice.history()) == 1

    asked = await drafts(admin, **formatted("/broadcast Not this one"))
    send = admin.data("Send to", asked)
    await admin.taps("Throw away", asked)
    await admin.sees("Thrown away")
    admin.forges(send, asked)
    await admin.hears_nothing_more()
    assert not any("Not this one" in text for text in alice.history())


async def test_a_broadcast_without_a_text_explains_itself(admin: Person) -> None:
    admin.says("/broadcast")
    await admin.sees("Send me the message as your next one")


async def test_a_user_can_neither_draft_nor_send_nor_stop_a_broadcast(
    sandbox: Sandbox, admin: Person, alice: Person, bob: Person, tmp_path: Path
) -> None:
    bob.says("/start")
    alice.says("/broadcast Buy my things")
    await alice.sees("I did not understand that")
    asked = await drafts(admin, **formatted("/broadcast Hello everyone"))
    for data in (admin.data("Send to", asked), admin.data("Throw away", asked)):
        last = alice.messages()[-1]
        alice.forges(data, asked, chat_id=admin.id)
        alice.forges(data, last)
        await alice.hears_nothing_more()
        await alice.sees("not here any more", after=last["message_id"])
    assert bots.rows(tmp_path, "SELECT state, count(*) FROM broadcast") == [("draft", 1)]
    assert bots.rows(tmp_path, "SELECT count(*) FROM broadcast_recipient") == [(0,)]
    assert not any("Buy my things" in text or "Hello everyone" in text for text in bob.history())
