"""Tokens: found in what people paste, checked, and deleted."""

from decimal import Decimal

import pytest

from bot.handlers.token import find_token, is_surely_token
from bot.sandbox.telegram import FaultKind
from bot.services.errors import TokenRefused
from tests.support.people import Person
from tests.support.wired import Wired

TOKEN = "0123456789abcdefABCDEF"

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
    "https://otpbuddy.xyz/v1/api/getBalance?token=abcd1234",
    f"вот мой токен {TOKEN}",
    f"मेरा टोकन {TOKEN} है",
    f"   api\n\n{TOKEN}   ",
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
    "token=short",
    "the token=whatever of that form",
]


@pytest.mark.parametrize("text", SURE)
def test_what_nobody_asked_for_is_a_token_where_it_is_sure(text: str) -> None:
    assert is_surely_token(text)


def test_a_long_word_is_a_token_where_one_is_spoken_of() -> None:
    assert is_surely_token(f"here: {TOKEN} ok", spoken_of=True)
    assert not is_surely_token("here you are", spoken_of=True)


@pytest.mark.parametrize("text", NOT_SURE)
def test_anything_else_is_no_token(text: str) -> None:
    assert not is_surely_token(text)


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
