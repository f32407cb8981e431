"""What whoever watches over the bot is told."""

from datetime import timedelta
from decimal import Decimal

import httpx
import pytest
from pydantic import SecretStr
from telegram.ext import ExtBot

from bot.gateway import web
from bot.gateway.dispatch import Dispatcher
from bot.gateway.receipt import Intake
from bot.gateway.server import serving
from bot.gateway.webhook import Webhook, secret_of
from storage import census, leases, messages, updates
from storage.database import Database
from storage.models import State
from storage.vault import Vault, new_key
from tests.storage import rows
from tests.storage.rows import CHAT, NOW

BOT_TOKEN = "123456789:AACanaryCanaryCanaryCanaryCanaryCan"


async def get(database: Database, path: str) -> tuple[int, str]:
    async def nothing(_: object) -> None:
        pass

    intake = Intake(ExtBot(BOT_TOKEN), database, Vault([new_key()]), Dispatcher(nothing, nothing, nothing))
    app = web.application(Webhook(intake, secret_of(SecretStr(BOT_TOKEN))), database, lambda: NOW + timedelta(seconds=90))
    async with serving(app, host="127.0.0.1", port=0, finish_within=1) as address, httpx.AsyncClient(trust_env=False) as client:
        response = await client.get(f"{address}{path}")
    return response.status_code, response.text


async def fill(database: Database) -> None:
    await rows.chat(database, token="sealed-canary")
    await rows.chat(database, 2, unreachable_at=NOW)
    await rows.number(database, "n")
    await rows.number(database, "m", state=State.FINISHED, price=Decimal(1))
    async with database.writing() as session:
        await messages.add(session, "n", "code 1234", NOW)
        await leases.take(session, ["process:x", "n"], "x", 60)
        await leases.take(session, ["process:y"], "y", 0)
    await updates.store(database, [(1, "a"), (2, "b")], None, NOW)
    await updates.mark_handled(database, [1], NOW)


async def test_a_process_that_answers_is_alive_and_one_that_reaches_its_database_is_ready(database: Database) -> None:
    assert await get(database, "/healthz") == (200, "ok\n")
    assert await get(database, "/readyz") == (200, "ok\n")


async def test_without_its_database_it_is_alive_and_not_ready() -> None:
    async with Database("postgresql+asyncpg://bot:canary@127.0.0.1:1/nowhere") as nowhere:
        assert await get(nowhere, "/healthz") == (200, "ok\n")
        assert await get(nowhere, "/readyz") == (503, "the database is away\n")
        assert await get(nowhere, "/metrics") == (503, "the database is away\n")


async def test_the_metrics_count_what_is_there_and_what_is_still_to_be_done(database: Database) -> None:
    await fill(database)
    status, text = await get(database, "/metrics")
    shown = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert status == 200
    assert {name: float(value) for name, value in shown.items() if not name.startswith("otpbuddy_bot_activations")} == {
        "otpbuddy_bot_chats": 2,
        "otpbuddy_bot_chats_connected": 1,
        "otpbuddy_bot_chats_unreachable": 1,
        "otpbuddy_bot_sms_undelivered": 1,
        "otpbuddy_bot_sms_undelivered_seconds": 90,
        "otpbuddy_bot_updates_unhandled": 1,
        "otpbuddy_bot_broadcast_recipients_waiting": 0,
        "otpbuddy_bot_processes": 1,
    }
    assert shown['otpbuddy_bot_activations{state="active"}'] == "1.0"
    assert shown['otpbuddy_bot_activations{state="finished"}'] == "1.0"
    assert sum(name.startswith("otpbuddy_bot_activations{") for name in shown) == len(State)
    for secret in ("canary", "Canary", str(CHAT), "1234"):
        assert secret not in text


async def test_nothing_waits_in_an_empty_house(database: Database) -> None:
    counted = await census.take(database)
    assert (counted.chats, counted.activations, counted.undelivered, counted.oldest_undelivered_at) == (0, {}, 0, None)
    assert b"otpbuddy_bot_sms_undelivered_seconds 0.0" in web.exposition(counted, NOW)


async def test_a_chat_that_cannot_be_reached_keeps_nobody_waiting(database: Database) -> None:
    await fill(database)
    await rows.chat(database, unreachable_at=NOW)
    assert (await census.take(database)).undelivered == 0


@pytest.mark.postgres
async def test_a_bug_is_not_taken_for_an_outage(postgres_url: str) -> None:
    async with Database(postgres_url) as without_tables:
        status, _ = await get(without_tables, "/readyz")
    assert status == 500
