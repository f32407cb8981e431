"""Admins look after people and the doors of the bot, as they and their users see it."""

from pathlib import Path

import pytest

from bot.sandbox.server import ADMIN_ID, Sandbox
from tests.browser.conftest import Opens
from tests.browser.support import ALICE
from tests.browser.test_money import looked_at
from tests.support import bots
from tests.support.people import Person

pytestmark = pytest.mark.browser


async def test_an_admin_finds_limits_and_bans_somebody(sandbox: Sandbox, open_chat: Opens, alice: Person, tmp_path: Path) -> None:
    async with bots.running(bots.settings(sandbox, tmp_path)):
        await alice.connects("demo-token-alice")
        admin = await open_chat(ADMIN_ID)
        await admin.starts()
        await admin.writes("/admin")
        menu = await admin.sees_last("Running the bot")
        await admin.taps("People", menu)
        await admin.sees_last("2 chats")
        await looked_at(admin, "people")
        await admin.taps("Find somebody", menu)
        await admin.sees_last("Send me a numeric id")
        await admin.writes("ali")
        card = await admin.sees_last("Alice", "0 of 5")
        await looked_at(admin, "person")
        await admin.taps("Limits", card)
        await admin.taps("2 active", card)
        await admin.button("✓ 2 active", card).wait_for()
        await looked_at(admin, "limits")
        await admin.taps("Back", card)
        await admin.taps("Ban", card)
        await admin.sees_last("Ban Alice")
        await looked_at(admin, "why ban")
        await admin.taps("Accounts in bulk", card)
        await admin.sees_last("Banned", "accounts in bulk")
    shown = alice.messages()[-1]
    assert "You cannot buy here" in shown["text"]


async def test_an_admin_closes_the_bot_and_invites(sandbox: Sandbox, open_chat: Opens, tmp_path: Path) -> None:
    async with bots.running(bots.settings(sandbox, tmp_path)):
        admin, alice = await open_chat(ADMIN_ID), await open_chat(ALICE)
        await admin.starts()
        await admin.writes("/mode closed Back at 18:00.")
        mode = await admin.sees_last("Nobody but admins can buy", "Back at 18:00.")
        await looked_at(admin, "mode")
        await alice.page.get_by_test_id("start").click()
        await alice.sees_last("Hello")
        await alice.writes("/menu")
        await alice.sees_last("Closed for maintenance", "Back at 18:00.")
        await looked_at(alice, "menu while it is closed")
        await admin.taps("By invitation", mode)
        await admin.sees_last("Newcomers need an invitation")
        await admin.taps("Invitations", mode)
        await admin.taps("New invitation", mode)
        await admin.taps("1 person", mode)
        await admin.taps("7 days", mode)
        await admin.sees_last("Used: 0 of 1")
        await looked_at(admin, "invitation")
        await admin.taps("Copy the link", mode)
        link = await admin.copied()
        await alice.writes("/start")
        await alice.sees_last("By invitation only")
        await alice.writes("/start " + link.partition("?start=")[2])
        await alice.sees_last("your invitation was accepted")
        await looked_at(alice, "invited")
        await admin.taps("‹ Invitations", mode)
        await admin.button("1/1 · used up", mode).wait_for()
