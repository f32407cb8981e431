"""The disk is full, or another program holds the database: nothing is bought that cannot be written down, and it passes by itself."""

import asyncio
import resource
import sqlite3
from pathlib import Path

import pytest

from bot.sandbox.server import Sandbox
from tests.chaos.test_kills import bot, states
from tests.support.people import Person

pytestmark = pytest.mark.processes

BRIEFLY = 2.0
"""Seconds in which nothing must happen; that nothing happens cannot be awaited."""


def getnumber_calls(sandbox: Sandbox) -> int:
    return sum(call.call == "getNumber" for call in sandbox.provider.calls)


async def nothing_is_bought(sandbox: Sandbox) -> None:
    with pytest.raises(TimeoutError):
        await sandbox.provider.until(lambda _provider: getnumber_calls(sandbox) > 0, timeout=BRIEFLY)


async def test_a_full_disk_stops_purchases_until_there_is_room(sandbox: Sandbox, alice: Person, tmp_path: Path) -> None:
    async with bot(sandbox, tmp_path) as process:
        await alice.connects("demo-token-alice")
        offer = await alice.is_offered("WhatsApp")
        # No file of the process may grow beyond what the smallest of them has: every write fails, as on a full disk.
        soft, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
        await alice.taps("Buy for", offer)
        await nothing_is_bought(sandbox)
        assert process.returncode is None
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (soft, hard))
        await alice.sees("Waiting for the code")
    assert getnumber_calls(sandbox) == len(sandbox.provider.charges) == 1
    assert states(tmp_path)[-1] == "active"


async def test_a_locked_database_delays_a_purchase_and_loses_nothing(sandbox: Sandbox, alice: Person, tmp_path: Path) -> None:
    async with bot(sandbox, tmp_path) as process:
        await alice.connects("demo-token-alice")
        offer = await alice.is_offered("WhatsApp")
        holder = sqlite3.connect(tmp_path / "bot.sqlite3", timeout=30, isolation_level=None, check_same_thread=False)
        await asyncio.to_thread(holder.execute, "BEGIN IMMEDIATE")
        await alice.taps("Buy for", offer)
        await nothing_is_bought(sandbox)
        assert process.returncode is None
        holder.execute("ROLLBACK")
        holder.close()
        await alice.sees("Waiting for the code")
    assert getnumber_calls(sandbox) == len(sandbox.provider.charges) == 1
