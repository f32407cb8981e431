"""Tokens: found where they are meant, deleted from the chat, and never kept where they do not belong."""

from pathlib import Path

import pytest

from bot.sandbox.server import Sandbox
from tests.support import bots
from tests.support.bots import Clock
from tests.support.people import Message, Person

pytestmark = pytest.mark.usefixtures("bot")

GROUP = -1_000_000_000_077


def kept(directory: Path, chat_id: int) -> bool:
    """Whether the bot keeps a token for the chat."""
    return bots.rows(directory, "SELECT count(*) FROM chat WHERE id = ? AND token IS NOT NULL", chat_id) == [(1,)]


def is_shown(sandbox: Sandbox, chat_id: int, message: Message) -> bool:
    return message["message_id"] in sandbox.telegram.chats[chat_id].messages


@pytest.mark.parametrize("wrong_token", ["http401", "http403", "201", "206"])
async def test_a_wrong_token_is_refused_clearly_deleted_and_not_stored(
    sandbox: Sandbox, alice: Person, tmp_path: Path, wrong_token: str
) -> None:
    sandbox.provider.configure(wrong_token=wrong_token)
    alice.says("/start")
    sent = alice.says("/token not-the-right-one-123")
    refused = await alice.sees("otpbuddy did not accept that token", "Nothing was stored")
    assert not is_shown(sandbox, alice.id, sent)
    assert not kept(tmp_path, alice.id)

    again = alice.says("demo-token-alice")
    await alice.sees("Connected.", "₹500.00", after=refused["message_id"])
    assert not is_shown(sandbox, alice.id, again)
    assert kept(tmp_path, alice.id)


@pytest.mark.parametrize(
    "text",
    ["/token my token is: demo-token-alice !", "/token   demo-token-alice  ", "/token\ndemo-token-alice", "/token “demo-token-alice”"],
)
async def test_a_token_is_found_in_the_sentence_around_it(sandbox: Sandbox, alice: Person, tmp_path: Path, text: str) -> None:
    alice.says("/start")
    sent = alice.says(text)
    await alice.sees("Connected.", "₹500.00", "is deleted")
    assert not is_shown(sandbox, alice.id, sent)
    assert kept(tmp_path, alice.id)


async def test_a_token_as_the_caption_of_a_picture_is_taken_when_it_is_asked_for(sandbox: Sandbox, alice: Person, tmp_path: Path) -> None:
    alice.says("/token")
    await alice.sees("Send me your otpbuddy API token")
    picture = [{"file_id": "a", "file_unique_id": "b", "width": 90, "height": 90}]
    sent = alice.sends(photo=picture, caption="demo-token-alice")
    await alice.sees("Connected.", "is deleted")
    assert not is_shown(sandbox, alice.id, sent)
    assert kept(tmp_path, alice.id)


async def test_a_token_that_is_edited_into_a_message_is_taken(sandbox: Sandbox, alice: Person, tmp_path: Path) -> None:
    alice.says("/token")
    await alice.sees("Send me your otpbuddy API token")
    sent = alice.says("demo-tokne-alice")
    await alice.sees("otpbuddy did not accept that token")
    assert not is_shown(sandbox, alice.id, sent)
    sandbox.telegram.faults.add("deleteMessage", kind="bad_request", description="message can't be deleted")
    typed = alice.says("demo-tkoen-alice")
    await alice.sees("otpbuddy did not accept that token", after=typed["message_id"])
    alice.edits(typed, "demo-token-alice")
    await alice.sees("Connected.", "is deleted")
    assert not is_shown(sandbox, alice.id, typed)
    assert kept(tmp_path, alice.id)


async def test_an_edit_that_holds_no_token_changes_nothing(sandbox: Sandbox, alice: Person) -> None:
    await alice.connects("demo-token-alice")
    sent = alice.says("whatsapp")
    await alice.sees("product", after=sent["message_id"])
    before = len(alice.history())
    alice.edits(sent, "telegram")
    await alice.hears_nothing_more()
    assert len(alice.history()) == before + 1, "only the help that was asked for"
    assert is_shown(sandbox, alice.id, sent)


async def test_a_message_that_cannot_be_deleted_is_said_to_be_there(sandbox: Sandbox, alice: Person) -> None:
    alice.says("/start")
    sandbox.telegram.faults.add("deleteMessage", kind="bad_request", description="message can't be deleted")
    alice.says("/token demo-token-alice")
    await alice.sees("Connected.", "I could not delete your message with the token; please do it")


