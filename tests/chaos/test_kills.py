"""The process dies at a named point, and starts again: what must hold then, fault by fault."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.sandbox.server import Sandbox
from tests.chaos.campaign import campaign
from tests.support.bots import ROOT, environment, rows
from tests.support.people import PATIENCE, Person

pytestmark = pytest.mark.processes


@asynccontextmanager
async def bot(
    sandbox: Sandbox, directory: Path, *command: str, kill_at: str = "", after: int = 1, **more: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the bot, or its `command`, as a process that kills itself when it passes the point for the `after`th time.

    `more` is its environment.
    """
    env = {
        **environment(sandbox, directory),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "KILL_AT": kill_at,
        "KILL_AFTER": str(after) if kill_at else "0",
        **more,
    }
    with (directory / "bot.log").open("ab") as log:
        arguments = ("-m", "tests.chaos.launch", *command)
        process = await asyncio.create_subprocess_exec(sys.executable, *arguments, env=env, stdout=log, stderr=log)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def states(directory: Path) -> list[str]:
    return [state for (state,) in rows(directory, "SELECT state FROM activation ORDER BY offered_at")]


async def dies(process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(PATIENCE):
        assert await process.wait() == -9


@pytest.mark.parametrize(
    ("point", "after", "told", "state", "charges"),
    [
        # Not committed: the tap is handled again, and buys.
        ("about to claim a purchase", 1, "Waiting for the code", "active", 1),
        # Committed and not sent, as far as anybody can know: the balance says that nothing was charged.
        ("did claim a purchase", 1, "Not bought.", "not_charged", 0),
        ("about to ask buy", 1, "Not bought.", "not_charged", 0),
        # Charged, and the answer died with the process: the balance says so, and nobody asks again.
        ("did ask buy", 1, "Charged, but no number was received", "charged", 1),
        ("about to conclude a purchase", 1, "Charged, but no number was received", "charged", 1),
        # Committed: the card comes after the restart. The first time that it is drawn it says "buying", the second time is later.
        ("did conclude a purchase", 1, "Waiting for the code", "active", 1),
        ("about to editMessageText", 2, "Waiting for the code", "active", 1),
        ("did editMessageText", 2, "Waiting for the code", "active", 1),
        ("did mark a card as drawn", 2, "Waiting for the code", "active", 1),
        ("about to mark updates as handled", 1, "Waiting for the code", "active", 1),
    ],
)
async def test_a_purchase_survives_a_kill(
    sandbox: Sandbox, alice: Person, tmp_path: Path, point: str, after: int, told: str, state: str, charges: int
) -> None:
    async with bot(sandbox, tmp_path):
        await alice.connects("demo-token-alice")
        offer = await alice.is_offered("WhatsApp")
    async with bot(sandbox, tmp_path, kill_at=point, after=after) as process:
        await alice.taps("Buy for", offer)
        await dies(process)
    async with bot(sandbox, tmp_path):
        await alice.sees(told)
    assert states(tmp_path)[-1] == state
    assert len(sandbox.provider.charges) == charges
    assert sum(call.call == "getNumber" for call in sandbox.provider.calls) == charges


@pytest.mark.parametrize(
    "point",
    ["did ask sms", "about to record an SMS", "did record an SMS", "about to sendMessage", "did sendMessage", "did mark an SMS as pushed"],
)
async def test_an_sms_survives_a_kill(sandbox: Sandbox, alice: Person, tmp_path: Path, point: str) -> None:
    async with bot(sandbox, tmp_path):
        await alice.connects("demo-token-alice")
        card = await alice.buys("WhatsApp")
    (activation,) = sandbox.provider.activations.values()
    async with bot(sandbox, tmp_path, kill_at=point) as process:
        sandbox.provider.send_sms(activation.id, "Your WhatsApp code: 123-456")
        await dies(process)
    async with bot(sandbox, tmp_path):
        await alice.sees("🔑 123456", after=card["message_id"])
        await alice.sees("Code received", "123456")
    pushed = [message for message in alice.messages() if message["message_id"] > card["message_id"] and "123-456" in message["text"]]
    # Between the send and its mark nobody can know, and the code is sent again rather than lost.
    assert len(pushed) == (2 if point == "did sendMessage" else 1)


@pytest.mark.parametrize(
    "point", ["about to begin a cancellation", "did begin a cancellation", "did ask cancel", "about to close a number"]
)
async def test_a_cancellation_survives_a_kill(sandbox: Sandbox, alice: Person, tmp_path: Path, point: str) -> None:
    async with bot(sandbox, tmp_path):
        await alice.connects("demo-token-alice")
        await alice.buys("WhatsApp")
        await alice.taps("Cancel")
        await alice.sees("Cancel this number?")
    async with bot(sandbox, tmp_path, kill_at=point) as process:
        await alice.taps("Yes, cancel it")
        await dies(process)
    async with bot(sandbox, tmp_path):
        # The tap was not marked as handled, so it is handled again and cancels what is still open.
        await alice.sees("Cancelled", "₹38.50 came back", "₹461.50 → ₹500.00")
    assert states(tmp_path) == ["cancelled"]
    assert [entry.kind for entry in sandbox.provider.ledger if entry.kind != "deposit"] == ["charge", "refund"]


async def test_a_short_campaign_finds_nothing(tmp_path: Path) -> None:
    await finds_nothing(tmp_path, 6)


@pytest.mark.postgres
async def test_a_short_campaign_on_postgresql_finds_nothing(tmp_path: Path, postgres_url: str) -> None:
    await finds_nothing(tmp_path, 3, postgres_url)


async def finds_nothing(directory: Path, kills: int, url: str | None = None) -> None:
    findings, points = await campaign(kills, 20261124, directory, url=url)
    assert not findings.violations, findings
    assert findings.kills == kills
    assert findings.operations > 0
    assert points


def test_there_are_points_around_every_transaction() -> None:
    sources = [path.read_text("utf-8") for folder in ("bot", "storage") for path in (ROOT / folder).rglob("*.py")]
    purposes = [purpose for source in sources for purpose in re.findall(r"\.writing\(\"([^\"]+)\"\)", source)]
    # Each is passed before and after its commit, and every provider call and Telegram request has two points of its own.
    assert len(purposes) == len(set(purposes)) >= 30, sorted(purposes)
    assert not [source for source in sources if ".writing()" in source]
