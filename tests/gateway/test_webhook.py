"""The webhook: 403 before anything is read, 413 for what is too large, 200 only for what is stored."""

import asyncio
import json
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from telegram import Update
from telegram.ext import ExtBot

from bot.gateway.dispatch import Bounds, Dispatcher
from bot.gateway.receipt import Intake
from bot.gateway.server import serving
from bot.gateway.webhook import HEADER, LARGEST, PATH, Webhook, secret_of
from storage import updates
from storage.database import Database
from storage.vault import Vault, new_key
from tests.gateway.support import PATIENCE, message, pending

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BOT_TOKEN = "123456789:AACanaryCanaryCanaryCanaryCanaryCan"
SECRET = secret_of(SecretStr(BOT_TOKEN))


@dataclass
class Site:
    """One web process of the bot, as far as receiving updates goes."""

    database: Database
    address: str
    client: httpx.AsyncClient
    dispatcher: Dispatcher
    handled: list[int] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def posts(self, body: Any, secret: str | None = SECRET) -> int:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {} if secret is None else {HEADER: secret}
        return (await self.client.post(f"{self.address}{PATH}", content=content, headers=headers)).status_code

    async def has_handled(self, *update_ids: int) -> None:
        async with asyncio.timeout(PATIENCE), self.changed:
            await self.changed.wait_for(lambda: len(self.handled) >= len(update_ids))
        assert sorted(self.handled) == sorted(update_ids)


@asynccontextmanager
async def site_on(database: Database, holder: str, body_within: float = 10.0, bounds: Bounds | None = None) -> AsyncIterator[Site]:
    async def process(update: Update) -> None:
        async with opened.changed:
            opened.handled.append(update.update_id)
            opened.changed.notify_all()

    async def mark(update_ids: Collection[int]) -> None:
        await updates.mark_handled(database, update_ids, NOW)

    dispatcher = Dispatcher(process, mark, process, bounds)
    intake = Intake(ExtBot(BOT_TOKEN), database, Vault([new_key()]), dispatcher, holder=holder)
    app = Starlette(routes=[Webhook(intake, SECRET, body_within=body_within).route])
    async with serving(app, host="127.0.0.1", port=0, finish_within=1) as address, httpx.AsyncClient(trust_env=False) as client:
        opened = Site(database, address, client, dispatcher)
        yield opened
        await dispatcher.drain(PATIENCE)


@pytest.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    async with site_on(database, "one") as opened:
        yield opened


async def test_an_update_is_stored_and_handled(site: Site) -> None:
    assert await site.posts(message(5, "hello")) == 200
    await site.has_handled(5)


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET[:-1], SECRET + "x", SECRET.upper(), "é" * 64])
async def test_without_the_secret_nothing_is_taken(site: Site, secret: str | None) -> None:
    header = {} if secret is None else {HEADER.encode(): secret.encode()}
    response = await site.client.post(f"{site.address}{PATH}", json=message(5, "hello"), headers=header)
    assert response.status_code == 403
    assert response.content == b""
    assert await pending(site.database) == []


async def raw(site: Site, *headers: str, body: bytes = b"") -> bytes:
    """Send a request by hand and return the beginning of what is answered while its body is still on the way."""
    host, _, port = site.address.removeprefix("http://").rpartition(":")
    async with asyncio.timeout(PATIENCE):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write("\r\n".join([f"POST {PATH} HTTP/1.1", "Host: x", *headers, "", ""]).encode() + body)
        await writer.drain()
        answer = await reader.readline()
        writer.close()
        await writer.wait_closed()
    return answer.strip()


async def test_the_secret_is_looked_at_before_a_body_is_waited_for(site: Site) -> None:
    assert await raw(site, "Content-Length: 1000") == b"HTTP/1.1 403 Forbidden"
    assert await raw(site, f"{HEADER}: wrong", f"Content-Length: {LARGEST + 1}") == b"HTTP/1.1 403 Forbidden"


async def test_a_body_that_is_announced_as_too_large_is_not_waited_for(site: Site) -> None:
    assert (await raw(site, f"{HEADER}: {SECRET}", f"Content-Length: {LARGEST + 1}")).startswith(b"HTTP/1.1 413")


async def test_a_body_that_turns_out_to_be_too_large_is_cut_off(site: Site) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(LARGEST // 65536 + 2):
            yield b"x" * 65536

    response = await site.client.post(f"{site.address}{PATH}", content=endless(), headers={HEADER: SECRET})
    assert response.status_code == 413


async def test_a_body_that_drips_is_given_up(database: Database) -> None:
    async with site_on(database, "one", body_within=0.05) as site:
        assert (await raw(site, f"{HEADER}: {SECRET}", "Content-Length: 100", body=b"{")).startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"[]", b"null", b"1", b'"x"', b"{}", b"\xff\xfe", b"[" * 100_000),
        *(b'{"update_id": "5"}', b'{"update_id": true}', b'{"update_id": 1e400}', b'{"update_id": 9223372036854775808}'),
    ],
)
async def test_what_is_no_update_is_refused_and_the_next_one_is_taken(site: Site, body: bytes) -> None:
    assert await site.posts(body) == 400
    assert await site.posts(message(6, "hello")) == 200
    await site.has_handled(6)


async def test_an_update_that_comes_a_hundred_times_is_handled_once(site: Site) -> None:
    statuses = await asyncio.gather(*(site.posts(message(5, "hello")) for _ in range(100)))
    assert set(statuses) == {200}
    await site.has_handled(5)


async def test_an_update_that_reaches_two_processes_is_handled_by_one(database: Database) -> None:
    async with site_on(database, "one") as one, site_on(database, "two") as two:
        assert set(await asyncio.gather(*(site.posts(message(5, "x")) for site in (one, two) * 10))) == {200}
    # What is in hand is handled before a process ends.
    assert one.handled + two.handled == [5]


@pytest.mark.parametrize("point", ["about to store updates", "did store updates"])
async def test_what_was_stored_or_not_when_the_connection_broke_is_handled_when_it_comes_again(database: Database, point: str) -> None:
    breaks = {point}

    async def probe(passed: str) -> None:
        if passed in breaks:
            breaks.remove(passed)
            raise ConnectionResetError

    async with Database(database._url.render_as_string(hide_password=False), probe=probe) as shaky, site_on(shaky, "one") as site:
        assert await site.posts(message(5, "hello")) == 503
        assert await site.posts(message(5, "hello")) == 200
        await site.has_handled(5)
        assert await site.posts(message(5, "hello")) == 200
    assert site.handled == [5]


async def test_without_the_database_telegram_is_to_send_it_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with Database(f"sqlite+aiosqlite:///{tmp_path}") as nowhere, site_on(nowhere, "one") as site:
        assert await site.posts(message(5, "hello")) == 503
        assert site.handled == []
    assert "send the update again" in caplog.text


async def test_other_methods_and_addresses_are_not_there(site: Site) -> None:
    assert (await site.client.get(f"{site.address}{PATH}")).status_code == 405
    assert (await site.client.post(f"{site.address}/", headers={HEADER: SECRET})).status_code == 404


def test_the_secret_is_one_that_telegram_takes_and_does_not_tell_the_token() -> None:
    assert len(SECRET) == 64
    assert SECRET.isalnum()
    assert secret_of(SecretStr(BOT_TOKEN)) == SECRET
    assert secret_of(SecretStr(BOT_TOKEN[:-1])) != SECRET
    assert "Canary" not in SECRET
