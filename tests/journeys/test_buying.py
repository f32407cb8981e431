"""From a name to a number: what may come between the wish and the purchase, and that each wish costs once."""

from decimal import Decimal

import pytest

from bot.sandbox.provider.records import Offer
from bot.sandbox.server import Sandbox
from tests.support.bots import Clock
from tests.support.people import Person

pytestmark = pytest.mark.usefixtures("bot")

TOO_OLD_A_PRICE = 16
"""Seconds after which a listed price is read again before money is spent."""


def asked_to_sell(sandbox: Sandbox) -> int:
    """Count the purchases that reached the provider, those with a fault on the way back among them."""
    asked = [call for call in sandbox.provider.calls if call.call == "getNumber"]
    return sum(not call.outcome.endswith("after the effect") for call in asked)


async def test_buying_needs_an_account_and_leads_to_connecting_one(alice: Person) -> None:
    alice.says("/start")
    alice.says("whatsapp")
    message = await alice.sees("Connect your otpbuddy account first")
    assert alice.labels(message) == ["🔑 Connect my account", "‹ Menu"]


@pytest.mark.usefixtures("revision")
async def test_the_card_shows_the_balance_before_and_after_the_purchase(alice: Person) -> None:
    await alice.connects("demo-token-alice")
    offer = await alice.is_offered("WhatsApp")
    assert "Price: ₹38.50" in offer["text"]
    assert "Balance: ₹500.00 → ₹461.50" in offer["text"]
    await alice.taps("Buy for ₹38.50", offer)
    card = await alice.sees("Waiting for the code", "Paid ₹38.50", "₹500.00 → ₹461.50")
    assert card["message_id"] == offer["message_id"], "the card that asked becomes the number's card"


async def test_an_empty_balance_is_said_before_and_at_the_tap_and_nothing_is_asked_for(sandbox: Sandbox, alice: Person) -> None:
    await alice.connects("demo-token-empty")
    offer = await alice.is_offered("WhatsApp")
    assert "₹0.00" in offer["text"]
    assert "too low" in offer["text"]
    await alice.taps("Buy for", offer)
    answer = await alice.sees("Your balance is too low", "The price is ₹38.50, your balance is ₹0.00: ₹38.50 missing")
    assert asked_to_sell(sandbox) == 0

    sandbox.provider.add_account("demo-token-empty", Decimal(40))
    await alice.taps("Try again", answer)
    await alice.taps("Buy for", await alice.sees("Buy a number for WhatsApp?", "₹40.00 → ₹1.50"))
    await alice.sees("Waiting for the code", "₹40.00 → ₹1.50")


async def test_a_name_that_no_product_has_is_answered_with_a_way_on(alice: Person) -> None:
    await alice.connects("demo-token-alice")
    alice.says("no such <b>service</b> {here}")
    message = await alice.sees("Nothing found for “no such <b>service</b> {here}”")
    assert alice.labels(message) == ["✨ Any other · ₹2.50", "🛒 All products", "Search", "‹ Menu"]
    await alice.taps("All products", message)
    await alice.sees("Which service is the number for?", "66 products")


async def test_a_product_that_vanished_since_the_offer_is_not_asked_for(sandbox: Sandbox, alice: Person, clock: Clock) -> None:
    await alice.connects("demo-token-alice")
    offer = await alice.is_offered("WhatsApp")
    sandbox.provider.set_products([Offer("tg", "Telegram", Decimal(62))])
    clock.advance(seconds=TOO_OLD_A_PRICE)
    await alice.taps("Buy for", offer)
    await alice.sees("otpbuddy does not offer WhatsApp at the moment. Nothing was bought.")
    assert asked_to_sell(sandbox) == 0


