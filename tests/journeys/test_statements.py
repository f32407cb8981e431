"""Looking back: the history's filters, the chart of spending, the file for a spreadsheet, and a record for the seller's support."""

import csv
import io
from typing import Any

import pytest

from bot.sandbox.server import Sandbox
from bot.sandbox.telegram.uploads import image_size
from tests.support.bots import Clock
from tests.support.people import PATIENCE, Message, Person

pytestmark = pytest.mark.usefixtures("bot")


def content(sandbox: Sandbox, message: Message) -> bytes:
    """What Telegram keeps of a message's file or picture."""
    described: Any = message["document"] if "document" in message else message["photo"][-1]
    return sandbox.telegram.files[described["file_id"]].content


async def gets(sandbox: Sandbox, person: Person, kind: str, words: str) -> Message:
    """Wait for a picture or a file with those words below it."""

    def look(_: object) -> Message | None:
        shown = [message for message in person.messages() if kind in message and words in message.get("caption", "")]
        return shown[-1] if shown else None

    found = await sandbox.telegram.until(look, timeout=PATIENCE)
    assert found is not None
    return found


async def test_a_month_is_looked_back_on(sandbox: Sandbox, alice: Person, clock: Clock) -> None:
    await alice.connects("demo-token-alice")
    card = await alice.buys("WhatsApp")
    sandbox.provider.send_sms(next(iter(sandbox.provider.activations.values())).number, "Your WhatsApp code: 123-456")
    await alice.sees("🔑 123456")
    await alice.taps("Done", await alice.sees("Code received"))
    await alice.sees("✅ Done")
    clock.advance(days=3)
    second = await alice.buys("Telegram")
    await alice.taps("✖ Cancel", second)
    await alice.taps("Yes, cancel it", second)
    await alice.sees("Cancelled", "₹62.00 came back")
    sandbox.provider.faults.add("buy", "cut_after", count=1)
    offer = await alice.is_offered("Facebook")
    await alice.taps("Buy for", offer)
    await alice.sees("gave no clear answer")
    clock.advance(minutes=1)
    doubtful = await alice.sees("Charged, but no number was received")

    sent = alice.says("/history")
    listed = await alice.sees("3 purchases", "₹48.00 spent", after=sent["message_id"])
    await alice.taps("Refunded", listed)
    await alice.sees("1 refunded purchase", "₹62.00 came back", "Telegram")
    await alice.taps("In doubt", listed)
    await alice.sees("1 purchase in doubt", "Facebook")
    await alice.taps("Spending", listed)
    chart = await gets(sandbox, alice, "photo", "₹48.00 spent")
    assert chart["message_id"] == listed["message_id"]
    assert image_size(content(sandbox, chart))[0] == 1000
    assert "An SMS came on 1 of 2 numbers (50%)." in chart["caption"]
    await alice.taps("By product", chart)
    by_product = await gets(sandbox, alice, "photo", "1. WhatsApp · ₹38.50 · ×1")
    assert by_product["message_id"] == chart["message_id"]

    await alice.taps("Export", by_product)
    document = await gets(sandbox, alice, "document", "3 purchases")
    rows = list(csv.DictReader(io.StringIO(content(sandbox, document).decode("utf-8-sig"), newline="")))
    assert [(row["Product"], row["Cost"]) for row in rows] == [("WhatsApp", "38.50"), ("Telegram", "0.00"), ("Facebook", "9.50")]
    await alice.taps("Record for the support", doubtful)
    await alice.sees("Record for otpbuddy’s support", "Product id: fb", "Balance: 461.50 -> 452.00 INR")
    assert "123-456" not in content(sandbox, document).decode("utf-8-sig")
    assert card["message_id"] < listed["message_id"]
