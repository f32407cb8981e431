"""From the purchase to the end: more codes, time that runs out, a provider in trouble, a token that is refused."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from bot.sandbox.provider import Provider
from bot.sandbox.server import Sandbox
from tests.support import bots
from tests.support.bots import Clock
from tests.support.people import Person

pytestmark = pytest.mark.usefixtures("bot")

LIFETIME = 1200
GRACE = 31


def number(provider: Provider) -> str:
    return next(iter(provider.activations.values())).number


def polls(sandbox: Sandbox) -> int:
    return sum(call.call == "getSms" for call in sandbox.provider.calls)


async def polled_again(sandbox: Sandbox) -> None:
    """Wait until the provider has been asked twice more, so that the answer to the first of them has been dealt with."""
    so_far = polls(sandbox)
    await sandbox.provider.until(lambda _: polls(sandbox) >= so_far + 2)


@pytest.mark.usefixtures("revision")
async def test_a_number_whose_time_ran_out_tells_what_came_back(sandbox: Sandbox, alice: Person, clock: Clock) -> None:
    await alice.connects("demo-token-alice")
    card = await alice.buys("WhatsApp")
    await alice.sees("Waiting for the code", "₹500.00 → ₹461.50")
    clock.advance(seconds=LIFETIME)
    shown = await alice.sees("Time is over, no code came", "₹38.50 came back", "₹461.50 → ₹500.00")
    assert shown["message_id"] == card["message_id"]
    assert sandbox.provider.accounts["demo-token-alice"].balance == Decimal(500)
    await alice.taps("Buy again", shown)
    await alice.taps("Buy for", await alice.sees("Buy a number for WhatsApp?", after=card["message_id"]))
    await alice.sees("Waiting for the code", after=card["message_id"])
    assert len(sandbox.provider.charges) == 2


async def test_an_sms_that_comes_as_the_time_runs_out_is_shown(sandbox: Sandbox, alice: Person, clock: Clock) -> None:
    sandbox.provider.configure(lifetime=LIFETIME + 600)
    await alice.connects("demo-token-alice")
    card = await alice.buys("WhatsApp")
    held = sandbox.provider.faults.add("sms", "hold", count=1)
    await sandbox.provider.until(lambda _: held.struck)
    clock.advance(seconds=LIFETIME)
    sandbox.provider.send_sms(number(sandbox.provider), "Your WhatsApp code: 123-456")
    held.release()
    await alice.sees("🔑 123456", "Your WhatsApp code", after=card["message_id"])
    await alice.sees("Time is over", "123456")


@pytest.mark.usefixtures("revision")
async def test_an_sms_that_comes_shortly_after_the_end_is_still_pushed(sandbox: Sandbox, alice: Person, clock: Clock) -> None:
    sandbox.provider.configure(lifetime=LIFETIME + 600)
    await alice.connects("demo-token-alice")
    card = await alice.buys("WhatsApp")
    clock.advance(seconds=LIFETIME)
    await alice.sees("Time is over, no code came")
    sandbox.provider.send_sms(number(sandbox.provider), "Your WhatsApp code: 123-456")
    clock.advance(seconds=GRACE)
    pushed = await alice.sees("🔑 123456", "Your WhatsApp code", after=card["message_id"])
    assert pushed["reply_to_message"]["message_id"] == card["message_id"]
    shown = await alice.sees("Time is over", "123456")
    assert "no code came" not in shown["text"]


async def test_a_refund_that_comes_late_is_shown_when_the_balance_shows_it(sandbox: Sandbox, alice: Person, clock: Clock) -> None:
    sandbox.provider.configure(lifetime=LIFETIME + 20)
    await alice.connects("demo-token-alice")
    card = await alice.buys("WhatsApp")
    await alice.sees("Waiting for the code", "₹500.00 → ₹461.50")
    clock.advance(seconds=LIFETIME)
    first = await alice.sees("Time is over, no code came", "₹461.50 → ₹461.50")
    assert "₹38.50 came back" not in first["text"]
    clock.advance(seconds=GRACE)
    shown = await alice.sees("₹38.50 came back", "₹461.50 → ₹500.00")
    assert shown["message_id"] == card["message_id"]


@pytest.mark.usefixtures("revision")
async def test_the_same_sms_on_every_call_is_pushed_once_and_a_different_one_once_more(sandbox: Sandbox, alice: Person) -> None:
    await alice.connects("demo-token-alice")
    card = await alice.buys("WhatsApp")
    for text in ("Your WhatsApp code: 111-222", "Your WhatsApp code: 333-444", "Your WhatsApp code: 111-222"):
        sandbox.provider.send_sms(number(sandbox.provider), text)
        await polled_again(sandbox)
    await alice.sees("🔑 333444", after=card["message_id"])
    await alice.taps("Done", card)
    await alice.sees("✅ Done")
    pushed = [message["text"].splitlines()[0] for message in alice.messages() if message["message_id"] > card["message_id"]]
    assert pushed == ["🔑 111222", "🔑 333444"]


async def test_done_ends_the_polling_and_buy_again_offers_the_same_product(sandbox: Sandbox, alice: Person) -> None:
    await alice.connects("demo-token-alice")
    card = await alice.buys("WhatsApp")
    sandbox.provider.send_sms(number(sandbox.provider), "Your WhatsApp code: 123-456")
    await alice.sees("Code received")
    await alice.taps("Buy again", card)
    offer = await alice.sees("Buy a number for WhatsApp?", "₹461.50 → ₹423.00", after=card["message_id"])
    shown = next(message for message in alice.messages() if message["message_id"] == card["message_id"])
    assert "Code received" in shown["text"], "the card stays where it is"
    await alice.taps("Done", card)
    await alice.sees("✅ Done", "123456")
    await alice.taps("Buy for", offer)
    await alice.sees("Waiting for the code", after=card["message_id"])
    first, second = sandbox.provider.activations
    asked = [call.purchase_id for call in sandbox.provider.calls if call.call == "getSms"]
    await sandbox.provider.until(
        lambda provider: [c.purchase_id for c in provider.calls if c.call == "getSms"][len(asked) :].count(second) > 1
    )
    assert first not in [call.purchase_id for call in sandbox.provider.calls if call.call == "getSms"][len(asked) + 1 :]


async def test_a_storm_of_server_errors_is_told_once_and_disturbs_nobody_else(
    sandbox: Sandbox, alice: Person, bob: Person, clock: Clock
) -> None:
    sandbox.provider.add_account("demo-token-bob", Decimal(500))
    await alice.connects("demo-token-alice")
    await bob.connects("demo-token-bob")
    card = await alice.buys("WhatsApp")
    storm = sandbox.provider.faults.add("sms", "code", code=205, label="Alice")
    with clock.running(60):
        await alice.sees("otpbuddy does not answer at the moment, so codes may come late")
        struck = storm.struck
        await sandbox.provider.until(lambda _: storm.struck >= struck + 2)

    await bob.buys("Google")
    hers, his = sandbox.provider.activations.values()
    sandbox.provider.send_sms(his.number, "G-654321 is your Google verification code.")
    await bob.sees("🔑 654321")

    sandbox.provider.send_sms(hers.number, "Your WhatsApp code: 123-456")
    sandbox.provider.faults.clear()
    with clock.running(60):
        await alice.sees("🔑 123456", "Your WhatsApp code", after=card["message_id"])
    assert sum("does not answer" in text for text in alice.history()) == 1
    assert not any("does not answer" in text for text in bob.history())


async def test_a_token_that_is_refused_is_told_once_and_the_number_goes_on_with_a_new_one(
    sandbox: Sandbox, alice: Person, clock: Clock, tmp_path: Path
) -> None:
    provider = sandbox.provider
    await alice.connects("demo-token-alice")
    card = await alice.buys("WhatsApp")
    account = provider.accounts.pop("demo-token-alice")
    told = await alice.sees("otpbuddy no longer accepts your token", "your active numbers wait")
    asked = polls(sandbox)
    clock.advance(minutes=2)
    alice.says("/balance")
    await alice.sees("otpbuddy no longer accepts your token", after=told["message_id"])
    provider.send_sms(number(provider), "Your WhatsApp code: 123-456")
    assert polls(sandbox) <= asked + 1, "a refused token is not tried again and again"
    assert bots.rows(tmp_path, "SELECT state FROM activation") == [("active",)]

    provider.accounts["demo-token-renewed"] = replace(account, token="demo-token-renewed")
    await alice.taps("Connect again", told)
    await alice.sees("Send me your otpbuddy API token")
    alice.says("demo-token-renewed")
    await alice.sees("Connected.", after=told["message_id"])
    clock.advance(seconds=5)
    await alice.sees("🔑 123456", "Your WhatsApp code", after=card["message_id"])
    assert sum("no longer accepts" in text for text in alice.history()) == 2, "once by itself, once as the answer to /balance"
