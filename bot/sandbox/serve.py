"""An ASGI application served inside the running event loop, ready when entered and gone when left."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import AsyncIterator, Generator, MutableMapping
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_CLOSE_WITHIN_SECONDS = 1
_BACKLOG = 2048
_UNAVAILABLE: tuple[Message, Message] = (
    {"type": "http.response.start", "status": 503, "headers": [(b"connection", b"close"), (b"content-length", b"0")]},
    {"type": "http.response.body", "body": b""},
)


class AddressInUseError(Exception):
    """Another program already listens on the address that was asked for."""


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


class _Server(uvicorn.Server):
    """uvicorn without signal handlers (the caller's belong to the caller) and with an event for readiness."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


def listen(host: str, port: int) -> socket.socket:
    """Bind a listening socket; port 0 lets the operating system choose.

    Raises AddressInUseError when the port is taken, OSError when the host is not one of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named, for asyncio sets TCP_NODELAY only where it is: without that every answer comes 40 ms late.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise AddressInUseError(f"Port {port} on {host} is in use by another program.") from error
        raise
    listener.settimeout(0)
    return listener


@contextlib.asynccontextmanager
async def serve(app: ASGIApp, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serve an application and yield its address, such as "http://127.0.0.1:41873".

    The address answers as soon as the context is entered. Leaving it ends open streams and held requests and returns
    within two seconds. Errors of the application are logged by the "uvicorn.error" logger.
    """
    listener = listen(host, port)
    closable = _Closable(app)
    config = uvicorn.Config(
        closable,
        log_config=None,
        log_level="error",
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=_CLOSE_WITHIN_SECONDS,
    )
    server = _Server(config)
    running = asyncio.create_task(server.serve(sockets=[listener]), name="sandbox-server")
    ready = asyncio.create_task(server.ready.wait(), name="sandbox-server-ready")
    try:
        await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():  # It failed before it was ready: say why instead of serving nothing.
            await running
            raise RuntimeError("The server ended before it was ready.")
        shown = f"[{host}]" if ":" in host else host
        yield f"http://{shown}:{listener.getsockname()[1]}"
    finally:
        ready.cancel()
        closable.close()
        server.should_exit = True
        await running
        listener.close()
