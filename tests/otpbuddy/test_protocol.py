"""What each answer of either revision means, and that nothing outside the tables is taken for a success."""

import json
from decimal import Decimal

import pytest

from bot.otpbuddy import (
    InsufficientBalance,
    InvalidId,
    InvalidParameter,
    NumberExpired,
    OtpbuddyError,
    Product,
    ProductList,
    ProductNotFound,
    Purchase,
    ServerError,
    SmsAnswer,
    UnexpectedAnswer,
    protocol,
)
from bot.otpbuddy.protocol import Request
from tests.otpbuddy.support import CALLS, fail, read


def test_requests_are_spelled_as_both_revisions_want() -> None:
    assert {name: call.spellings for name, call in CALLS.items()} == {
        "balance": (Request("getBalance"),),
        "products": (Request("getProducts"), Request("getStatus")),
        "buy": (Request("getNumber", (("server", "in"), ("sever", "in"), ("product_id", "wa"))),),
        "sms": (Request("getSms", (("id", "63dc"),)),),
        "cancel": (
            Request("cancelNumber", (("id", "63dc"),)),
            Request("setStatus", (("id", "63dc"), ("status", "8"), ("status_code", "8"))),
        ),
        "status": (Request("getStatus", (("id", "63dc"),)),),
    }


PURCHASE = Purchase("63dca665627abc", "919163001234")
PRODUCTS = ProductList((Product("wa", "WhatsApp", Decimal("9.50")), Product("vk", "Вконтакте", Decimal(27))))


@pytest.mark.parametrize(
    ("call", "body", "result"),
    [
        ("balance", '{"status": 200, "data": {"balance": 500}}', Decimal(500)),
        ("balance", '{"status": "200", "data": {"balance": "42.10"}}', Decimal("42.10")),
        ("balance", '{"status": " 200 ", "data": [{"balance": " 7 ", "currency": "INR"}], "extra": {"a": [1]}}', Decimal(7)),
        ("balance", '{"status": 200, "data": {"balance": 41.800000000000004}}', Decimal("41.800000000000004")),
        ("balance", '{"status": 200, "data": {"balance": -3.5}}', Decimal("-3.5")),
        ("balance", '{"status": 200, "data": {"balance": 5e2}}', Decimal(500)),
        ("balance", b'\xef\xbb\xbf{"status": 200, "data": {"balance": 1}}', Decimal(1)),
        ("balance", '{"status": 200, "data": {"balance": 1, "unused": NaN, "long": ' + "1" * 5000 + "}}", Decimal(1)),
        ("buy", '{"status": 200, "data": {"number": "919163001234", "id": "63dca665627abc"}}', PURCHASE),
        ("buy", '{"status": "200", "data": [{"number": 919163001234, "id": "63dca665627abc", "x": null}]}', PURCHASE),
        (
            "buy",
            '{"status": 200, "data": {"number": "91", "id": 123456789012345678901234567890}}',
            Purchase("123456789012345678901234567890", "91"),
        ),
        (
            "products",
            '{"status": 200, "data": {"WhatsApp": {"id": "wa", "price": 9.50}, "Вконтакте": {"id": "vk", "price": "27"}}}',
            PRODUCTS,
        ),
        (
            "products",
            (
                '{"status": 200, "data": [{"product_name": "WhatsApp", "price": "9.50", "product_id": "wa"},'
                ' {"product_name": "Вконтакте", "price": 27, "product_id": "vk", "new": true}]}'
            ),
            PRODUCTS,
        ),
        (
            "products",
            '{"status": 200, "data": [{"name": "WhatsApp", "price": 9.5, "id": "wa"}, {"name": "Вконтакте", "price": 27, "id": "vk"}]}',
            PRODUCTS,
        ),
        ("products", '{"status": 200, "data": []}', ProductList(())),
        ("products", '{"status": 200, "data": {}}', ProductList(())),
        ("sms", '{"status": 210, "message": "Waiting for message"}', SmsAnswer()),
        ("sms", '{"status": "210"}', SmsAnswer()),
        ("sms", '{"status": 200, "message": "Your Code is 123456"}', SmsAnswer(("Your Code is 123456",))),
        ("sms", '{"status": 200, "data": {"message": "Your Code is 1"}}', SmsAnswer(("Your Code is 1",))),
        ("sms", '{"status": 200, "data": "Your Code is 1"}', SmsAnswer(("Your Code is 1",))),
        ("sms", '{"status": 200, "data": ["one", {"message": "two"}, null, ""]}', SmsAnswer(("one", "two"))),
        ("sms", '{"status": 200, "message": "Success", "data": {"message": "code 1"}}', SmsAnswer(("code 1",))),
        ("sms", '{"status": 200, "message": "code 2", "data": {"message": "code 1"}}', SmsAnswer(("code 2", "code 1"))),
        ("sms", '{"status": 200, "message": "code 1", "data": ["code 1"]}', SmsAnswer(("code 1",))),
        ("sms", '{"status": 200, "message": "ok"}', SmsAnswer(("ok",))),
        ("sms", '{"status": 200, "message": "\\ud83d 12\\u0000 \\ud83d\\ude00"}', SmsAnswer(("\ufffd 12\ufffd 😀",))),
        ("sms", b'{"status": 200, "message": "caf\xe9 12"}', SmsAnswer(("caf\ufffd 12",))),
        ("status", '{"status": 210}', SmsAnswer()),
        ("status", '{"status": 200, "message": "code 1"}', SmsAnswer(("code 1",))),
        ("cancel", '{"status": 200, "message": "Cancelled"}', "Cancelled"),
        ("cancel", '{"status": 200, "data": {"message": "Cancelled"}}', "Cancelled"),
        ("cancel", '{"status": 200}', ""),
    ],
)
def test_successes_are_read_in_every_documented_shape(call: str, body: str | bytes, result: object) -> None:
    assert read(call, body) == result


