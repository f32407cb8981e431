"""Alerts, the low balance, the filtered history, the chart, the file and the record, as a person sees them."""

import os
import re
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.sandbox.server import Sandbox
from tests.browser.support import PATIENCE, PHONE, SETTLED, Chat
from tests.support import bots
from tests.support.bots import Clock
from tests.support.people import Person

pytestmark = pytest.mark.browser


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def sandbox(clock: Clock) -> AsyncIterator[Sandbox]:
    """A sandbox whose time can be moved forward."""
    async with Sandbox(clock=clock) as running:
        running.provider.configure(auto_sms_after=None)
        yield running


async def looked_at(chat: Chat, name: str) -> None:
    """Check how a screen looks in every size and light; with `PICTURES`, keep pictures of it on a telephone."""
    await chat.looks_right(name)
    if folder := os.environ.get("PICTURES"):
        for colours in ("light", "dark"):
            await chat.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
            await chat.page.emulate_media(color_scheme="dark" if colours == "dark" else "light")
            await chat.page.evaluate(SETTLED)
            await chat.page.screenshot(path=Path(folder) / f"{name.replace(' ', '-')}-{colours}.png")


async def test_waiting_for_a_price_and_being_told(sandbox: Sandbox, chat: Chat, clock: Clock, tmp_path: Path) -> None:
    async with bots.running(bots.settings(sandbox, tmp_path), clock):
        await chat.starts()
        await chat.connects()
        offer = await chat.is_offered("WhatsApp")
        await looked_at(chat, "offer")
        await chat.taps("Tell me when it is cheaper", offer)
        await chat.sees_last("WhatsApp costs ₹38.50 now")
        await looked_at(chat, "at which price")
        await chat.writes("30")
        await chat.sees_last("when WhatsApp costs ₹30.00 or less")
        await looked_at(chat, "waits")
        offer = await chat.is_offered("Вконтакте")
        await chat.taps("Tell me when it is cheaper", offer)
        await chat.taps("₹24.50")
        await chat.sees_last("when Вконтакте costs ₹24.50 or less")
        await chat.writes("/alerts")
        await chat.sees_last("You have 2 alerts")
        await looked_at(chat, "alerts")
        await chat.taps("Вконтакте")
        await chat.sees_last("You have 1 alert.")
        sandbox.provider.set_stock("wa", price=Decimal("29.50"))
        with clock.running(300):
            told = await chat.sees_last("WhatsApp costs ₹29.50 now")
        await looked_at(chat, "told of a price")
        await chat.taps("Buy it", told)
        offer = await chat.sees_last("Buy a number for WhatsApp?", "₹29.50")
        sandbox.provider.offers.pop("wa")
        await chat.taps("Buy for", offer)
        await chat.sees_last("does not offer WhatsApp at the moment")
        await looked_at(chat, "gone")
        await chat.taps("Tell me when it is back")
        await chat.sees_last("when WhatsApp is on sale again")


async def test_a_balance_that_is_low(sandbox: Sandbox, chat: Chat, tmp_path: Path) -> None:
    async with bots.running(bots.settings(sandbox, tmp_path)):
        await chat.starts()
        await chat.connects()
        await chat.writes("/balance")
        balance = await chat.sees_last("₹500.00")
        await looked_at(chat, "balance")
        await chat.taps("Low balance", balance)
        await chat.taps("₹500")
        await chat.buys("WhatsApp")
        await chat.sees_last("Your otpbuddy balance is low: ₹461.50")
        await looked_at(chat, "low balance")


async def test_looking_back(sandbox: Sandbox, chat: Chat, alice: Person, clock: Clock, tmp_path: Path) -> None:
    sandbox.provider.add_account("demo-token-alice", Decimal(5000))
    async with bots.running(bots.settings(sandbox, tmp_path, MAX_ACTIVE_NUMBERS="20"), clock):
        await alice.connects("demo-token-alice")
        # A user who taps faster than this is asked for a pause.
        for name, days, seconds in (("WhatsApp", 9, 12), ("Вконтакте", 4, 38), ("微信 WeChat", 1, 23)):
            card = await alice.buys(name)
            clock.advance(seconds=seconds)
            sandbox.provider.send_sms(list(sandbox.provider.activations.values())[-1].number, "Your code: 123-456")
            await alice.taps("Done", await alice.sees("Code received", name))
            await alice.sees("✅ Done", name, after=card["message_id"] - 1)
            clock.advance(days=days)
        card = await alice.buys("Steam")
        await alice.taps("✖ Cancel", card)
        await alice.taps("Yes, cancel it", card)
        await alice.sees("✖ Cancelled")
        await chat.writes("/history")
        await chat.sees_last("4 purchases")
        await looked_at(chat, "history")
        await chat.taps("Refunded")
        history = await chat.sees_last("1 refunded purchase")
        await looked_at(chat, "history of refunds")
        await chat.taps("One product", history)
        await chat.sees_last("Which product’s purchases?")
        await looked_at(chat, "which product")
        await chat.taps("Steam", history)
        await chat.sees_last("1 purchase, ₹0.00 spent", "Only Steam.")
        await looked_at(chat, "history of a product")
        await chat.taps("Spending", history)
        chart = await chat.sees_last("spent", "4 purchases in 30 days")
        await _is_drawn(chat)
        await looked_at(chat, "spending by day")
        await chat.taps("By product", chart)
        await chat.sees_last("2. WhatsApp")
        await _is_drawn(chat)
        await looked_at(chat, "spending by product")
        async with chat.page.expect_download() as downloading:
            await chat.taps("Export")
            document = await chat.sees_last("4 purchases", "the oldest first")
            await document.locator("a.document").click()
        download = await downloading.value
        assert download.suggested_filename == "otpbuddy-purchases.csv"
        assert (await download.path()).read_bytes().startswith(b"\xef\xbb\xbfBought,Product")
        await looked_at(chat, "export")
        await chat.taps("History")
        await chat.taps("1", await chat.sees_last("4 purchases"))
        await chat.taps("Record for the support", await chat.sees_last("✖ Cancelled"))
        await chat.sees_last("Record for otpbuddy’s support", "Product id: st")
        await looked_at(chat, "record")


async def _is_drawn(chat: Chat) -> None:
    """Wait for a picture that is really there, with words for who does not see it."""
    picture = chat.page.locator("img.photo").last
    await expect(picture).to_be_visible(timeout=PATIENCE)
    await chat.page.wait_for_function("element => element.complete && element.naturalWidth === 1000", arg=await picture.element_handle())
    await expect(picture).to_have_attribute("alt", re.compile(r"₹[0-9.,]+ spent"))
