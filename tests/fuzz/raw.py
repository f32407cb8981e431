"""A server on a loopback socket that sends the bytes it is told to, and a provider in its right mind behind it."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import httpx

from tests.fuzz.answers import Reply
from tests.support.people import PATIENCE


@dataclass
class RawServer:
    """Answers each request with the next of `script`; with nothing left there, as `behind` does, or with `good` answers."""

    script: deque[Reply] = field(default_factory=deque)
    good: dict[str, bytes] = field(default_factory=dict)
    """Bodies by the call's name."""
    behind: str = ""
    """The address of a server that answers whatever the script does not."""
    only: str = ""
    """The call that the script is for; "" for any."""
    requests: list[str] = field(default_factory=list)
    """The paths that were asked for, without their queries."""
    written: int = 0
    url: str = ""
    served: list[Reply] = field(default_factory=list)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _http: httpx.AsyncClient = field(default_factory=lambda: httpx.AsyncClient(trust_env=False))

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["RawServer"]:
        connections: set[asyncio.Task[None]] = set()

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.ensure_future(self._serve(reader, writer))
            connections.add(task)
            task.add_done_callback(connections.discard)
            try:
                with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                    await task
            finally:
                writer.close()

        server = await asyncio.start_server(accept, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()
            for task in list(connections):
                task.cancel()
            await asyncio.gather(*connections, return_exceptions=True)
            await server.wait_closed()
            await self._http.aclose()

    def has_served(self, count: int) -> bool:
        """Whether so many scripted answers were given."""
        return len(self.served) >= count

    async def until(self, predicate: Callable[[], bool]) -> None:
        """Wait until something is so, looking again after each scripted answer."""
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(predicate)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            target = head.split(b" ", 2)[1].decode()
            self.requests.append(target.partition("?")[0].rpartition("/")[2])
            if not self.script or self.only not in {"", self.requests[-1]}:
                writer.write(await self._sane(target))
                await writer.drain()
                continue
            reply = self.script.popleft()
            async with self._changed:
                self.served.append(reply)
                self._changed.notify_all()
            for piece in reply.pieces:
                writer.write(piece)
                await writer.drain()
                self.written += len(piece)
                await asyncio.sleep(0)
            if reply.ends == "hold":
                await reader.read()
            if reply.ends != "keep":
                return

    async def _sane(self, target: str) -> bytes:
        if self.behind:
            response = await self._http.get(self.behind + target)
            status, body = response.status_code, response.content
        else:
            status, body = 200, self.good[self.requests[-1]]
        return b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body)
