"""A small pool of single-connection transports.

The connection pool of httpcore, which httpx builds on, walks over all connections for every request and so becomes
slower with its size. Lanes of one connection each behind a semaphore do not. The most recently used lane is taken
first: its connection is the least likely to have been closed by the server meanwhile.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import cast

import httpx

WAITING = "pool.wait_for_lane.started"
# HTTP forbids a body with these. A server that mirrors its codes in the HTTP status may send one all the same, which would stay on
# the connection and be taken for the beginning of the next answer.
_BODILESS = frozenset({204, 304})


class LanePool(httpx.AsyncBaseTransport):
    """Spreads requests over at most `size` lanes that `make` opens as they are needed.

    A request that finds every lane taken waits its turn, first come, first served, and says so to the request's `trace`
    extension. A lane on which anything failed is thrown away with its connection.
    """

    def __init__(self, make: Callable[[], httpx.AsyncBaseTransport], size: int) -> None:
        self._make = make
        self._free: list[httpx.AsyncBaseTransport] = []
        self._turns = asyncio.Semaphore(size)
        self._closed = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request` on a free lane; the lane is free again when the response is closed."""
        trace = request.extensions.get("trace")
        if trace is not None:
            await trace(WAITING, {})
        await self._turns.acquire()
        lane = self._free.pop() if self._free else self._make()
        try:
            response = await lane.handle_async_request(request)
        except BaseException:
            await self._give_back(lane, healthy=False)
            raise
        stream = _LaneStream(response, lambda healthy: self._give_back(lane, healthy=healthy))
        return httpx.Response(response.status_code, headers=response.headers, stream=stream, extensions=response.extensions)

    async def _give_back(self, lane: httpx.AsyncBaseTransport, *, healthy: bool) -> None:
        try:
            if healthy and not self._closed:
                self._free.append(lane)
            else:
                await lane.aclose()
        finally:
            self._turns.release()

    async def aclose(self) -> None:
        """Close the free lanes; those in use are closed as their responses are."""
        self._closed = True
        while self._free:
            await self._free.pop().aclose()


class _LaneStream(httpx.AsyncByteStream):
    """A response's body, which hands its lane back when it is closed."""

    def __init__(self, response: httpx.Response, give_back: Callable[[bool], Awaitable[None]]) -> None:
        self._response = response
        self._give_back = give_back
        self._whole = False
        self._closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in cast("httpx.AsyncByteStream", self._response.stream):
            yield chunk
        self._whole = True

    async def aclose(self) -> None:
        if self._closed:
            return
        self._closed = True
        try:
            await self._response.aclose()
        finally:
            # A lane whose answer was not read to its end holds a connection in an unclear state.
            await self._give_back(self._whole and self._response.status_code not in _BODILESS)
