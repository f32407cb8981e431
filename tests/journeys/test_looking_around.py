"""The lists and commands beside buying, and what nobody taught the bot."""

from decimal import Decimal

import pytest

from bot.sandbox.server import Sandbox
from tests.support.people import Person

pytestmark = pytest.mark.usefixtures("bot")


async def test_numbers_lists_what_is_active_and_opens_a_card_that_lives_on_at_the_bottom(sandbox: Sandbox, alice: Person) -> None:
    await alice.connects("demo-token-alice")
    alice.says("/numbers")
    await alice.sees("You hold no active numbers")
    old = await alice.buys("WhatsApp")
    sent = alice.says("/numbers")
    listed = await alice.sees("1 active number", "at most 5", after=sent["message_id"])
    await alice.taps("WhatsApp", listed)
    card = await alice.sees("Waiting for the code", after=listed["message_id"])
    await sandbox.telegram.until(lambda telegram: not telegram.buttons(alice.id, old["message_id"]))
    sandbox.provider.send_sms(next(iter(sandbox.provider.activations.values())).number, "Your WhatsApp code: 123-456")
    pushed = await alice.sees("🔑 123456", "Your WhatsApp code", after=card["message_id"])
    assert pushed["reply_to_message"]["message_id"] == card["message_id"]
    shown = await alice.sees("Code received")
    assert shown["message_id"] == card["message_id"]


async def test_the_balance_is_read_anew_each_time(sandbox: Sandbox, alice: Person) -> None:
    await alice.connects("demo-token-alice")
    alice.says("/balance")
    shown = await alice.sees("Your otpbuddy balance is ₹500.00")
    sandbox.provider.add_account("demo-token-alice", Decimal("612.75"))
    await alice.taps("Refresh", shown)
    refreshed = await alice.sees("₹612.75")
    assert refreshed["message_id"] == shown["message_id"]


async def test_history_counts_what_was_spent_without_what_came_back(alice: Person) -> None:
    await alice.connects("demo-token-alice")
    alice.says("/history")
    await alice.sees("You have bought nothing yet")
    first = await alice.buys("WhatsApp")
    await alice.taps("✖ Cancel", first)
    await alice.taps("Yes, cancel it", first)
    await alice.sees("Cancelled")
    await alice.buys("Google")
    alice.says("/history")
    shown = await alice.sees("2 purchases", "₹18.00 spent")
    assert "WhatsApp" in shown["text"]
    assert "Google" in shown["text"]
    await alice.taps("2", shown)
    await alice.sees("Cancelled", "₹38.50 came back", after=shown["message_id"])


@pytest.mark.parametrize("command", ["/balance", "/buy", "/buy whatsapp"])
async def test_what_needs_an_account_says_so(alice: Person, command: str) -> None:
    alice.says(command)
    message = await alice.sees("Connect your otpbuddy account first")
    assert "🔑 Connect my account" in alice.labels(message)


async def test_help_explains_and_names_the_admins_command_to_admins_only(alice: Person, admin: Person) -> None:
    alice.says("/help")
    shown = await alice.sees("How it works", "/buy", "/numbers", "/balance", "/history", "/token", "/logout")
    assert "/admin" not in shown["text"]
    admin.says("/help")
    await admin.sees("How it works", "/admin")


async def test_start_greets_once_and_is_the_menu_afterwards(alice: Person) -> None:
    alice.says("/start")
    greeting = await alice.sees("Hello, Alice", "Not for spam")
    sent = alice.says("/start")
    again = await alice.sees("Not connected yet", after=sent["message_id"])
    assert again["message_id"] > greeting["message_id"]


@pytest.mark.parametrize(
    "content",
    [
        {
            "sticker": {
                "file_id": "s",
                "file_unique_id": "t",
                "type": "regular",
                "width": 1,
                "height": 1,
                "is_animated": False,
                "is_video": False,
            }
        },
        {"text": "/nosuchcommand", "entities": [{"type": "bot_command", "offset": 0, "length": 14}]},
    ],
)
async def test_what_nobody_understands_is_answered_with_a_way_on(alice: Person, content: dict[str, object]) -> None:
    alice.says("/start")
    alice.sends(**content)
    message = await alice.sees("I did not understand that")
    assert alice.labels(message)
