"""The process dies while it does something about a number that nobody tapped, and starts again: once, and nothing is forgotten."""

from pathlib import Path

import pytest

from bot.sandbox.server import Sandbox
from tests.chaos.test_kills import bot, dies, states
from tests.support import bots
from tests.support.people import PATIENCE, Message, Person

pytestmark = pytest.mark.processes
MINUTES = 5
TRY_AGAIN = "121"
"""Seconds after which a try that died is made again."""


async def impatient(sandbox: Sandbox, person: Person, directory: Path) -> Message:
    """Hold a number in a chat that gives up after five minutes, which pass before the next start."""
    async with bot(sandbox, directory):
        await person.connects("demo-token-alice")
        card = await person.buys("WhatsApp")
    await bots.write(directory, "UPDATE chat SET auto_cancel_minutes = ?", MINUTES)
    return card


def ledger(sandbox: Sandbox) -> list[str]:
    return [entry.kind for entry in sandbox.provider.ledger if entry.kind != "deposit"]


@pytest.mark.parametrize(
    ("point", "told"),
    [
        ("about to try to cancel a number by itself", 1),
        ("did try to cancel a number by itself", 1),
        ("about to begin a cancellation", 1),
        ("about to close a number", 1),
        ("did close a number", 1),
        ("did sendMessage", 2),
        ("about to note that an end was told", 2),
        ("did note that an end was told", 1),
    ],
)
async def test_a_number_is_cancelled_by_itself_once_and_that_is_told(
    sandbox: Sandbox, alice: Person, tmp_path: Path, point: str, told: int
) -> None:
    card = await impatient(sandbox, alice, tmp_path)
    async with bot(sandbox, tmp_path, kill_at=point, TIME_PASSED=str(MINUTES * 60)) as process:
        await dies(process)

    def messages() -> int:
        return sum("Cancelled by itself" in shown["text"] for shown in alice.messages() if shown["message_id"] > card["message_id"])

    # A cancellation that had begun when the process died is watched until the number's time is over: the provider says that it is.
    async with bot(sandbox, tmp_path, TIME_PASSED=str(MINUTES * 60 + int(TRY_AGAIN))):
        await sandbox.telegram.until(lambda _: messages() == told, timeout=PATIENCE)
        await alice.sees("Cancelled by itself, no code came in time", "₹38.50 came back")
        await alice.hears_nothing_more()
    assert states(tmp_path) == ["cancelled"]
    assert ledger(sandbox) == ["charge", "refund"]
    assert messages() == told


@pytest.mark.parametrize(("point", "told"), [("about to sendMessage", 1), ("did sendMessage", 2), ("did note a warning", 1)])
async def test_a_number_is_warned_of_all_the_same(sandbox: Sandbox, alice: Person, tmp_path: Path, point: str, told: int) -> None:
    async with bot(sandbox, tmp_path):
        await alice.connects("demo-token-alice")
        card = await alice.buys("WhatsApp")
    async with bot(sandbox, tmp_path, kill_at=point, TIME_PASSED="1100") as process:
        await dies(process)

    def warnings() -> int:
        return sum("Nearly over" in shown["text"] for shown in alice.messages() if shown["message_id"] > card["message_id"])

    for _ in range(2):
        async with bot(sandbox, tmp_path, TIME_PASSED="1105"):
            await sandbox.telegram.until(lambda _: warnings() == told, timeout=PATIENCE)
            await alice.hears_nothing_more()
    assert warnings() == told
    assert states(tmp_path) == ["active"]
