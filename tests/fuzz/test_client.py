"""Whatever bytes a provider sends: a typed result or an error of the tree, nothing secret in it, and the next call works."""

from collections import deque
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr

from bot.otpbuddy import Client, NoAnswer, NotSent, OtpbuddyError, Product, ProductList, Purchase, SmsAnswer, Unavailable, UnexpectedAnswer
from bot.otpbuddy.body import MAX_BODY
from tests.fuzz.answers import Reply, replies
from tests.fuzz.engine import fuzz
from tests.fuzz.raw import RawServer

CANARY = "canary-Token_0123456789"
TOKEN = SecretStr(CANARY)
DEADLINE = 0.3
LANES = 2
GOOD = {
    "getBalance": b'{"status": 200, "data": {"balance": 7.25}}',
    "getProducts": b'{"status": 200, "data": [{"product_name": "A", "price": 1, "product_id": "a"}]}',
    "getNumber": b'{"status": 200, "data": {"number": "911", "id": "x"}}',
    "getSms": b'{"status": 210}',
    "cancelNumber": b'{"status": 200, "message": "Cancelled"}',
}
CALLS: dict[str, Callable[[Client], Awaitable[Any]]] = {
    "balance": lambda client: client.balance(TOKEN),
    "products": lambda client: client.products(TOKEN),
    "buy": lambda client: client.buy(TOKEN, country="in", product_id="wa"),
    "sms": lambda client: client.sms(TOKEN, "63dc"),
    "cancel": lambda client: client.cancel(TOKEN, "63dc"),
}
RIGHT: dict[str, Any] = {
    "balance": Decimal("7.25"),
    "products": ProductList((Product("a", "A", Decimal(1)),)),
    "buy": Purchase("x", "911"),
    "sms": SmsAnswer(),
    "cancel": "Cancelled",
}


def is_typed(call: str, result: Any) -> bool:
    match call:
        case "balance":
            return isinstance(result, Decimal) and result.is_finite() and abs(result) < 10**15
        case "products":
            products: tuple[Product, ...] = result.products
            return all(p.id and p.name and p.price.is_finite() and p.price >= 0 for p in products) and _small([p.name for p in products])
        case "buy":
            return all(isinstance(part, str) and 0 < len(part) <= 128 and part.isprintable() for part in (result.id, result.number))
        case "sms":
            return all(isinstance(text, str) and text and not set(text) & {"\0"} for text in result.texts) and _small(result.texts)
        case _:
            return isinstance(result, str) and _small([result])


def _small(parts: Any) -> bool:
    "".join(parts).encode()  # A lone surrogate would be kept nowhere.
    return sum(map(len, parts)) <= MAX_BODY


def check_error(error: OtpbuddyError) -> None:
    shown = f"{error} {error!r} {error.args} {vars(error)}"
    assert CANARY not in shown
    assert "token=" not in shown.replace("token=[redacted]", "")
    assert len(str(error)) < 300
    assert error.__cause__ is None
    assert error.__context__ is None
    assert not isinstance(error, NotSent), "the server had read the request"
    if isinstance(error, Unavailable) and error.retry_after is not None:
        assert 0 <= error.retry_after <= 300


async def outcome(asked: Awaitable[Any]) -> Any:
    """Give the result, or the error; anything that is no error of the tree is raised."""
    try:
        return await asked
    except OtpbuddyError as error:
        return error


async def works_again(client: Client, call: str) -> None:
    """A purchase has a connection of its own. A read may meet what a broken answer left on a kept one, and fail, but never believes it."""
    for _ in range(0 if call == "buy" else LANES):
        try:
            assert await CALLS[call](client) == RIGHT[call]
        except (NoAnswer, NotSent):
            continue
        break
    client._deadline = client._purchase_deadline = 20.0
    assert await CALLS[call](client) == RIGHT[call]
    client._deadline = client._purchase_deadline = DEADLINE


def reply(status_line: str, document: str) -> Reply:
    """Give a whole answer on a connection that is kept."""
    head = f"{status_line}\r\nContent-Length: {len(document)}\r\n\r\n"
    return Reply(((head + document).encode(),), "keep", int(status_line.split()[1]), (document,))


TWO_CODES = '{"status": 200, "data": {"number": "911", "id": "x"}, "status": 202}'
FOUND: dict[str, list[dict[str, Any]]] = {
    "buy": [{"reply": reply("HTTP/1.1 200 OK", TWO_CODES)}],
    "sms": [{"reply": reply("HTTP/1.1 200 OK", '{"status": 200, "message": "one 1111", "message": "two 2222"}')}],
}


async def test_a_purchase_that_is_answered_with_two_codes_is_unknown() -> None:
    server = RawServer(deque([reply("HTTP/1.1 200 OK", TWO_CODES)]))
    async with server.running(), Client(server.url) as client:
        with pytest.raises(UnexpectedAnswer) as caught:
            await CALLS["buy"](client)
        assert (caught.value.executed, caught.value.field) == ("unknown", "status")


async def test_two_prices_of_one_product_are_no_price() -> None:
    products = '"A": {"id": "a", "price": 1}, "B": {"id": "b", "price": 1, "price": 2}, "C": {}, "C": {"id": "c", "price": 1}'
    listed = f'{{"status": 200, "data": {{{products}}}}}'
    server = RawServer(deque([reply("HTTP/1.1 200 OK", listed)]))
    async with server.running(), Client(server.url) as client:
        assert await CALLS["products"](client) == ProductList((Product("a", "A", Decimal(1)),), ("B", "C"))


@pytest.mark.parametrize("status_line", ["HTTP/1.1 204 No Content", "HTTP/1.1 304 Not Modified"])
async def test_a_body_where_none_may_be_spoils_no_later_answer(status_line: str) -> None:
    server = RawServer(deque([reply(status_line, '{"status": 204, "message": "Number expired"}')]), GOOD)
    async with server.running(), Client(server.url) as client:
        with pytest.raises(OtpbuddyError):
            await CALLS["sms"](client)
        assert await CALLS["sms"](client) == RIGHT["sms"]


@pytest.mark.parametrize("call", sorted(CALLS))
async def test_any_answer_is_a_result_or_an_error_of_the_tree(call: str) -> None:
    server = RawServer(good=GOOD)
    async with (
        server.running(),
        Client(server.url, deadline=DEADLINE, purchase_deadline=DEADLINE, connections=LANES, clock=_noon) as client,
    ):

        async def check(reply: Reply) -> None:
            server.requests.clear()
            server.script.append(reply)
            result = await outcome(CALLS[call](client))
            if not server.requests:
                # A machine that is busy elsewhere connects too late; that is no finding.
                server.script.clear()
                assert isinstance(result, NotSent)
                return
            if not isinstance(result, OtpbuddyError):
                assert is_typed(call, result)
            else:
                check_error(result)
                assert call != "buy" or result.executed == "unknown" or reply.says_no
            assert len(server.requests) == 1 or (reply.http_status == 404 and call in {"products", "cancel"} and len(server.requests) == 2)
            await works_again(client, call)

        await fuzz(f"answers to {call}", check, examples=20, found=FOUND.get(call, ()), reply=replies(call))


def _noon() -> datetime:
    return datetime(2026, 1, 1, 12, tzinfo=UTC)
