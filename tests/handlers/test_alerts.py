"""Alerts as they are set up, listed and removed: by buttons, and by the next message."""

from decimal import Decimal

import pytest

from bot.services.alerts import EVERY
from bot.services.catalog import product_key
from tests.support.people import Message, Person
from tests.support.wired import Wired

WA = product_key("wa")


def shown(person: Person) -> Message:
    return person.messages()[-1]


async def asked(wired: Wired, person: Person) -> Message:
    """Go as far as the question for a price."""
    await wired.connected(person)
    found = (await wired.says(person, "WhatsApp"))[-1]
    await wired.taps(person, wired.data(found, "WhatsApp"), found)
    offer = shown(person)
    await wired.taps(person, wired.data(offer, "Tell me when it is cheaper"), offer)
    assert "WhatsApp costs ₹38.50 now" in shown(person)["text"]
    return shown(person)


async def waiting(wired: Wired, person: Person) -> list[Decimal | None]:
    return [alert.at_most for alert in await wired.bot.parts.alerts.waiting(person.id)]


async def test_a_price_is_chosen_by_a_tap(wired: Wired, alice: Person) -> None:
    question = await asked(wired, alice)
    assert alice.labels(question)[:3] == ["₹34.50", "₹28.50", "₹19.00"]
    await wired.taps(alice, wired.data(question, "₹28.50"), question)
    assert "when WhatsApp costs ₹28.50 or less" in shown(alice)["text"]
    assert shown(alice)["message_id"] == question["message_id"], "one message, from the product to the alert"
    assert await waiting(wired, alice) == [Decimal("28.5")]


@pytest.mark.parametrize(("typed", "limit"), [("30", "30"), ("₹ 30,50", "30.50"), ("20 rs", "20")])
async def test_a_price_is_typed(wired: Wired, alice: Person, typed: str, limit: str) -> None:
    await asked(wired, alice)
    assert "I will tell you when WhatsApp costs" in (await wired.says(alice, typed))[-1]["text"]
    assert await waiting(wired, alice) == [Decimal(limit)]
    assert "Nothing found" in (await wired.says(alice, typed))[-1]["text"], "only the next message is a price"


async def test_a_message_that_is_no_price_is_a_search(wired: Wired, alice: Person) -> None:
    await asked(wired, alice)
    assert "“telegram”" in (await wired.says(alice, "telegram"))[-1]["text"]
    assert "Nothing found" in (await wired.says(alice, "30"))[-1]["text"]
    assert await waiting(wired, alice) == []


async def test_whoever_taps_something_else_is_not_asked_for_a_price_any_more(wired: Wired, alice: Person) -> None:
    question = await asked(wired, alice)
    await wired.taps(alice, wired.data(question, "Back"), question)
    assert "Buy a number for WhatsApp?" in shown(alice)["text"]
    assert "Nothing found" in (await wired.says(alice, "30"))[-1]["text"]
    assert await waiting(wired, alice) == []


async def test_a_price_that_is_reached_already_offers_to_buy(wired: Wired, alice: Person) -> None:
    await asked(wired, alice)
    answer = (await wired.says(alice, "38.50"))[-1]
    assert "costs ₹38.50 already" in answer["text"]
    await wired.taps(alice, wired.data(answer, "Buy it"), answer)
    assert "Buy a number for WhatsApp?" in shown(alice)["text"]
    assert await waiting(wired, alice) == []


async def test_alerts_are_listed_and_removed(wired: Wired, alice: Person) -> None:
    await wired.connected(alice)
    assert "You have no alerts" in (await wired.says(alice, "/alerts"))[-1]["text"]
    await wired.bot.parts.alerts.when_at_most(alice.id, WA, Decimal(30))
    await wired.bot.parts.alerts.when_at_most(alice.id, product_key("fb"), Decimal(1))
    menu = (await wired.says(alice, "/menu"))[-1]
    await wired.taps(alice, wired.data(menu, "Alerts"), menu)
    listed = shown(alice)
    assert "You have 2 alerts" in listed["text"]
    assert {"✖ WhatsApp · ₹30.00 or less", "✖ Facebook · ₹1.00 or less"} <= set(alice.labels(listed))
    await wired.taps(alice, wired.data(listed, "Facebook"), listed)
    assert "You have 1 alert." in shown(alice)["text"]
    assert shown(alice)["message_id"] == listed["message_id"]
    await wired.taps(alice, wired.data(shown(alice), "WhatsApp"), listed)
    assert "You have no alerts" in shown(alice)["text"]


