"""Phone numbers as the provider sends them, as users read and copy them."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.numbers import copyable, international


@pytest.mark.parametrize(
    ("number", "shown", "copied"),
    [
        ("919876543210", "+91 98765 43210", "+919876543210"),
        ("+919876543210", "+91 98765 43210", "+919876543210"),
        (" 919876543210 ", "+91 98765 43210", "+919876543210"),
        ("9876543210", "+91 98765 43210", "+919876543210"),
        ("98765 43210", "+91 98765 43210", "+919876543210"),
        ("447911123456", "+44 7911 123456", "+447911123456"),
        ("79123456789", "+7 912 345-67-89", "+79123456789"),
        ("12", "+12", "+12"),
        ("9876543210123456789", "+9876543210123456789", "+9876543210123456789"),
        ("+12", "+12", "+12"),
        ("9163001XXXXX", "9163001XXXXX", "9163001XXXXX"),
        ("1800FLOWERS", "1800FLOWERS", "1800FLOWERS"),
        ("٩١", "٩١", "٩١"),
        ("<b>91</b>", "<b>91</b>", "<b>91</b>"),
        ("", "", ""),
    ],
)
def test_a_number_is_shown_and_copied(number: str, shown: str, copied: str) -> None:
    assert international(number) == shown
    assert copyable(number) == copied


def test_another_country_may_be_assumed() -> None:
    assert international("07911123456", country="gb") == "+44 7911 123456"
    assert copyable("07911123456", country="gb") == "+447911123456"


@given(st.integers(6_000_000_000, 9_999_999_999))
def test_the_copied_number_is_the_bought_one(national: int) -> None:
    number = f"91{national}"
    assert copyable(number) == "+" + number
    assert international(number).replace(" ", "") == "+" + number


@given(st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)))
def test_an_example_of_every_country_keeps_its_digits(region: str) -> None:
    example = phonenumbers.example_number(region)
    assert example is not None
    number = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    assert copyable(number.removeprefix("+"), country=region.lower()) == number


@given(st.text())
def test_any_text_is_shown(text: str) -> None:
    assert bool(international(text)) == bool(text)
