"""The transport under the protocol: connections, deadlines, sizes, and what a failure proves."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from types import TracebackType
from typing import Protocol, Self, TypeVar, cast
from urllib.parse import urlencode

import httpx
from pydantic import SecretStr

from bot.otpbuddy import protocol
from bot.otpbuddy.answers import ProductList, Purchase, SmsAnswer
from bot.otpbuddy.body import MAX_BODY, Answer
from bot.otpbuddy.errors import NoAnswer, NoSuchCall, NotSent, OtpbuddyError, Refused, TokenRejected
from bot.otpbuddy.pool import WAITING, LanePool
from bot.otpbuddy.protocol import Call
from bot.otpbuddy.redaction import Redactor

T = TypeVar("T")

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 5.0
# Connecting has two steps, TCP and TLS, with a timeout each. Both together end before the call's deadline does, because
# httpcore closes the socket after its own timeout, but leaves it to the garbage collector when it is cancelled from outside.
CONNECT_SHARE = 0.4
# Servers commonly drop an idle connection after five seconds (uvicorn, Node); one that is dropped while a request is on
# its way looks like a lost answer, so it is closed from this side first.
KEEP_ALIVE_SECONDS = 4.0
HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "otpbuddy-bot"}
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_BEFORE_SENDING = frozenset({WAITING, "connection.connect_tcp.started", "connection.start_tls.started"})
_SENDING = "http11.send_request_headers.started"


def _utc_now() -> datetime:
    return datetime.now(UTC)


async def _no_probe(_point: str) -> None:
    pass


class Heard(Protocol):
    """Is told of each call when it ends: its name, the seconds that it took, and whether it failed; a refusal is an answer."""

    def __call__(self, call: str, seconds: float, *, failed: bool) -> None:
        """Take note."""
        ...


def _heard_by_nobody(call: str, seconds: float, *, failed: bool) -> None:
    pass


@dataclass(slots=True)
class _Journey:
    """How far a request has come, by the names of httpcore's trace events."""

    event: str = ""

    async def __call__(self, event: str, _info: object) -> None:
        if event in _BEFORE_SENDING or event == _SENDING:
            self.event = event

    def never_left(self, error: Exception) -> bool:
        """Say whether the request provably did not leave; a transport that traces nothing proves nothing by timing."""
        if self.event == _SENDING:
            return False
        return self.event in _BEFORE_SENDING or isinstance(error, _NOT_SENT)


