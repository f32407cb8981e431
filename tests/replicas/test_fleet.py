"""Several processes share the work: each thing is done once, and what a dead one had in hand another takes up."""

import signal
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from bot.sandbox.server import Sandbox
from storage.database import Database
from tests.replicas.fleet import fleet
from tests.support.people import Person

pytestmark = [pytest.mark.postgres, pytest.mark.processes]


async def test_fifty_taps_on_two_replicas_cost_once_and_the_code_is_pushed_once(
    sandbox: Sandbox, alice: Person, tmp_path: Path, postgres_url: str
) -> None:
    async with fleet(sandbox, tmp_path, postgres_url, web=2, workers=2):
        await alice.connects("demo-token-alice")
        offer = await alice.is_offered("WhatsApp")
        data = alice.data("Buy for", offer)
        for _ in range(50):
            alice.telegram.tap(alice.id, alice.id, offer["message_id"], data)
        card = await alice.sees("Waiting for the code")
        await sandbox.telegram.until(lambda telegram: not len(telegram.updates), timeout=60)
        (bought,) = sandbox.provider.activations.values()
        sandbox.provider.send_sms(bought.id, "Your code is 482913")
        pushed = await alice.sees("482913", after=card["message_id"])
        assert pushed["reply_to_message"]["message_id"] == card["message_id"]
        await alice.taps("Done")
        await alice.sees("Done", "WhatsApp")
    assert len(sandbox.provider.charges) == 1
    assert sum(call.call == "getNumber" for call in sandbox.provider.calls) == 1
    assert sum("Waiting for the code" in message["text"] or "Done" in message["text"] for message in alice.messages()) == 1
    assert sum("482913" in message["text"] and "reply_to_message" in message for message in alice.messages()) == 1


async def test_what_a_killed_worker_watched_another_one_watches(sandbox: Sandbox, alice: Person, tmp_path: Path, postgres_url: str) -> None:
    async with fleet(sandbox, tmp_path, postgres_url, web=1, workers=2) as running, Database(postgres_url) as database:
        await alice.connects("demo-token-alice")
        await alice.buys("WhatsApp")
        await sandbox.provider.until(lambda provider: any(call.call == "getSms" for call in provider.calls))
        async with database.reading() as session:
            chores = (await session.execute(sql("SELECT count(DISTINCT holder) FROM lease WHERE name NOT LIKE 'process:%'"))).scalar_one()
        assert chores >= 1
        await running.workers[0].kill()
        (bought,) = sandbox.provider.activations.values()
        sandbox.provider.send_sms(bought.id, "Your code is 482913")
        await sandbox.telegram.until(lambda _: any("482913" in message["text"] for message in alice.messages()[-1:]), timeout=60)
        assert await running.workers[1].end() == 0
    assert len(sandbox.provider.charges) == 1


async def test_an_update_that_a_killed_web_process_had_in_hand_is_handled_by_another(
    sandbox: Sandbox, alice: Person, tmp_path: Path, postgres_url: str
) -> None:
    async with fleet(sandbox, tmp_path, postgres_url, web=2, workers=1) as running:
        await alice.connects("demo-token-alice")
        fault = sandbox.provider.faults.add("getProducts", "hold", count=1)
        alice.says("whatsapp")
        await sandbox.provider.until(lambda _: fault.struck >= 1)
        await sandbox.telegram.until(lambda telegram: not len(telegram.updates))
        await running.asked_last.kill()
        fault.release()
        await sandbox.telegram.until(lambda _: any("1 product" in message["text"] for message in alice.messages()), timeout=60)


async def test_a_broadcast_is_driven_by_one_process_and_stops_of_all_of_them_lose_nothing(
    sandbox: Sandbox, alice: Person, bob: Person, admin: Person, tmp_path: Path, postgres_url: str
) -> None:
    async with fleet(sandbox, tmp_path, postgres_url, web=1, workers=2) as running:
        for person in (alice, bob, admin):
            person.says("/start")
            await person.sees("Hello")
        admin.says("/broadcast Good news")
        await admin.taps("Send to")
        for person in (alice, bob, admin):
            await person.sees("Good news")
        await admin.sees("3 of 3")
        statuses = [await process.end(signal.SIGTERM) for process in (*running.web, *running.workers)]
    assert statuses == [0, 0, 0]
    for person in (alice, bob):
        assert sum(message["text"] == "Good news" for message in person.messages()) == 1
