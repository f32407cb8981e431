"""The client against the simulated provider: whole journeys, every code, and calls that have two names."""

from decimal import Decimal
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bot.otpbuddy import (
    Client,
    InsufficientBalance,
    InvalidId,
    InvalidParameter,
    NoAnswer,
    NoSuchCall,
    NumberExpired,
    OtpbuddyError,
    ProductNotFound,
    ServerError,
    SmsAnswer,
    TokenRejected,
    UnexpectedAnswer,
)
from bot.sandbox.provider import Provider, many_offers


@pytest.mark.parametrize("text_numbers", [False, True])
@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("revision", [1, 2])
async def test_a_journey(connected: Any, alice: SecretStr, revision: int, mirrored: bool, text_numbers: bool) -> None:
    provider = Provider(revision=revision, mirror_http_status=mirrored, auto_sms_after=None)
    provider.configure(text_numbers=text_numbers)
    async with connected(provider) as client:
        assert await client.balance(alice) == Decimal(500)
        listed = await client.products(alice)
        assert [(found.id, found.name, found.price) for found in listed.products] == [
            (offer.id, offer.name, offer.price) for offer in provider.offers.values()
        ]
        bought = await client.buy(alice, country="in", product_id="wa")
        assert provider.activations[bought.id].number == bought.number
        assert await client.sms(alice, bought.id) == SmsAnswer()
        provider.send_sms(bought.number, "Your code is 123456")
        assert await client.sms(alice, bought.id) == SmsAnswer(("Your code is 123456",))
        provider.configure(all_messages=True)
        provider.send_sms(bought.id, "Your code is 654321")
        assert await client.sms(alice, bought.id) == SmsAnswer(("Your code is 123456", "Your code is 654321"))
        other = await client.buy(alice, country="in", product_id="vk")
        assert await client.cancel(alice, other.id) == "Cancelled"
        assert await client.balance(alice) == Decimal("461.50")
    assert [entry.purchase_id for entry in provider.charges] == [bought.id, other.id]


@pytest.mark.parametrize("revision", [1, 2])
@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (201, InvalidId),
        (202, InsufficientBalance),
        (203, ProductNotFound),
        (204, NumberExpired),
        (205, ServerError),
        (206, InvalidParameter),
        (299, UnexpectedAnswer),
    ],
)
async def test_codes_reach_the_caller_as_their_errors(
    connected: Any, alice: SecretStr, revision: int, code: int, kind: type[OtpbuddyError]
) -> None:
    provider = Provider(revision=revision)
    provider.faults.add("*", "code", code=code)
    async with connected(provider) as client:
        calls = (
            client.balance(alice),
            client.products(alice),
            client.buy(alice, country="in", product_id="wa"),
            client.sms(alice, "x"),
            client.cancel(alice, "x"),
        )
        for call in calls:
            with pytest.raises(OtpbuddyError) as caught:
                await call
            assert type(caught.value) is kind
    assert provider.charges == []


async def test_the_providers_own_refusals(connected: Any, alice: SecretStr) -> None:
    provider = Provider(auto_sms_after=None)
    async with connected(provider) as client:
        with pytest.raises(InsufficientBalance):
            await client.buy(SecretStr("demo-token-empty"), country="in", product_id="wa")
        with pytest.raises(ProductNotFound):
            await client.buy(alice, country="in", product_id="nothing")
        with pytest.raises(InvalidParameter):
            await client.buy(alice, country="xx", product_id="wa")
        with pytest.raises(InvalidId):
            await client.sms(alice, "no such id")
        with pytest.raises(TokenRejected):
            await client.balance(SecretStr("wrong & strange/token\ud800"))


async def test_the_name_that_worked_is_asked_first_from_then_on(connected: Any, alice: SecretStr) -> None:
    provider = Provider(revision=1, auto_sms_after=None)
    async with connected(provider) as client:
        for _ in range(2):
            await client.products(alice)
        assert [call.call for call in provider.calls] == ["getProducts", "getStatus", "getStatus"]
        bought = [await client.buy(alice, country="in", product_id="ot") for _ in range(2)]
        provider.calls.clear()
        for number in bought:
            await client.cancel(alice, number.id)
        assert [call.call for call in provider.calls] == ["cancelNumber", "setStatus", "setStatus"]
        provider.configure(revision=2)
        provider.calls.clear()
        await client.products(alice)
        await client.products(alice)
        assert [call.call for call in provider.calls] == ["getStatus", "getProducts", "getProducts"]


async def test_an_unclear_cancel_is_not_repeated_under_another_name(connected: Any, alice: SecretStr) -> None:
    provider = Provider(revision=2, auto_sms_after=None)
    async with connected(provider) as client:
        bought = await client.buy(alice, country="in", product_id="wa")
        provider.calls.clear()
        provider.faults.add("cancel", "cut_after")
        with pytest.raises(NoAnswer):
            await client.cancel(alice, bought.id)
        assert {call.call for call in provider.calls} == {"cancelNumber"}


async def test_a_call_with_one_name_is_not_asked_again_where_the_server_does_not_know_it(connected: Any, alice: SecretStr) -> None:
    provider = Provider()
    missing = provider.faults.add("getBalance", "http", status=404)
    async with connected(provider) as client:
        with pytest.raises(NoSuchCall):
            await client.balance(alice)
    assert missing.struck == 1


async def test_a_call_that_the_server_knows_by_no_name(connected: Any, alice: SecretStr) -> None:
    async with connected(Provider(revision=2)) as client:
        with pytest.raises(NoSuchCall):
            await client.status(alice, "x")
    async with connected(Provider(revision=1, auto_sms_after=None)) as client:
        bought = await client.buy(alice, country="in", product_id="wa")
        assert await client.status(alice, bought.id) == SmsAnswer()


async def test_as_many_products_as_an_answer_may_hold(connected: Any, alice: SecretStr) -> None:
    provider = Provider()
    provider.set_products(many_offers(3000))
    async with connected(provider) as client:
        assert len((await client.products(alice)).products) == 3000
        provider.set_products(many_offers(10_000))
        with pytest.raises(UnexpectedAnswer, match="more than 256 KiB"):
            await client.products(alice)
        provider.set_products([])
        assert (await client.products(alice)).products == ()


async def test_transports_can_be_given_one_for_reading_and_one_for_buying(alice: SecretStr) -> None:
    asked: list[tuple[str, str]] = []

    def recorder(name: str, body: str) -> httpx.MockTransport:
        def answer(request: httpx.Request) -> httpx.Response:
            asked.append((name, request.url.path))
            return httpx.Response(200, text=body)

        return httpx.MockTransport(answer)

    reads = recorder("reads", '{"status": 200, "data": {"balance": 5}}')
    purchases = recorder("purchases", '{"status": 200, "data": {"id": "a", "number": "91"}}')
    async with Client("http://127.0.0.1:1/v1/api", transport=reads, purchase_transport=purchases) as client:
        assert await client.balance(alice) == Decimal(5)
        assert (await client.buy(alice, country="in", product_id="wa")).id == "a"
    assert asked == [("reads", "/v1/api/getBalance"), ("purchases", "/v1/api/getNumber")]
