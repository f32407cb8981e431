"""What the gateway's tests stand on: a clock that jumps, and a small Telegram on a loopback socket."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl

from sqlalchemy import select
from sqlmodel import col
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from bot.gateway.limiter import Limiter, Priority
from storage.database import Database
from storage.models import UpdateReceipt

TOKEN = "123456789:AAGatewayTestsGatewayTestsGateway"
PATIENCE = 20
"""Seconds after which a test that waits for an event has failed."""


class VirtualTime:
    """Sleeping moves the clock at once, unless the test holds it."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.naps: list[float] = []
        self.asleep = asyncio.Event()
        self.moving = asyncio.Event()
        self.moving.set()

    def clock(self) -> float:
        return self.now

    def step(self) -> None:
        """Let the clock move for whoever sleeps now, and hold it for the next."""
        self.asleep.clear()
        self.moving.set()
        self.moving.clear()

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.asleep.set()
        await self.moving.wait()
        self.now += seconds


@dataclass(frozen=True)
class Reply:
    """An answer of the small Telegram; `cut` closes the connection instead, and `drip` sends it byte by byte, so many seconds apart."""

    status: int = 200
    body: bytes = b'{"ok": true, "result": true}'
    cut: bool = False
    drip: float = 0


def ok(result: Any) -> Reply:
    return Reply(body=json.dumps({"ok": True, "result": result}).encode())


def refusal(status: int, description: str, **parameters: int) -> Reply:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    return Reply(status, json.dumps(body | ({"parameters": parameters} if parameters else {})).encode())


def message(update_id: int, text: str = "hello", user: int = 7) -> dict[str, Any]:
    sender = {"id": user, "is_bot": False, "first_name": "A"}
    chat = {"id": user, "type": "private", "first_name": "A"}
    return {"update_id": update_id, "message": {"message_id": update_id, "date": 1700000000, "chat": chat, "from": sender, "text": text}}


def tapped(update_id: int, data: str = "menu", user: int = 7) -> dict[str, Any]:
    sender = {"id": user, "is_bot": False, "first_name": "A"}
    return {"update_id": update_id, "callback_query": {"id": str(update_id), "from": sender, "chat_instance": "1", "data": data}}


@dataclass
class Telegram:
    """Answers on a port of its own.

    `replies` are given first, one a call of the method; then getUpdates gives what is in `updates` from the offset on, forgets what is
    below it, and holds the request while there is nothing.
    """

    updates: list[dict[str, Any]] = field(default_factory=list)
    replies: dict[str, deque[Reply | Callable[[], Awaitable[Reply]]]] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    connections: set[asyncio.Task[None]] = field(default_factory=set)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def __aenter__(self) -> Self:
        self.server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port: int = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.server.close()
        for task in self.connections:
            task.cancel()
        await asyncio.gather(*self.connections, return_exceptions=True)
        await self.server.wait_closed()

    def bot(self, limiter: Limiter | None = None, **timeouts: float) -> ExtBot[Priority]:
        """Make a real bot that talks to this server."""
        base_url = f"http://127.0.0.1:{self.port}/bot"
        return ExtBot(TOKEN, base_url=base_url, request=request(**timeouts), get_updates_request=request(**timeouts), rate_limiter=limiter)

    def reply(self, method: str, *replies: Reply | Callable[[], Awaitable[Reply]]) -> None:
        self.replies.setdefault(method, deque()).extend(replies)

    async def push(self, *updates: dict[str, Any]) -> None:
        async with self.changed:
            self.updates.extend(updates)
            self.changed.notify_all()

    async def called(self, method: str, times: int = 1) -> list[dict[str, str]]:
        """Wait until the method was called so often; return the parameters of its calls."""
        async with asyncio.timeout(PATIENCE), self.changed:
            await self.changed.wait_for(lambda: len(self.parameters(method)) >= times)
        return self.parameters(method)

    def parameters(self, method: str) -> list[dict[str, str]]:
        return [parameters for name, parameters in self.calls if name == method]

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self.connections.add(task)
        try:
            while await self._exchange(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # The client hung up, or the test is over.
        finally:
            self.connections.discard(task)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next((int(line.split(":")[1]) for line in head.splitlines() if line.lower().startswith("content-length:")), 0)
        body = (await reader.readexactly(length)).decode()
        method = head.split(" ")[1].rpartition("/")[2]
        async with self.changed:
            self.calls.append((method, dict(parse_qsl(body))))
            self.changed.notify_all()
        reply = await self._answer(method, self.calls[-1][1])
        if reply.cut:
            return False
        data = f"HTTP/1.1 {reply.status} X\r\nContent-Length: {len(reply.body)}\r\n\r\n".encode() + reply.body
        for piece in [data[i : i + 1] for i in range(len(data))] if reply.drip else [data]:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(reply.drip)
        return True

    async def _answer(self, method: str, parameters: dict[str, str]) -> Reply:
        if self.replies.get(method):
            reply = self.replies[method].popleft()
            return reply if isinstance(reply, Reply) else await reply()
        match method:
            case "getMe":
                return ok({"id": 123456789, "is_bot": True, "first_name": "B", "username": "b_bot"})
            case "getUpdates":
                return ok(await self._take(int(parameters["offset"])))
            case "sendMessage" | "editMessageText":
                chat = {"id": int(parameters["chat_id"]), "type": "private"}
                return ok({"message_id": 1, "date": 1700000000, "chat": chat, "text": parameters["text"]})
            case _:
                return Reply()

    async def _take(self, offset: int) -> list[dict[str, Any]]:
        async with self.changed:
            self.updates = [update for update in self.updates if update["update_id"] >= offset]
            await self.changed.wait_for(lambda: self.updates)
            return self.updates[:100]


def request(**timeouts: float) -> HTTPXRequest:
    return HTTPXRequest(httpx_kwargs={"trust_env": False}, **{"connection_pool_size": 8, **timeouts})  # type: ignore[arg-type]  # A dict of mixed options.


async def pending(database: Database) -> list[tuple[int, str]]:
    """List the id and the sealed payload of every update that is stored and not handled, in order."""
    unhandled = col(UpdateReceipt.handled_at).is_(None)
    statement = select(col(UpdateReceipt.update_id), col(UpdateReceipt.payload)).where(unhandled).order_by(col(UpdateReceipt.update_id))
    async with database.reading() as session:
        return [(update_id, payload or "") for update_id, payload in await session.execute(statement)]
