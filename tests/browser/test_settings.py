"""The settings in a browser, on a telephone: every page of them, in every language, and being forgotten; groups, and other accounts."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.sandbox.server import Sandbox
from tests.browser.conftest import Opens
from tests.browser.support import ALICE, PATIENCE, PHONE, Chat
from tests.support import bots

pytestmark = pytest.mark.browser


async def test_settings_are_changed_by_taps_and_each_page_looks_right(sandbox: Sandbox, chat: Chat, tmp_path: Path) -> None:
    await chat.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    async with bots.running(bots.settings(sandbox, tmp_path, COUNTRIES="in,gb,us,de,fr")):
        await chat.starts()
        await chat.writes("/settings")
        menu = await chat.sees_last("Settings")
        await chat.looks_right("settings")
        await chat.taps("Country", menu)
        await chat.sees_last("Where shall your numbers be from?")
        await chat.looks_right("countries to choose from")
        await chat.taps("Germany", menu)
        await chat.taps("Auto-cancel: off", menu)
        await chat.sees_last("Cancel a number that gets no SMS?")
        await chat.looks_right("times of auto-cancel")
        await chat.taps("After 5 minutes", menu)
        await chat.taps("Low balance", menu)
        await chat.sees_last("Below which balance")
        await chat.looks_right("amounts of a low balance")
        await chat.taps("₹50.00", menu)
        await chat.taps("with sound", menu)
        await chat.button("without sound", menu).wait_for()
        for language, title in (("हिन्दी", "सेटिंग"), ("Русский", "Настройки")):
            await chat.taps("🌐", menu)
            await chat.taps(language, menu)
            await chat.sees_last(title)
            await chat.looks_right(f"settings in {language}")
    chosen = "SELECT country, auto_cancel_minutes, low_balance, quiet, chosen_language FROM chat"
    assert bots.rows(tmp_path, chosen) == [("de", 5, "50", 1, "ru")]


async def test_who_wants_to_be_forgotten_sees_what_it_means(sandbox: Sandbox, chat: Chat, tmp_path: Path) -> None:
    async with bots.running(bots.settings(sandbox, tmp_path)):
        await chat.starts()
        await chat.connects()
        await chat.buys("WhatsApp")
        await chat.writes("/forget")
        asked = await chat.sees_last("Shall I forget everything about you?", "1 active number")
        await chat.looks_right("the question before everything is forgotten")
        await chat.taps("Yes, forget everything", asked)
        await chat.sees_last("Forgotten.")
        await chat.looks_right("what is said in the end")
    assert bots.rows(tmp_path, "SELECT count(*) FROM chat") == [(0,)]


async def test_who_has_no_token_is_led_to_where_tokens_are(sandbox: Sandbox, chat: Chat, tmp_path: Path) -> None:
    await chat.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    async with bots.running(bots.settings(sandbox, tmp_path)):
        await chat.starts()
        await chat.taps("Connect my account")
        asked = await chat.sees_last("Send me your otpbuddy API token", "No account yet?")
        await chat.looks_right("the question for a token")
        await chat.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        await chat.taps("Open 127.0.0.1", asked)
        await chat.page.get_by_test_id("desk-copy-token").first.click()
        await chat.page.get_by_test_id("tab-chat").click()
        await chat.writes(await chat.copied())
        await chat.sees("Connected.")


GROUP = -1_001_234_567_890


async def test_a_group_is_led_to_the_private_chat_and_loses_a_token(sandbox: Sandbox, open_chat: Opens, tmp_path: Path) -> None:
    sandbox.telegram.add_group(GROUP, "Friends", [ALICE], supergroup=True, bot_is_admin=True)
    chat = await open_chat(f"{ALICE}/{GROUP}")
    async with bots.running(bots.settings(sandbox, tmp_path)):
        await chat.writes("/buy")
        told = await chat.sees_last("I only work in a private chat")
        await chat.looks_right("a group that is led to the private chat")
        await chat.writes("/token 0123456789abcdefABCDEF")
        await chat.sees_last("so I deleted it", "revoke it")
        await expect(chat.page.get_by_test_id("message").filter(has_text="0123456789abcdef")).to_have_count(0)
        await chat.looks_right("a group that lost a token")
        await chat.taps("Open the private chat", told)
        await chat.sees("Hello")


async def test_another_accounts_token_is_told_from_one_of_the_same(sandbox: Sandbox, chat: Chat, tmp_path: Path) -> None:
    async with bots.running(bots.settings(sandbox, tmp_path)):
        await chat.starts()
        await chat.connects()
        card = await chat.buys("WhatsApp")
        sandbox.provider.faults.add("balance", "http", status=401, count=1)
        await chat.writes("/balance")
        await chat.sees_last("no longer accepts your token")
        await chat.writes("/token demo-token-bob")
        other = await chat.sees_last("That token is of another otpbuddy account", "1 active number")
        await chat.looks_right("a token of another account")
        await chat.taps("Give them up", other)
        await chat.sees_last("Without the token I cannot fetch")
        await chat.taps("Forget my token anyway", other)
        await chat.sees_last("Disconnected.")
        await chat.connects("demo-token-bob")
        await expect(card).to_contain_text("does not know this number", timeout=PATIENCE)
        await chat.looks_right("a number that was given up")
