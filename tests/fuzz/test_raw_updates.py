"""Whatever bytes come for getUpdates: the bot goes on asking, and the next right answer is heard."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from telegram import Update

from bot.gateway.dispatch import Dispatcher
from bot.gateway.patience import Patience
from bot.gateway.receipt import Intake, LongPolling
from storage import updates
from storage.database import Database
from storage.vault import Vault, new_key
from tests.fuzz.documents import mutated
from tests.fuzz.engine import fuzz
from tests.fuzz.texts import texts
from tests.gateway.support import Reply, Telegram, message
from tests.support.schema import sqlite_url

NOW = datetime(2026, 1, 1, tzinfo=UTC)
RIGHT: list[Any] = [
    {"ok": True, "result": [message(1), message(2, "\ud83d")]},
    {
        "ok": True,
        "result": [{"update_id": 3, "callback_query": {"id": "1", "from": {"id": 5, "is_bot": False, "first_name": "E"}, "data": "x"}}],
    },
    {"ok": True, "result": []},
    {"ok": False, "error_code": 429, "description": "Too Many Requests: retry after 5", "parameters": {"retry_after": 5}},
    {"ok": False, "error_code": 502, "description": "Bad Gateway"},
]
FOUND = [
    b'{"ok": true, "result": [{"update_id": 9223372036854775808}]}',
    b'{"ok": true, "result": [{"update_id": -9223372036854775809}]}',
    b'{"ok": true, "result": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'{"ok": true, "result": [{"update_id": 8, "message": {"message_id": 1, "date": 1e400, "chat": {"id": NaN, "type": "private"}}}]}',
    b'{"ok": false, "error_code": 429, "parameters": {"retry_after": 1e400}}',
    b'{"ok": false, "error_code": 429, "parameters": {"retry_after": []}}',
    b'{"ok": false, "error_code": 400, "parameters": {"migrate_to_chat_id": 5}}',
]
STATUSES = st.sampled_from([200, 200, 200, 200, 204, 302, 400, 403, 409, 413, 418, 429, 500, 502, 599])
"""Not 401 and 404, which say that the bot's token is wrong, and end the bot."""


@pytest.fixture(autouse=True)
def _durations_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # Otherwise the library warns about its own attribute.


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database(sqlite_url(tmp_path / "test.sqlite3")) as opened:
        yield opened


@dataclass
class Scripted(Telegram):
    """Answers getUpdates with what it is told, one after the other, whatever the offset; holds the request while there is nothing."""

    script: asyncio.Queue[Reply] = field(default_factory=asyncio.Queue)

    async def _answer(self, method: str, parameters: dict[str, str]) -> Reply:
        return await self.script.get() if method == "getUpdates" else await super()._answer(method, parameters)


async def no_wait(_seconds: float) -> None:
    await asyncio.sleep(0)


async def test_any_answer_to_get_updates_is_outlived(database: Database) -> None:
    handled: asyncio.Queue[int] = asyncio.Queue()

    async def process(update: Update) -> None:
        await handled.put(update.update_id)

    async def hear(wanted: int) -> None:
        async with asyncio.timeout(20):
            while await handled.get() != wanted:
                pass

    async with Scripted() as telegram, telegram.bot() as bot:
        dispatcher = Dispatcher(process, lambda ids: updates.mark_handled(database, ids, NOW), process)
        intake = Intake(bot, database, Vault([new_key()]), dispatcher, clock=lambda: NOW)
        numbers = itertools.count(10**6)

        async def check(status: int, body: bytes) -> None:
            polling = LongPolling(bot, intake, dispatcher, allowed_updates=["message"], patience=Patience(sleep=no_wait))
            run = asyncio.create_task(polling.run())
            right = next(numbers)
            telegram.script.put_nowait(Reply(status, body))
            telegram.script.put_nowait(Reply(200, json.dumps({"ok": True, "result": [message(right, user=right)]}).encode()))
            hearing = asyncio.create_task(hear(right))
            await asyncio.wait({hearing, run}, return_when=asyncio.FIRST_COMPLETED)
            telegram.script = asyncio.Queue()
            polling.stop()
            try:
                await run
            finally:
                hearing.cancel()
            await hearing

        bodies = st.one_of(mutated(RIGHT).map(_bytes), texts(200).map(_bytes), st.binary(max_size=60))
        found = [{"status": 200, "body": body} for body in FOUND]
        await fuzz("getUpdates", check, examples=50, found=found, status=STATUSES, body=bodies)
        await dispatcher.drain(5)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
