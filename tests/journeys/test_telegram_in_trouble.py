"""What Telegram, or the line to it, does wrong: nothing is lost, and nothing happens twice that costs."""

from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.server import Sandbox
from bot.sandbox.telegram.records import Call
from tests.support import bots
from tests.support.bots import Clock
from tests.support.people import Person

CODE = "Your WhatsApp code: 123-456"


def sms(sandbox: Sandbox, text: str = CODE) -> None:
    sandbox.provider.send_sms(list(sandbox.provider.activations.values())[-1].number, text)


def calls(sandbox: Sandbox, method: str, containing: str = "") -> list[Call]:
    return [call for call in sandbox.telegram.ledger if call.method == method and containing in str(call.params.get("text", ""))]


def delivered(directory: Path) -> list[tuple[Any, ...]]:
    return bots.rows(directory, "SELECT count(*), count(delivered_at) FROM sms")


@pytest.mark.usefixtures("bot")
async def test_a_code_waits_out_the_pause_that_telegram_asks_for(sandbox: Sandbox, alice: Person) -> None:
    await alice.connects("demo-token-alice")
    card = await alice.buys("WhatsApp")
    sandbox.telegram.faults.add("sendMessage", kind="retry_after", retry_after=2)
    sms(sandbox)
    await alice.sees("🔑 123456", CODE, after=card["message_id"])
    refused, sent = calls(sandbox, "sendMessage", "🔑")
    assert refused.error_code == 429
    assert (sent.at - refused.at).total_seconds() >= 2
    between = [call for call in sandbox.telegram.ledger if refused.at < call.at < sent.at]
    assert between == [], "nothing else is sent during the pause"


@pytest.mark.usefixtures("bot")
async def test_a_code_whose_sending_had_no_clear_end_is_sent_again(sandbox: Sandbox, alice: Person, clock: Clock, tmp_path: Path) -> None:
    await alice.connects("demo-token-alice")
    card = await alice.buys("WhatsApp")
    sandbox.telegram.faults.add("sendMessage", kind="cut_after")
    sms(sandbox)
    first = await alice.sees("🔑 123456", CODE, after=card["message_id"])
    with clock.running(10):
        second = await alice.sees("🔑 123456", CODE, after=first["message_id"])
    await alice.sees("Code received")
    assert second["reply_to_message"]["message_id"] == card["message_id"]
    assert delivered(tmp_path) == [(1, 1)]
    assert len(calls(sandbox, "sendMessage", "🔑")) == 2


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("kind", ["http_error", "cut"])
async def test_a_code_that_did_not_get_through_is_sent_again(
    sandbox: Sandbox, alice: Person, clock: Clock, tmp_path: Path, kind: str
) -> None:
    await alice.connects("demo-token-alice")
    card = await alice.buys("WhatsApp")
    sandbox.telegram.faults.add("sendMessage", kind=kind, count=2)
    sms(sandbox)
    with clock.running(10):
        await alice.sees("🔑 123456", CODE, after=card["message_id"])
        await alice.sees("Code received")
    assert delivered(tmp_path) == [(1, 1)]
    assert sum(CODE in message["text"] for message in alice.messages()) == 1


@pytest.mark.usefixtures("bot")
async def test_a_card_that_was_deleted_is_replaced_by_a_new_one(sandbox: Sandbox, alice: Person) -> None:
    await alice.connects("demo-token-alice")
    await alice.buys("WhatsApp")
    card = await alice.sees("Waiting for the code", "→ ₹461.50")
    sandbox.telegram.delete_message(alice.id, alice.id, card["message_id"])
    sms(sandbox)
    pushed = await alice.sees("🔑 123456", CODE)
    assert "reply_to_message" not in pushed
    new = await alice.sees("Code received", "123456", after=card["message_id"])
    sms(sandbox, "Your WhatsApp code: 777-888")
    second = await alice.sees("🔑 777888", "Your WhatsApp code", after=new["message_id"])
    assert second["reply_to_message"]["message_id"] == new["message_id"], "the new card is the card from now on"
    await alice.taps("Done", new)
    await alice.sees("✅ Done")


