"""How it feels: stale buttons lead on, what failed can be tried again with one tap, and whoever waits sees that something happens."""

import asyncio
from decimal import Decimal

import pytest

from bot.sandbox.provider import Offer
from tests.support.people import Message, Person
from tests.support.wired import Wired


def shows(person: Person, message: Message) -> Message:
    """Give a message as it is now."""
    return next(shown for shown in person.messages() if shown["message_id"] == message["message_id"])


async def held_id(wired: Wired, person: Person) -> str:
    [held] = await wired.bot.parts.statements.held(person.id)
    return held.id


@pytest.mark.parametrize("word", ["pay", "cancelold", "x", "buy2"])
async def test_a_button_of_an_older_version_opens_the_card_of_what_it_names(wired: Wired, alice: Person, word: str) -> None:
    menu = (await wired.says(alice, "/start"))[-1]
    card = await wired.bought(alice)
    await wired.taps(alice, f"{word}:7:{await held_id(wired, alice)}", menu)
    fresh = alice.messages()[-1]
    assert fresh["message_id"] > card["message_id"]
    assert "Waiting for the code" in fresh["text"]
    assert "reply_markup" not in shows(alice, card), "one card is enough"


async def test_a_button_of_an_older_version_that_names_somebody_elses_opens_nothing(wired: Wired, alice: Person, bob: Person) -> None:
    await wired.bought(alice)
    menu = (await wired.says(bob, "/start"))[-1]
    await wired.taps(bob, f"old:{await held_id(wired, alice)}", menu)
    assert "not here any more" in shows(bob, menu)["text"]
    assert len(bob.messages()) == 1


async def test_a_second_offer_message_of_what_was_bought_leads_to_its_card(wired: Wired, alice: Person) -> None:
    other = (await wired.says(alice, "/start"))[-1]
    card = await wired.bought(alice)
    await wired.taps(alice, f"buy:{await held_id(wired, alice)}", other)
    fresh = alice.messages()[-1]
    assert fresh["message_id"] > card["message_id"]
    assert "Waiting for the code" in fresh["text"]
    assert "reply_markup" not in shows(alice, other)
    assert len(wired.sandbox.provider.charges) == 1


async def test_opening_what_is_only_offered_shows_the_offer(wired: Wired, alice: Person) -> None:
    await wired.connected(alice)
    found = (await wired.says(alice, "WhatsApp"))[-1]
    await wired.taps(alice, wired.data(found, "WhatsApp"), found)
    offer_id = wired.data(alice.messages()[-1], "Buy for").partition(":")[2]
    menu = (await wired.says(alice, "/menu"))[-1]
    await wired.taps(alice, f"card:{offer_id}", menu)
    assert "Buy a number for WhatsApp?" in shows(alice, menu)["text"]


FAILS = {
    "/balance": ("balance", "Your otpbuddy balance is"),
    "/buy whatsapp": ("products", "1 product"),
    "whatsapp": ("products", "1 product"),
}


@pytest.mark.parametrize(("text", "asked", "shown"), [(text, *rest) for text, rest in FAILS.items()], ids=FAILS)
async def test_what_failed_for_the_moment_is_tried_again_with_one_tap(
    wired: Wired, alice: Person, text: str, asked: str, shown: str
) -> None:
    await wired.connected(alice)
    wired.sandbox.provider.faults.add(asked, "http", count=1, status=503)
    failed = (await wired.says(alice, text))[-1]
    assert "out of service" in failed["text"]
    await wired.taps(alice, wired.data(failed, "Try again"), failed)
    assert shown in shows(alice, failed)["text"]


async def test_a_tap_that_failed_for_the_moment_is_tried_again_where_it_was_made(wired: Wired, alice: Person) -> None:
    await wired.connected(alice)
    found = (await wired.says(alice, "WhatsApp"))[-1]
    wired.sandbox.provider.faults.add("balance", "http", count=1, status=503)
    await wired.taps(alice, wired.data(found, "WhatsApp"), found)
    failed = shows(alice, found)
    await wired.taps(alice, wired.data(failed, "Try again"), failed)
    assert "Buy a number for WhatsApp?" in shows(alice, found)["text"]


async def test_what_would_fail_again_is_not_offered_again(wired: Wired, alice: Person) -> None:
    await wired.connected(alice)
    del wired.sandbox.provider.accounts["demo-token-alice"]
    failed = (await wired.says(alice, "/balance"))[-1]
    assert "no longer accepts your token" in failed["text"]
    assert not any("Try again" in label for label in alice.labels(failed))


async def test_a_rejected_token_is_told_once_where_a_tap_found_out(wired: Wired, alice: Person) -> None:
    await wired.connected(alice)
    wired.sandbox.provider.faults.add("balance", "http", status=401)
    await wired.says(alice, "/balance")
    await wired.bot.deliveries.sweep()
    await wired.bot.deliveries.drain()
    assert sum("no longer accepts your token" in message["text"] for message in alice.messages()) == 1


