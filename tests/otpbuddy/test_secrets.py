"""A canary token is planted in every call: no error, repr, traceback or log of the client may show it or the address."""

import logging
import socket
import traceback
from typing import Any

import pytest
from pydantic import SecretStr

from bot.otpbuddy import Client, OtpbuddyError
from bot.sandbox.provider import Provider

CANARY = "canary-7f3a/9+Z="
FORMS = ("canary-7f3a", "Y2FuYXJ5LTdmM2E", "63616e617279")


def everything_in(error: BaseException) -> str:
    told = "".join(traceback.TracebackException.from_exception(error, capture_locals=False).format())
    return f"{told} {error!r} {error} {error.args!r} {vars(error)!r} {error.__cause__!r} {error.__context__!r}"


def assert_clean(text: str) -> None:
    assert not [form for form in FORMS if form.lower() in text.lower()], text
    assert "token=" not in text.replace("token=[redacted]", "")


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "cut"},
        {"kind": "cut_after"},
        {"kind": "hang"},
        {"kind": "http", "status": 503},
        {"kind": "http", "status": 404},
        {"kind": "http", "status": 403},
        {"kind": "garbage", "body": f"<html>GET /getBalance?token={CANARY}".encode()},
        {"kind": "garbage", "body": f'{{"status": 206, "message": "bad token {CANARY}"}}'.encode()},
        {"kind": "garbage", "body": f'{{"status": 200, "data": {{"balance": "{CANARY}"}}}}'.encode()},
        {"kind": "garbage", "body": f'{{"status": "{CANARY}"}}'.encode()},
    ],
)
async def test_no_error_or_log_of_the_client_shows_the_token(
    connected: Any, caplog: pytest.LogCaptureFixture, fault: dict[str, Any]
) -> None:
    provider = Provider()
    provider.add_account(CANARY, provider.accounts["demo-token-alice"].balance)
    provider.faults.add("*", **fault)
    token = SecretStr(CANARY)
    async with connected(provider, deadline=0.3, purchase_deadline=0.3) as client:
        with caplog.at_level(logging.DEBUG, logger="bot.otpbuddy"), caplog.at_level(logging.DEBUG, logger="httpx"):
            for call in (client.balance(token), client.buy(token, country="in", product_id="wa")):
                with pytest.raises(OtpbuddyError) as caught:
                    await call
                assert_clean(everything_in(caught.value))
                assert caught.value.__cause__ is None
                assert caught.value.__context__ is None
        assert_clean(repr(client))
    ours = [record.getMessage() for record in caplog.records if record.name.startswith(("bot.", "httpx"))]
    assert any(line.startswith("balance") for line in ours)
    assert_clean("\n".join(ours))
    assert "/v1/api" not in "\n".join(ours)


async def test_a_refused_connection_does_not_show_the_address(caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
        async with Client(f"http://127.0.0.1:{port}/secret-path") as client:
            with caplog.at_level(logging.DEBUG, logger="bot.otpbuddy"), pytest.raises(OtpbuddyError) as caught:
                await client.balance(SecretStr(CANARY))
    assert_clean(everything_in(caught.value))
    assert "secret-path" not in everything_in(caught.value) + caplog.text
