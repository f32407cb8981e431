"""Answers put before the protocol without a server."""

from typing import Any

import pytest

from bot.otpbuddy import OtpbuddyError, protocol
from bot.otpbuddy.body import Answer
from bot.otpbuddy.protocol import Call

CALLS: dict[str, Call[Any]] = {
    "balance": protocol.balance(),
    "products": protocol.products(),
    "buy": protocol.buy("in", "wa"),
    "sms": protocol.sms("63dc"),
    "cancel": protocol.cancel("63dc"),
    "status": protocol.status("63dc"),
}


def read(call: str, body: bytes | str, http_status: int = 200, **headers: str) -> Any:
    raw = body if isinstance(body, bytes) else body.encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return protocol.read(CALLS[call], Answer(http_status, named, raw), redact=lambda text: text, now=lambda: 0.0)


def fail(call: str, body: bytes | str, http_status: int = 200, **headers: str) -> OtpbuddyError:
    with pytest.raises(OtpbuddyError) as caught:
        read(call, body, http_status, **headers)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return caught.value