class Client:
    """The provider's calls, typed; every method raises a class of `OtpbuddyError` where it brings no result.

    `base_url` is the address that the calls' names are appended to. `deadline` and `purchase_deadline` are the seconds
    that a call may take in all, waiting for a connection included. At most `connections` reads, and as many purchases,
    run at a time. `transport` and `purchase_transport` replace the connections that are made otherwise, and are closed
    with the client. `probe` is told of each call before and after it, `heard` of how it went. Redirects are not followed, proxies and
    credentials of the environment are not used.
    """

    def __init__(
        self,
        base_url: str,
        *,
        clock: Callable[[], datetime] = _utc_now,
        deadline: float = 10.0,
        purchase_deadline: float = 30.0,
        connections: int = 8,
        transport: httpx.AsyncBaseTransport | None = None,
        purchase_transport: httpx.AsyncBaseTransport | None = None,
        probe: Callable[[str], Awaitable[None]] = _no_probe,
        heard: Heard = _heard_by_nobody,
    ) -> None:
        self._probe = probe
        self._heard = heard
        self._base_url = base_url.rstrip("/")
        self._clock = clock
        self._deadline = deadline
        self._purchase_deadline = purchase_deadline
        context = httpx.create_ssl_context()

        def lane(*, keep_alive: bool) -> httpx.AsyncHTTPTransport:
            limits = httpx.Limits(
                max_connections=1,
                max_keepalive_connections=1 if keep_alive else 0,
                keepalive_expiry=KEEP_ALIVE_SECONDS,
            )
            return httpx.AsyncHTTPTransport(verify=context, limits=limits, retries=0)

        self._reads = transport or LanePool(lambda: lane(keep_alive=True), connections)
        # A purchase gets a connection of its own: on a kept one it could meet the server's hanging up, and nobody could
        # say whether it was read before.
        self._purchases = purchase_transport or LanePool(lambda: lane(keep_alive=False), connections)
        self._preferred: dict[str, int] = {}

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._reads.aclose()
        await self._purchases.aclose()

    async def balance(self, token: SecretStr) -> Decimal:
        """Give the account's balance, exactly as the provider writes it."""
        return await self._read(protocol.balance(), token)

    async def products(self, token: SecretStr) -> ProductList:
        """Give the products that can be bought."""
        return await self._read(protocol.products(), token)

    async def buy(self, token: SecretStr, *, country: str, product_id: str) -> Purchase:
        """Buy a number, which spends money: the request is sent at most once, whatever happens.

        `country` is the provider's two-letter code ("in"). An error whose `executed` is "unknown" may have been charged.
        """
        call = protocol.buy(country, product_id)
        ends = asyncio.get_running_loop().time() + self._purchase_deadline
        return await self._ask(call, call.spellings[0], token, ends, self._purchases)

    async def sms(self, token: SecretStr, purchase_id: str) -> SmsAnswer:
        """Give the SMS that arrived for a number so far, none while the provider waits."""
        return await self._read(protocol.sms(purchase_id), token)

    async def cancel(self, token: SecretStr, purchase_id: str) -> str:
        """Give a number back; returns what the provider says, which is no promise of a refund."""
        return await self._read(protocol.cancel(purchase_id), token)

    async def status(self, token: SecretStr, purchase_id: str) -> SmsAnswer:
        """Give the state of a number where the server has that call, in the shape of `sms`."""
        return await self._read(protocol.status(purchase_id), token)

    async def _read(self, call: Call[T], token: SecretStr) -> T:
        """Ask under the name that worked last, then under the other, but only where the server knows no such name."""
        ends = asyncio.get_running_loop().time() + self._deadline
        preferred = self._preferred.get(call.name, 0)
        order = sorted(range(len(call.spellings)), key=lambda index: index != preferred)
        for index in order[:-1]:
            try:
                return await self._ask(call, call.spellings[index], token, ends, self._reads)
            except NoSuchCall:
                continue
        result = await self._ask(call, call.spellings[order[-1]], token, ends, self._reads)
        self._preferred[call.name] = order[-1]
        return result

    async def _ask(
        self,
        call: Call[T],
        request: protocol.Request,
        token: SecretStr,
        ends: float,
        transport: httpx.AsyncBaseTransport,
    ) -> T:
        await self._probe(f"about to ask {call.name}")
        began = asyncio.get_running_loop().time()
        outcome = await self._exchange(call.name, request, token, ends, transport)
        seconds = asyncio.get_running_loop().time() - began
        await self._probe(f"did ask {call.name}")
        try:
            if isinstance(outcome, OtpbuddyError):
                raise outcome
            result = protocol.read(call, outcome, redact=Redactor(token), now=lambda: self._clock().timestamp())
        except OtpbuddyError as error:
            self._heard(call.name, seconds, failed=not isinstance(error, Refused | TokenRejected))
            raise
        self._heard(call.name, seconds, failed=False)
        return result

    async def _exchange(
        self,
        name: str,
        request: protocol.Request,
        token: SecretStr,
        ends: float,
        transport: httpx.AsyncBaseTransport,
    ) -> Answer | OtpbuddyError:
        """Send one request and read its answer; a failure is returned, so that no traceback leads to the address."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        journey = _Journey()
        query = urlencode([("token", token.get_secret_value()), *request.parameters], errors="replace")
        connect = min(CONNECT_SECONDS, max(ends - started, 0.0) * CONNECT_SHARE)
        timeout = {"connect": connect, "read": None, "write": None, "pool": None}
        message = httpx.Request(
            "GET",
            f"{self._base_url}/{request.path}?{query}",
            headers=HEADERS if transport is self._reads else HEADERS | {"Connection": "close"},
            extensions={"timeout": timeout, "trace": journey},
        )
        try:
            async with asyncio.timeout_at(ends):
                answer = await _receive(await transport.handle_async_request(message))
        except (httpx.HTTPError, httpx.StreamError, TimeoutError) as error:
            kind = NotSent if journey.never_left(error) else NoAnswer
            # The error's own text may quote the address; its class says enough.
            failure = kind(name, f"{type(error).__name__} after {loop.time() - started:.1f} s")
            logger.debug("%s", failure)
            return failure
        logger.debug("%s: HTTP %d after %.3f s", name, answer.http_status, loop.time() - started)
        return answer


async def _receive(response: httpx.Response) -> Answer:
    """Read a response up to the size that an answer may have, and close it."""
    body = b""
    try:
        # Transports give asynchronous streams. This is the body as it was sent, which `aiter_bytes` would unpack unbounded.
        async for chunk in cast("httpx.AsyncByteStream", response.stream):
            body += chunk
            if len(body) > MAX_BODY:
                return Answer(response.status_code, response.headers, None)
    finally:
        await response.aclose()
    return Answer(response.status_code, response.headers, body)
