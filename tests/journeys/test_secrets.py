"""Canary secrets through a whole journey with everything logged: they are nowhere but where they are used."""

import asyncio
import base64
import traceback
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from pydantic import SecretStr

from bot.otpbuddy import Client, OtpbuddyError
from bot.sandbox.server import Sandbox
from bot.services.accounts import Accounts
from bot.settings import load_settings
from storage.database import Database
from storage.models import Chat
from storage.vault import Vault
from tests.support import bots
from tests.support.bots import Clock
from tests.support.canaries import BOT_TOKEN, CHAT_TOKEN, KEY, RENEWED_TOKEN, SECRETS, WRONG_TOKEN, leaks, with_canaries
from tests.support.people import Person


def contents(directory: Path) -> list[bytes]:
    return [path.read_bytes() for path in directory.iterdir()]


@pytest.fixture
async def sandbox(clock: Clock) -> AsyncIterator[Sandbox]:
    async with with_canaries(clock) as running:
        yield running


def environment(sandbox: Sandbox, directory: Path) -> dict[str, str]:
    return bots.environment(sandbox, directory, TELEGRAM_BOT_TOKEN=BOT_TOKEN, TOKEN_KEYS=KEY, LOG_LEVEL="DEBUG")


def test_the_search_finds_a_secret_in_each_of_its_spellings() -> None:
    for secret in SECRETS:
        for content in (secret.encode(), quote(secret).encode(), *(base64.b64encode(b"x" * n + secret.encode() + b"y") for n in range(3))):
            assert leaks(b"before " + content + b" after")


@pytest.mark.processes
async def test_a_whole_journey_with_its_failures_leaves_no_secret_behind(sandbox: Sandbox, alice: Person, tmp_path: Path) -> None:
    telegram, provider = sandbox.telegram, sandbox.provider
    files: list[bytes] = []
    async with bots.process(environment(sandbox, tmp_path), tmp_path) as process:
        telegram.faults.add("deleteMessage", kind="http_error")
        alice.says("/start")
        alice.says(f"/token {WRONG_TOKEN}")
        await alice.sees("otpbuddy did not accept that token")
        for kind in ("http", "cut", "garbage"):
            provider.faults.add("balance", kind, count=1)
            sent = alice.says(f"/token {CHAT_TOKEN}")
            await alice.sees("Please try again", after=sent["message_id"])
        alice.says(f"/token {CHAT_TOKEN}")
        await alice.sees("Connected.")
        card = await alice.buys("WhatsApp")

        failing = telegram.faults.add("sendMessage", kind="bad_request", description="something new")
        alice.says(f"/token {CHAT_TOKEN}")
        await alice.sees("Something went wrong on my side")
        assert failing.struck
        telegram.faults.add("sendMessage", kind="http_error")
        telegram.faults.add("getUpdates", kind="http_error")
        provider.faults.add("sms", "http", count=1, status=500)
        provider.send_sms(next(iter(provider.activations.values())).number, "Your WhatsApp code: 123-456")
        account = provider.accounts.pop(CHAT_TOKEN)
        await alice.sees("otpbuddy no longer accepts your token", after=card["message_id"])
        account.token = RENEWED_TOKEN
        provider.accounts[RENEWED_TOKEN] = account
        # An update that is stored and not handled holds the token that was pasted, sealed.
        held = telegram.faults.add("deleteMessage", kind="hang")
        alice.says(f"/token {RENEWED_TOKEN}")
        await telegram.until(lambda _: held.struck, timeout=20)
        await process.kill()
        files += contents(tmp_path)
        telegram.faults.clear()
        await process.start()
        await alice.sees("🔑 123456", "Your WhatsApp code", after=card["message_id"])
        assert await process.end() == 0
    files += contents(tmp_path)
    assert len(files) >= 4, "the log, the database and its write-ahead log"
    assert b"a handler failed" in process.log.read_bytes()
    assert b"Traceback" in process.log.read_bytes()
    assert [leaks(content) for content in files if leaks(content)] == []
    assert leaks("\n".join(alice.history()).encode()) == []
    assert leaks(repr([call for call in telegram.ledger if call.method != "getUpdates"]).encode()) == []


async def test_nothing_that_holds_a_secret_shows_it(sandbox: Sandbox, tmp_path: Path, clock: Clock) -> None:
    settings = load_settings(environment(sandbox, tmp_path))
    vault, token = Vault([KEY]), SecretStr(CHAT_TOKEN)
    async with Client(settings.otpbuddy_base_url) as client, Database(f"sqlite+aiosqlite:///{tmp_path / 'bot.sqlite3'}") as database:
        shown = [repr(thing) for thing in (settings, settings.secrets(), vault, client, database, token)]
        shown += [repr(Database("postgresql+asyncpg://user:CANARY-password@127.0.0.1/x"))]
        chat = Chat(id=1, created_at=clock(), token=vault.seal(CHAT_TOKEN.encode(), "chat:1"))
        shown += [repr(chat), str(chat), repr(Accounts(database, vault, client, clock))]
        for kind in ("http", "cut", "garbage", "code"):
            sandbox.provider.faults.add("balance", kind, count=1)
            with pytest.raises(OtpbuddyError) as caught:
                await client.balance(token)
            shown += ["".join(traceback.format_exception(caught.value)), repr(caught.value)]
    assert chat.token is not None
    assert chat.token not in "".join(shown)
    assert "CANARY-password" not in "".join(shown)
    assert leaks("\n".join(shown).encode()) == []


async def test_a_client_that_cannot_connect_does_not_quote_the_address(tmp_path: Path) -> None:
    server = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    async with Client(f"http://127.0.0.1:{port}/v1/api", transport=httpx.AsyncHTTPTransport()) as client:
        with pytest.raises(OtpbuddyError) as caught:
            await client.balance(SecretStr(CHAT_TOKEN))
    assert leaks("".join(traceback.format_exception(caught.value)).encode()) == []
