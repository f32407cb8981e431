"""Whatever bytes a provider sends: a typed result or an error of the tree, nothing secret in it, and the next call works."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.otpbuddy import Client, NoAnswer, NotSent, OtpbuddyError, Product, ProductList, Purchase, SmsAnswer, Unavailable
from bot.otpbuddy.body import MAX_BODY
from tests.fuzz.answers import REFUSED, Reply, replies
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


FOUND: dict[str, list[dict[str, Any]]] = {}


@pytest.mark.parametrize("call", sorted(CALLS))
async def test_any_answer_is_a_result_or_an_error_of_the_tree(call: str) -> None:
    server = RawServer(good=GOOD)
    async with server.running(), Client(server.url, deadline=DEADLINE, purchase_deadline=DEADLINE, connections=LANES, clock=_noon) as client:

        async def check(reply: Reply) -> None:
            server.requests.clear()
            server.script.append(reply)
            try:
                assert is_typed(call, await CALLS[call](client))
            except OtpbuddyError as error:
                if not server.requests:  # A machine that is busy elsewhere connects too late; that is no finding.
                    server.script.clear()
                    assert isinstance(error, NotSent)
                    return
                check_error(error)
                if call == "buy":
                    assert error.executed == "unknown" or reply.says_no
            assert len(server.requests) == 1 or (reply.http_status == 404 and call in {"products", "cancel"} and len(server.requests) == 2)
            await works_again(client, call)

        await fuzz(f"answers to {call}", check, examples=60, found=FOUND.get(call, ()), reply=replies(call))


def _noon() -> datetime:
    return datetime(2026, 1, 1, 12, tzinfo=UTC)