def test_money_keeps_its_exact_text() -> None:
    assert str(read("balance", '{"status": 200, "data": {"balance": 9.50}}')) == "9.50"
    assert str(read("balance", '{"status": 200, "data": {"balance": "0.10"}}')) == "0.10"
    assert str(read("balance", '{"status": 200, "data": {"balance": -0.0}}')) == "0.0"
    assert str(read("balance", '{"status": 200, "data": {"balance": 1e3}}')) == "1000"


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("as_text", [False, True])
@pytest.mark.parametrize("call", sorted(CALLS))
@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (201, InvalidId),
        (202, InsufficientBalance),
        (203, ProductNotFound),
        (204, NumberExpired),
        (205, ServerError),
        (206, InvalidParameter),
    ],
)
def test_every_code_of_the_table_has_its_error(call: str, code: int, kind: type[OtpbuddyError], as_text: bool, mirrored: bool) -> None:
    body = json.dumps({"status": str(code) if as_text else code, "message": "Said the provider"})
    error = fail(call, body, code if mirrored else 200)
    assert type(error) is kind
    assert error.detail == "Said the provider"
    assert error.call == call


@pytest.mark.parametrize("http_status", [400, 401, 403, 404, 429, 500, 503])
def test_a_code_of_the_table_counts_whatever_the_http_status(http_status: int) -> None:
    assert type(fail("buy", '{"status": 202}', http_status)) is InsufficientBalance


@pytest.mark.parametrize("call", sorted(CALLS))
def test_every_code_outside_the_table_fails_closed(call: str) -> None:
    known = {200, 201, 202, 203, 204, 205, 206, 210}
    for code in set(range(-1, 1000)) - known:
        error = fail(call, f'{{"status": {code}, "data": {{"balance": 1, "id": "a", "number": "91"}}, "message": "m"}}')
        assert type(error) is UnexpectedAnswer
        assert (error.code, error.field, error.executed) == (code, "status", "unknown")


@pytest.mark.parametrize("call", ["balance", "products", "buy", "cancel"])
def test_waiting_is_an_answer_to_nothing_but_a_question_for_sms(call: str) -> None:
    error = fail(call, '{"status": 210, "data": {"balance": 1, "id": "a", "number": "91"}}')
    assert isinstance(error, UnexpectedAnswer)
    assert (error.code, error.field, error.detail) == (210, "status", "status 210")


