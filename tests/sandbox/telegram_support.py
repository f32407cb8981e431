"""A simulated Telegram served over loopback, with every answer checked against the specification where that is at hand."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import telegram as ptb
from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.sandbox.serve import serve
from bot.sandbox.telegram import Telegram, telegram_routes
from tests.sandbox.telegram_spec import SPEC_PATH, answer_problems

TOKEN = "7000000001:AAGsandboxCanary-3f9c"
ASHA, BORIS = 501, 502
GROUP = -9001
BUY = {"inline_keyboard": [[{"text": "Buy", "callback_data": "buy:1"}], [{"text": "Copy", "copy_text": {"text": "12345"}}]]}


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Checked:
    """Middleware that keeps what is wrong with answers of the Bot API."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.problems: list[str] = []
        self.answers: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = bytearray()

        async def watch(message: Message) -> None:
            body.extend(message.get("body", b""))
            await send(message)

        await self._app(scope, receive, watch)
        method = scope["path"].rpartition("/")[2]
        if scope["path"].startswith("/bot") and body.startswith(b'{"ok":') and body.endswith(b"}"):
            self.answers.append(method)
            if SPEC_PATH.is_file():
                self.problems += answer_problems(method, json.loads(body))


@dataclass
class Server:
    telegram: Telegram
    clock: Clock
    url: str
    http: httpx.AsyncClient
    bot: ptb.Bot
    checked: Checked
    updates_seen: int = field(default=0)

    async def call(self, method: str, **params: Any) -> Any:
        """Call a method with a JSON body; return its result, or the whole refusal."""
        answer = (await self.http.post(f"/bot{TOKEN}/{method}", json=params)).json()
        return answer["result"] if answer["ok"] else answer

    async def send(self, text: str = "Hello", **params: Any) -> dict[str, Any]:
        """Send a text to Asha; return the Message."""
        sent = await self.call("sendMessage", chat_id=ASHA, text=text, **params)
        assert "message_id" in sent, sent
        return dict(sent)

    async def polling(self, **params: Any) -> asyncio.Task[Any]:
        """Start a long poll and return once Telegram waits for it."""
        before = self.telegram.poller
        task = asyncio.create_task(self.call("getUpdates", timeout=20, **params))
        await self.telegram.until(lambda telegram: telegram.poller is not None and telegram.poller is not before)
        return task

    async def updates(self, **params: Any) -> list[dict[str, Any]]:
        """Return new updates and confirm them."""
        found: list[dict[str, Any]] = await self.call("getUpdates", offset=self.updates_seen, **params)
        self.updates_seen = max([self.updates_seen, *(update["update_id"] + 1 for update in found)])
        return found


@contextlib.asynccontextmanager
async def telegram_server(*, limits: bool = False, webhook_backoff: Callable[[int], float] = lambda _: 0.0) -> AsyncIterator[Server]:
    """Serve a Telegram with two users who have started the bot; fail at the end if an answer broke the specification."""
    clock = Clock()
    telegram = Telegram(clock=clock, bot_token=TOKEN, limits=limits)
    telegram.add_user(ASHA, "Asha", "asha_k", started=True)
    telegram.add_user(BORIS, "Борис", None, "ru", started=True)
    checked = Checked(Starlette(routes=telegram_routes(telegram, webhook_backoff=webhook_backoff)))
    async with (
        serve(checked) as url,
        httpx.AsyncClient(base_url=url, trust_env=False, timeout=20) as http,
        ptb.Bot(TOKEN, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot") as bot,
    ):
        try:
            yield Server(telegram, clock, url, http, bot, checked)
        finally:
            await telegram.close()
    assert not checked.problems, checked.problems
