"""An update whose handling kills the process: it is given up in the end, and what waits behind it is not."""

from pathlib import Path

import pytest

from bot.sandbox.server import Sandbox
from tests.chaos.test_kills import bot, dies
from tests.support.people import Person

pytestmark = pytest.mark.processes

BEGUN = 11
"""Once by the process that received it, ten times more by those that found it."""


async def test_an_update_that_kills_every_process_is_given_up_and_what_waits_behind_it_is_answered(
    sandbox: Sandbox, alice: Person, bob: Person, tmp_path: Path
) -> None:
    async with bot(sandbox, tmp_path):
        await alice.connects("demo-token-alice")
    alice.says("whatsapp")
    behind = alice.says("/help")
    for _ in range(BEGUN):
        async with bot(sandbox, tmp_path, kill_at="about to ask products") as process:
            await dies(process)
    async with bot(sandbox, tmp_path, kill_at="about to ask products") as process:
        await alice.sees("/history", after=behind["message_id"])
        bob.says("/start")
        await bob.sees("Hello")
        assert process.returncode is None
    assert "never ended, so it is given up" in (tmp_path / "bot.log").read_text()
    assert sum(call.call == "getProducts" for call in sandbox.provider.calls) == 0
