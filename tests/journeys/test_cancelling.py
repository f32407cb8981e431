"""Giving a number back: what the provider decides is what is told, and money only counts once the balance shows it."""

from decimal import Decimal

import pytest

from bot.sandbox.provider import Provider
from bot.sandbox.server import Sandbox
from tests.support.bots import Clock
from tests.support.people import Message, Person

pytestmark = pytest.mark.usefixtures("bot")


def number(provider: Provider) -> str:
    return next(iter(provider.activations.values())).number


def cancellations(sandbox: Sandbox) -> list[str]:
    """List what became of the cancellations that reached the provider; a fault on the way back is none of them."""
    outcomes = [call.outcome for call in sandbox.provider.calls if call.call in {"cancelNumber", "setStatus"}]
    return [outcome for outcome in outcomes if outcome != "http 404" and not outcome.endswith("after the effect")]


async def holding_a_number(person: Person) -> Message:
    await person.connects("demo-token-alice")
    return await person.buys("WhatsApp")


async def cancels(person: Person, card: Message) -> None:
    await person.taps("✖ Cancel", card)
    await person.sees("Cancel this number?")
    await person.taps("Yes, cancel it", card)


@pytest.mark.usefixtures("revision")
async def test_a_cancelled_number_shows_the_refund_by_the_balance_before_and_after(sandbox: Sandbox, alice: Person) -> None:
    card = await holding_a_number(alice)
    await cancels(alice, card)
    shown = await alice.sees("Cancelled", "₹38.50 came back", "₹461.50 → ₹500.00")
    assert shown["message_id"] == card["message_id"]
    assert cancellations(sandbox) == ["200"]
    assert sandbox.provider.accounts["demo-token-alice"].balance == Decimal(500)
    await alice.taps("Buy again", shown)
    await alice.sees("Buy a number for WhatsApp?", after=card["message_id"])


async def test_a_number_that_is_kept_after_all_goes_on(sandbox: Sandbox, alice: Person) -> None:
    card = await holding_a_number(alice)
    await alice.taps("✖ Cancel", card)
    await alice.sees("Cancel this number?")
    await alice.taps("No, keep it", card)
    await sandbox.telegram.until(lambda _: "Cancel this number?" not in alice.messages()[-1]["text"])
    assert cancellations(sandbox) == []
    sandbox.provider.send_sms(number(sandbox.provider), "Your WhatsApp code: 123-456")
    await alice.sees("🔑 123456", after=card["message_id"])


async def test_no_refund_is_spoken_of_where_the_balance_shows_none(sandbox: Sandbox, alice: Person) -> None:
    sandbox.provider.configure(cancel_policy="no_refund")
    await cancels(alice, await holding_a_number(alice))
    shown = await alice.sees("Cancelled", "₹461.50 → ₹461.50")
    assert "came back" not in shown["text"] or "No money has come back" in shown["text"]
    assert "refund" not in shown["text"].lower()


@pytest.mark.usefixtures("revision")
async def test_a_cancellation_that_is_too_early_is_explained_and_the_number_stays(sandbox: Sandbox, alice: Person, clock: Clock) -> None:
    sandbox.provider.configure(cancel_after=120)
    card = await holding_a_number(alice)
    await cancels(alice, card)
    refused = await alice.sees("Not cancelled.", "number stays active")
    assert refused["message_id"] == card["message_id"]
    assert sandbox.provider.accounts["demo-token-alice"].balance == Decimal("461.50")

    clock.advance(seconds=121)
    await cancels(alice, card)
    await alice.sees("Cancelled", "₹461.50 → ₹500.00")
    assert cancellations(sandbox) == ["206", "200"]


