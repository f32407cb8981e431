"""How the bot did and how it is doing, as an admin sees it on a telephone."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.sandbox.server import ADMIN_ID, Sandbox
from storage import chats, migrations
from storage.database import Database
from storage.models import Activation, Sms, State
from tests.browser.conftest import Opens
from tests.browser.support import PATIENCE
from tests.browser.test_money import looked_at
from tests.support import bots

pytestmark = pytest.mark.browser
SOLD = (
    ("wa", "WhatsApp", "38.50"),
    ("tg", "Telegram", "62"),
    ("vk", "Вконтакте", "24.5"),
    ("wc", "微信 WeChat", "81"),
    ("go", "Google", "18"),
)
WRONG = "INSERT INTO alarm (kind, detail, since, bad_at, returns) VALUES ('slow', ?, datetime('now'), datetime('now'), 0)"
DRAWN = "element => element.complete && element.naturalWidth === 1000"


async def lived(url: str) -> None:
    """Write a month of purchases."""
    now = datetime.now(UTC)
    async with Database(url) as database:
        await migrations.upgrade(database)
        async with database.writing() as session:
            for chat_id in range(1, 41):
                await chats.ensure(session, chat_id, "en", now - timedelta(days=chat_id))
                await chats.change(session, chat_id, seen_at=now - timedelta(days=chat_id), token="sealed" if chat_id % 3 else None)
        async with database.writing() as session:
            for number in range(200):
                at = now - timedelta(days=number * number % 29, minutes=number + 1)
                product_id, name, price = SOLD[number // 3 % len(SOLD)]
                times = {"offered_at": at, "requested_at": at, "purchased_at": at, "closed_at": at + timedelta(minutes=20)}
                what = {"product_id": product_id, "product_name": name, "price": Decimal(price), "country": "in", "state": State.FINISHED}
                session.add(Activation.model_validate({"id": f"n{number}", "chat_id": number % 40 + 1} | times | what))
        async with database.writing() as session:
            for number in range(0, 200, 2):
                came = now - timedelta(days=number * number % 29, minutes=number + 1) + timedelta(seconds=10 + number % 37)
                pushed = {"received_at": came, "delivered_at": came + timedelta(milliseconds=300 + number)}
                session.add(Sms.model_validate({"activation_id": f"n{number}", "position": 1, "digest": "d", "text": "Your code"} | pushed))


async def test_statistics_and_health(sandbox: Sandbox, open_chat: Opens, tmp_path: Path) -> None:
    chat = await open_chat(ADMIN_ID)
    settings = bots.settings(sandbox, tmp_path)
    await lived(settings.database_url.get_secret_value())
    async with bots.running(settings):
        await chat.starts()
        await chat.writes("/admin")
        menu = await chat.sees_last("Running the bot")
        await looked_at(chat, "admin menu")
        await chat.taps("Statistics", menu)
        await chat.sees_last("Statistics of the last 30 days", "200 purchases", "Chats: 41")
        picture = chat.page.locator("img.photo").last
        await expect(picture).to_be_visible(timeout=PATIENCE)
        await chat.page.wait_for_function(DRAWN, arg=await picture.element_handle())
        await expect(picture).to_have_attribute("alt", re.compile("200 purchases"))
        await looked_at(chat, "statistics by day")
        await chat.taps("By product")
        await chat.sees_last("1. 微信 WeChat")
        await looked_at(chat, "statistics by product")
        await chat.taps("7 days")
        await chat.sees_last("Statistics of the last 7 days")
        await looked_at(chat, "statistics of a week")
        async with chat.page.expect_download() as downloading:
            await chat.taps("Export")
            document = await chat.sees_last("A line for each product on each day")
            await document.locator("a.document").click()
        assert (await downloading.value).suggested_filename == "statistics-7-days.csv"
        await looked_at(chat, "statistics as a file")
        await bots.write(tmp_path, WRONG, '{"bad": 9, "of": 40}')
        told = await chat.sees_last("🚨 Alarm", "otpbuddy is slow: 9 of 40 answers")
        await looked_at(chat, "alarm")
        await chat.taps("Health", told)
        await chat.sees_last("1 alarm is on", "No number waits for a code", "are free on its disk")
        await looked_at(chat, "health")
