"""An HTTP server inside the running event loop: ready when entered, gone when left."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import AsyncIterator, Callable, Generator

import uvicorn
from starlette.types import ASGIApp

_BACKLOG = 2048


class AddressInUseError(Exception):
    """Another program already listens on the address that was asked for."""


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

    Raises `AddressInUseError` when the port is taken, `OSError` when the host is not one of this machine's.
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
async def serving(
    app: ASGIApp, *, host: str, port: int, finish_within: int, closing: Callable[[], None] = lambda: None
) -> AsyncIterator[str]:
    """Serve an application and yield its address, such as "http://127.0.0.1:41873", which answers from then on.

    Leaving takes no more requests and gives those in hand `finish_within` seconds; `closing` is called before. Errors of the
    application are logged by the "uvicorn.error" logger.
    """
    listener = listen(host, port)
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="error",
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=finish_within,
    )
    server = _Server(config)
    running = asyncio.create_task(server.serve(sockets=[listener]), name="http server")
    ready = asyncio.create_task(server.ready.wait(), name="http server is ready")
    try:
        await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():  # It failed before it was ready: say why instead of serving nothing.
            await running
            raise RuntimeError("The server ended before it was ready.")
        shown = f"[{host}]" if ":" in host else host
        yield f"http://{shown}:{listener.getsockname()[1]}"
    finally:
        ready.cancel()
        closing()
        server.should_exit = True
        await running
        listener.close()
