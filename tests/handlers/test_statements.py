"""`/history` with its filters, `/spending`, `/export`, and the record of a purchase."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.server import Sandbox
from bot.sandbox.telegram import FaultKind
from bot.sandbox.telegram.uploads import image_size
from tests.support.people import Message, Person
from tests.support.wired import Wired, wire


def shown(person: Person) -> Message:
    return person.messages()[-1]


def content(wired: Wired, message: Message) -> bytes:
    """What Telegram keeps of a message's file or picture."""
    described: Any = message["document"] if "document" in message else message["photo"][-1]
    return wired.sandbox.telegram.files[described["file_id"]].content


async def lived(wired: Wired, person: Person) -> list[str]:
    """Buy a number that gets a code, one that is given back, and one in doubt; returns their ids, oldest first."""
    await wired.bought(person)
    [answered] = await wired.bot.parts.statements.held(person.id)
    await wired.bot.parts.life.record(answered.id, ["Your code is 123-456"])
    await wired.bot.parts.life.finish(person.id, answered.id)
    for name in ("Telegram", "Facebook"):
        found = (await wired.says(person, name))[-1]
        await wired.taps(person, wired.data(found, name), found)
        if name == "Facebook":
            wired.sandbox.provider.faults.add("buy", "cut_after", count=1)
        offer = shown(person)
        await wired.taps(person, wired.data(offer, "Buy for"), offer)
        [held] = await wired.bot.parts.statements.held(person.id)
        if name == "Telegram":
            await wired.bot.parts.life.cancel(person.id, held.id)
    await wired.bot.deliveries.drain()
    return [entry.purchase.id for entry in await wired.bot.parts.statements.entries(person.id)]


async def test_the_past_of_one_product_is_one_tap_or_one_word_away(wired: Wired, alice: Person) -> None:
    await wired.bought(alice)
    listed = (await wired.says(alice, "/history"))[-1]
    await wired.taps(alice, wired.data(listed, "One product"), listed)
    assert alice.labels(shown(alice))[0] == "WhatsApp · ×1 · ₹38.50"
    await wired.taps(alice, wired.data(shown(alice), "WhatsApp"), listed)
    assert "1 purchase, ₹38.50 spent\nOnly WhatsApp." in shown(alice)["text"]
    await wired.taps(alice, wired.data(shown(alice), "Other product"), listed)
    assert "Which product’s purchases?" in shown(alice)["text"]
    assert "Only WhatsApp." in (await wired.says(alice, "/history watsap"))[-1]["text"]
    assert "Which product’s purchases?" in (await wired.says(alice, "/history zomato"))[-1]["text"]


async def test_history_is_filtered_in_place(wired: Wired, alice: Person) -> None:
    await lived(wired, alice)
    listed = (await wired.says(alice, "/history"))[-1]
    assert "3 purchases" in listed["text"]
    assert "✓ All" in alice.labels(listed)
    for label, words, product in (
        ("SMS", "1 purchase with an SMS, ₹38.50 spent", "WhatsApp"),
        ("Refunded", "1 refunded purchase, ₹62.00 came back", "Telegram"),
        ("In doubt", "1 purchase in doubt", "Facebook"),
    ):
        await wired.taps(alice, wired.data(shown(alice), label), listed)
        assert words in shown(alice)["text"]
        assert product in shown(alice)["text"]
        assert f"✓ {label}" in alice.labels(shown(alice))
        assert shown(alice)["message_id"] == listed["message_id"]
    await wired.taps(alice, wired.data(shown(alice), "All"), listed)
    assert "3 purchases" in shown(alice)["text"]


async def test_a_filter_that_keeps_nothing_says_so(wired: Wired, alice: Person) -> None:
    await wired.bought(alice)
    listed = (await wired.says(alice, "/history"))[-1]
    for label, words in (("SMS", "No purchase has brought an SMS yet"), ("Refunded", "was refunded"), ("In doubt", "is in doubt")):
        await wired.taps(alice, wired.data(shown(alice), label), listed)
        assert words in shown(alice)["text"]
    await wired.taps(alice, "some:nonsense:0", listed)
    assert "not here any more" in shown(alice)["text"]


async def test_spending_is_a_picture_with_words_that_changes_in_place(wired: Wired, alice: Person) -> None:
    await lived(wired, alice)
    chart = (await wired.says(alice, "/spending"))[-1]
    assert image_size(content(wired, chart))[0] == 1000
    assert chart["caption"].splitlines()[:3] == [
        "📈 ₹38.50 spent · 2 purchases in 30 days",
        "₹62.00 came back and is not counted.",
        "🔑 An SMS came on 1 of 2 numbers (50%).",
    ]
    assert "upload_photo" in [call.params.get("action") for call in wired.sandbox.telegram.ledger]
    await wired.taps(alice, wired.data(chart, "By product"), chart)
    other = shown(alice)
    assert other["message_id"] == chart["message_id"]
    assert content(wired, other) != content(wired, chart)
    assert "1. WhatsApp · ₹38.50 · ×1\n2. Telegram · ₹0.00 · ×1" in other["caption"]
    await wired.taps(alice, wired.data(other, "By day"), other)
    assert content(wired, shown(alice)) == content(wired, chart)


