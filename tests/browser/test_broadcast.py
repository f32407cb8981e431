"""A broadcast in a browser, on a telephone: written with a picture and buttons, sent, muted, scheduled and deleted again."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.sandbox.server import ADMIN_ID, Sandbox
from tests.browser.conftest import Opens
from tests.browser.support import PHONE
from tests.support import bots
from tests.support.bots import ROOT

pytestmark = pytest.mark.browser

PICTURE = ROOT / "docs" / "spending-dark.png"


async def test_a_broadcast_from_its_first_word_to_its_deletion(sandbox: Sandbox, open_chat: Opens, tmp_path: Path) -> None:
    async with bots.running(bots.settings(sandbox, tmp_path)):
        alice, admin = await open_chat(), await open_chat(ADMIN_ID)
        for chat in (alice, admin):
            await chat.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
            await chat.starts()
        await admin.writes("/admin")
        await admin.taps("Broadcast")
        await admin.sees_last("Nothing was written yet")
        await admin.taps("New broadcast")
        await admin.sees_last("Send me the message")
        await admin.looks_right("the question for a message")
        await admin.page.get_by_test_id("composer").fill("**Numbers are back** for all")
        await admin.page.get_by_test_id("attach-file").set_input_files(PICTURE)
        await admin.sees_last("This is what 2 chats will receive", "everybody")
        await admin.looks_right("the draft below its preview")
        await admin.taps("Buttons")
        await admin.sees_last("Send me the buttons")
        await admin.looks_right("the question for buttons")
        await admin.writes("News - https://example.org/news")
        await admin.sees_last("This is what 2 chats will receive")
        await admin.taps("For whom")
        await admin.sees_last("For whom?")
        await admin.looks_right("the audiences")
        await admin.taps("Back")
        await admin.taps("Send later")
        await admin.sees_last("When shall it be sent?")
        await admin.looks_right("the times")
        await admin.taps("Time zone")
        await admin.sees_last("What is your time zone?")
        await admin.looks_right("the zones")
        await admin.taps("Asia/Kolkata")
        await admin.writes("31.12. 18:30")
        await admin.sees_last("Scheduled", "18:30 (Asia/Kolkata)")
        await admin.looks_right("a scheduled broadcast")
        await admin.taps("Send now")
        card = await admin.sees("Sent", "2 of 2 chats", "Delivered: 2")
        await admin.looks_right("the report")

        received = await alice.sees_last("Numbers are back for all")
        await alice.looks_right("a broadcast with a picture and buttons")
        await alice.taps("Mute announcements", received)
        await alice.button("Announcements are off", received).wait_for()
        await alice.looks_right("a broadcast that was muted")

        await admin.taps("Delete for everyone", card)
        await admin.looks_right("the question before it is deleted")
        await admin.taps("Delete", await admin.sees("It cannot be brought back"))
        await admin.sees("Deleted for everyone", "Deleted: 2 of 2")
        await expect(alice.messages("Numbers are back for all")).to_have_count(0)
