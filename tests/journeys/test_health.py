"""The bot notices by itself that something is wrong, and says so to those who run it."""

from pathlib import Path

from bot.sandbox.server import Sandbox
from tests.support import bots
from tests.support.bots import Clock
from tests.support.people import Person


async def test_a_provider_that_goes_down_is_an_alarm_and_all_is_clear_when_it_is_back(
    sandbox: Sandbox, alice: Person, admin: Person, tmp_path: Path
) -> None:
    clock = Clock()
    async with bots.running(bots.settings(sandbox, tmp_path), clock):
        admin.says("/start")
        await alice.connects("demo-token-alice")
        down = sandbox.provider.faults.add("*", "http", status=503)
        for _ in range(5):
            alice.says("/balance")
        await sandbox.provider.until(lambda _: down.struck >= 5)
        await admin.sees("🚨 Alarm", "otpbuddy does not answer as it should")
        sandbox.provider.faults.clear()
        clock.advance(minutes=10)
        alice.says("/balance")
        await admin.sees("✅ All clear: otpbuddy answers again.")
        told = [text for text in admin.history() if text.startswith(("🚨", "✅"))]
        assert len(told) == 2
        admin.says("/health")
        await admin.sees("✅ No alarm is on.")
