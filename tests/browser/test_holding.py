"""Numbers that are held, in a browser: a list that lives, another number in place of a silent one, and a warning before the end."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.sandbox.server import Sandbox
from tests.browser.support import PATIENCE, Chat
from tests.support import bots
from tests.support.bots import Clock

pytestmark = pytest.mark.browser
LIFETIME = 1200


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def sandbox(clock: Clock) -> AsyncIterator[Sandbox]:
    """A sandbox whose time can be moved forward."""
    async with Sandbox(clock=clock) as running:
        running.provider.configure(auto_sms_after=None)
        yield running


async def test_the_list_of_numbers_follows_what_happens_to_them(sandbox: Sandbox, chat: Chat, clock: Clock, tmp_path: Path) -> None:
    async with bots.running(bots.settings(sandbox, tmp_path), clock):
        await chat.starts()
        await chat.connects()
        await chat.buys("WhatsApp")
        await chat.buys("Telegram")
        await chat.writes("/numbers")
        await chat.sees_last("2 active numbers")
        listed = chat.page.get_by_test_id("message").last
        listed = chat.page.locator(f'[data-message-id="{await listed.get_attribute("data-message-id")}"]')
        await chat.looks_right("two numbers")
        sandbox.provider.send_sms(next(iter(sandbox.provider.activations.values())).number, "Your WhatsApp code: 123-456")
        await expect(listed).to_contain_text("✅ code received", timeout=PATIENCE)
        await expect(listed).to_contain_text("123456")
        await chat.looks_right("a number with a code")
        await chat.taps("2. WhatsApp", listed)
        card = await chat.sees_last("Code received", "WhatsApp")
        await chat.looks_right("the card of a number with a code")
        await chat.taps("Done", card)
        await expect(listed).to_contain_text("1 active number of", timeout=PATIENCE)


async def test_a_silent_number_is_cancelled_and_another_one_is_bought(sandbox: Sandbox, chat: Chat, clock: Clock, tmp_path: Path) -> None:
    async with bots.running(bots.settings(sandbox, tmp_path), clock):
        await chat.starts()
        await chat.connects()
        card = await chat.buys("WhatsApp")
        await chat.taps("✖ Cancel", card)
        await expect(card).to_contain_text("Cancel this number?", timeout=PATIENCE)
        await chat.looks_right("the question before a cancellation")
        await chat.taps("Cancel and buy another", card)
        await expect(card).to_contain_text("₹38.50 came back", timeout=PATIENCE)
        offer = await chat.sees_last("Buy a number for WhatsApp?")
        assert len(sandbox.provider.charges) == 1
        await chat.looks_right("a cancelled number and the offer of another one")
        await chat.taps("Buy for", offer)
        await chat.sees_last("Waiting for the code")
    assert len(sandbox.provider.charges) == 2


async def test_a_number_that_nearly_ends_is_announced_and_kept_until_its_late_code(
    sandbox: Sandbox, chat: Chat, clock: Clock, tmp_path: Path
) -> None:
    sandbox.provider.configure(lifetime=LIFETIME + 600)
    async with bots.running(bots.settings(sandbox, tmp_path), clock):
        await chat.starts()
        await chat.connects()
        card = await chat.buys("WhatsApp")
        clock.advance(seconds=LIFETIME - 115)
        warning = await chat.sees_last("Nearly over, and no code yet")
        await chat.looks_right("a warning before the end")
        await chat.taps("Keep waiting", warning)
        await chat.sees_last("WhatsApp goes on")
        await chat.looks_right("a number that is kept")
        clock.advance(seconds=120)
        await expect(card).to_contain_text("Time is over, no code came", timeout=PATIENCE)
        sandbox.provider.send_sms(next(iter(sandbox.provider.activations.values())).number, "Your WhatsApp code: 123-456")
        clock.advance(seconds=31)
        await chat.sees_last("🔑 123456")
        await expect(card).to_contain_text("a code came late", timeout=PATIENCE)
        await chat.looks_right("a code that came late")


async def test_a_silent_number_is_cancelled_by_itself(sandbox: Sandbox, chat: Chat, clock: Clock, tmp_path: Path) -> None:
    async with bots.running(bots.settings(sandbox, tmp_path), clock):
        await chat.starts()
        await chat.connects()
        card = await chat.buys("WhatsApp")
        await bots.write(tmp_path, "UPDATE chat SET auto_cancel_minutes = 5")
        clock.advance(minutes=5)
        told = await chat.sees_last("Cancelled by itself, no code came in time", "₹38.50 came back")
        await expect(card).to_contain_text("Cancelled by itself", timeout=PATIENCE)
        await chat.looks_right("a number that was cancelled by itself")
        await chat.taps("Buy again", told)
        await chat.sees_last("Buy a number for WhatsApp?")
