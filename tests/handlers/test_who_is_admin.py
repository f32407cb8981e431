"""An admin is a numeric id in its own private chat, and nothing that only looks like one."""

from typing import Any

import pytest
from sqlalchemy import func, select

from bot.sandbox.server import ADMIN_ID
from storage.models import Broadcast
from tests.support.people import Person
from tests.support.wired import Wired

GROUP: dict[str, Any] = {"id": -1001234567890, "type": "supergroup", "title": "Friends"}
ADMIN = {"id": ADMIN_ID, "is_bot": False, "first_name": "Admin", "username": "admin"}
COMMANDS = ("/broadcast", "/admin", "/admins", "/audit")


async def says(wired: Wired, command: str, chat: dict[str, Any], sender: dict[str, Any] | None, **more: Any) -> None:
    """Have Telegram tell the bot of a command, with whatever else is said of its message."""
    entities = [{"type": "bot_command", "offset": 0, "length": len(command)}]
    message = {"message_id": 7, "date": 1, "chat": chat, "text": f"{command} Hello", "entities": entities, **more}
    wired.sandbox.telegram.push_update({"message": message | ({"from": sender} if sender else {})})
    await wired.handle()


async def drafts(wired: Wired) -> int:
    async with wired.bot.database.reading() as session:
        return (await session.execute(select(func.count()).select_from(Broadcast))).scalar_one()


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("named", "more"),
    [
        ({"username": "admin"}, {}),
        ({"username": str(ADMIN_ID), "first_name": str(ADMIN_ID)}, {}),
        ({}, {"forward_origin": {"type": "user", "date": 1, "sender_user": ADMIN}}),
        ({}, {"forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "Admin"}}),
        ({}, {"via_bot": ADMIN | {"is_bot": True}}),
        ({}, {"sender_chat": {"id": ADMIN_ID, "type": "private", "first_name": "Admin"}}),
        ({}, {"reply_to_message": {"message_id": 1, "date": 1, "chat": {"id": ADMIN_ID, "type": "private"}, "from": ADMIN, "text": "Yes"}}),
    ],
    ids=["username", "a name of digits", "forwarded", "forwarded from hiding", "through a bot", "in the name of", "an answer"],
)
async def test_who_looks_like_an_admin_is_none(
    wired: Wired, alice: Person, command: str, named: dict[str, Any], more: dict[str, Any]
) -> None:
    await wired.says(alice, "/start")
    chat = {"id": alice.id, "type": "private", "first_name": "Alice"}
    await says(wired, command, chat, {"id": alice.id, "is_bot": False, "first_name": "Alice", **named}, **more)
    assert "did not understand" in alice.messages()[-1]["text"]
    assert not await drafts(wired)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("sender", "more"),
    [(ADMIN, {}), ({"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}, {"sender_chat": GROUP})],
    ids=["by name", "anonymous"],
)
async def test_an_admin_of_the_bot_is_none_in_a_group(
    wired: Wired, admin: Person, command: str, sender: dict[str, Any], more: dict[str, Any]
) -> None:
    wired.sandbox.telegram.add_group(GROUP["id"], GROUP["title"], [admin.id], supergroup=True, bot_is_admin=True)
    await says(wired, command, GROUP, sender, **more)
    assert not await drafts(wired)
    assert not admin.messages()
    said = [message["text"] for message in wired.sandbox.telegram.messages(GROUP["id"])]
    assert not [text for text in said if "private chat" not in text]


async def test_the_admin_itself_is_one(wired: Wired, admin: Person) -> None:
    await wired.says(admin, "/start")
    await says(wired, "/broadcast", {"id": admin.id, "type": "private", "first_name": "Admin"}, ADMIN)
    assert await drafts(wired) == 1
