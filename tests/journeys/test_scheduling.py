"""A broadcast that is due while no process runs leaves at the next start, by its row."""

from pathlib import Path

from bot.sandbox.server import Sandbox
from tests.support import bots
from tests.support.bots import Clock
from tests.support.people import Person


async def test_a_scheduled_broadcast_survives_a_restart_and_a_time_that_was_missed(
    sandbox: Sandbox, admin: Person, alice: Person, clock: Clock, tmp_path: Path
) -> None:
    configured = bots.settings(sandbox, tmp_path)
    async with bots.running(configured, clock):
        alice.says("/start")
        await alice.sees("Hello")
        admin.says("/broadcast Good news")
        await admin.taps("Send later", await admin.sees("Send it?"))
        await admin.sees("When shall it be sent?")
        admin.says(f"{clock().year + 1}-01-01 00:00")
        scheduled = await admin.sees("Scheduled for")
    clock.advance(days=2)
    async with bots.running(configured, clock):
        await admin.hears_nothing_more()
        assert not any("Good news" in text for text in alice.history()), "its time has not come"
    assert bots.rows(tmp_path, "SELECT state FROM broadcast") == [("scheduled",)]
    clock.advance(days=60)
    async with bots.running(configured, clock):
        await alice.sees("Good news")
        report = await admin.sees("Sent", "2 of 2 chats", "Delivered: 2")
    assert report["message_id"] == scheduled["message_id"]
    assert sum("Good news" in text for text in alice.history()) == 1
