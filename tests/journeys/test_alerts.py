"""Being told: when a product is cheaper, when it is back, and when the balance is low."""

from decimal import Decimal
from pathlib import Path

import pytest

from bot.sandbox.server import Sandbox
from tests.support import bots
from tests.support.bots import Clock
from tests.support.people import Person

pytestmark = pytest.mark.usefixtures("bot")
D = Decimal


async def wants_to_be_warned(directory: Path, person: Person, limit: str) -> None:
    """Set the limit in the row, whichever screen does it."""
    await bots.write(directory, "UPDATE chat SET low_balance = ? WHERE id = ?", limit, person.id)


async def test_a_fallen_price_is_told_and_leads_to_the_purchase(sandbox: Sandbox, alice: Person, clock: Clock) -> None:
    await alice.connects("demo-token-alice")
    offer = await alice.is_offered("WhatsApp")
    await alice.taps("Tell me when it is cheaper", offer)
    await alice.sees("WhatsApp costs ₹38.50 now", "type an amount")
    sent = alice.says("30")
    await alice.sees("when WhatsApp costs ₹30.00 or less", after=sent["message_id"])
    asked = sum(call.call == "getProducts" for call in sandbox.provider.calls)
    sandbox.provider.set_stock("wa", price=D("29.99"))
    # The first look after the alert was set up only notes when the next one is due.
    with clock.running(300):
        told = await alice.sees("WhatsApp costs ₹29.99 now", "You waited for ₹30.00 or less")
    assert sum(call.call == "getProducts" for call in sandbox.provider.calls) == asked + 1
    await alice.taps("Buy it", told)
    await alice.taps("Buy for ₹29.99", await alice.sees("Buy a number for WhatsApp?", "₹29.99"))
    await alice.sees("Waiting for the code")
    assert [entry.amount for entry in sandbox.provider.charges] == [D("-29.99")]
    sent = alice.says("/alerts")
    await alice.sees("You have no alerts", after=sent["message_id"])


async def test_a_product_that_is_back_is_told(sandbox: Sandbox, alice: Person, clock: Clock) -> None:
    await alice.connects("demo-token-alice")
    offer = await alice.is_offered("WhatsApp")
    gone = sandbox.provider.offers.pop("wa")
    await alice.taps("Buy for", offer)
    missed = await alice.sees("does not offer WhatsApp at the moment", "Nothing was bought")
    await alice.taps("Tell me when it is back", missed)
    await alice.sees("when WhatsApp is on sale again")
    sandbox.provider.offers["wa"] = gone
    with clock.running(300):
        await alice.sees("WhatsApp is on sale again for ₹38.50")
    assert not sandbox.provider.charges


async def test_a_low_balance_is_told_once_and_anew_after_it_was_not(sandbox: Sandbox, alice: Person, tmp_path: Path) -> None:
    await alice.connects("demo-token-alice")
    await wants_to_be_warned(tmp_path, alice, "480")
    card = await alice.buys("WhatsApp")
    first = await alice.sees("Your otpbuddy balance is low: ₹461.50", "below ₹480.00", after=card["message_id"])
    await alice.buys("Google")
    await alice.hears_nothing_more()
    sandbox.provider.add_account("demo-token-alice", D(600))
    alice.says("/balance")
    await alice.sees("₹600.00")
    sandbox.provider.add_account("demo-token-alice", D(12))
    alice.says("/balance")
    second = await alice.sees("Your otpbuddy balance is low: ₹12.00", after=first["message_id"])
    warnings = [message for message in alice.messages() if "balance is low" in message["text"]]
    assert warnings == [first, second]
    assert bots.rows(tmp_path, "SELECT count(*) FROM activation WHERE state = 'active'") == [(2,)], "nothing was kept from happening"
