"""Amounts as people type them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.amounts import parse_amount, steps_below


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("35", "35"),
        (" 35. ", "35"),
        (" " * 40 + "35" + " " * 40, "35"),
        ("35.50", "35.50"),
        ("35.50.", "35.50"),
        ("1.234,", "1.234"),
        ("999999999999.99", "999999999999.99"),
        ("35,5", "35.5"),
        ("0.5", "0.5"),
        ("1.234", "1.234"),
        ("1,234", "1234"),
        ("0,234", "0.234"),
        ("12,345,678", "12345678"),
        ("1,00,000", "100000"),
        ("1,00,000.75", "100000.75"),
        ("1.234,5", "1234.5"),
        ("1 234,5", "1234.5"),
        ("1'000", "1000"),
        ("₹ 1,234.50", "1234.50"),
        ("₹35", "35"),
        ("35₽", "35"),
        ("Rs. 40", "40"),
        ("40 INR", "40"),
        ("30 руб.", "30"),
        ("३५", "35"),
    ],
)
def test_an_amount_is_read(typed: str, expected: str) -> None:
    amount = parse_amount(typed)
    assert amount is not None
    assert str(amount) == expected


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "",
            "₹",
            "telegram",
            "telegram 2",
            "2captcha",
            "0",
            "0.00",
            "-5",
            "+5",
            ".5",
            "12.5.3",
            "1,2,3",
            "1,234.567.89",
            "1,23.4",
            "5 5 x 5",
            "≤ 35",
        ),
        *("1e5", "NaN", "Infinity", "9" * 26, "9" * 13, "1" + "0" * 12, "½", "35\n35 rupees"),
    ],
)
def test_anything_else_is_no_amount(typed: str) -> None:
    assert parse_amount(typed) is None


@given(st.text())
def test_whatever_is_typed_is_an_amount_above_zero_or_none(typed: str) -> None:
    amount = parse_amount(typed)
    assert amount is None or 0 < amount < 10**12


@given(st.decimals("0.01", "999999999", places=2))
def test_an_amount_reads_back_as_it_is_written(amount: Decimal) -> None:
    assert parse_amount(f"{amount:,f}" if amount >= 1000 else f"{amount:f}") == amount


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        ("38.50", ["34.5", "28.5", "19.0"]),
        ("9.50", ["8.55", "7.10", "4.75"]),
        ("950", ["855", "710", "475"]),
        ("0.01", ["0.0090", "0.0075", "0.005"]),
        ("0", []),
        ("-3", []),
    ],
)
def test_steps_below_a_price_are_round(price: str, expected: list[str]) -> None:
    assert [format(step, "f") for step in steps_below(Decimal(price))] == expected


@given(st.decimals("0.000001", "1e15", places=6))
def test_steps_are_below_the_price_and_fall(price: Decimal) -> None:
    steps = [price, *steps_below(price)]
    assert len(steps) == 4
    assert steps == sorted(set(steps), reverse=True)
    assert steps[-1] > 0
