"""The whole job in a browser: what a newcomer sees, taps and copies, and what the provider's ledger says in the end."""

import os
import re
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.sandbox.child import BotProcess
from bot.sandbox.demo import bot_environment
from bot.sandbox.server import Sandbox
from tests.browser.support import PATIENCE, Chat
from tests.support import bots

pytestmark = pytest.mark.browser


async def test_a_newcomer_connects_searches_double_clicks_buy_gets_two_codes_and_is_done(
    sandbox: Sandbox, chat: Chat, tmp_path: Path
) -> None:
    desk = chat.page.get_by_test_id("desk")
    async with bots.running(bots.settings(sandbox, tmp_path)):
        await chat.starts()
        await chat.taps("Connect my account")
        await chat.sees("Send me your otpbuddy API token")
        await desk.get_by_test_id("desk-copy-token").first.click()
        token = await chat.copied()
        await chat.writes(token)
        await chat.sees("Connected.", "₹500.00")
        await expect(chat.page.get_by_test_id("message").filter(has_text=token)).to_have_count(0)

        await chat.writes("whats")
        await chat.sees_last("“whats”", "1 product")
        await chat.taps("WhatsApp · ₹38.50")
        offer = await chat.sees_last("Buy a number for WhatsApp?", "India", "₹38.50", "₹500.00 → ₹461.50")
        taps = len(sandbox.telegram.queries)
        await chat.button("Buy for ₹38.50", offer).dblclick()
        await sandbox.telegram.until(lambda telegram: len(telegram.queries) == taps + 2)
        card = await chat.sees_last("Waiting for the code", "₹500.00 → ₹461.50")
        await expect(card.locator("time[data-relative]")).to_have_text(re.compile(r"^in (20 min 0|19 min \d+) s$"))
        await chat.taps("Copy number", card)
        number = await chat.copied()
        assert number == f"+{next(iter(sandbox.provider.activations.values())).number}"

        card_id = await card.get_attribute("data-message-id")
        await desk.get_by_test_id("desk-sms-text").fill("Your WhatsApp code: 123-456")
        await desk.get_by_test_id("desk-sms-send").click()
        first = await chat.sees_last("🔑 123456", "Your WhatsApp code: 123-456")
        await expect(first.locator(".reply")).to_contain_text("WhatsApp")
        await chat.taps("Copy 123456", first)
        assert await chat.copied() == "123456"
        await desk.get_by_test_id("desk-sms-text").fill("777888 is your new WhatsApp code")
        await desk.get_by_test_id("desk-sms-send").click()
        await chat.sees_last("🔑 777888")
        await chat.taps("Copy 777888")
        assert await chat.copied() == "777888"

        card = chat.page.locator(f'[data-message-id="{card_id}"]')
        await expect(card).to_contain_text("Code received", timeout=PATIENCE)
        await chat.taps("Done", card)
        await expect(card).to_contain_text("✅ Done", timeout=PATIENCE)
        await expect(desk.get_by_test_id("desk-entry").and_(desk.locator('[data-kind="charge"]'))).to_have_count(1)
    assert len(sandbox.provider.charges) == 1
    assert sandbox.provider.accounts["demo-token-alice"].balance == Decimal("461.50")


async def test_a_cancelled_number_shows_what_came_back(sandbox: Sandbox, chat: Chat, tmp_path: Path) -> None:
    async with bots.running(bots.settings(sandbox, tmp_path)):
        await chat.starts()
        await chat.connects()
        card = await chat.buys("Discord")
        await chat.taps("Cancel", card)
        await expect(card).to_contain_text("Cancel this number?", timeout=PATIENCE)
        await chat.taps("No, keep it", card)
        await expect(card).not_to_contain_text("Cancel this number?", timeout=PATIENCE)
        await expect(card).to_contain_text("Waiting for the code")
        await chat.taps("Cancel", card)
        await chat.taps("Yes, cancel it", card)
        for text in ("Cancelled", "₹12.50 came back", "₹487.50 → ₹500.00"):
            await expect(card).to_contain_text(text, timeout=PATIENCE)
        await expect(chat.page.locator('[data-testid="desk-entry"][data-kind="refund"]')).to_have_count(1)
    assert sandbox.provider.accounts["demo-token-alice"].balance == Decimal("500.00")


async def test_a_wrong_token_is_refused_and_its_message_is_gone(sandbox: Sandbox, chat: Chat, tmp_path: Path) -> None:
    async with bots.running(bots.settings(sandbox, tmp_path)):
        await chat.starts()
        await chat.taps("Connect my account")
        await chat.sees("Send me your otpbuddy API token")
        await chat.writes("not-the-right-token")
        await chat.sees_last("did not accept that token", "Nothing was stored")
        await expect(chat.page.get_by_test_id("message").filter(has_text="not-the-right-token")).to_have_count(0)
        await chat.taps("Try another token")
        await chat.sees_last("Send me your otpbuddy API token")
        await chat.writes("demo-token-bob")
        await chat.sees_last("Connected.", "₹42.00")


