"""The provider's desk in a real browser, and the page at every width and in both colours."""

import os
import re
import sys
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.sandbox.child import BotProcess
from bot.sandbox.server import Sandbox
from tests.sandbox.page_support import expect, needs_browser, open_chat

TOKEN = "demo-token-alice"

pytestmark = needs_browser


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[Sandbox]:
    async with Sandbox() as running:
        running.provider.configure(auto_sms_after=None)
        script = "print('a line of the log', flush=True); import time; time.sleep(600)"
        running.bot = BotProcess((sys.executable, "-c", script), env={"PATH": os.environ["PATH"]}, cwd=tmp_path)
        yield running
        await running.bot.kill()


@pytest.fixture
async def page(sandbox: Sandbox) -> AsyncIterator[Any]:
    """Alice's empty chat with the desk."""
    async with open_chat(sandbox) as opened:
        yield opened


async def _buy(sandbox: Sandbox, product_id: str = "wa") -> str:
    """Buy a number for Alice over the provider's API and return its id."""
    async with httpx.AsyncClient(trust_env=False) as client:
        query = {"token": TOKEN, "server": "in", "product_id": product_id}
        answer = (await client.get(f"{sandbox.otpbuddy_base_url}/getNumber", params=query)).json()
    return str(answer["data"]["id"])


async def _flip(page: Any, testid: str) -> None:
    """Flip a switch as people do: by its label, which lies over the input."""
    await page.locator(f'label:has([data-testid="{testid}"])').click()


async def test_a_token_is_copied_and_balances_and_the_ledger_follow_a_purchase(sandbox: Sandbox, page: Any) -> None:
    account = page.locator('[data-testid="desk-account"][data-label="Alice"]')
    await account.get_by_test_id("desk-copy-token").click()
    await expect(page.get_by_test_id("toast")).to_contain_text("Token copied")
    assert await page.evaluate("navigator.clipboard.readText()") == TOKEN
    await _buy(sandbox)
    await expect(account.get_by_test_id("desk-balance")).to_have_text("₹461.50")
    await expect(page.locator('[data-testid="desk-entry"][data-kind="charge"]')).to_contain_text("−₹38.50")
    await account.get_by_role("button", name="Add 100").click()
    await expect(account.get_by_test_id("desk-balance")).to_have_text("₹561.50")
    assert sandbox.provider.accounts[TOKEN].balance == Decimal("561.50")


async def test_an_sms_goes_to_the_chosen_number(sandbox: Sandbox, page: Any) -> None:
    await expect(page.get_by_test_id("desk-sms-send")).to_be_hidden()
    first, second = await _buy(sandbox), await _buy(sandbox, "vk")
    await expect(page.get_by_test_id("desk-sms-number")).to_have_value(second)
    await expect(page.get_by_test_id("desk-sms-text")).to_have_value(re.compile(r"^ВКонтакте: \d{5}"))
    await page.get_by_test_id("desk-sms-number").select_option(first)
    await expect(page.get_by_test_id("desk-sms-text")).to_have_value(re.compile(r"^Your WhatsApp code: \d{3}-\d{3}"))
    await page.get_by_test_id("desk-sms-text").fill("Code 4711")
    await page.get_by_test_id("desk-sms-send").click()
    await sandbox.provider.until(lambda provider: provider.activations[first].sms == ["Code 4711"])
    assert sandbox.provider.activations[second].sms == []


async def test_the_ready_text_is_new_for_every_sms_and_gives_way_to_typing(sandbox: Sandbox, page: Any) -> None:
    number = await _buy(sandbox)
    text = page.get_by_test_id("desk-sms-text")
    await expect(text).to_have_value(re.compile(r"^Your WhatsApp code: "))
    first = await text.input_value()
    await page.get_by_test_id("desk-sms-send").click()
    await expect(text).not_to_have_value(first)
    await text.fill("typed by hand")
    sandbox.provider.send_sms(number, "from elsewhere")
    await expect(page.get_by_test_id("desk-number")).to_contain_text("2 SMS")
    await expect(text).to_have_value("typed by hand")


async def test_sms_by_themselves_are_a_switch(sandbox: Sandbox, page: Any) -> None:
    await expect(page.get_by_test_id("desk-auto-sms")).not_to_be_checked()
    await _flip(page, "desk-auto-sms")
    await sandbox.provider.until(lambda provider: provider.settings.auto_sms_after == 4)
    await _flip(page, "desk-auto-sms")
    await sandbox.provider.until(lambda provider: provider.settings.auto_sms_after is None)


async def _flip_fault(page: Any, testid: str) -> None:
    """Flip a fault's switch and wait until a server has changed."""
    async with page.expect_response(lambda response: response.request.method in {"POST", "DELETE"}):
        await _flip(page, testid)


