"""The disk is full, or the database is locked or gone: nothing is bought that cannot be written down, and it passes by itself."""

import asyncio
import resource
import sqlite3
from pathlib import Path

import pytest

from bot.sandbox.server import Sandbox
from storage.vault import new_key
from tests.chaos.test_kills import bot, states
from tests.postgres import Cluster
from tests.support.people import Person

pytestmark = pytest.mark.processes

BRIEFLY = 2.0
"""Seconds in which nothing must happen; that nothing happens cannot be awaited."""
A_MINUTE = 60.0


def getnumber_calls(sandbox: Sandbox) -> int:
    return sum(call.call == "getNumber" for call in sandbox.provider.calls)


async def nothing_is_bought(sandbox: Sandbox, during: float = BRIEFLY) -> None:
    with pytest.raises(TimeoutError):
        await sandbox.provider.until(lambda _provider: getnumber_calls(sandbox) > 0, timeout=during)


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


# Shorter than the bot waits for another program's lock, and longer.
@pytest.mark.parametrize("during", [BRIEFLY, A_MINUTE])
async def test_a_locked_database_delays_a_purchase_and_loses_nothing(
    sandbox: Sandbox, alice: Person, tmp_path: Path, during: float
) -> None:
    async with bot(sandbox, tmp_path) as process:
        await alice.connects("demo-token-alice")
        offer = await alice.is_offered("WhatsApp")
        holder = sqlite3.connect(tmp_path / "bot.sqlite3", timeout=30, isolation_level=None, check_same_thread=False)
        await asyncio.to_thread(holder.execute, "BEGIN IMMEDIATE")
        await alice.taps("Buy for", offer)
        await nothing_is_bought(sandbox, during)
        assert process.returncode is None
        holder.execute("ROLLBACK")
        holder.close()
        await alice.sees("Waiting for the code")
    assert getnumber_calls(sandbox) == len(sandbox.provider.charges) == 1


@pytest.mark.postgres
async def test_a_database_server_that_is_gone_for_a_minute_delays_a_purchase_and_a_code_and_loses_neither(
    sandbox: Sandbox, alice: Person, bob: Person, tmp_path: Path, postgres_of_its_own: Cluster
) -> None:
    server = postgres_of_its_own
    server.call("createdb", "bot")
    async with bot(sandbox, tmp_path, DATABASE_URL=server.url("bot"), TOKEN_KEYS=new_key()) as process:
        await bob.connects("demo-token-bob")
        await bob.buys("WhatsApp")
        await alice.connects("demo-token-alice")
        offer = await alice.is_offered("WhatsApp")
        (bobs,) = sandbox.provider.activations.values()
        await asyncio.to_thread(server.stop)
        sandbox.provider.send_sms(bobs.id, "Your code is 482913")
        await alice.taps("Buy for", offer)
        with pytest.raises(TimeoutError):
            await sandbox.provider.until(lambda _provider: getnumber_calls(sandbox) > 1, timeout=A_MINUTE)
        assert process.returncode is None
        await asyncio.to_thread(server.start)
        await bob.sees("🔑 482913")
        await alice.sees("Waiting for the code")
    log = (tmp_path / "bot.log").read_text()
    assert "Could not store updates" in log
    assert "the database is away" in log
    assert getnumber_calls(sandbox) == len(sandbox.provider.charges) == 2
    assert sum("482913" in message["text"] and "reply_to_message" in message for message in bob.messages()) == 1
