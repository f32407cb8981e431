"""Groups: tokens are taken away, commands lead to the private chat, and everything else, like every channel, is left alone."""

from typing import Any

import pytest

from tests.support.people import Message, Person
from tests.support.wired import Wired

TOKEN = "0123456789abcdefABCDEF"
GROUP, SUPERGROUP, CHANNEL = -4001, -1001234567890, -1009876543210


async def shown(wired: Wired, person: Person, text: str, chat_id: int) -> tuple[list[Message], int]:
    """Let a person write in a group; return what the group shows then, and the id of what was written."""
    sent = wired.sandbox.telegram.send_text(person.id, text, chat_id)
    await wired.handle()
    return wired.sandbox.telegram.messages(chat_id), int(sent["message_id"])


PASTED = [f"/token {TOKEN}", f"/token\n{TOKEN}", f"/TOKEN {TOKEN}", f"/token@otpbuddy_bot {TOKEN}", TOKEN, f"my token is {TOKEN}"]
PASTED += [f"  {TOKEN}\n", f"Привет! Вот мой токен: {TOKEN}, берегите его", f"मेरा टोकन {TOKEN} है"]
PASTED += ["https://otpbuddy.xyz/v1/api/getBalance?token=abcd1234", f"@otpbuddy_bot {TOKEN} please"]


@pytest.mark.parametrize("text", PASTED)
async def test_a_token_in_a_group_is_deleted_and_its_owner_warned(wired: Wired, alice: Person, text: str) -> None:
    wired.sandbox.telegram.add_group(SUPERGROUP, "Friends", [alice.id], supergroup=True, bot_is_admin=True)
    messages, pasted = await shown(wired, alice, text, SUPERGROUP)
    assert pasted not in {message["message_id"] for message in messages}
    assert "so I deleted it" in messages[-1]["text"]
    assert "revoke it" in messages[-1]["text"]
    assert TOKEN not in messages[-1]["text"]
    assert await wired.chat(alice) is None, "nothing is stored from a group"


async def test_a_token_that_may_not_be_deleted_is_warned_about_all_the_same(wired: Wired, alice: Person) -> None:
    wired.sandbox.telegram.add_group(GROUP, "Friends", [alice.id])
    messages, pasted = await shown(wired, alice, f"/token {TOKEN}", GROUP)
    assert pasted in {message["message_id"] for message in messages}
    assert "so I deleted it" not in messages[-1]["text"]
    assert "revoke it" in messages[-1]["text"]


async def test_a_token_that_is_edited_into_a_groups_message_is_found(wired: Wired, alice: Person) -> None:
    wired.sandbox.telegram.add_group(SUPERGROUP, "Friends", [alice.id], supergroup=True, bot_is_admin=True)
    _, harmless = await shown(wired, alice, "hello", SUPERGROUP)
    wired.sandbox.telegram.edit_text(alice.id, harmless, TOKEN, SUPERGROUP)
    await wired.handle()
    assert [message["text"] for message in wired.sandbox.telegram.messages(SUPERGROUP) if message["message_id"] == harmless] == []


async def test_a_caption_with_a_token_from_an_anonymous_admin_is_found(wired: Wired, alice: Person) -> None:
    wired.sandbox.telegram.add_group(SUPERGROUP, "Friends", [alice.id], supergroup=True, bot_is_admin=True)
    _, written = await shown(wired, alice, "hello", SUPERGROUP)
    chat = {"id": SUPERGROUP, "type": "supergroup", "title": "Friends"}
    photo = {"file_id": "x", "file_unique_id": "y", "width": 1, "height": 1}
    message = {"message_id": written, "date": 1, "chat": chat, "sender_chat": chat, "photo": [photo], "caption": TOKEN}
    wired.sandbox.telegram.push_update({"message": message})
    await wired.handle()
    assert "so I deleted it" in wired.sandbox.telegram.messages(SUPERGROUP)[-1]["text"]


@pytest.mark.parametrize("text", ["/token", "/token please", "hello", "what is a token?", f"commit {TOKEN} is bad"])
async def test_a_group_without_a_token_loses_nothing(wired: Wired, alice: Person, text: str) -> None:
    wired.sandbox.telegram.add_group(SUPERGROUP, "Friends", [alice.id], supergroup=True, bot_is_admin=True)
    messages, written = await shown(wired, alice, text, SUPERGROUP)
    assert messages[0]["message_id"] == written
    assert "only work in a private chat" in messages[-1]["text"] or len(messages) == 1
    assert not [message for message in messages if "revoke" in message["text"]]


async def test_a_group_is_told_where_the_bot_works_and_left_alone_otherwise(wired: Wired, alice: Person) -> None:
    wired.sandbox.telegram.add_group(GROUP, "Friends", [alice.id])
    for text in ("/buy", "/start@otpbuddy_bot"):
        wired.sandbox.telegram.send_text(alice.id, text, GROUP)
        await wired.handle()
        assert "only work in a private chat: @otpbuddy_bot" in wired.sandbox.telegram.messages(GROUP)[-1]["text"]
    count = len(wired.sandbox.telegram.messages(GROUP))
    wired.sandbox.telegram.send_text(alice.id, "hello @otpbuddy_bot", GROUP)
    await wired.handle()
    assert len(wired.sandbox.telegram.messages(GROUP)) == count + 1
    assert await wired.chat(alice) is None
    assert not alice.messages()


