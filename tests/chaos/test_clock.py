"""Somebody sets the machine's clock by an hour while the bot is down: nothing expires early, and nothing lives for ever."""

from pathlib import Path

import pytest

from bot.clock import this_boot
from bot.sandbox.server import Sandbox
from tests.chaos.test_kills import bot, states
from tests.support.people import Message, Person

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(this_boot() is None, reason="The system does not name its starts, so a clock that was set cannot be noticed."),
]
HOUR, LIFETIME = 3600, 1200


async def polled(sandbox: Sandbox) -> None:
    """Wait until the provider was asked three times more, so that the first answer has been dealt with."""

    def asked() -> int:
        return sum(call.call == "getSms" for call in sandbox.provider.calls)

    so_far = asked()
    await sandbox.provider.until(lambda _: asked() >= so_far + 3, timeout=30)


async def holding_a_number(sandbox: Sandbox, person: Person, directory: Path) -> Message:
    """Buy a number that the provider keeps open for a day, with a process that is killed then."""
    sandbox.provider.configure(lifetime=24 * HOUR)
    async with bot(sandbox, directory) as process:
        await person.connects("demo-token-alice")
        card = await person.buys("WhatsApp")
        await person.sees("→ ₹461.50", after=card["message_id"] - 1)
        process.kill()
        await process.wait()
    return card


@pytest.mark.parametrize("hours", [1, -1])
async def test_a_number_neither_ends_early_nor_lives_for_ever(sandbox: Sandbox, alice: Person, tmp_path: Path, hours: int) -> None:
    card = await holding_a_number(sandbox, alice, tmp_path)
    set_by = str(hours * HOUR)
    async with bot(sandbox, tmp_path, CLOCK_SET_BY=set_by):
        await polled(sandbox)
        assert states(tmp_path) == ["active"]
        sandbox.provider.send_sms(next(iter(sandbox.provider.activations.values())).id, "Your WhatsApp code: 123-456")
        await alice.sees("🔑 123456", after=card["message_id"])
        await alice.sees("Code received")
    async with bot(sandbox, tmp_path, CLOCK_SET_BY=set_by, TIME_PASSED=str(LIFETIME - 60)):
        await polled(sandbox)
        assert states(tmp_path) == ["active"]
    async with bot(sandbox, tmp_path, CLOCK_SET_BY=set_by, TIME_PASSED=str(LIFETIME)):
        shown = await alice.sees("Time is over", "123456")
    assert shown["message_id"] == card["message_id"]
    assert states(tmp_path) == ["expired"]


async def test_a_clock_that_is_set_twice_changes_nothing_in_the_end(sandbox: Sandbox, alice: Person, tmp_path: Path) -> None:
    await holding_a_number(sandbox, alice, tmp_path)
    for set_by in (HOUR, -HOUR):
        async with bot(sandbox, tmp_path, CLOCK_SET_BY=str(set_by)):
            await polled(sandbox)
            assert states(tmp_path) == ["active"]
    async with bot(sandbox, tmp_path, CLOCK_SET_BY=str(-HOUR), TIME_PASSED=str(LIFETIME)):
        await alice.sees("Time is over, no code came")
