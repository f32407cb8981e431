"""What the network and the provider do wrong, over real connections: what the client says then, and what it cost."""

import asyncio
import socket
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bot.otpbuddy import (
    Client,
    NoAnswer,
    NotSent,
    OtpbuddyError,
    Purchase,
    ServerError,
    SmsAnswer,
    TokenRejected,
    Unavailable,
    UnexpectedAnswer,
)
from bot.sandbox.provider import FaultKind, Provider
from bot.sandbox.provider.faults import GARBAGE

SOON = 0.3


async def fails(call: Any) -> OtpbuddyError:
    with pytest.raises(OtpbuddyError) as caught:
        await call
    return caught.value


@pytest.mark.parametrize(("kind", "charged"), [("cut", 0), ("cut_after", 1), ("hang", 0), ("hang_after", 1), ("drip", 1)])
async def test_a_purchase_without_an_answer_is_sent_once_and_unknown(connected: Any, alice: SecretStr, kind: str, charged: int) -> None:
    provider = Provider()
    provider.faults.add("buy", kind)
    async with connected(provider, purchase_deadline=SOON) as client:
        error = await fails(client.buy(alice, country="in", product_id="wa"))
        assert type(error) is NoAnswer
        assert error.executed == "unknown"
        assert len(provider.charges) == charged
        assert sum(fault.struck for fault in provider.faults.active) == 1
        provider.faults.clear()
        assert isinstance(await client.buy(alice, country="in", product_id="wa"), Purchase)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("variant", sorted(GARBAGE.keys()))
async def test_garbage_for_a_purchase_is_unknown(connected: Any, alice: SecretStr, variant: str, after: bool) -> None:
    provider = Provider()
    provider.faults.add("buy", "garbage", variant=variant, after=after)
    async with connected(provider) as client:
        error = await fails(client.buy(alice, country="in", product_id="wa"))
        assert type(error) is UnexpectedAnswer
        assert len(provider.charges) == after


@pytest.mark.parametrize("variant", sorted(GARBAGE.keys() - {"surrogate", "too_large"}))
async def test_garbage_for_a_poll_is_never_taken_for_waiting(connected: Any, alice: SecretStr, variant: str) -> None:
    provider = Provider(auto_sms_after=None)
    async with connected(provider) as client:
        bought = await client.buy(alice, country="in", product_id="wa")
        provider.faults.add("sms", "garbage", variant=variant, count=1)
        assert type(await fails(client.sms(alice, bought.id))) is UnexpectedAnswer
        assert await client.sms(alice, bought.id) == SmsAnswer()


async def test_what_is_clear_in_strange_answers_is_read(connected: Any, alice: SecretStr) -> None:
    provider = Provider(auto_sms_after=None)
    async with connected(provider) as client:
        provider.faults.add("buy", "bom", count=1)
        bought = await client.buy(alice, country="in", product_id="wa")
        assert bought.id in provider.activations
        provider.faults.add("sms", "garbage", variant="surrogate", count=1)
        assert await client.sms(alice, bought.id) == SmsAnswer(("\ufffd your code is 123456",))


@pytest.mark.parametrize("call", ["balance", "buy"])
async def test_a_bomb_is_an_unexpected_answer(connected: Any, alice: SecretStr, call: str) -> None:
    provider = Provider()
    provider.faults.add(call, "bomb")
    async with connected(provider) as client:
        asked = client.balance(alice) if call == "balance" else client.buy(alice, country="in", product_id="wa")
        error = await fails(asked)
        assert type(error) is UnexpectedAnswer
        assert "256 KiB" in str(error)


@pytest.mark.parametrize("kind", ["drip", "hang"])
async def test_the_deadline_counts_for_the_whole_call(connected: Any, alice: SecretStr, kind: str) -> None:
    provider = Provider()
    provider.faults.add("balance", kind, seconds=0.02)
    async with connected(provider, deadline=SOON) as client:
        loop = asyncio.get_running_loop()
        started = loop.time()
        assert type(await fails(client.balance(alice))) is NoAnswer
        assert SOON <= loop.time() - started < SOON + 2


async def test_a_late_answer_within_the_deadline_is_an_answer(connected: Any, alice: SecretStr) -> None:
    provider = Provider()
    provider.faults.add("buy", "delay", seconds=0.05)
    async with connected(provider) as client:
        assert isinstance(await client.buy(alice, country="in", product_id="wa"), Purchase)


@pytest.mark.parametrize("http_status", [401, 403])
async def test_a_rejected_token_is_definite(connected: Any, alice: SecretStr, http_status: int) -> None:
    provider = Provider()
    provider.faults.add("*", FaultKind.HTTP, status=http_status)
    async with connected(provider) as client:
        assert type(await fails(client.sms(alice, "x"))) is TokenRejected
        assert (await fails(client.buy(alice, country="in", product_id="wa"))).executed == "no"


@pytest.mark.parametrize("http_status", [429, 500, 502, 503])
@pytest.mark.parametrize(("header", "wait"), [(None, None), ("12", 12.0), ("86400", 300.0), ("Thu, 01 Jan 2026 12:00:30 GMT", 30.0)])
async def test_an_unavailable_provider_says_when_to_come_back(
    connected: Any, alice: SecretStr, http_status: int, header: str | None, wait: float | None
) -> None:
    provider = Provider()
    provider.faults.add("*", "http", status=http_status, retry_after=header)
    async with connected(provider, clock=lambda: datetime(2026, 1, 1, 12, 0, tzinfo=UTC)) as client:
        error = await fails(client.buy(alice, country="in", product_id="wa"))
        assert isinstance(error, Unavailable)
        assert (error.retry_after, error.executed) == (wait, "unknown")