async def test_an_anonymous_admin_of_a_group_is_answered_in_english(wired: Wired, alice: Person) -> None:
    wired.sandbox.telegram.add_group(GROUP, "Friends", [alice.id])
    chat = {"id": GROUP, "type": "group", "title": "Friends"}
    entities = [{"type": "bot_command", "offset": 0, "length": 4}]
    message = {"message_id": 1, "date": 1, "chat": chat, "sender_chat": chat, "text": "/buy", "entities": entities}
    wired.sandbox.telegram.push_update({"message": message})
    await wired.handle()
    assert "only work in a private chat" in wired.sandbox.telegram.messages(GROUP)[-1]["text"]


def written(person: Person, chat_id: int, **content: Any) -> dict[str, Any]:
    user = {"id": person.id, "is_bot": False, "first_name": "Alice", "language_code": "en"}
    return {"message_id": 1, "date": 1, "chat": {"id": chat_id, "type": "supergroup", "title": "Friends"}, "from": user, **content}


async def says_in_group(wired: Wired, person: Person, **content: Any) -> list[Message]:
    """Let a message of any kind be written in a group; returns what the bot says to it."""
    wired.sandbox.telegram.add_group(SUPERGROUP, "Friends", [person.id], supergroup=True, bot_is_admin=True)
    wired.sandbox.telegram.push_update({"message": written(person, SUPERGROUP, **content)})
    await wired.handle()
    return [message for message in wired.sandbox.telegram.messages(SUPERGROUP) if message["from"]["is_bot"]]


async def test_a_token_behind_a_link_is_found(wired: Wired, alice: Person) -> None:
    link = {"type": "text_link", "offset": 0, "length": 4, "url": f"https://otpbuddy.xyz/v1/api/getBalance?token={TOKEN}"}
    [warned] = await says_in_group(wired, alice, text="look here", entities=[link])
    assert "revoke it" in warned["text"]


async def test_a_token_in_an_answer_to_the_bot_is_found_in_any_sentence(wired: Wired, alice: Person) -> None:
    bot = {"id": wired.bot.application.bot.id, "is_bot": True, "first_name": "otpbuddy"}
    asked = written(alice, SUPERGROUP, text="Numbers and codes are private") | {"from": bot}
    [warned] = await says_in_group(wired, alice, text=f"ok, {TOKEN} it is", reply_to_message=asked)
    assert "revoke it" in warned["text"]


def command(text: str) -> dict[str, Any]:
    length = len(text.split(maxsplit=1)[0])
    return {"text": text, "entities": [{"type": "bot_command", "offset": 0, "length": length}]}


@pytest.mark.parametrize("text", ["/buy@other_bot", "/ban @somebody", "/weather Berlin", "/numbers@OTHER_bot x"])
async def test_commands_that_are_meant_for_others_are_left_to_them(wired: Wired, alice: Person, text: str) -> None:
    assert await says_in_group(wired, alice, **command(text)) == []


@pytest.mark.parametrize("text", ["/buy whatsapp", "/anything@otpbuddy_bot", "/NUMBERS@Otpbuddy_Bot", "/settings", "/forget"])
async def test_one_line_and_one_button_lead_to_the_private_chat(wired: Wired, alice: Person, text: str) -> None:
    [answer] = await says_in_group(wired, alice, **command(text))
    assert "\n" not in answer["text"]
    [[key]] = answer["reply_markup"]["inline_keyboard"]
    assert key["url"] == "https://t.me/otpbuddy_bot?start=group"


async def test_what_a_channel_forwards_into_its_group_is_no_question(wired: Wired, alice: Person) -> None:
    channel = {"id": CHANNEL, "type": "channel", "title": "News"}
    assert await says_in_group(wired, alice, **command("/buy"), sender_chat=channel, is_automatic_forward=True) == []


@pytest.mark.parametrize("kind", ["channel_post", "edited_channel_post"])
@pytest.mark.parametrize("text", ["/buy", "/start@otpbuddy_bot", TOKEN, f"/token {TOKEN}"])
async def test_channels_are_ignored(wired: Wired, kind: str, text: str) -> None:
    post = {"message_id": 1, "date": 1, "chat": {"id": CHANNEL, "type": "channel", "title": "News"}, **command(text)}
    before = len(wired.sandbox.telegram.ledger)
    wired.sandbox.telegram.push_update({kind: post})
    await wired.handle()
    assert wired.sandbox.telegram.ledger[before:] == []


async def test_a_group_is_spoken_to_in_the_language_that_its_member_chose(wired: Wired, alice: Person) -> None:
    await wired.says(alice, "/settings")
    await wired.taps(alice, "set:lang:ru", alice.messages()[-1])
    [answer] = await says_in_group(wired, alice, **command("/buy"))
    assert "только в личном чате" in answer["text"]