@pytest.mark.parametrize("code", [201, 206])
async def test_a_code_that_comes_while_the_provider_decides_is_shown_and_the_refusal_is_told(
    sandbox: Sandbox, alice: Person, code: int
) -> None:
    sandbox.provider.configure(cancel_refusal_code=code)
    card = await holding_a_number(alice)
    held = sandbox.provider.faults.add("cancel", "hold", count=1)
    await cancels(alice, card)
    await sandbox.provider.until(lambda _: held.struck)
    sandbox.provider.send_sms(number(sandbox.provider), "Your WhatsApp code: 123-456")
    held.release()
    await alice.sees("🔑 123456", "Your WhatsApp code", after=card["message_id"])
    shown = await alice.sees("Code received", "Not cancelled.")
    assert shown["message_id"] == card["message_id"]
    assert sandbox.provider.accounts["demo-token-alice"].balance == Decimal("461.50")


async def test_the_last_look_before_cancelling_finds_a_code_and_nothing_is_cancelled(sandbox: Sandbox, alice: Person) -> None:
    card = await holding_a_number(alice)
    await alice.taps("✖ Cancel", card)
    await alice.sees("Cancel this number?")
    # Whatever is asked for the number now is answered only after the SMS has arrived.
    held = sandbox.provider.faults.add("sms", "hold", label="Alice")
    await alice.taps("Yes, cancel it", card)
    await sandbox.provider.until(lambda _: held.struck >= 2)
    sandbox.provider.send_sms(number(sandbox.provider), "Your WhatsApp code: 123-456")
    held.release()
    await alice.sees("A code has just arrived, so I did not cancel the number")
    await alice.sees("🔑 123456", "Your WhatsApp code", after=card["message_id"])
    await alice.sees("Code received", "123456")
    assert cancellations(sandbox) == []


@pytest.mark.usefixtures("revision")
async def test_a_cancellation_whose_answer_was_lost_is_told_as_such_until_the_balance_speaks(
    sandbox: Sandbox, alice: Person, clock: Clock
) -> None:
    sandbox.provider.faults.add("cancel", "cut_after", count=1)
    card = await holding_a_number(alice)
    await cancels(alice, card)
    await alice.sees("Cancelling.", "otpbuddy gave no clear answer")
    clock.advance(seconds=90)
    shown = await alice.sees("Cancelled", "₹38.50 came back", "₹461.50 → ₹500.00")
    assert shown["message_id"] == card["message_id"]
    assert cancellations(sandbox) == ["200"]


async def test_a_cancellation_that_never_arrived_leaves_a_number_that_still_receives(sandbox: Sandbox, alice: Person) -> None:
    sandbox.provider.faults.add("cancel", "cut", count=1)
    card = await holding_a_number(alice)
    await cancels(alice, card)
    await alice.sees("Cancelling.", "otpbuddy gave no clear answer")
    sandbox.provider.send_sms(number(sandbox.provider), "Your WhatsApp code: 123-456")
    await alice.sees("🔑 123456", "Your WhatsApp code", after=card["message_id"])


async def test_an_unclear_cancellation_can_be_tried_again(sandbox: Sandbox, alice: Person) -> None:
    sandbox.provider.faults.add("cancel", "cut", count=1)
    card = await holding_a_number(alice)
    await cancels(alice, card)
    await alice.sees("Cancelling.")
    await alice.taps("Try to cancel again", card)
    await alice.sees("Cancelled", "₹461.50 → ₹500.00")


async def test_a_provider_that_cannot_be_asked_leaves_the_number_as_it_is(sandbox: Sandbox, alice: Person) -> None:
    card = await holding_a_number(alice)
    await alice.taps("✖ Cancel", card)
    await alice.sees("Cancel this number?")
    sandbox.provider.faults.add("*", "http", status=503, label="Alice")
    await alice.taps("Yes, cancel it", card)
    await alice.sees("Nothing was bought or changed", after=card["message_id"])
    assert cancellations(sandbox) == []
    sandbox.provider.faults.clear()
    sandbox.provider.send_sms(number(sandbox.provider), "Your WhatsApp code: 123-456")
    await alice.sees("🔑 123456", "Your WhatsApp code", after=card["message_id"])
