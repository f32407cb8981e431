"""Lists that can be read in part, HTTP statuses, and the provider's own words."""

import json
from decimal import Decimal

import pytest

from bot.otpbuddy import (
    NoSuchCall,
    NumberExpired,
    Product,
    ProductList,
    ServerError,
    TokenRejected,
    Unavailable,
    UnexpectedAnswer,
    protocol,
)
from tests.otpbuddy.support import CALLS, fail, read


def test_a_product_that_cannot_be_read_hides_only_itself() -> None:
    body = (
        '{"status": 200, "data": [{"product_name": "A", "price": 1, "product_id": "a"},'
        ' {"product_name": "B", "price": null, "product_id": "b"}, 7, {"product_name": "#1 Dating", "price": 2, "product_id": "d"}]}'
    )
    expected = (Product("a", "A", Decimal(1)), Product("d", "#1 Dating", Decimal(2)))
    assert read("products", body) == ProductList(expected, skipped=("B", "#3"))
    by_name = '{"status": 200, "data": {"A": {"id": "a", "price": 1}, "#1 Dating": {"id": "d", "price": 2}, "": {"id": "e", "price": 3}}}'
    assert read("products", by_name) == ProductList(expected, skipped=("#3",))


def test_an_id_at_two_prices_is_not_for_sale() -> None:
    twice = '{"product_name": "A", "price": 1, "product_id": "a"}, {"product_name": "A too", "price": 2, "product_id": "a"}'
    other = '{"product_name": "B", "price": 1, "product_id": "b"}, {"product_name": "B again", "price": 1, "product_id": "b"}'
    both = (Product("b", "B", Decimal(1)), Product("b", "B again", Decimal(1)))
    assert read("products", f'{{"status": 200, "data": [{twice}, {other}]}}') == ProductList(both, skipped=("A", "A too"))
    error = fail("products", f'{{"status": 200, "data": [{twice}]}}')
    assert isinstance(error, UnexpectedAnswer)
    assert (error.field, error.detail) == ("data", "HTTP 200, data is one id at several prices")


def test_of_several_products_that_cannot_be_read_the_first_is_named() -> None:
    error = fail("products", '{"status": 200, "data": [{"product_name": 7, "price": 1, "product_id": "a"}, null]}')
    assert error.detail == "HTTP 200, data.#1.product_name is 7"


@pytest.mark.parametrize("word", ["ok", "OK", "success", "Success", "done", "successful"])
def test_a_word_for_success_is_no_sms_beside_one(word: str) -> None:
    assert read("sms", json.dumps({"status": 200, "message": word, "data": ["code 1"]})).texts == ("code 1",)
    assert read("sms", json.dumps({"status": 200, "message": word})).texts == (word,)


def test_the_documented_message_comes_before_others() -> None:
    assert read("sms", '{"status": 200, "message": "code 3", "data": ["code 1", "code 2"]}').texts == ("code 3", "code 1", "code 2")


def test_a_key_that_is_there_twice_counts_where_it_says_the_same_thing_twice() -> None:
    assert read("balance", '{"status": 200, "status": 200, "data": {"balance": 5, "balance": 5}}') == Decimal(5)


def test_of_two_values_for_one_key_none_counts() -> None:
    for body, field in (
        ('{"status": 200, "status": 202, "data": {"balance": 5}}', "status"),
        ('{"status": 202, "status": 200, "data": {"balance": 5}}', "status"),
        ('{"status": 200, "data": {"balance": 5, "balance": 500}}', "balance"),
        ('{"status": 200, "data": {"balance": 5, "balance": 500, "balance": 5}}', "balance"),
    ):
        error = fail("balance", body)
        assert isinstance(error, UnexpectedAnswer)
        assert (error.field or "").endswith(field)
    prices = '{"product_name": "A", "price": 1, "price": 2, "product_id": "a"}, {"product_name": "B", "price": 2, "product_id": "b"}'
    listed = read("products", f'{{"status": 200, "data": [{prices}]}}')
    assert listed == ProductList((Product("b", "B", Decimal(2)),), skipped=("A",))


@pytest.mark.parametrize("call", sorted(CALLS))
@pytest.mark.parametrize("body", ["", "<html>", '{"status": 999}', '{"detail": "x"}'])
def test_an_http_status_counts_where_the_body_has_no_code(call: str, body: str) -> None:
    assert type(fail(call, body, 401)) is TokenRejected
    assert type(fail(call, body, 403)) is TokenRejected
    assert type(fail(call, body, 404)) is NoSuchCall
    for http_status in (429, 500, 502, 503, 504, 520):
        assert type(fail(call, body, http_status)) is Unavailable
    for http_status in (301, 302, 400, 405, 410, 418, 428, 430, 499):
        assert type(fail(call, body, http_status)) is UnexpectedAnswer


def test_a_bodiless_mirror_is_read_only_where_it_can_mean_one_thing() -> None:
    assert type(fail("sms", "", 204)) is NumberExpired
    assert type(fail("status", "", 204)) is NumberExpired
    for call in ("balance", "products", "buy", "cancel"):
        assert type(fail(call, "", 204)) is UnexpectedAnswer
    for call in CALLS:
        assert type(fail(call, "", 205)) is ServerError
    for http_status in (204, 205):
        assert type(fail("sms", "<html>", http_status)) is UnexpectedAnswer


def test_the_wait_that_the_server_asks_for_is_carried() -> None:
    error = fail("sms", "", 429, retry_after="17")
    assert isinstance(error, Unavailable)
    assert error.retry_after == 17.0
    nothing = fail("sms", "", 503)
    assert isinstance(nothing, Unavailable)
    assert nothing.retry_after is None


def test_long_words_of_the_provider_are_shortened_to_one_line() -> None:
    error = fail("buy", json.dumps({"status": 202, "message": "no\n" * 500}))
    assert len(error.detail) == protocol.MAX_DETAIL == 160
    assert "\n" not in str(error)
    assert error.detail.endswith("…")


def test_words_of_just_the_longest_are_kept_whole() -> None:
    assert fail("buy", json.dumps({"status": 202, "message": "n" * 160})).detail == "n" * 160
    assert fail("buy", json.dumps({"status": 202, "message": "n" * 161})).detail == "n" * 159 + "…"


def test_a_refusal_without_words_has_none() -> None:
    error = fail("buy", '{"status": 202}')
    assert (error.detail, str(error), error.args) == ("", "buy: insufficient balance (202)", ("buy", ""))
    assert fail("buy", '{"status": 205}').detail == ""