async def test_an_empty_balance_buys_nothing_and_a_top_up_at_the_desk_does(sandbox: Sandbox, chat: Chat, tmp_path: Path) -> None:
    async with bots.running(bots.settings(sandbox, tmp_path)):
        await chat.starts()
        await chat.connects("demo-token-empty")
        offer = await chat.is_offered("WhatsApp")
        await expect(offer).to_contain_text("too low")
        await chat.taps("Buy for", offer)
        await chat.sees_last("Your balance is too low", "₹38.50 missing")
        assert sandbox.provider.charges == []
        account = chat.page.locator('[data-testid="desk-account"][data-label="Empty"]')
        await account.get_by_role("button", name="Add 100").click()
        await expect(account.get_by_test_id("desk-balance")).to_have_text("₹100.00")
        await chat.taps("Try again")
        await chat.sees_last("Buy a number for WhatsApp?", "₹100.00 → ₹61.50")
        await chat.taps("Buy for")
        await chat.sees_last("Waiting for the code", "₹100.00 → ₹61.50")
    assert len(sandbox.provider.charges) == 1


async def test_a_name_that_nothing_bears_leads_to_all_products(sandbox: Sandbox, chat: Chat, tmp_path: Path) -> None:
    async with bots.running(bots.settings(sandbox, tmp_path)):
        await chat.starts()
        await chat.connects()
        await chat.writes("<b>no such service</b>")
        await chat.sees_last("Nothing found for “<b>no such service</b>”")
        await chat.taps("All products")
        await chat.sees_last("Which service is the number for?", "page 1 of")
        await chat.taps("Next")
        await chat.sees_last("page 2 of")
        await chat.taps("Previous")
        await chat.sees_last("page 1 of")


async def test_keys_alone_are_enough_for_the_whole_job(sandbox: Sandbox, chat: Chat, tmp_path: Path) -> None:
    keys = chat.page.keyboard
    async with bots.running(bots.settings(sandbox, tmp_path)):
        await chat.reaches('[data-testid="start"]')
        await keys.press("Enter")
        await chat.sees("Hello, Alice")
        await chat.reaches('[data-testid="composer"]')
        await keys.type("/token demo-token-alice")
        await keys.press("Enter")
        await chat.sees_last("Connected.")
        await keys.type("whatsapp")
        await keys.press("Enter")
        await chat.sees_last("“whatsapp”")
        await chat.reaches('[data-testid="kb"][data-label*="WhatsApp"]', "Shift+Tab")
        await keys.press("Enter")
        await chat.sees_last("Buy a number for WhatsApp?")
        # The place in the chat is kept when a message changes under it: the new first button is one step away.
        await keys.press("Tab")
        assert "Buy for" in str(await chat.page.evaluate("document.activeElement.dataset.label"))
        await keys.press("Space")
        await chat.sees_last("Waiting for the code")
        await chat.reaches('[data-testid="kb"][data-label*="Copy number"]')
        await keys.press("Enter")
        number = next(iter(sandbox.provider.activations.values())).number
        await expect(chat.page.get_by_test_id("toast").last).to_have_text("Copied")
        assert await chat.copied() == f"+{number}"
        await chat.reaches('[data-testid="desk-sms-send"]')
        await keys.press("Enter")
        code = await chat.sees_last("Your WhatsApp code")
        await chat.reaches('[data-testid="kb"][data-label^="📋 Copy "]:not([data-label*="number"])', "Shift+Tab")
        await keys.press("Enter")
        assert await chat.copied() in (await code.inner_text())
        await chat.reaches('[data-testid="kb"][data-label*="Done"]', "Shift+Tab")
        await keys.press("Enter")
        await chat.sees("✅ Done")
    assert len(sandbox.provider.charges) == 1


@pytest.mark.processes
async def test_a_bot_killed_at_the_desk_delivers_after_its_restart_what_came_meanwhile(
    sandbox: Sandbox, chat: Chat, tmp_path: Path
) -> None:
    page = chat.page
    sandbox.bot = BotProcess([sys.executable, "-m", "bot", "run"], env=bot_environment(sandbox, tmp_path, os.environ), cwd=tmp_path)
    await sandbox.bot.start()
    try:
        await page.reload()
        await expect(page.get_by_test_id("desk-bot-state")).to_have_text("running", timeout=PATIENCE)
        await chat.starts()
        await chat.connects()
        card = await chat.buys("WhatsApp")

        await page.get_by_test_id("desk-bot-kill").click()
        await expect(page.get_by_test_id("desk-bot-state")).to_have_text("killed", timeout=PATIENCE)
        await page.get_by_test_id("desk-sms-text").fill("Your WhatsApp code: 246-810")
        await page.get_by_test_id("desk-sms-send").click()
        await chat.taps("Cancel", card)
        await sandbox.provider.until(lambda provider: all(one.sms for one in provider.activations.values()))
        await expect(chat.messages("246810")).to_have_count(0)

        await page.get_by_test_id("desk-bot-start").click()
        await expect(page.get_by_test_id("desk-bot-state")).to_have_text("running", timeout=PATIENCE)
        await chat.sees("🔑 246810", "Your WhatsApp code: 246-810")
        await expect(card).to_contain_text("Code received", timeout=PATIENCE)
    finally:
        await sandbox.bot.stop()
    assert len(sandbox.provider.charges) == 1