@pytest.mark.usefixtures("revision")
async def test_a_product_that_vanishes_at_the_last_moment_is_refused_by_the_provider(sandbox: Sandbox, alice: Person) -> None:
    await alice.connects("demo-token-alice")
    offer = await alice.is_offered("WhatsApp")
    sandbox.provider.set_stock("wa", stock=0)
    await alice.taps("Buy for", offer)
    refused = await alice.sees("Not bought.", "otpbuddy has no such product at the moment", "Nothing was charged")
    assert sandbox.provider.charges == []

    sandbox.provider.set_stock("wa", stock=1)
    await alice.taps("Try again", refused)
    await alice.taps("Buy for", await alice.sees("Buy a number for WhatsApp?", after=refused["message_id"]))
    await alice.sees("Waiting for the code")
    assert asked_to_sell(sandbox) == 2, "a definite refusal may be repeated, by the user and nobody else"


async def test_a_price_that_changed_since_the_offer_is_asked_again(sandbox: Sandbox, alice: Person, clock: Clock) -> None:
    await alice.connects("demo-token-alice")
    offer = await alice.is_offered("WhatsApp")
    sandbox.provider.set_stock("wa", price=Decimal("40.25"))
    clock.advance(seconds=TOO_OLD_A_PRICE)
    await alice.taps("Buy for ₹38.50", offer)
    asked = await alice.sees("The price has changed from ₹38.50 to ₹40.25. Please confirm again.")
    assert asked_to_sell(sandbox) == 0
    await alice.taps("Buy for ₹40.25", asked)
    await alice.sees("Waiting for the code", "Paid ₹40.25", "₹500.00 → ₹459.75")
    assert [charge.amount for charge in sandbox.provider.charges] == [Decimal("-40.25")]


async def test_going_back_buys_nothing_and_its_card_cannot_be_bought_any_more(sandbox: Sandbox, alice: Person) -> None:
    await alice.connects("demo-token-alice")
    offer = await alice.is_offered("WhatsApp")
    bought = alice.data("Buy for", offer)
    await alice.taps("Back", offer)
    await alice.sees("“WhatsApp”", after=offer["message_id"] - 1)
    alice.forges(bought, offer)
    await alice.sees("That is not here any more")
    assert sandbox.provider.charges == []


@pytest.mark.usefixtures("revision")
async def test_a_charge_whose_answer_was_lost_is_told_with_its_record_and_never_asked_for_again(
    sandbox: Sandbox, alice: Person, clock: Clock
) -> None:
    sandbox.provider.faults.add("buy", "cut_after", count=1)
    await alice.connects("demo-token-alice")
    offer = await alice.is_offered("WhatsApp")
    await alice.taps("Buy for", offer)
    doubt = await alice.sees("otpbuddy gave no clear answer", "checking your balance")
    assert doubt["message_id"] == offer["message_id"]

    second = await alice.is_offered("Google")
    await alice.taps("Buy for", second)
    await alice.sees("An earlier purchase is still being checked against your balance")

    clock.advance(seconds=21)
    told = await alice.sees("Charged, but no number was received", "₹500.00 → ₹461.50", "getNumber wa in")
    assert told["message_id"] == offer["message_id"]
    assert asked_to_sell(sandbox) == 1
    assert len(sandbox.provider.charges) == 1


@pytest.mark.parametrize("kind", ["cut", "code", "http"])
async def test_a_purchase_that_failed_before_the_charge_is_told_as_not_bought(
    sandbox: Sandbox, alice: Person, clock: Clock, kind: str
) -> None:
    sandbox.provider.faults.add("buy", kind, count=1)
    await alice.connects("demo-token-alice")
    await alice.taps("Buy for", await alice.is_offered("WhatsApp"))
    await alice.sees("otpbuddy gave no clear answer")
    clock.advance(seconds=21)
    told = await alice.sees("Not bought.", "Your balance shows that nothing was charged", "₹500.00 → ₹500.00")
    assert sandbox.provider.charges == []
    assert asked_to_sell(sandbox) == 1

    await alice.taps("Try again", told)
    await alice.taps("Buy for", await alice.sees("Buy a number for WhatsApp?", after=told["message_id"]))
    await alice.sees("Waiting for the code")
    assert len(sandbox.provider.charges) == 1
