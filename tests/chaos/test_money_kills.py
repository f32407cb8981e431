"""The process dies around a notice about money, and starts again: it is told, twice at most."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.sandbox.server import Sandbox
from tests.chaos.test_kills import bot, dies
from tests.support import bots
from tests.support.people import PATIENCE, Person

pytestmark = pytest.mark.processes
POINTS = [
    ("about to sendMessage", 1),
    ("did sendMessage", 2),
    ("about to mark {notice} as told", 2),
    ("did mark {notice} as told", 1),
]
"""Where it dies, and how many copies there are then: between the send and its mark nobody can know."""


async def told_after_a_kill(sandbox: Sandbox, person: Person, directory: Path, point: str, words: str, copies: int) -> None:
    """See the notice as often as it must come around a kill, and no more often."""

    def told() -> int:
        return len([message for message in person.messages() if words in message["text"]])

    async with bot(sandbox, directory, kill_at=point) as process:
        await dies(process)
    async with bot(sandbox, directory):
        await sandbox.telegram.until(lambda _: told() == copies, timeout=PATIENCE)
        await person.hears_nothing_more()
    async with bot(sandbox, directory):
        await person.hears_nothing_more()
    assert told() == copies


@pytest.mark.parametrize(("point", "copies"), POINTS)
async def test_a_low_balance_is_told(sandbox: Sandbox, alice: Person, tmp_path: Path, point: str, copies: int) -> None:
    async with bot(sandbox, tmp_path):
        await alice.connects("demo-token-alice")
    await bots.write(tmp_path, "UPDATE chat SET low_balance = '1000'")
    await told_after_a_kill(sandbox, alice, tmp_path, point.format(notice="a low balance"), "balance is low: ₹500.00", copies)


@pytest.mark.parametrize(("point", "copies"), POINTS)
async def test_an_alert_that_was_met_is_told(sandbox: Sandbox, alice: Person, tmp_path: Path, point: str, copies: int) -> None:
    async with bot(sandbox, tmp_path):
        await alice.connects("demo-token-alice")
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    columns = "id, chat_id, product_id, product_name, kind, at_most, created_at, met_at, met_price"
    values = ("alert", alice.id, "wa", "WhatsApp", "price", "30", now, now, "29.99")
    await bots.write(tmp_path, f"INSERT INTO alert ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", *values)
    await told_after_a_kill(sandbox, alice, tmp_path, point.format(notice="an alert"), "WhatsApp costs ₹29.99 now", copies)
