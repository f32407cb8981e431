"""The server under the sandbox: at once ready, quickly gone."""

import asyncio
import logging
import signal
import socket
import time
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route

from bot.gateway.server import AddressInUseError, listen
from bot.sandbox.serve import serve


def _app(entered: asyncio.Event) -> Starlette:
    async def hello(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("hello")

    async def hang(_request: Request) -> PlainTextResponse:
        entered.set()
        await asyncio.Event().wait()
        return PlainTextResponse("never")

    async def stream(_request: Request) -> StreamingResponse:
        async def events() -> AsyncIterator[str]:
            yield "data: first\n\n"
            await asyncio.Event().wait()

        return StreamingResponse(events(), media_type="text/event-stream")

    return Starlette(routes=[Route("/", hello), Route("/hang", hang), Route("/stream", stream)])


async def test_the_address_answers_at_once_and_no_longer_afterwards() -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        async with serve(_app(asyncio.Event())) as url:
            answer = await client.get(url)
        assert answer.text == "hello"
        with pytest.raises(httpx.ConnectError):
            await client.get(url)


async def test_an_answer_is_not_held_back_until_its_beginning_was_acknowledged() -> None:
    # A head and a body are two writes; joined by the kernel, the second waits 40 ms for the other side's late acknowledgement.
    undelayed: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def look(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        undelayed.set_result(bool(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)))
        writer.close()

    listener = listen("127.0.0.1", 0)
    async with await asyncio.start_server(look, sock=listener):
        _, writer = await asyncio.open_connection(*listener.getsockname())
        assert await undelayed
        writer.close()
        await writer.wait_closed()


async def test_an_open_event_stream_is_ended_within_two_seconds() -> None:
    received: list[str] = []
    first = asyncio.Event()

    async def read(url: str) -> None:
        async with httpx.AsyncClient(trust_env=False) as client, client.stream("GET", f"{url}/stream") as answer:
            async for line in answer.aiter_lines():
                received.append(line)
                first.set()

    async with serve(_app(asyncio.Event())) as url:
        reader = asyncio.create_task(read(url))
        await first.wait()
        started = time.monotonic()
    assert time.monotonic() - started < 2
    await reader  # The stream ended as a whole answer: no exception.
    assert received == ["data: first", ""]


async def test_a_request_that_would_never_end_is_refused_on_close(caplog: pytest.LogCaptureFixture) -> None:
    entered = asyncio.Event()
    caplog.set_level(logging.ERROR)
    async with httpx.AsyncClient(trust_env=False) as client:
        async with serve(_app(entered)) as url:
            hanging = asyncio.create_task(client.get(f"{url}/hang"))
            await entered.wait()
            started = time.monotonic()
        assert time.monotonic() - started < 2
        assert (await hanging).status_code == 503
    assert caplog.records == []


async def test_signal_handlers_stay_as_they_were() -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    async with serve(_app(asyncio.Event())):
        assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


async def test_a_taken_port_is_named() -> None:
    async with serve(_app(asyncio.Event())) as url:
        port = int(url.rsplit(":", 1)[1])
        with pytest.raises(AddressInUseError, match=f"Port {port} on 127.0.0.1 is in use"):
            async with serve(_app(asyncio.Event()), port=port):
                pass
