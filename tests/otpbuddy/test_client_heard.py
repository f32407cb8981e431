"""Somebody is told how each call went: what is no answer of the provider, and what is one."""

import pytest
from pydantic import SecretStr

from bot.otpbuddy import Client, OtpbuddyError
from bot.sandbox.server import Sandbox

GOOD, BAD = SecretStr("demo-token-alice"), SecretStr("no-such-token")


class Heard:
    def __init__(self) -> None:
        self.calls: list[tuple[str, bool]] = []
        self.seconds: list[float] = []

    def __call__(self, call: str, seconds: float, *, failed: bool) -> None:
        self.calls.append((call, failed))
        self.seconds.append(seconds)


async def test_answers_and_refusals_are_no_failures(sandbox: Sandbox) -> None:
    heard = Heard()
    async with Client(sandbox.otpbuddy_base_url, heard=heard) as client:
        await client.balance(GOOD)
        for refused in (client.balance(BAD), client.buy(GOOD, country="in", product_id="no-such-product"), client.sms(GOOD, "0")):
            with pytest.raises(OtpbuddyError):
                await refused
    assert {call for call, _ in heard.calls} == {"balance", "buy", "sms"}
    assert not any(failed for _, failed in heard.calls)
    assert all(0 <= seconds < 10 for seconds in heard.seconds)


@pytest.mark.parametrize("kind", ["cut", "cut_after", "http", "garbage"])
async def test_what_is_no_answer_is_a_failure(sandbox: Sandbox, kind: str) -> None:
    heard = Heard()
    async with Client(sandbox.otpbuddy_base_url, heard=heard) as client:
        sandbox.provider.faults.add("getBalance", kind, count=1)
        with pytest.raises(OtpbuddyError):
            await client.balance(GOOD)
        await client.balance(GOOD)
    assert heard.calls == [("balance", True), ("balance", False)]


async def test_a_provider_that_is_not_there_is_a_failure() -> None:
    heard = Heard()
    async with Client("http://127.0.0.1:1/v1/api", heard=heard) as client:
        with pytest.raises(OtpbuddyError):
            await client.balance(GOOD)
    assert heard.calls == [("balance", True)]