def _faults(sandbox: Sandbox) -> list[str]:
    """Name all that is wrong on purpose now."""
    policy = sandbox.provider.settings.cancel_policy
    provider = [str(fault.kind) for fault in sandbox.provider.faults.active]
    telegram = [str(fault.kind) for fault in sandbox.telegram.faults.active]
    return [*provider, *telegram, *([policy] if policy != "refund" else [])]


async def test_every_fault_switch_turns_one_thing_on_and_off(sandbox: Sandbox, page: Any) -> None:
    switches = page.locator('[data-testid^="desk-fault-"]')
    names = await switches.evaluate_all("all => all.map((one) => one.dataset.testid)")
    assert len(names) >= 14
    for name in names:
        await _flip_fault(page, name)
        assert len(_faults(sandbox)) == 1, name
        await expect(page.get_by_test_id(name)).to_be_checked()
        await _flip_fault(page, name)
        assert _faults(sandbox) == [], name
        await expect(page.get_by_test_id(name)).not_to_be_checked()


async def test_turning_a_fault_off_leaves_the_others_and_all_can_be_cleared(sandbox: Sandbox, page: Any) -> None:
    wanted = ("desk-fault-slow", "desk-fault-code-205", "desk-fault-cancel-refused", "desk-fault-tg-429", "desk-fault-tg-502")
    for name in wanted:
        await _flip_fault(page, name)
    await _flip_fault(page, "desk-fault-code-205")
    await sandbox.provider.until(lambda provider: [fault.kind for fault in provider.faults.active] == ["drip"])
    await page.get_by_test_id("desk-faults-clear").click()
    for name in wanted:
        await expect(page.get_by_test_id(name)).not_to_be_checked()
    assert _faults(sandbox) == []


async def test_stock_and_prices_are_set(sandbox: Sandbox, page: Any) -> None:
    await page.get_by_test_id("desk-stock").locator("summary").click()
    await page.get_by_test_id("desk-stock-search").fill("whats")
    await expect(page.get_by_test_id("desk-stock-tg")).to_be_hidden()
    await page.get_by_test_id("desk-stock-wa").fill("0")
    await page.get_by_test_id("desk-price-wa").fill("12.34")
    await page.get_by_test_id("desk-price-wa").press("Enter")
    offer = await sandbox.provider.until(
        lambda provider: provider.offers["wa"] if provider.offers["wa"].price == Decimal("12.34") else None
    )
    assert offer is not None
    assert offer.stock == 0


async def test_the_bot_is_killed_and_started_from_the_page(sandbox: Sandbox, page: Any) -> None:
    assert sandbox.bot is not None
    await expect(page.get_by_test_id("desk-bot-state")).to_have_text("stopped")
    await page.get_by_test_id("desk-bot-start").click()
    await expect(page.get_by_test_id("desk-bot-state")).to_have_text("running")
    await page.get_by_test_id("desk-log").locator("summary").click()
    await expect(page.get_by_test_id("desk-log")).to_contain_text("a line of the log")
    await page.get_by_test_id("desk-bot-kill").click()
    await expect(page.get_by_test_id("desk-bot-state")).to_have_text("killed")
    assert sandbox.bot.exit_status == -9


@pytest.mark.parametrize("width", [320, 390, 720, 1024, 1280])
@pytest.mark.parametrize("colours", ["light", "dark"])
async def test_nothing_runs_out_of_the_page(page: Any, width: int, colours: str) -> None:
    await page.set_viewport_size({"width": width, "height": 760})
    await page.emulate_media(color_scheme=colours)
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await page.evaluate(overflow) == 0
    if width < 1120:
        await expect(page.get_by_test_id("desk")).to_be_hidden()
        await page.get_by_test_id("tab-desk").click()
        await expect(page.get_by_test_id("start")).to_be_hidden()
    await expect(page.get_by_test_id("desk")).to_be_visible()
    assert await page.evaluate(overflow) == 0
    desk = "(() => { const d = document.querySelector('#desk'); return d.scrollWidth - d.clientWidth; })()"
    assert await page.evaluate(desk) == 0
    background = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (int(background.removeprefix("rgb(").split(",")[0]) < 128) is (colours == "dark")


async def test_the_colours_can_be_chosen_and_the_choice_is_kept(page: Any) -> None:
    await page.get_by_role("button", name="Dark colours").click()
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await expect(page.get_by_role("button", name="Light colours")).to_be_visible()


async def test_the_desk_can_be_left_out(sandbox: Sandbox, page: Any) -> None:
    await page.goto(f"{sandbox.url}/?desk=0#1002")
    await page.get_by_test_id("start").wait_for()
    await expect(page.get_by_test_id("desk")).to_have_count(0)
    await expect(page.get_by_test_id("chat-1002")).to_have_attribute("aria-current", "page")