async def test_205_to_a_purchase_is_unknown(connected: Any, alice: SecretStr) -> None:
    provider = Provider()
    provider.faults.add("buy", "code", code=205, after=True)
    async with connected(provider) as client:
        error = await fails(client.buy(alice, country="in", product_id="wa"))
        assert isinstance(error, ServerError)
        assert error.executed == "unknown"
        assert len(provider.charges) == 1


async def test_a_refused_connection_proves_that_nothing_was_sent(alice: SecretStr) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        async with Client(f"http://127.0.0.1:{reserved.getsockname()[1]}") as client:
            for call in (client.balance(alice), client.buy(alice, country="in", product_id="wa")):
                error = await fails(call)
                assert type(error) is NotSent
                assert error.executed == "no"


async def test_a_name_that_does_not_resolve_proves_that_nothing_was_sent(alice: SecretStr) -> None:
    too_long_to_exist = ".".join(["a" * 60] * 6)
    async with Client(f"http://{too_long_to_exist}/v1/api") as client:
        assert type(await fails(client.buy(alice, country="in", product_id="wa"))) is NotSent


async def test_a_failed_tls_handshake_proves_that_nothing_was_sent(alice: SecretStr, raw_server: Any) -> None:
    async def speak_plainly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()

    async with raw_server(speak_plainly) as url, Client(url.replace("http:", "https:")) as client:
        assert type(await fails(client.buy(alice, country="in", product_id="wa"))) is NotSent


async def test_a_connection_that_is_not_made_in_time_proves_that_nothing_was_sent(alice: SecretStr, raw_server: Any) -> None:
    async def never_shake_hands(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read(-1)

    async with raw_server(never_shake_hands) as url, Client(url.replace("http:", "https:"), purchase_deadline=SOON) as client:
        assert type(await fails(client.buy(alice, country="in", product_id="wa"))) is NotSent


async def test_no_free_connection_proves_that_nothing_was_sent(connected: Any, alice: SecretStr) -> None:
    provider = Provider()
    held = provider.faults.add("buy", "hold", count=1)
    async with connected(provider, connections=1, purchase_deadline=5) as client:
        first = asyncio.create_task(client.buy(alice, country="in", product_id="wa"))
        await provider.until(lambda _: held.struck)
        client._purchase_deadline = SOON
        assert type(await fails(client.buy(alice, country="in", product_id="wa"))) is NotSent
        held.release()
        assert isinstance(await first, Purchase)
        assert len(provider.charges) == 1


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (httpx.ConnectError("x"), NotSent),
        (httpx.ConnectTimeout("x"), NotSent),
        (httpx.PoolTimeout("x"), NotSent),
        (httpx.ReadTimeout("x"), NoAnswer),
        (httpx.WriteError("x"), NoAnswer),
        (httpx.RemoteProtocolError("x"), NoAnswer),
        (TimeoutError(), NoAnswer),
    ],
)
async def test_a_transport_that_traces_nothing_proves_only_what_it_says(
    alice: SecretStr, raised: Exception, kind: type[OtpbuddyError]
) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise raised

    async with Client("http://127.0.0.1:1", purchase_transport=httpx.MockTransport(answer)) as client:
        assert type(await fails(client.buy(alice, country="in", product_id="wa"))) is kind


async def test_once_sending_began_no_kind_of_failure_proves_that_nothing_was_sent(alice: SecretStr) -> None:
    class Strange(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await request.extensions["trace"]("http11.send_request_headers.started", {})
            raise httpx.ConnectError("x")

    async with Client("http://127.0.0.1:1", purchase_transport=Strange()) as client:
        assert type(await fails(client.buy(alice, country="in", product_id="wa"))) is NoAnswer


async def test_reading_stops_where_an_answer_grows_too_large(alice: SecretStr, raw_server: Any) -> None:
    async def never_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()

    async with raw_server(never_end) as url, Client(url) as client:
        assert type(await fails(client.buy(alice, country="in", product_id="wa"))) is UnexpectedAnswer


async def test_redirects_are_not_followed(alice: SecretStr, raw_server: Any) -> None:
    asked: list[bytes] = []

    async def redirect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async with raw_server(redirect) as url, Client(url) as client:
        error = await fails(client.buy(alice, country="in", product_id="wa"))
        assert type(error) is UnexpectedAnswer
        assert "HTTP 302" in str(error)
    assert len(asked) == 1


async def test_each_purchase_has_a_connection_of_its_own_and_reads_share_one(alice: SecretStr, raw_server: Any) -> None:
    connections: list[list[bytes]] = []
    body = b'{"status": 200, "data": {"balance": 1, "id": "a", "number": "91"}}'

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen: list[bytes] = []
        connections.append(seen)
        while head := await _head(reader):
            seen.append(head)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
            await writer.drain()

    async with raw_server(serve) as url, Client(url) as client:
        for _ in range(3):
            await client.balance(alice)
        for _ in range(2):
            await client.buy(alice, country="in", product_id="wa")
    assert [len(seen) for seen in connections] == [3, 1, 1]
    assert b"Connection: close" in connections[1][0]
    assert b"Accept-Encoding: identity" in connections[0][0]
    assert b"server=in&sever=in&product_id=wa" in connections[1][0]


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""


async def test_a_cancelled_call_leaves_the_client_usable(connected: Any, alice: SecretStr) -> None:
    provider = Provider()
    held = provider.faults.add("balance", "hold", count=1)
    async with connected(provider, connections=1) as client:
        task = asyncio.create_task(client.balance(alice))
        await provider.until(lambda _: held.struck)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await client.balance(alice) == 500