async def test_nobody_removes_another_chats_alert(wired: Wired, alice: Person, bob: Person) -> None:
    await wired.connected(alice)
    watched = await wired.bot.parts.alerts.when_at_most(alice.id, WA, Decimal(30))
    assert watched.alert is not None
    message = (await wired.says(bob, "/alerts"))[-1]
    await wired.taps(bob, f"drop:{watched.alert.id}", message)
    assert "You have no alerts" in shown(bob)["text"]
    assert await waiting(wired, alice) == [Decimal(30)]


async def test_a_product_that_is_gone_is_waited_for_from_the_tap_that_missed_it(wired: Wired, alice: Person) -> None:
    await wired.connected(alice)
    found = (await wired.says(alice, "WhatsApp"))[-1]
    await wired.taps(alice, wired.data(found, "WhatsApp"), found)
    offer = shown(alice)
    gone = wired.sandbox.provider.offers.pop("wa")
    await wired.taps(alice, wired.data(offer, "Buy for"), offer)
    missed = shown(alice)
    assert "does not offer WhatsApp at the moment" in missed["text"]
    await wired.taps(alice, wired.data(missed, "Tell me when it is back"), missed)
    assert "when WhatsApp is on sale again" in shown(alice)["text"]
    assert "on sale again" in "".join(alice.labels((await wired.says(alice, "/alerts"))[-1]))
    await wired.bot.alert_checks.sweep()
    wired.sandbox.provider.offers["wa"] = gone
    wired.clock.advance(seconds=2 * EVERY.total_seconds())
    await wired.bot.alert_checks.sweep()
    await wired.bot.notices.sweep()
    await wired.bot.notices.drain()
    told = shown(alice)
    assert "WhatsApp is on sale again for ₹38.50" in told["text"]
    await wired.taps(alice, wired.data(told, "Buy it"), told)
    assert "Buy a number for WhatsApp?" in shown(alice)["text"]


async def test_a_button_that_waits_for_what_is_back_already_offers_to_buy(wired: Wired, alice: Person) -> None:
    await wired.connected(alice)
    message = (await wired.says(alice, "/menu"))[-1]
    await wired.taps(alice, f"back:{WA}", message)
    assert "WhatsApp is on sale now for ₹38.50" in shown(alice)["text"]


@pytest.mark.parametrize("data", [f"most:{WA}:", f"most:{WA}:NaN", f"most:{WA}:-5", "most:nothing:5", "less:nothing", "back:nothing"])
async def test_a_forged_button_waits_for_nothing(wired: Wired, alice: Person, data: str) -> None:
    await wired.connected(alice)
    message = (await wired.says(alice, "/menu"))[-1]
    await wired.taps(alice, data, message)
    assert await waiting(wired, alice) == []
    text = shown(alice)["text"]
    assert "not here any more" in text or "does not offer that product" in text


async def test_too_many_are_refused_with_the_list_at_hand(wired: Wired, alice: Person) -> None:
    await wired.connected(alice)
    products = await wired.bot.parts.catalog.products(alice.id)
    for product in products[:20]:
        await wired.bot.parts.alerts.when_at_most(alice.id, product_key(product.id), Decimal("0.01"))
    message = (await wired.says(alice, "/menu"))[-1]
    await wired.taps(alice, f"most:{product_key(products[20].id)}:0.01", message)
    refused = shown(alice)
    assert "You have 20 alerts, the most" in refused["text"]
    await wired.taps(alice, wired.data(refused, "My alerts"), refused)
    assert "You have 20 alerts." in shown(alice)["text"]
