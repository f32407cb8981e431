"""Answers that misbehave on the wire."""

import asyncio
import gzip

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

_BOMB_BYTES = 50 * 1024 * 1024


class Cut(Response):
    """Closes the TCP connection: before the first byte, or in the middle of `half`, an answer's body.

    ASGI has no message for that. The server's transport is reached through the bound `receive` that uvicorn passes;
    where that is not to be found, an answer shorter than it says makes the server close the connection.
    """

    def __init__(self, half: bytes | None = None) -> None:
        super().__init__()
        self._half = half

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Close the connection."""
        _ = scope
        transport = getattr(getattr(receive, "__self__", None), "transport", None)
        if self._half is not None or transport is None:
            half = self._half or b""
            headers = [(b"content-type", b"application/json"), (b"content-length", str(2 * len(half) + 1).encode())]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": half, "more_body": True})
        if transport is not None:
            transport.close()
            while (await receive())["type"] != "http.disconnect":
                pass


class Hang(Response):
    """Answers nothing until the caller gives up."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait for the caller to go."""
        _ = scope, send
        while (await receive())["type"] != "http.disconnect":
            pass


class Drip(Response):
    """Sends its body a byte at a time, `seconds` apart."""

    def __init__(self, content: bytes, seconds: float) -> None:
        super().__init__(content, media_type="application/json")
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the bytes one by one, until the caller goes."""
        _ = scope
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        gone = asyncio.create_task(_disconnected(receive))
        try:
            for byte in bytes(self.body):
                done, _waiting = await asyncio.wait({gone}, timeout=self._seconds)
                if done:
                    return
                await send({"type": "http.response.body", "body": bytes([byte]), "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            gone.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def bomb() -> Response:
    """Give a small body that unpacks to 50 MiB."""
    packed = gzip.compress(b'{"status": 200, "message": "' + b"0" * _BOMB_BYTES + b'"}', mtime=0)
    return Response(packed, media_type="application/json", headers={"Content-Encoding": "gzip"})
