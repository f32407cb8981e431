"""Several numbers at once: a list that lives, another number in place of a silent one, and what happens without a tap."""

from decimal import Decimal
from pathlib import Path

import pytest

from bot.sandbox.provider import Provider
from bot.sandbox.server import Sandbox
from tests.support import bots
from tests.support.bots import Clock
from tests.support.people import Message, Person

LIFETIME = 1200
GRACE = 31


def numbers(provider: Provider) -> list[str]:
    return [activation.number for activation in provider.activations.values()]


async def gives_up_after(directory: Path, person: Person, minutes: int) -> None:
    """Write the chat's setting down, as its settings screen does."""
    await bots.write(directory, "UPDATE chat SET auto_cancel_minutes = ? WHERE id = ?", minutes, person.id)


async def shows(person: Person, message: Message, *texts: str) -> Message:
    """Wait until that very message shows all of the texts."""

    def look(_telegram: object) -> Message | None:
        for shown in person.messages():
            if shown["message_id"] == message["message_id"] and all(text in shown["text"] for text in texts):
                return shown
        return None

    found = await person.telegram.until(look, timeout=20)
    assert found is not None
    return found


@pytest.mark.usefixtures("bot")
async def test_the_list_of_two_numbers_follows_what_happens_to_them(sandbox: Sandbox, alice: Person) -> None:
    await alice.connects("demo-token-alice")
    await alice.buys("WhatsApp")
    await alice.buys("Telegram")
    sent = alice.says("/numbers")
    listed = await alice.sees("2 active numbers", after=sent["message_id"])
    await shows(alice, listed, "1. Telegram · ⏳ waiting for the code", "2. WhatsApp · ⏳ waiting for the code")

    whatsapp, _ = numbers(sandbox.provider)
    sandbox.provider.send_sms(whatsapp, "Your WhatsApp code: 123-456")
    await shows(alice, listed, "2. WhatsApp · ✅ code received", "🔑 123456")
    await alice.taps("Done", await alice.sees("Code received", "WhatsApp"))
    await shows(alice, listed, "1 active number", "1. Telegram")
    await alice.buys("Discord")
    await shows(alice, listed, "2 active numbers", "1. Discord")
    await alice.taps("Menu", listed)
    await shows(alice, listed, "What would you like to do?")


@pytest.mark.usefixtures("bot", "revision")
async def test_a_silent_number_is_cancelled_and_another_one_is_bought_in_its_place(sandbox: Sandbox, alice: Person) -> None:
    await alice.connects("demo-token-alice")
    card = await alice.buys("WhatsApp")
    await alice.taps("✖ Cancel", card)
    await shows(alice, card, "Cancel this number?", "nothing is bought before you confirm it")
    await alice.taps("Cancel and buy another", card)
    await shows(alice, card, "Cancelled", "₹38.50 came back")
    offer = await alice.sees("Buy a number for WhatsApp?", "₹500.00 → ₹461.50", after=card["message_id"])
    assert len(sandbox.provider.charges) == 1
    await alice.taps("Buy for", offer)
    await shows(alice, offer, "Waiting for the code")
    first, second = numbers(sandbox.provider)
    assert first != second
    assert sandbox.provider.accounts["demo-token-alice"].balance == Decimal("461.50")


@pytest.mark.usefixtures("bot")
async def test_the_end_is_announced_and_the_number_cancelled_from_there(sandbox: Sandbox, alice: Person, clock: Clock) -> None:
    await alice.connects("demo-token-alice")
    card = await alice.buys("WhatsApp")
    clock.advance(seconds=LIFETIME - 119)
    warning = await alice.sees("Nearly over, and no code yet", after=card["message_id"])
    assert warning["reply_to_message"]["message_id"] == card["message_id"]
    await alice.taps("Cancel it", warning)
    await shows(alice, warning, "Cancelled", "₹38.50 came back")
    await shows(alice, card, "Cancelled")
    assert sandbox.provider.accounts["demo-token-alice"].balance == Decimal(500)


@pytest.mark.usefixtures("bot")
async def test_a_code_that_comes_after_the_end_is_said_to_be_late(sandbox: Sandbox, alice: Person, clock: Clock) -> None:
    sandbox.provider.configure(lifetime=LIFETIME + 600)
    await alice.connects("demo-token-alice")
    card = await alice.buys("WhatsApp")
    clock.advance(seconds=LIFETIME)
    await shows(alice, card, "Time is over, no code came")
    sandbox.provider.send_sms(numbers(sandbox.provider)[0], "Your WhatsApp code: 123-456")
    clock.advance(seconds=GRACE)
    await alice.sees("🔑 123456", "Your WhatsApp code", after=card["message_id"])
    await shows(alice, card, "Time is over, a code came late", "🔑 123456", "This code came after the end")


@pytest.mark.usefixtures("revision")
async def test_a_silent_number_is_cancelled_by_itself_even_if_the_bot_was_down_when_it_was_due(
    sandbox: Sandbox, alice: Person, clock: Clock, tmp_path: Path
) -> None:
    settings = bots.settings(sandbox, tmp_path)
    async with bots.running(settings, clock):
        await alice.connects("demo-token-alice")
        card = await alice.buys("WhatsApp")
        kept = await alice.buys("Telegram")
        sandbox.provider.send_sms(numbers(sandbox.provider)[1], "Login code: 48291")
        await shows(alice, kept, "Code received")
        await gives_up_after(tmp_path, alice, 5)
    clock.advance(minutes=6)
    async with bots.running(settings, clock):
        told = await alice.sees("Cancelled by itself, no code came in time", "₹38.50 came back", after=kept["message_id"])
        assert told["reply_to_message"]["message_id"] == card["message_id"]
        await shows(alice, card, "Cancelled by itself, no code came in time")
        await shows(alice, kept, "Code received")
        await alice.taps("Buy again", told)
        await shows(alice, told, "Buy a number for WhatsApp?")
    assert [entry.kind for entry in sandbox.provider.ledger if entry.account == "Alice"] == ["deposit", "charge", "charge", "refund"]