async def test_a_menu_becomes_the_chart_and_the_chart_leads_to_a_new_menu(wired: Wired, alice: Person) -> None:
    """Telegram turns a text into a picture, and no picture into a text."""
    await wired.bought(alice)
    listed = (await wired.says(alice, "/history"))[-1]
    await wired.taps(alice, wired.data(listed, "Spending"), listed)
    chart = shown(alice)
    assert (chart["message_id"], "photo" in chart, "text" in chart) == (listed["message_id"], True, False)
    await wired.taps(alice, wired.data(chart, "Menu"), chart)
    assert "What would you like to do?" in shown(alice)["text"]
    assert shown(alice)["message_id"] > chart["message_id"]


async def test_a_deleted_chart_is_sent_anew(wired: Wired, alice: Person) -> None:
    await wired.bought(alice)
    chart = (await wired.says(alice, "/spending"))[-1]
    data = wired.data(chart, "By product")
    alice.telegram.delete_message(alice.id, alice.id, chart["message_id"])
    await wired.taps(alice, data, chart)
    assert "photo" in shown(alice)
    assert shown(alice)["message_id"] > chart["message_id"]


async def test_tapping_the_same_chart_twice_changes_nothing(wired: Wired, alice: Person) -> None:
    await wired.bought(alice)
    chart = (await wired.says(alice, "/spending"))[-1]
    wired.sandbox.telegram.faults.add("editMessageMedia", kind=FaultKind.BAD_REQUEST, description="message is not modified: x")
    await wired.taps(alice, "spent:day", chart)
    assert shown(alice)["message_id"] == chart["message_id"]


@pytest.mark.parametrize("data", ["spent:week", "spent:x"])
async def test_a_chart_that_there_is_not_is_the_one_by_day(wired: Wired, alice: Person, data: str) -> None:
    await wired.bought(alice)
    menu = (await wired.says(alice, "/menu"))[-1]
    await wired.taps(alice, data, menu)
    assert "photo" in shown(alice)


@pytest.mark.parametrize(
    ("command", "words"), [("/spending", "Nothing was bought in the last 30 days"), ("/export", "You have bought nothing yet")]
)
async def test_without_purchases_there_is_nothing_to_show(wired: Wired, alice: Person, command: str, words: str) -> None:
    await wired.says(alice, "/start")
    assert words in (await wired.says(alice, command))[-1]["text"]


async def test_the_export_is_a_file_of_every_purchase(wired: Wired, alice: Person, bob: Person) -> None:
    ids = await lived(wired, alice)
    await wired.connected(bob, "demo-token-bob")
    document = (await wired.says(alice, "/export"))[-1]
    assert document["document"]["file_name"] == "otpbuddy-purchases.csv"
    assert "3 purchases" in document["caption"]
    rows = list(csv.DictReader(io.StringIO(content(wired, document).decode("utf-8-sig"), newline="")))
    # An id may begin with a dash, which a spreadsheet would take for a formula; such a cell begins with an apostrophe.
    assert [(row["Record"].removeprefix("'"), row["Product"], row["Cost"]) for row in rows] == [
        (ids[0], "WhatsApp", "38.50"),
        (ids[1], "Telegram", "0.00"),
        (ids[2], "Facebook", ""),
    ]
    assert b"123-456" not in content(wired, document), "codes stay in the chat"
    assert "upload_document" in [call.params.get("action") for call in wired.sandbox.telegram.ledger]
    await wired.taps(alice, wired.data(document, "History"), document)
    assert "3 purchases" in shown(alice)["text"]
    assert "You have bought nothing yet" in (await wired.says(bob, "/export"))[-1]["text"]


async def test_a_purchase_is_written_down_for_the_support_from_its_card(wired: Wired, alice: Person, bob: Person) -> None:
    answered, given_back, doubtful = await lived(wired, alice)
    wired.clock.advance(minutes=2)
    await wired.bot.settlement.sweep()
    await wired.bot.deliveries.drain()
    for activation_id, words in (
        (answered, "State: finished"),
        (given_back, "At the end: 399.50 -> 461.50 INR"),
        (doubtful, "Server: in\nProduct id: fb"),
    ):
        number = (await wired.activation(activation_id)).card_message_id
        card = next(message for message in alice.messages() if message["message_id"] == number)
        await wired.taps(alice, wired.data(card, "Record for the support"), card)
        record = shown(alice)
        assert words in record["text"]
        assert record["message_id"] > card["message_id"], "the card stays"
        assert "123-456" not in record["text"]
    message = (await wired.says(bob, "/start"))[-1]
    await wired.taps(bob, f"proof:{answered}", message)
    assert "not here any more" in shown(bob)["text"]


async def test_files_and_words_are_in_the_readers_language(sandbox: Sandbox, alice: Person, tmp_path: Path) -> None:
    sandbox.telegram.users[alice.id].language_code = "ru"
    async with wire(sandbox, tmp_path) as wired:
        await wired.says(alice, "/start")
        await wired.says(alice, "/token demo-token-alice")
        found = (await wired.says(alice, "WhatsApp"))[-1]
        await wired.taps(alice, wired.data(found, "WhatsApp"), found)
        await wired.taps(alice, str(shown(alice)["reply_markup"]["inline_keyboard"][0][0]["callback_data"]), shown(alice))
        document = (await wired.says(alice, "/export"))[-1]
        assert ";38,50;" in content(wired, document).decode("utf-8-sig")
