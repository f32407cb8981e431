"""Finding a product in a browser: lists and their order, what is at hand, the card, countries, and searching while typing."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.sandbox.server import Sandbox
from tests.browser.conftest import Opens
from tests.browser.support import PATIENCE, PHONE, Chat
from tests.support import bots
from tests.support.people import Person

pytestmark = pytest.mark.browser


async def test_lists_favourites_and_the_way_back(sandbox: Sandbox, open_chat: Opens, alice: Person, tmp_path: Path) -> None:
    chat = await open_chat()
    async with bots.running(bots.settings(sandbox, tmp_path)):
        await alice.connects("demo-token-alice")
        await chat.writes("/buy")
        await chat.sees_last("by name", "page 1 of 9")
        await chat.taps("By price")
        await chat.sees_last("by price")
        await chat.looks_right("by price")
        await chat.taps("Jump")
        await chat.sees_last("From which price on?")
        await chat.looks_right("jump to a price")
        await chat.taps("Back")
        await chat.taps("By name")
        await chat.sees_last("by name")
        await chat.taps("Jump")
        await chat.sees_last("From where on?")
        await chat.looks_right("jump to a letter")
        await chat.taps("W")
        await chat.sees_last("page 7 of 9")
        await chat.taps("WhatsApp")
        await chat.sees_last("Buy a number for WhatsApp?")
        await chat.taps("Add favourite")
        await expect(chat.button("Remove favourite")).to_be_visible(timeout=PATIENCE)
        await chat.looks_right("favourite on its card")
        await chat.taps("Back")
        await chat.sees_last("page 7 of 9")
        await chat.buys("Zomato")
        await chat.writes("/buy")
        await chat.taps("Favourites", await chat.sees_last("Which service"))
        await chat.sees_last("Your favourites", "1 product")
        await chat.looks_right("favourites")
        await chat.taps("Recent")
        await chat.sees_last("What you bought lately")
        await chat.taps("Most often first")
        await chat.sees_last("What you buy most often")
        await chat.looks_right("most often")
        await chat.writes("discrod")
        await chat.sees_last("Nothing is called “discrod”")
        await chat.looks_right("similar names")


async def test_countries(sandbox: Sandbox, open_chat: Opens, alice: Person, tmp_path: Path) -> None:
    chat = await open_chat()
    codes = "in,id,ru,gb," + ",".join(f"{letter}{other}" for letter in "abcd" for other in "efglmnorstuz")
    async with bots.running(bots.settings(sandbox, tmp_path, COUNTRIES=codes)):
        await alice.connects("demo-token-alice")
        await chat.writes("whatsapp")
        await chat.taps("WhatsApp", await chat.sees_last("“whatsapp”"))
        await chat.sees_last("From which country")
        await chat.looks_right("countries")
        await chat.taps("Next")
        await chat.taps("India")
        await chat.sees_last("Buy a number for WhatsApp?", "India")
        await chat.looks_right("card with another country")
        await chat.taps("Other country")
        await chat.sees_last("From which country")
        await chat.looks_right("other countries")


async def test_searching_while_typing(sandbox: Sandbox, chat: Chat, alice: Person, tmp_path: Path) -> None:
    page = chat.page
    suggestions = page.get_by_test_id("suggestion")
    await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    async with bots.running(bots.settings(sandbox, tmp_path)):
        await chat.starts()
        await page.get_by_test_id("composer").press_sequentially(f"@{sandbox.telegram.bot['username']} wh")
        await suggestions.filter(has_text="Connect your otpbuddy account first").click(timeout=PATIENCE)
        await chat.sees_last("Send me your otpbuddy API token")
        await chat.writes("demo-token-alice")
        await chat.sees("Connected.")
        await chat.writes("/buy")
        await chat.taps("Search", await chat.sees_last("Which service"))
        await expect(page.get_by_test_id("composer")).to_have_value(f"@{sandbox.telegram.bot['username']} ")
        await expect(suggestions).to_have_count(50, timeout=PATIENCE)
        await suggestions.last.scroll_into_view_if_needed()
        await expect(suggestions).to_have_count(len(sandbox.provider.offers), timeout=PATIENCE)
        await page.get_by_test_id("composer").press_sequentially("watsap")
        await expect(suggestions).to_have_count(1, timeout=PATIENCE)
        await expect(suggestions).to_contain_text("₹38.50")
        await suggestions.filter(has_text="WhatsApp").click()
        await chat.sees_last("Buy a number for WhatsApp?")
        await chat.looks_right("card after a choice")
