"""The main job, end to end and over HTTP, against both revisions of the provider's API."""

from decimal import Decimal
from pathlib import Path

import pytest

from bot.sandbox.server import Sandbox
from storage.vault import new_key
from tests.support import bots
from tests.support.people import Person


@pytest.mark.postgres
async def test_the_same_bot_works_on_postgresql(sandbox: Sandbox, alice: Person, tmp_path: Path, postgres_url: str) -> None:
    settings = bots.settings(sandbox, tmp_path, DATABASE_URL=postgres_url, TOKEN_KEYS=new_key())
    async with bots.running(settings):
        await alice.connects("demo-token-alice")
        card = await alice.buys("WhatsApp")
    (activation,) = sandbox.provider.activations.values()
    sandbox.provider.send_sms(activation.id, "Your WhatsApp code: 123-456")
    async with bots.running(settings):
        await alice.sees("🔑 123456", after=card["message_id"])
        await alice.sees("Code received")
        await alice.taps("Done")
        await alice.sees("✅ Done")


@pytest.mark.parametrize("revision", [1, 2])
async def test_a_newcomer_connects_searches_buys_gets_two_codes_and_is_done(
    sandbox: Sandbox, alice: Person, tmp_path: Path, revision: int
) -> None:
    sandbox.provider.configure(revision=revision)
    async with bots.running(bots.settings(sandbox, tmp_path)):
        alice.says("/start")
        await alice.sees("Hello, Alice", "Not for spam")
        await alice.taps("Connect my account")
        await alice.sees("Send me your otpbuddy API token")
        token = alice.says("demo-token-alice")
        await alice.sees("Connected.", "₹500.00", "is deleted")
        assert token["message_id"] not in {message["message_id"] for message in sandbox.telegram.messages(alice.id)}

        card = await alice.buys("WhatsApp")
        buttons = [button for row in card["reply_markup"]["inline_keyboard"] for button in row]
        number = buttons[0]["copy_text"]["text"]
        assert number == f"+{next(iter(sandbox.provider.activations.values())).number}"

        sandbox.provider.send_sms(number.lstrip("+"), "Your WhatsApp code: 123-456")
        pushed = await alice.sees("🔑 123456", "Your WhatsApp code: 123-456", after=card["message_id"])
        assert pushed["reply_to_message"]["message_id"] == card["message_id"]
        assert pushed["reply_markup"]["inline_keyboard"][0][0]["copy_text"]["text"] == "123456"
        sandbox.provider.send_sms(number.lstrip("+"), "Your WhatsApp code: 777-888")
        await alice.sees("🔑 777888", after=pushed["message_id"])
        await alice.sees("Code received", "123456", "777888")
        await alice.taps("Done")
        await alice.sees("✅ Done", "777888")
    assert len(sandbox.provider.charges) == 1
    assert sandbox.provider.accounts["demo-token-alice"].balance == Decimal("461.50")