async def test_a_token_that_could_not_be_checked_is_asked_for_again_with_one_tap(wired: Wired, alice: Person) -> None:
    await wired.says(alice, "/start")
    wired.sandbox.provider.faults.add("balance", "http", count=1, status=503)
    failed = (await wired.says(alice, "/token demo-token-alice"))[-1]
    await wired.taps(alice, wired.data(failed, "Try again"), failed)
    assert "Send me your otpbuddy API token" in shows(alice, failed)["text"]
    assert "Connected." in (await wired.says(alice, "demo-token-alice"))[-1]["text"]


async def test_a_long_search_is_shown_whole_on_every_page_and_behind_back(wired: Wired, alice: Person) -> None:
    query = "स्विगी इंस्टामार्ट ग्रोसरी डिलीवरी"
    wired.sandbox.provider.set_products([Offer(f"p{count}", f"{query} {count:02}", Decimal(5)) for count in range(20)])
    await wired.connected(alice)
    found = (await wired.says(alice, f"  {query} "))[-1]
    assert f"“{query}”\n20 products · page 1 of 3" in found["text"]
    await wired.taps(alice, wired.data(found, "Next"), found)
    assert f"“{query}”\n20 products · page 2 of 3" in shows(alice, found)["text"]
    await wired.taps(alice, wired.data(shows(alice, found), query[:6]), found)
    await wired.taps(alice, wired.data(shows(alice, found), "Back"), found)
    assert f"“{query}”\n20 products · page 2 of 3" in shows(alice, found)["text"]


async def test_whoever_waits_for_long_sees_that_an_answer_is_on_its_way(wired: Wired, alice: Person) -> None:
    await wired.connected(alice)
    found = (await wired.says(alice, "WhatsApp"))[-1]
    hold = wired.sandbox.provider.faults.add("balance", "hold", count=1)
    seen = len(wired.sandbox.telegram.ledger)
    tap = asyncio.create_task(wired.taps(alice, wired.data(found, "WhatsApp"), found))
    await wired.sandbox.telegram.until(lambda telegram: any(call.method == "sendChatAction" for call in telegram.ledger[seen:]))
    assert not tap.done()
    hold.release()
    await tap
    assert "Buy a number for WhatsApp?" in shows(alice, found)["text"]


async def test_what_is_there_at_once_leaves_nobody_typing(wired: Wired, alice: Person) -> None:
    await wired.connected(alice)
    seen = len(wired.sandbox.telegram.ledger)
    listed = (await wired.says(alice, "/buy"))[-1]
    await wired.taps(alice, wired.data(listed, "Next"), listed)
    assert [call.method for call in wired.sandbox.telegram.ledger[seen:]] == ["sendMessage", "answerCallbackQuery", "editMessageText"]


async def test_who_has_no_token_is_told_where_to_get_one_and_led_there(wired: Wired, alice: Person) -> None:
    asked = (await wired.says(alice, "/token"))[-1]
    assert "No account yet?" in asked["text"]
    keys = [key for row in asked["reply_markup"]["inline_keyboard"] for key in row]
    assert keys[0]["url"] == wired.sandbox.url
    await wired.connected(alice)
    asked = (await wired.says(alice, "/token"))[-1]
    assert "No account yet?" not in asked["text"]


async def test_a_low_balance_may_be_typed_and_anything_else_is_a_search(wired: Wired, alice: Person) -> None:
    await wired.connected(alice)
    for text, expected in (("₹ 75,50", "Low balance: below ₹75.50"), ("1,000", "below ₹1,000.00")):
        await wired.taps(alice, "opt:low:0", (await wired.says(alice, "/settings"))[-1])
        assert any(expected in label for label in alice.labels((await wired.says(alice, text))[-1]))
    await wired.taps(alice, "opt:low:0", (await wired.says(alice, "/settings"))[-1])
    assert "1 product" in (await wired.says(alice, "whatsapp"))[-1]["text"]
    await wired.says(alice, "12")
    chat = await wired.chat(alice)
    assert chat is not None
    assert (chat.low_balance, chat.awaiting) == (Decimal(1000), None), "what comes later is a search again"


def leads_out(message: Message) -> list[str]:
    """Give the addresses that a message's buttons open."""
    return [key["url"] for row in message["reply_markup"]["inline_keyboard"] for key in row if "url" in key]


async def test_what_only_the_providers_site_can_mend_leads_there(wired: Wired, alice: Person) -> None:
    refused = (await wired.says(alice, "/token not-the-right-one-123"))[-1]
    assert leads_out(refused) == [wired.sandbox.url]
    await wired.connected(alice, "demo-token-empty")
    found = (await wired.says(alice, "WhatsApp"))[-1]
    await wired.taps(alice, wired.data(found, "WhatsApp"), found)
    await wired.taps(alice, wired.data(shows(alice, found), "Buy for"), found)
    too_low = shows(alice, found)
    assert "balance is too low" in too_low["text"]
    assert leads_out(too_low) == [wired.sandbox.url]
    assert leads_out((await wired.says(alice, "/numbers"))[-1]) == []
