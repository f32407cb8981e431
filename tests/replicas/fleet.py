"""Web and worker processes on one PostgreSQL database, behind something that deals Telegram's updates out to the web processes in turn."""

import asyncio
import itertools
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.gateway.webhook import PATH
from bot.process import Kind
from bot.sandbox.serve import serve
from bot.sandbox.server import Sandbox
from storage.vault import new_key
from tests.support import bots
from tests.support.bots import Process

READY_WITHIN = 60.0


@dataclass
class Balancer:
    """Passes each update to the next web process; one that does not answer is passed over."""

    addresses: list[str] = field(default_factory=list)
    client: httpx.AsyncClient = field(default_factory=lambda: httpx.AsyncClient(trust_env=False, timeout=30))
    turn: Iterator[int] = field(default_factory=itertools.count)
    last: int = 0
    """Which of them took the newest update."""

    async def forward(self, request: Request) -> Response:
        body = await request.body()
        first = next(self.turn)
        for offset in range(len(self.addresses)):
            chosen = (first + offset) % len(self.addresses)
            try:
                answer = await self.client.post(f"{self.addresses[chosen]}{PATH}", content=body, headers=dict(request.headers))
            except httpx.HTTPError:
                continue
            self.last = chosen
            return Response(status_code=answer.status_code)
        return Response(status_code=502)


@dataclass
class Fleet:
    """The processes, by kind."""

    balancer: Balancer
    web: list[Process] = field(default_factory=list)
    workers: list[Process] = field(default_factory=list)

    @property
    def asked_last(self) -> Process:
        """The web process that took the newest update."""
        return self.web[self.balancer.last]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def ready(address: str) -> None:
    """Wait until a web process takes updates."""
    async with httpx.AsyncClient(trust_env=False) as client, asyncio.timeout(READY_WITHIN):
        while True:
            try:
                if (await client.get(f"{address}/readyz")).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.1)  # There is no event across processes to wait for.


@asynccontextmanager
async def fleet(sandbox: Sandbox, directory: Path, database: str, *, web: int, workers: int, **settings: str) -> AsyncIterator[Fleet]:
    """Start so many processes of each kind, with more settings if need be; Telegram's webhook is set when the block begins."""
    balancer = Balancer()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(balancer.client.aclose)
        front = await stack.enter_async_context(serve(Starlette(routes=[Route(PATH, balancer.forward, methods=["POST"])])))
        shared = {"DATABASE_URL": database, "TOKEN_KEYS": new_key(), "WEBHOOK_URL": front, **settings}

        async def start(kind: Kind, name: str, **more: str) -> Process:
            home = directory / name
            home.mkdir()
            env = bots.environment(sandbox, home, **shared, **more)
            return await stack.enter_async_context(bots.process(env, home, kind))

        running = Fleet(balancer)
        for number in range(web):
            port = free_port()
            running.web.append(await start(Kind.WEB, f"web {number}", PORT=str(port)))
            balancer.addresses.append(f"http://127.0.0.1:{port}")
        for number in range(workers):
            running.workers.append(await start(Kind.WORKER, f"worker {number}"))
        for address in balancer.addresses:
            await ready(address)
        async with asyncio.timeout(READY_WITHIN):
            await sandbox.telegram.until(lambda telegram: telegram.webhook.url.startswith(front))
        yield running
