"""Tokens: found in what people paste, never kept from a group, deleted where that is allowed."""

from decimal import Decimal

import pytest

from bot.handlers.token import find_token, is_surely_token
from bot.sandbox.telegram import FaultKind
from bot.services.errors import TokenRefused
from tests.support.people import Message, Person
from tests.support.wired import Wired

TOKEN = "0123456789abcdefABCDEF"
GROUP, SUPERGROUP = -4001, -1001234567890

FOUND = [
    (TOKEN, TOKEN),
    (f"  {TOKEN}\n", TOKEN),
    (f"`{TOKEN}`", TOKEN),
    (f'"{TOKEN}",', TOKEN),
    (f"«{TOKEN}»", TOKEN),
    (f"My token is {TOKEN}, thanks!", TOKEN),
    (f"It is {TOKEN}.", TOKEN),
    (f"Вот мой токен: {TOKEN}", TOKEN),
    (f"here:\n{TOKEN}\n", TOKEN),
    ("demo-token-alice", "demo-token-alice"),
    ("abcd1234", "abcd1234"),
    ("eyJh.eyJz.c2ln-_==", "eyJh.eyJz.c2ln-_=="),
    ("https://otpbuddy.xyz/v1/api/getBalance?token=abcdef12&x=1", "abcdef12"),
    (f"token={TOKEN}", TOKEN),
    (f"TOKEN={TOKEN}", TOKEN),
]


@pytest.mark.parametrize(("text", "token"), FOUND)
def test_the_token_is_found_in_a_message_that_is_meant_to_be_one(text: str, token: str) -> None:
    assert find_token(text).get_secret_value() == token


@pytest.mark.parametrize("text", ["", "hi", "short12", "это не то", "🇮🇳 🇮🇳", "a b c d e f g h i"])
def test_a_message_that_cannot_hold_a_token_is_refused(text: str) -> None:
    with pytest.raises(TokenRefused):
        find_token(text)


SURE = [
    TOKEN,
    f" {TOKEN} ",
    "a" * 19 + "1",
    "1" * 511 + "a",
    f"my token is {TOKEN}",
    f"otpbuddy {TOKEN}",
    f"api: {TOKEN}",
    f"https://otpbuddy.xyz/v1/api/getBalance?token={TOKEN}",
]
NOT_SURE = [
    "",
    "whatsapp",
    "a" * 18 + "1",
    "abcdefghijklmnopqrstuvwxyz",
    "12345678901234567890",
    f"commit {TOKEN} is bad",
    f"{TOKEN} {TOKEN}",
    "what is a token",
    "my capital token is 919876543210",
]


@pytest.mark.parametrize("text", SURE)
def test_what_nobody_asked_for_is_a_token_where_it_is_sure(text: str) -> None:
    assert is_surely_token(text)


@pytest.mark.parametrize("text", NOT_SURE)
def test_anything_else_is_no_token(text: str) -> None:
    assert not is_surely_token(text)


async def shown(wired: Wired, person: Person, text: str, chat_id: int) -> tuple[list[Message], int]:
    """Let a person write in a group; return what the group shows then, and the id of what was written."""
    sent = wired.sandbox.telegram.send_text(person.id, text, chat_id)
    await wired.handle()
    return wired.sandbox.telegram.messages(chat_id), int(sent["message_id"])


PASTED = [f"/token {TOKEN}", f"/token\n{TOKEN}", f"/TOKEN {TOKEN}", f"/token@otpbuddy_bot {TOKEN}", TOKEN, f"my token is {TOKEN}"]


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


@pytest.mark.parametrize("text", ["/token", "hello", "what is a token?"])
async def test_a_group_without_a_token_loses_nothing(wired: Wired, alice: Person, text: str) -> None:
    wired.sandbox.telegram.add_group(SUPERGROUP, "Friends", [alice.id], supergroup=True, bot_is_admin=True)
    messages, written = await shown(wired, alice, text, SUPERGROUP)
    assert messages[0]["message_id"] == written
    assert not [message for message in messages if "revoke" in message["text"]]


@pytest.mark.parametrize(
    "text", ["/token demo-token-alice", "/token\ndemo-token-alice", "/TOKEN   demo-token-alice  ", "/token my one is demo-token-alice."]
)
async def test_the_token_after_the_command_is_connected_and_its_message_deleted(wired: Wired, alice: Person, text: str) -> None:
    answers = await wired.says(alice, text)
    assert "Connected." in answers[-1]["text"]
    assert "is deleted" in answers[-1]["text"]
    assert [message["text"] for message in wired.sandbox.telegram.messages(alice.id) if not message["from"]["is_bot"]] == []


@pytest.mark.parametrize("kind", [FaultKind.CUT, FaultKind.HTTP_ERROR, FaultKind.BAD_REQUEST])
async def test_a_token_is_connected_even_where_its_message_cannot_be_deleted(wired: Wired, alice: Person, kind: FaultKind) -> None:
    wired.sandbox.telegram.faults.add("deleteMessage", kind=kind)
    answers = await wired.says(alice, "/token demo-token-alice")
    assert "Connected." in answers[-1]["text"]
    assert "could not delete" in answers[-1]["text"]


async def test_a_sure_token_is_taken_though_nobody_asked_for_it(wired: Wired, alice: Person) -> None:
    wired.sandbox.provider.add_account(TOKEN, Decimal(7))
    assert "Connected." in (await wired.says(alice, f"hi, my token is {TOKEN}"))[-1]["text"]


async def test_a_token_that_is_edited_into_a_message_is_taken_and_other_edits_are_not(wired: Wired, alice: Person) -> None:
    wired.sandbox.provider.add_account(TOKEN, Decimal(7))
    written = alice.says("whatsapp")
    await wired.handle()
    before = len(alice.messages())
    alice.telegram.edit_text(alice.id, written["message_id"], "telegram")
    await wired.handle()
    assert len(alice.messages()) == before
    alice.telegram.edit_text(alice.id, written["message_id"], TOKEN)
    await wired.handle()
    assert "Connected." in alice.messages()[-1]["text"]


async def test_a_refused_token_is_awaited_anew(wired: Wired, alice: Person) -> None:
    assert "did not accept" in (await wired.says(alice, "/token wrong-token-1"))[-1]["text"]
    assert "did not accept" in (await wired.says(alice, "hi"))[-1]["text"], "nothing in it can be a token"
    assert "Connected." in (await wired.says(alice, "demo-token-alice"))[-1]["text"]


async def test_a_provider_that_is_away_refuses_no_token(wired: Wired, alice: Person) -> None:
    wired.sandbox.provider.faults.add("balance", kind="http", status=503)
    answers = await wired.says(alice, "/token demo-token-alice")
    assert "did not accept" not in answers[-1]["text"]
    chat = await wired.chat(alice)
    assert chat is not None
    assert chat.token is None


async def test_logging_out_forgets_the_token_and_asks_where_numbers_hang_on_it(wired: Wired, alice: Person) -> None:
    assert "No account is connected" in (await wired.says(alice, "/logout"))[-1]["text"]
    await wired.bought(alice)
    asked = (await wired.says(alice, "/logout"))[-1]
    assert "1 active number" in asked["text"]
    await wired.taps(alice, wired.data(asked, "Forget"), asked)
    assert "Disconnected." in alice.messages()[-1]["text"]
    chat = await wired.chat(alice)
    assert chat is not None
    assert chat.token is None