@pytest.mark.usefixtures("bot")
async def test_who_blocks_the_bot_is_left_alone_and_shown_what_was_missed_after_coming_back(
    sandbox: Sandbox, alice: Person, tmp_path: Path
) -> None:
    await alice.connects("demo-token-alice")
    card = await alice.buys("WhatsApp")
    sandbox.telegram.block(alice.id)
    sms(sandbox)
    polls = len([call for call in sandbox.provider.calls if call.call == "getSms"])
    await sandbox.provider.until(lambda provider: len([call for call in provider.calls if call.call == "getSms"]) > polls + 3)
    assert delivered(tmp_path) == [(1, 0)]
    assert len(calls(sandbox, "sendMessage", "🔑")) <= 1, "a blocked bot does not knock again and again"

    sandbox.telegram.unblock(alice.id)
    alice.says("/start")
    await alice.sees("🔑 123456", CODE, after=card["message_id"])
    await alice.sees("Code received")
    assert delivered(tmp_path) == [(1, 1)]


@pytest.mark.usefixtures("bot")
async def test_a_chat_that_turns_out_to_be_closed_is_shown_what_was_missed_at_the_next_start(
    sandbox: Sandbox, alice: Person, tmp_path: Path
) -> None:
    await alice.connects("demo-token-alice")
    card = await alice.buys("WhatsApp")
    sandbox.telegram.faults.add("sendMessage", kind="blocked")
    sms(sandbox)
    await sandbox.provider.until(lambda _: bots.rows(tmp_path, "SELECT 1 FROM chat WHERE unreachable_at IS NOT NULL"))
    alice.says("/start")
    await alice.sees("What would you like to do?", after=card["message_id"])
    await alice.sees("🔑 123456", CODE, after=card["message_id"])
    await sandbox.telegram.until(lambda _: delivered(tmp_path) == [(1, 1)])


@pytest.mark.usefixtures("bot")
async def test_an_unchanged_message_is_no_failure(sandbox: Sandbox, alice: Person) -> None:
    await alice.connects("demo-token-alice")
    alice.says("/balance")
    shown = await alice.sees("Your otpbuddy balance is ₹500.00")
    query = sandbox.telegram.tap_button(alice.id, alice.id, shown["message_id"], "Refresh")
    await sandbox.telegram.until(lambda telegram: telegram.queries[query].answer is not None)
    await alice.hears_nothing_more()
    assert any("message is not modified" in (call.description or "") for call in calls(sandbox, "editMessageText"))
    assert not any("went wrong" in text for text in alice.history())


@pytest.mark.usefixtures("bot")
async def test_markup_that_telegram_refuses_goes_out_as_plain_text(sandbox: Sandbox, alice: Person) -> None:
    await alice.connects("demo-token-alice")
    card = await alice.buys("WhatsApp")
    sandbox.telegram.faults.add("sendMessage", kind="bad_request", description="can't parse entities: unsupported start tag")
    sms(sandbox)
    pushed = await alice.sees("🔑 123456", CODE, after=card["message_id"])
    assert "<code>" not in pushed["text"]


async def test_telegrams_real_limits_lose_nothing(sandbox: Sandbox, alice: Person, clock: Clock, tmp_path: Path) -> None:
    async with bots.running(bots.settings(sandbox, tmp_path), clock):
        await alice.connects("demo-token-alice")
        card = await alice.buys("WhatsApp")
        for number in range(1, 4):
            sandbox.telegram.faults.add("sendMessage", kind="retry_after", retry_after=1)
            sms(sandbox, f"Your WhatsApp code: 100-00{number}")
            await alice.sees(f"🔑 10000{number}", "Your WhatsApp code")
    pushed = [message["text"].splitlines()[0] for message in alice.messages() if message["message_id"] > card["message_id"]]
    assert pushed == [f"🔑 10000{number}" for number in range(1, 4)]


@pytest.mark.usefixtures("bot")
async def test_what_people_do_while_telegram_is_away_is_handled_when_it_is_back(sandbox: Sandbox, alice: Person) -> None:
    await alice.connects("demo-token-alice")
    sandbox.telegram.faults.add("getUpdates", kind="http_error", count=2)
    sandbox.telegram.faults.add("getUpdates", kind="retry_after", retry_after=1)
    sent = alice.says("whatsapp")
    await alice.sees("product", after=sent["message_id"])
