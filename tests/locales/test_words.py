"""Languages by a client's code; money, dates and countries as their readers write them."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, getcontext
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from hypothesis import given
from hypothesis import strategies as st

from bot.locales import CATALOGS, Languages, Words, flag, own_name

ENGLISH = Languages("INR").words("en")
NBSP, NARROW = "\u00a0", "\u202f"


def language(directory: Path, code: str, currency: str) -> Words:
    path = directory / code / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_po(file, Catalog(locale=code))
    return Languages(currency, directory).words(code)


@pytest.mark.parametrize(
    "code", ["en", "en-US", "EN_gb", "pt-br", "xx", None, "", "-", "und", "e n", "\x00", "\ud83d", "en@x", "x" * 1000, "root"]
)
def test_a_language_without_a_catalog_is_english(code: str | None) -> None:
    assert Languages("INR").words(code).language == "en"


@given(st.one_of(st.text(), st.text(alphabet="abcenhz_-@.TW019")))
def test_no_language_code_of_a_client_fails(code: str) -> None:
    assert Languages("INR").words(code).gettext("No") == "No"


MONEY = [
    ("0", "₹0.00"),
    ("38.5", "₹38.50"),
    ("-1.5", "-₹1.50"),
    ("1234567.891", "₹1,234,567.891"),
    ("1E+3", "₹1,000.00"),
    ("0.00000001", "₹0.00000001"),
    ("41.800000000000004", "₹41.800000000000004"),
    ("999999999999999.12345678901234567891", "₹999,999,999,999,999.12345678901234567891"),
]


@pytest.mark.parametrize(("amount", "written"), MONEY)
def test_money_is_written_with_all_its_digits(amount: str, written: str) -> None:
    assert ENGLISH.money(Decimal(amount)) == written


@given(st.decimals(min_value=-(10**15) + 1, max_value=10**15 - 1, places=20, allow_nan=False))
def test_no_digit_of_what_the_provider_may_send_is_lost(amount: Decimal) -> None:
    assert Decimal(ENGLISH.money(amount).replace("₹", "").replace(",", "")) == amount
    assert getcontext().prec == 28


@pytest.mark.parametrize(
    ("code", "currency", "written"),
    [
        ("de", "INR", f"1.234,50{NBSP}₹"),
        ("fr", "EUR", f"1{NARROW}234,50{NBSP}€"),
        ("hi", "INR", "₹1,234.50"),
        ("ja", "JPY", "\uffe51,234.5"),
        ("ru", "USD", f"1{NBSP}234,50{NBSP}$"),
    ],
)
def test_money_is_written_as_its_reader_does(tmp_path: Path, code: str, currency: str, written: str) -> None:
    assert language(tmp_path, code, currency).money(Decimal("1234.5")) == written


@pytest.mark.parametrize(("code", "written"), [("en", "5 Mar, 14:07 UTC"), ("de", "5 März, 14:07 UTC"), ("ru", "5 мар., 14:07 UTC")])
def test_a_time_is_written_in_utc_and_says_so(tmp_path: Path, code: str, written: str) -> None:
    words = language(tmp_path, code, "INR")
    for time in (datetime(2026, 3, 5, 14, 7, tzinfo=UTC), datetime(2026, 3, 5, 19, 37, tzinfo=timezone(timedelta(hours=5.5)))):
        assert words.moment(time) == written


@pytest.mark.parametrize(
    ("code", "shown"),
    [("in", "🇮🇳 India"), ("GB", "🇬🇧 United Kingdom"), ("zz", "🇿🇿 Unknown Region"), ("eu1", "EU1"), ("é1", "É1"), ("", "")],
)
def test_a_country_has_its_name_and_its_flag(code: str, shown: str) -> None:
    assert ENGLISH.country(code) == shown


@pytest.mark.parametrize(("code", "shown"), [("in", "🇮🇳"), ("US", "🇺🇸"), ("i", ""), ("ind", ""), ("1n", ""), ("ßa", ""), ("éa", "")])
def test_a_flag_is_made_of_two_letters(code: str, shown: str) -> None:
    assert flag(code) == shown


def test_a_chat_is_written_to_in_the_language_that_it_chose() -> None:
    """`Chat.language` is what the client says; whoever writes to a chat asks for `Chat.speaks`."""
    elsewhere = [path for path in CATALOGS.parent.rglob("*.py") if path.name != "accounts.py"]
    assert not [path.name for path in elsewhere if "chat.language" in path.read_text("utf-8")]


@pytest.mark.parametrize(("code", "name"), [("en", "English"), ("hi", "हिन्दी"), ("ru", "Русский"), ("de", "Deutsch")])
def test_a_language_is_named_as_its_speakers_do(code: str, name: str) -> None:
    assert own_name(code) == name


@pytest.mark.parametrize(
    ("currency", "amount", "written"),
    [
        ("INR", "38.5", "38.50"),
        ("INR", "0E+3", "0.00"),
        ("INR", "1E+3", "1000.00"),
        ("INR", "-0.125", "-0.125"),
        ("INR", "999999999999999.12345678901234567891", "999999999999999.12345678901234567891"),
        ("JPY", "38", "38"),
        ("JPY", "38.5", "38.5"),
        ("KWD", "1.5", "1.500"),
    ],
)
def test_amounts_for_other_programs_have_a_point_and_all_their_digits(currency: str, amount: str, written: str) -> None:
    for code in ("en", "hi", "ru"):
        assert Languages(currency).words(code).plain(Decimal(amount)) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "0 ms"),
        (0.0004, "0 ms"),
        (0.042, "42 ms"),
        (0.0994, "99 ms"),
        (0.0996, "0.1 sec"),
        (0.16, "0.2 sec"),
        (9.94, "9.9 sec"),
        (9.96, "10 sec"),
        (75, "1 min 15 sec"),
    ],
)
def test_short_times_have_a_fraction(seconds: float, written: str) -> None:
    assert ENGLISH.brief(timedelta(seconds=seconds)) == written


@pytest.mark.parametrize(
    ("count", "written"),
    [(0, "0 kB"), (999, "1 kB"), (1500, "1.5 kB"), (10**6, "1 MB"), (123_456_789, "123.5 MB"), (10**9, "1 GB"), (5 * 10**13, "50 TB")],
)
def test_bytes_are_written_in_their_largest_unit(count: int, written: str) -> None:
    assert ENGLISH.size(count) == written


def test_a_long_time_has_days() -> None:
    assert ENGLISH.duration(timedelta(days=3, hours=4, minutes=5)) == "3 days 4 hr"
