"""How every screen looks, on a telephone and on a wide screen, by day and by night: nothing cut, covered, too small or too wide."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.sandbox.server import ADMIN_ID, Sandbox
from tests.browser.conftest import Opens
from tests.browser.support import Chat
from tests.support import bots
from tests.support.people import Person

pytestmark = pytest.mark.browser
LONG = "Ihre Bestätigung für das Konto: 40 41 42. " + "Sehr-langes-Wort-ohne-Ende" * 12


async def test_getting_to_know_the_bot(sandbox: Sandbox, open_chat: Opens, tmp_path: Path) -> None:
    chat = await open_chat()
    async with bots.running(bots.settings(sandbox, tmp_path)):
        await chat.looks_right("empty chat")
        await chat.starts()
        await chat.looks_right("greeting")
        await chat.taps("How it works")
        await chat.sees("/history")
        await chat.looks_right("help")
        await chat.taps("Menu")
        await chat.sees("Not connected yet")
        await chat.looks_right("menu before connecting")
        await chat.writes("whatsapp")
        await chat.sees_last("Connect your otpbuddy account first")
        await chat.looks_right("connect first")
        await chat.taps("Connect my account")
        await chat.sees_last("Send me your otpbuddy API token")
        await chat.looks_right("token asked for")
        await chat.writes("wrong-token-here")
        await chat.sees_last("did not accept that token")
        await chat.looks_right("token refused")
        await chat.writes("demo-token-alice")
        await chat.sees_last("Connected.")
        await chat.looks_right("connected")
        await chat.taps("Menu")
        await chat.sees_last("What would you like to do?")
        await chat.looks_right("menu")
        await chat.taps("Balance")
        await chat.sees_last("₹500.00")
        await chat.looks_right("balance")
        await chat.writes("/nonsense")
        await chat.sees_last("I did not understand that")
        await chat.looks_right("not understood")
        await chat.writes("/logout")
        await chat.sees_last("Disconnected.")
        await chat.looks_right("disconnected")


async def test_buying_and_the_life_of_a_number(sandbox: Sandbox, open_chat: Opens, alice: Person, tmp_path: Path) -> None:
    chat, clock = await open_chat(), bots.Clock()
    async with bots.running(bots.settings(sandbox, tmp_path), clock):
        await alice.connects("demo-token-alice")
        await chat.writes("/buy")
        await chat.sees_last("page 1 of")
        await chat.looks_right("products")
        await chat.taps("Next")
        await chat.sees_last("page 2 of")
        await chat.looks_right("second page")
        await chat.writes("o")
        await chat.sees_last("“o”")
        await chat.looks_right("search")
        await chat.writes("zzz")
        await chat.sees_last("Nothing found")
        await chat.looks_right("nothing found")
        await chat.is_offered("WhatsApp")
        await chat.looks_right("offer")
        await chat.taps("Back")
        await chat.sees_last("“WhatsApp”")
        await chat.looks_right("back from the offer")

        card = await chat.buys("WhatsApp")
        await chat.looks_right("waiting")
        await chat.taps("Cancel", card)
        await chat.sees("Cancel this number?")
        await chat.looks_right("cancel?")
        await chat.taps("No, keep it", card)
        # The tap is on its way for a moment, and an SMS that overtakes it would take the question off the card.
        await expect(card).not_to_contain_text("Cancel this number?")
        number = next(iter(sandbox.provider.activations.values())).number
        for text, shown in (
            ("Your WhatsApp code: 123-456", "🔑 123456"),
            (LONG, "Sehr-langes-Wort"),
            ("رمز التحقق الخاص بك هو 583920", "583920"),
        ):
            sandbox.provider.send_sms(number, text)
            await chat.sees_last(shown)
            await chat.looks_right(f"SMS {shown}")
        await chat.sees("Code received")
        await chat.writes("/numbers")
        await chat.sees_last("1 active number")
        await chat.looks_right("numbers")
        await chat.taps("Done")
        await chat.sees("✅ Done")
        await chat.looks_right("done")

        card = await chat.buys("Discord")
        await chat.taps("Cancel", card)
        await chat.taps("Yes, cancel it", card)
        await chat.sees("✖ Cancelled")
        await chat.looks_right("cancelled")
        await chat.buys("Steam")
        clock.ahead += timedelta(minutes=21)
        await chat.sees("Time is over, no code came")
        await chat.looks_right("expired")
        await chat.writes("/history")
        await chat.sees_last("3 purchases")
        await chat.looks_right("history")


async def test_what_goes_wrong(sandbox: Sandbox, open_chat: Opens, alice: Person, tmp_path: Path) -> None:
    chat, clock = await open_chat(), bots.Clock()
    async with bots.running(bots.settings(sandbox, tmp_path, MAX_ACTIVE_NUMBERS="1"), clock):
        await alice.connects("demo-token-alice")
        await _buys_into_doubt(sandbox, chat)
        await chat.looks_right("unclear purchase")
        await _buying_fails(chat, "Uber", "An earlier purchase is still being checked")
        clock.ahead += timedelta(seconds=40)
        await chat.sees("Charged, but no number was received")
        await chat.looks_right("charged without a number")

        offer = await chat.is_offered("Ola")
        sandbox.provider.set_stock("ol", price=Decimal("7.25"))
        clock.ahead += timedelta(minutes=10)
        await chat.taps("Buy for", offer)
        await chat.sees_last("The price has changed from ₹6.00 to ₹7.25")
        await chat.looks_right("price changed")
        sandbox.provider.set_stock("ub", stock=0)
        await _buying_fails(chat, "Uber", "Not bought.")
        sandbox.provider.configure(cancel_policy="refuse")
        card = await chat.buys("Swiggy")
        await chat.taps("Cancel", card)
        await chat.taps("Yes, cancel it", card)
        await chat.sees("Not cancelled.")
        await chat.looks_right("cancellation refused")
        await _buying_fails(chat, "Rapido", "You hold 1 active number")
        await chat.writes("/token demo-token-bob")
        await chat.sees_last("The new token was not stored")
        await chat.looks_right("other token refused")
        await chat.writes("/logout")
        await chat.sees_last("Forget my token anyway")
        await chat.looks_right("disconnect with numbers")
        sandbox.provider.add_account("demo-token-alice", Decimal(1))
        await _buying_fails(chat, "Rapido", "Your balance is too low")
        sandbox.provider.faults.add("balance", "http", status=503)
        await chat.writes("/balance")
        await chat.sees_last("otpbuddy is out of service")
        await chat.looks_right("out of service")
        sandbox.provider.faults.clear()
        sandbox.provider.faults.add("balance", "http", status=401)
        await chat.writes("/balance")
        await chat.sees("otpbuddy no longer accepts your token")
        await chat.looks_right("token rejected")


async def _buys_into_doubt(sandbox: Sandbox, chat: Chat) -> None:
    sandbox.provider.faults.add("buy", "cut_after", count=1)
    offer = await chat.is_offered("Google")
    await chat.taps("Buy for", offer)
    await chat.sees_last("otpbuddy gave no clear answer")


async def _buying_fails(chat: Chat, name: str, text: str) -> None:
    offer = await chat.is_offered(name)
    await chat.taps("Buy for", offer)
    await chat.sees_last(text)
    await chat.looks_right(text)


async def test_a_broadcast(sandbox: Sandbox, open_chat: Opens, alice: Person, bob: Person, tmp_path: Path) -> None:
    chat = await open_chat(ADMIN_ID)
    async with bots.running(bots.settings(sandbox, tmp_path)):
        for person in (alice, bob):
            person.says("/start")
            await person.sees("Hello")
        await chat.starts()
        await chat.looks_right("unread messages of others")
        await chat.writes("/broadcast")
        await chat.sees_last("Send me the message as your next one")
        await chat.looks_right("asking for the message")
        await chat.writes("Good morning!")
        await chat.sees_last("This is what 3 chats will receive")
        await chat.looks_right("preview")
        await chat.taps("Throw away")
        await chat.sees_last("Thrown away.")
        await chat.looks_right("thrown away")
        await chat.writes("/broadcast Good morning!")
        await chat.sees_last("This is what 3 chats will receive")
        await chat.taps("Send to 3 chats")
        await chat.sees("Sent", "Delivered: 3")
        await chat.looks_right("sent")


async def test_the_desk(sandbox: Sandbox, chat: Chat, alice: Person, tmp_path: Path) -> None:
    async with bots.running(bots.settings(sandbox, tmp_path)):
        await alice.connects("demo-token-alice")
        await alice.buys("微信 WeChat")
        await chat.page.set_viewport_size({"width": 390, "height": 844})
        await chat.page.get_by_test_id("tab-desk").click()
        await expect(chat.page.get_by_test_id("desk-sms-send")).to_be_visible()
        await chat.looks_right("desk")
        await chat.page.get_by_text("Stock, prices and API").click()
        await expect(chat.page.get_by_test_id("desk-stock-search")).to_be_visible()
        await chat.page.get_by_test_id("desk-stock-search").scroll_into_view_if_needed()
        await chat.looks_right("stock")
