"""Canary secrets in several processes with everything logged: they are in no log, page, reply or file of the database's server."""

from pathlib import Path

import httpx
import pytest
from sqlalchemy import text as sql

from storage.database import Database
from tests.postgres import Cluster
from tests.replicas.fleet import fleet
from tests.support.canaries import BOT_TOKEN, CHAT_TOKEN, KEY, WRONG_TOKEN, leaks, with_canaries
from tests.support.people import Person

pytestmark = [pytest.mark.postgres, pytest.mark.processes]


async def pages(address: str) -> bytes:
    """Read all that a web process shows to whoever asks."""
    async with httpx.AsyncClient(trust_env=False, base_url=address) as client:
        shown = [await client.get(path) for path in ("/metrics", "/healthz", "/readyz", "/telegram", "/nothing")]
    assert shown[0].status_code == 200
    return b"".join(page.content + repr(page.headers).encode() for page in shown)


async def test_no_process_page_or_file_shows_a_secret(tmp_path: Path, postgres_cluster: Cluster, postgres_url: str) -> None:
    async with with_canaries() as sandbox:
        alice = Person(sandbox, 1001)
        settings = {"TELEGRAM_BOT_TOKEN": BOT_TOKEN, "TOKEN_KEYS": KEY}
        async with fleet(sandbox, tmp_path, postgres_url, web=1, workers=1, **settings) as running, Database(postgres_url) as database:
            alice.says("/start")
            alice.says(f"/token {WRONG_TOKEN}")
            await alice.sees("otpbuddy did not accept that token")
            sandbox.telegram.faults.add("deleteMessage", kind="http_error")
            for kind in ("http", "cut", "garbage"):
                sandbox.provider.faults.add("balance", kind, count=1)
                sent = alice.says(f"/token {CHAT_TOKEN}")
                await alice.sees("Please try again", after=sent["message_id"])
            alice.says(f"/token {CHAT_TOKEN}")
            await alice.sees("Connected.")
            card = await alice.buys("WhatsApp")
            sandbox.provider.faults.add("sms", "http", count=1, status=500)
            (held,) = sandbox.provider.activations.values()
            sandbox.provider.send_sms(held.id, "Your code is 482913")
            await alice.sees("🔑 482913", after=card["message_id"])
            webhook_secret = sandbox.telegram.webhook.secret_token
            shown = [await pages(address) for address in running.balancer.addresses]
            async with database.engine.connect() as connection:
                # What the server holds in memory is written out, besides its log of changes.
                await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(sql("CHECKPOINT"))
        files = [path for path in postgres_cluster.data.rglob("*") if path.is_file()]
        assert any(path.parent.name == "pg_wal" for path in files)
        kept = b"".join(path.read_bytes() for path in files)
        logs = [process.log.read_bytes() for process in (*running.web, *running.workers)]
        said = "\n".join(alice.history()) + repr(sandbox.telegram.ledger)
    assert b"482913" in kept, "the files are those of this database"
    assert all(logs)
    assert webhook_secret
    for content in (*shown, *logs, kept, said.encode()):
        assert leaks(content) == []
        assert webhook_secret.encode() not in content
