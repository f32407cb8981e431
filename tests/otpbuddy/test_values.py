"""Single values of the provider's JSON: the bounds of what is read, and in which words it is told what came instead."""

from decimal import Decimal
from typing import Any

import pytest

from bot.otpbuddy.values import (
    MAX_FRACTION_DIGITS,
    MAX_IDENTIFIER,
    MAX_NUMBER_TEXT,
    MAX_WHOLE_DIGITS,
    UnclearError,
    amount,
    code,
    describe,
    identifier,
    parse_object,
    price,
    text,
)
from tests.otpbuddy.support import fail, read


def of_balance(raw: str) -> str:
    return f'{{"status": 200, "data": {{"balance": {raw}}}}}'


def of_purchase(raw: str) -> str:
    return f'{{"status": 200, "data": {{"id": {raw}, "number": "91"}}}}'


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("null", "null"),
        ("true", "true"),
        ("false", "false"),
        ('""', "nothing"),
        ('"9.50 ₹"', "'9.50 ₹'"),
        ("[]", "a list"),
        ("{}", "an object"),
        ("NaN", "a value that cannot be read"),
        ("1000000000000000", "1000000000000000"),
        ("1e15", "1E+15"),
    ],
)
def test_an_error_says_what_came_instead(raw: str, words: str) -> None:
    assert fail("balance", of_balance(raw)).detail == f"HTTP 200, data.balance is {words}"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "nothing"),
        ("<html>", "'<html>'"),
        ("[1]", "a list"),
        ("-7", "-7"),
        ("1.50", "1.50"),
        ("null", "null"),
        ("Infinity", "a value that cannot be read"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_an_error_says_what_came_instead_of_an_answer(body: str, words: str) -> None:
    assert fail("balance", body, 302).detail == f"HTTP 302, answer is {words}"


def test_a_body_too_large_is_said_to_be() -> None:
    assert fail("balance", "x" * (256 * 1024 + 1)).detail == "HTTP 200, answer is more than 256 KiB"


def test_an_error_carries_field_and_words_in_its_text() -> None:
    with pytest.raises(UnclearError) as caught:
        code(None, "status")
    assert str(caught.value) == "('status', 'null')"


@pytest.mark.parametrize("body", ['{"status": 202, "status": 200}', '{"status": 200, "status": 202, "data": {"balance": 1}}'])
def test_an_answer_with_two_outcomes_has_none(body: str) -> None:
    error = fail("buy", body)
    assert error.executed == "unknown"
    assert error.detail == "HTTP 200, status is a value that cannot be read"


def test_of_two_values_for_one_key_neither_counts() -> None:
    assert fail("balance", '{"status": 200, "data": {"balance": 1, "balance": 2}}').detail.startswith("HTTP 200, data.balance is a value")
    products = '{"status": 200, "data": [{"product_name": "A", "price": 1, "price": 2, "product_id": "a"}]}'
    assert fail("products", products).detail.startswith("HTTP 200, data.A.price is a value")
    thrice = '{"status": 200, "data": {"balance": 1, "balance": 2, "balance": 1}}'
    assert fail("balance", thrice).detail.startswith("HTTP 200, data.balance is a value")


def test_a_key_that_says_the_same_twice_counts() -> None:
    assert read("balance", '{"status": 200, "status": 200, "data": {"balance": 7, "note": 1, "note": 2, "balance": 7}}') == 7


def test_numbers_are_read_up_to_their_longest_text() -> None:
    assert MAX_NUMBER_TEXT == 40
    assert parse_object(f'{{"a": {"9" * 40}}}') == {"a": int("9" * 40)}
    assert parse_object(f'{{"a": 0.{"9" * 38}}}') == {"a": Decimal("0." + "9" * 38)}
    for longer in ("9" * 41, "0." + "9" * 39):
        assert describe(parse_object(f'{{"a": {longer}}}')["a"]) == "a value that cannot be read"
        assert describe(parse_object(f'{{"a": {longer}}}')) == "an object"


@pytest.mark.parametrize("raw", ["NaN", "Infinity", "-Infinity", "1e99999999999999999999"])
def test_what_is_no_number_is_kept_as_unreadable(raw: str) -> None:
    assert describe(parse_object(f'{{"a": {raw}}}')["a"]) == "a value that cannot be read"


def test_money_has_at_most_fifteen_digits_before_the_point_and_twenty_after() -> None:
    assert (MAX_WHOLE_DIGITS, MAX_FRACTION_DIGITS) == (15, 20)
    largest, finest = "9" * 15, "0." + "1" * 20
    for raw in (largest, finest, f"-{largest}", f'"{largest}"', f'"{finest}"'):
        assert read("balance", of_balance(raw)) == Decimal(raw.strip('"'))
    for raw in (f"1{'0' * 15}", f"{finest}1", "1e15", f'"1{"0" * 15}"', f'"{finest}1"'):
        assert fail("balance", of_balance(raw)).detail.startswith("HTTP 200, data.balance is")


def test_money_is_written_without_an_exponent() -> None:
    assert str(amount(Decimal("1E+1"), "balance")) == "10"
    assert str(amount(Decimal("1E+2"), "balance")) == "100"
    assert str(amount(Decimal(5), "balance")) == "5"
    assert str(amount(Decimal("5.0"), "balance")) == "5.0"


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("-Infinity"), True, 1.5, b"1"])
def test_what_is_no_amount_is_unclear(value: Any) -> None:
    with pytest.raises(UnclearError):
        amount(value, "balance")


def test_money_that_may_not_be_negative_may_be_nothing() -> None:
    assert price(0, "price") == 0
    assert str(price(Decimal("-0.00"), "price")) == "0.00"
    with pytest.raises(UnclearError):
        price(Decimal("-0.01"), "price")


def test_a_negative_amount_keeps_its_sign() -> None:
    assert amount("-0.10", "balance") == Decimal("-0.10")


def test_ids_are_read_up_to_their_longest() -> None:
    assert MAX_IDENTIFIER == 128
    assert read("buy", of_purchase(f'" {"a" * 128} "')).id == "a" * 128
    assert fail("buy", of_purchase(f'"{"a" * 129}"')).detail.startswith("HTTP 200, data.id is 'aaa")
    assert identifier(0, "id") == "0"


@pytest.mark.parametrize("value", ["a\nb", "a\ufffdb", "", " ", True, None, 1.5])
def test_what_is_no_id_is_unclear(value: Any) -> None:
    with pytest.raises(UnclearError):
        identifier(value, "id")


def test_a_code_is_at_most_nine_digits_of_text() -> None:
    assert code(" -1 ", "status") == -1
    assert code("9" * 9, "status") == 999_999_999
    for value in ("9" * 10, "", "+1", "1.0", False):
        with pytest.raises(UnclearError):
            code(value, "status")


def test_words_are_trimmed_and_made_storable() -> None:
    assert text(" a\0b\ud800 ") == "a\ufffdb\ufffd"
    assert [text(value) for value in ("", " \n", 7, None)] == [None] * 4
