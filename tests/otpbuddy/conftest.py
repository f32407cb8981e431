"""A client of the simulated provider over real connections, and servers that send bytes as they are told."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette

from bot.otpbuddy import Client
from bot.sandbox.provider import Provider, provider_routes
from bot.sandbox.serve import serve

Connected = Callable[..., AbstractAsyncContextManager[Client]]
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
RawServer = Callable[[Handler], AbstractAsyncContextManager[str]]


@pytest.fixture
def alice() -> SecretStr:
    return SecretStr("demo-token-alice")


@pytest.fixture
def connected() -> Connected:
    @contextlib.asynccontextmanager
    async def connect(provider: Provider, **options: Any) -> AsyncIterator[Client]:
        app = Starlette(routes=provider_routes(provider))
        async with serve(app) as url, Client(f"{url}/v1/api/", **options) as client:
            yield client

    return connect


@pytest.fixture
def raw_server() -> RawServer:
    @contextlib.asynccontextmanager
    async def start(handle: Handler) -> AsyncIterator[str]:
        running: set[asyncio.Task[None]] = set()

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.ensure_future(handle(reader, writer))
            running.add(task)
            try:
                with contextlib.suppress(ConnectionError):
                    await task
            finally:
                writer.close()

        server = await asyncio.start_server(accept, "127.0.0.1", 0)
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            await server.wait_closed()

    return start
