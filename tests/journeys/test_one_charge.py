"""One wish, one charge, however often and by whatever way it is tapped."""

from pathlib import Path

import pytest

from bot.sandbox.server import Sandbox
from tests.support import bots
from tests.support.bots import Clock
from tests.support.people import Person


@pytest.mark.usefixtures("revision")
async def test_fifty_taps_on_buy_cost_once_and_give_one_number(sandbox: Sandbox, alice: Person, clock: Clock, tmp_path: Path) -> None:
    async with bots.running(bots.settings(sandbox, tmp_path), clock):
        await alice.connects("demo-token-alice")
        offer = await alice.is_offered("WhatsApp")
        data = alice.data("Buy for", offer)
        queries = [sandbox.telegram.tap(alice.id, alice.id, offer["message_id"], data) for _ in range(50)]
        # The last of them are over the flood limit, and are told so where they were made: no button spins for ever.
        await sandbox.telegram.until(lambda telegram: all(telegram.queries[query].answer is not None for query in queries))
        await alice.sees("Waiting for the code")
    answers = [sandbox.telegram.queries[query].answer or {} for query in queries]
    assert "too fast" in str(answers[-1]["text"])
    assert sum(answer["text"] is None for answer in answers) > 20
    assert len(sandbox.provider.charges) == 1
    assert sum(call.call == "getNumber" for call in sandbox.provider.calls) == 1
    assert len(sandbox.provider.activations) == 1
    assert bots.rows(tmp_path, "SELECT count(*), min(state) FROM activation") == [(1, "active")]
    assert sum("Waiting for the code" in message["text"] for message in alice.messages()) == 1


async def test_every_update_told_a_hundred_times_counts_once(sandbox: Sandbox, alice: Person, clock: Clock, tmp_path: Path) -> None:
    async with bots.running(bots.settings(sandbox, tmp_path), clock):
        await alice.connects("demo-token-alice")
        await alice.buys("WhatsApp")
        seen = [message["message_id"] for message in alice.messages()]
        for _ in range(100):
            for update_id in sandbox.telegram.updates.past:
                sandbox.telegram.repeat_update(update_id)
        await sandbox.telegram.until(lambda telegram: not any(entry.again for entry in telegram.updates._entries))
        await alice.hears_nothing_more()
    assert [message["message_id"] for message in alice.messages()][:-1] == seen
    assert len(sandbox.provider.charges) == 1


async def test_a_replay_after_a_restart_counts_once(sandbox: Sandbox, alice: Person, clock: Clock, tmp_path: Path) -> None:
    async with bots.running(bots.settings(sandbox, tmp_path), clock):
        await alice.connects("demo-token-alice")
        await alice.buys("WhatsApp")
        seen = [message["message_id"] for message in alice.messages()]
    for update_id in sandbox.telegram.updates.past:
        sandbox.telegram.repeat_update(update_id)
    async with bots.running(bots.settings(sandbox, tmp_path), clock):
        await alice.hears_nothing_more()
    assert [message["message_id"] for message in alice.messages()][:-1] == seen
    assert len(sandbox.provider.charges) == 1
