import asyncio
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram.error import Conflict

from bot.sandbox.serve import serve
from tests.sandbox.telegram_support import ASHA, BORIS, telegram_server


class Hook:
    """A webhook that answers as a test wants and keeps what came."""

    def __init__(self, *statuses: int) -> None:
        self._statuses = list(statuses)
        self.came: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()

    async def answer(self, request: Request) -> Response:
        secret = request.headers.get("x-telegram-bot-api-secret-token", "")
        await self.came.put((secret, await request.json()))
        return Response(status_code=self._statuses.pop(0) if self._statuses else 200)


async def test_a_webhook_gets_updates_with_its_secret_until_it_accepts_them() -> None:
    hook = Hook(500, 200, 200)
    async with (
        serve(Starlette(routes=[Route("/hook", hook.answer, methods=["POST"])])) as address,
        telegram_server() as server,
    ):
        server.telegram.send_text(ASHA, "before")
        assert await server.bot.set_webhook(f"{address}/hook", secret_token="s3cret", max_connections=1)
        refused, again = await hook.came.get(), await hook.came.get()
        assert refused == again
        assert again[0] == "s3cret"
        assert again[1]["message"]["text"] == "before"
        server.telegram.send_text(ASHA, "after")
        assert (await hook.came.get())[1]["message"]["text"] == "after"
        await server.telegram.until(lambda telegram: not len(telegram.updates))
        info = await server.bot.get_webhook_info()
        assert (info.url, info.pending_update_count, info.max_connections) == (f"{address}/hook", 0, 1)
        assert info.last_error_message == "Wrong response from the webhook: 500 Internal Server Error"
        with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
            await server.bot.get_updates()
        assert await server.bot.delete_webhook()
        assert await server.call("getUpdates") == []
        assert all("s3cret" not in str(call) for call in server.telegram.ledger)


async def test_setting_a_webhook_ends_a_poll_and_drops_what_is_pending_when_asked() -> None:
    async with telegram_server() as server:
        poll = await server.polling()
        assert await server.call("setWebhook", url="http://127.0.0.1:9/hook")
        assert (await poll)["description"] == "Conflict: terminated by setWebhook request"
        server.telegram.send_text(ASHA, "lost")
        await server.telegram.until(lambda telegram: telegram.webhook.last_error == "Connection refused")
        assert await server.call("deleteWebhook", drop_pending_updates=True)
        assert await server.call("getUpdates") == []


@pytest.mark.parametrize(
    ("params", "problem"),
    [
        ({"url": "https://bot.example/hook"}, "bad webhook: the sandbox delivers to loopback addresses only"),
        ({"url": "ftp://127.0.0.1/"}, "bad webhook: the sandbox delivers to loopback addresses only"),
        ({"url": "http://[::1/"}, "bad webhook: the sandbox delivers to loopback addresses only"),
        ({"url": "http://localhost/", "secret_token": "ü"}, "secret token contains unallowed characters"),
    ],
)
async def test_a_webhook_elsewhere_is_refused(params: dict[str, str], problem: str) -> None:
    async with telegram_server() as server:
        refusal = await server.call("setWebhook", **params)
        assert refusal["description"] == f"Bad Request: {problem}"


async def test_different_chats_are_delivered_side_by_side() -> None:
    both, arrived = asyncio.Event(), set()

    async def hook(request: Request) -> Response:
        arrived.add((await request.json())["message"]["chat"]["id"])
        if arrived == {ASHA, BORIS}:
            both.set()
        await both.wait()
        return Response()

    async with (
        serve(Starlette(routes=[Route("/", hook, methods=["POST"])])) as address,
        telegram_server() as server,
    ):
        await server.call("setWebhook", url=address)
        server.telegram.send_text(ASHA, "a")
        server.telegram.send_text(BORIS, "b")
        await asyncio.wait_for(both.wait(), 10)
        await server.telegram.until(lambda telegram: not len(telegram.updates))