@pytest.mark.parametrize(
    ("call", "body", "field"),
    [
        ("balance", "", "answer"),
        ("balance", "<html><body>Bad gateway</body></html>", "answer"),
        ("balance", '{"status": 200, "data": {"bal', "answer"),
        ("balance", "[" * 100_000, "answer"),
        ("balance", '{"a":' * 100_000, "answer"),
        ("balance", '[{"status": 200, "data": {"balance": 1}}]', "answer"),
        ("balance", "200", "answer"),
        ("balance", "null", "answer"),
        ("balance", "NaN", "answer"),
        ("balance", "{}", "status"),
        ("balance", '{"status": null}', "status"),
        ("balance", '{"status": true, "data": {"balance": 1}}', "status"),
        ("balance", '{"status": 200.0, "data": {"balance": 1}}', "status"),
        ("balance", '{"status": "２００", "data": {"balance": 1}}', "status"),
        ("balance", '{"status": ' + "9" * 5000 + "}", "status"),
        ("balance", '{"status": 200}', "data"),
        ("balance", '{"status": 200, "data": null}', "data"),
        ("balance", '{"status": 200, "data": [{"balance": 1}, {"balance": 2}]}', "data"),
        ("balance", '{"status": 200, "data": 500}', "data"),
        ("balance", '{"status": 200, "data": {}}', "data.balance"),
        ("balance", '{"status": 200, "data": {"balance": NaN}}', "data.balance"),
        ("balance", '{"status": 200, "data": {"balance": -Infinity}}', "data.balance"),
        ("balance", '{"status": 200, "data": {"balance": "NaN"}}', "data.balance"),
        ("balance", '{"status": 200, "data": {"balance": true}}', "data.balance"),
        ("balance", '{"status": 200, "data": {"balance": "9.50 ₹"}}', "data.balance"),
        ("balance", '{"status": 200, "data": {"balance": "1,000"}}', "data.balance"),
        ("balance", '{"status": 200, "data": {"balance": "1e3"}}', "data.balance"),
        ("balance", '{"status": 200, "data": {"balance": 1e999999999}}', "data.balance"),
        ("balance", '{"status": 200, "data": {"balance": 1e99999999999999999999}}', "data.balance"),
        ("balance", '{"status": 200, "data": {"balance": 1e-999999}}', "data.balance"),
        ("balance", '{"status": 200, "data": {"balance": ' + "9" * 5000 + "}}", "data.balance"),
        ("balance", '{"status": 200, "data": {"balance": 0.' + "9" * 5000 + "}}", "data.balance"),
        ("balance", '{"status": 200, "data": {"balance": 1000000000000000}}', "data.balance"),
        ("balance", '{"status": 200, "data": {"balance": [1]}}', "data.balance"),
        ("buy", '{"status": 200, "data": {"balance": 500}}', "data.id"),
        ("buy", '{"status": 200, "data": {"number": "91"}}', "data.id"),
        ("buy", '{"status": 200, "data": {"id": {"a": 1}, "number": "91"}}', "data.id"),
        ("buy", '{"status": 200, "data": {"id": false, "number": "91"}}', "data.id"),
        ("buy", '{"status": 200, "data": {"id": 1.5, "number": "91"}}', "data.id"),
        ("buy", '{"status": 200, "data": {"id": "  ", "number": "91"}}', "data.id"),
        ("buy", '{"status": 200, "data": {"id": "a\\u0000b", "number": "91"}}', "data.id"),
        ("buy", '{"status": 200, "data": {"id": "\\ud83d", "number": "91"}}', "data.id"),
        ("buy", b'{"status": 200, "data": {"id": "\xff", "number": "91"}}', "data.id"),
        ("buy", '{"status": 200, "data": {"id": "' + "a" * 129 + '", "number": "91"}}', "data.id"),
        ("buy", '{"status": 200, "data": {"id": "a", "number": null}}', "data.number"),
        ("products", '{"status": 200}', "data"),
        ("products", '{"status": 200, "data": "none"}', "data"),
        ("products", '{"status": 200, "data": {"balance": 500}}', "data.balance"),
        ("products", '{"status": 200, "data": [{"product_name": "A", "price": "9.50 ₹", "product_id": "a"}]}', "data.A.price"),
        ("products", '{"status": 200, "data": [{"product_name": "A", "price": -1, "product_id": "a"}]}', "data.A.price"),
        ("products", '{"status": 200, "data": [{"product_name": "A", "price": 1}]}', "data.A.id"),
        ("products", '{"status": 200, "data": [{"price": 1, "product_id": "a"}]}', "data.#1.product_name"),
        ("products", '{"status": 200, "data": [null]}', "data.#1"),
        ("sms", '{"status": 200}', "message"),
        ("sms", '{"status": 200, "message": ""}', "message"),
        ("sms", '{"status": 200, "message": "  \\n"}', "message"),
        ("sms", '{"status": 200, "message": null, "data": []}', "message"),
        ("sms", '{"status": 200, "message": 123456}', "message"),
        ("status", '{"status": 200, "data": {}}', "message"),
    ],
)
def test_what_is_not_clear_is_an_error_that_names_the_field(call: str, body: str | bytes, field: str) -> None:
    error = fail(call, body)
    assert type(error) is UnexpectedAnswer
    assert (error.field, error.executed) == (field, "unknown")
    assert error.code is None
    assert len(error.detail) <= protocol.MAX_DETAIL
    assert field in error.detail