async def test_nothing_is_stored_while_the_provider_gives_no_clear_answer(sandbox: Sandbox, alice: Person, tmp_path: Path) -> None:
    alice.says("/start")
    sandbox.provider.faults.add("balance", "http", count=1, status=503)
    sent = alice.says("/token demo-token-alice")
    await alice.sees("Please try again in a minute")
    assert not is_shown(sandbox, alice.id, sent)
    assert not kept(tmp_path, alice.id)


async def test_another_token_is_refused_while_numbers_hang_on_the_present_one(sandbox: Sandbox, alice: Person) -> None:
    await alice.connects("demo-token-alice")
    card = await alice.buys("WhatsApp")
    alice.says("/token demo-token-bob")
    await alice.sees("You hold 1 active number", "The new token was not stored")
    sandbox.provider.send_sms(next(iter(sandbox.provider.activations.values())).number, "Your WhatsApp code: 123-456")
    await alice.sees("🔑 123456", "Your WhatsApp code", after=card["message_id"])


async def test_logging_out_asks_while_numbers_are_active_and_forgets_at_once_otherwise(
    sandbox: Sandbox, alice: Person, clock: Clock, tmp_path: Path
) -> None:
    await alice.connects("demo-token-alice")
    card = await alice.buys("WhatsApp")
    alice.says("/logout")
    asked = await alice.sees("You hold 1 active number", "Without the token")
    assert kept(tmp_path, alice.id)
    await alice.taps("Forget my token anyway", asked)
    await alice.sees("Disconnected.")
    assert not kept(tmp_path, alice.id)
    asked_so_far = len(sandbox.provider.calls)

    sent = alice.says("/logout")
    await alice.sees("No account is connected", after=sent["message_id"])
    again = alice.says("/token demo-token-alice")
    await alice.sees("Connected.", after=again["message_id"])
    clock.advance(seconds=5)
    sandbox.provider.send_sms(next(iter(sandbox.provider.activations.values())).number, "Your WhatsApp code: 123-456")
    await alice.sees("🔑 123456", "Your WhatsApp code", after=card["message_id"])
    assert len(sandbox.provider.calls) > asked_so_far
    await alice.taps("Done", card)
    await alice.sees("✅ Done")
    sent = alice.says("/logout")
    await alice.sees("Disconnected.", after=sent["message_id"])
    assert not kept(tmp_path, alice.id)


@pytest.mark.parametrize("text", ["/token demo-token-alice", "/token@otpbuddy_bot demo-token-alice", "A1b2C3d4E5f6G7h8I9j0K1"])
@pytest.mark.parametrize("bot_is_admin", [True, False])
async def test_a_token_in_a_group_is_deleted_where_allowed_and_never_stored(
    sandbox: Sandbox, alice: Person, tmp_path: Path, text: str, bot_is_admin: bool
) -> None:
    sandbox.telegram.add_group(GROUP, "Family", [alice.id], supergroup=True, bot_is_admin=bot_is_admin)
    sent = sandbox.telegram.send_text(alice.id, text, chat_id=GROUP)
    if not text.startswith("/") and not bot_is_admin:
        sandbox.telegram.edit_text(alice.id, sent["message_id"], f"/token {text}", chat_id=GROUP)
    warned = await sandbox.telegram.until_message(GROUP, containing="That looked like an otpbuddy token")
    assert "revoke it" in warned["text"]
    assert "@otpbuddy_bot" in warned["text"]
    assert is_shown(sandbox, GROUP, sent) is not bot_is_admin
    assert bots.rows(tmp_path, "SELECT count(*) FROM chat WHERE token IS NOT NULL") == [(0,)]
    assert not sandbox.provider.calls, "the provider is never asked about it"


async def test_a_command_in_a_group_is_answered_with_where_the_bot_works(sandbox: Sandbox, alice: Person, tmp_path: Path) -> None:
    sandbox.telegram.add_group(GROUP, "Family", [alice.id], supergroup=True)
    for command in ("/buy whatsapp", "/numbers@otpbuddy_bot", "/broadcast hello"):
        sent = sandbox.telegram.send_text(alice.id, command, chat_id=GROUP)
        answer = await sandbox.telegram.until_message(GROUP, containing="only work in a private chat", after=sent["message_id"])
        assert "@otpbuddy_bot" in answer["text"]
    assert bots.rows(tmp_path, "SELECT count(*) FROM chat WHERE id < 0") == [(0,)]
