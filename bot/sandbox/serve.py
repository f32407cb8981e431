"""An ASGI application served inside the running event loop, ready when entered and gone when left."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, MutableMapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.gateway.server import serving

_CLOSE_WITHIN_SECONDS = 1
_UNAVAILABLE: tuple[Message, Message] = (
    {"type": "http.response.start", "status": 503, "headers": [(b"connection", b"close"), (b"content-length", b"0")]},
    {"type": "http.response.body", "body": b""},
)


class _Closable:
    """Middleware that can end every request in flight, however long its handler meant to wait.

    Event streams, long polls and requests held by a fault would otherwise keep the server from closing.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._in_flight: set[asyncio.Task[Any]] = set()
        self._closing = asyncio.Event()

    def close(self) -> None:
        """End every request in flight and refuse those that come later."""
        self._closing.set()
        for task in self._in_flight:
            task.cancel()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._closing.is_set():
            await _refuse(send)
            return
        start: MutableMapping[str, Any] = {}

        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            await send(message)

        task = asyncio.current_task()
        if task is None:  # ASGI servers run every request in a task; without one nothing could be cancelled.
            raise RuntimeError("A request must be served inside a task.")
        self._in_flight.add(task)
        try:
            await self._app(scope, receive, watch)
        except asyncio.CancelledError:
            if not self._closing.is_set():
                raise
            task.uncancel()
            await _end(start, send)
        finally:
            self._in_flight.discard(task)


async def _refuse(send: Send) -> None:
    for message in _UNAVAILABLE:
        await send(message)


async def _end(start: MutableMapping[str, Any], send: Send) -> None:
    """Finish an answer as far as HTTP allows: nothing sent yet becomes 503, an open stream gets its last chunk."""
    if not start:
        await _refuse(send)
    elif not any(name.lower() == b"content-length" for name, _ in start.get("headers", ())):
        await send({"type": "http.response.body", "body": b"", "more_body": False})


@contextlib.asynccontextmanager
async def serve(app: ASGIApp, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serve an application and yield its address, such as "http://127.0.0.1:41873".

    The address answers as soon as the context is entered. Leaving it ends open streams and held requests and returns
    within two seconds.
    """
    closable = _Closable(app)
    async with serving(closable, host=host, port=port, finish_within=_CLOSE_WITHIN_SECONDS, closing=closable.close) as address:
        yield address
