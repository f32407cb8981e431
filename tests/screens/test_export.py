"""The file of all purchases: what a spreadsheet makes of it, and what it must not."""

import csv
import io
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.screens.export import export, table
from storage.models import State
from storage.statements import Entry
from tests.screens.gallery import LANGUAGES, WORDS
from tests.screens.gallery_money import LONGEST_MONEY, NOON, purchase
from tests.screens.test_number import text

RUSSIAN = LANGUAGES.words("ru")


def rows(content: bytes, delimiter: str = ",") -> list[dict[str, str]]:
    """Read a file as a spreadsheet does."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter, strict=True))


def row(outside: str = "WhatsApp", state: State = State.CANCELLED, **values: Any) -> dict[str, str]:
    [only] = rows(table(WORDS, [Entry(purchase(outside, state, **values), 1, NOON + timedelta(seconds=23))]))
    return only


def test_a_purchase_is_a_row_with_everything_about_its_money() -> None:
    shown = row(
        price=Decimal("38.50"),
        number="919876543210",
        provider_id="63dca665627",
        balance_before=Decimal(500),
        balance_after=Decimal("461.50"),
        closing_before=Decimal("461.50"),
        closing_after=Decimal("499.99"),
        closed_at=NOON + timedelta(minutes=3),
    )
    assert shown == {
        "Bought": "2026-03-05 12:00:00",
        "Product": "WhatsApp",
        "Product id": "WhatsApp",
        "Country": "in",
        "Number": "91 98765 43210",
        "State": "cancelled",
        "Currency": "INR",
        "Price": "38.50",
        "Came back": "38.49",
        "Cost": "0.01",
        "Balance before the purchase": "500.00",
        "Balance after the purchase": "461.50",
        "Balance before the end": "461.50",
        "Balance after the end": "499.99",
        "SMS": "1",
        "First SMS": "2026-03-05 12:00:23",
        "Seconds to the first SMS": "23",
        "Ended": "2026-03-05 12:03:00",
        "otpbuddy id": "63dca665627",
        "Record": "Zz_-" * 6,
    }


def test_what_is_not_known_is_empty_and_what_is_in_doubt_cost_nothing_yet() -> None:
    bare = dict.fromkeys(
        ("purchased_at", "closed_at", "number", "provider_id", "balance_before", "balance_after", "closing_before", "closing_after")
    )
    [shown] = rows(table(WORDS, [Entry(purchase("WhatsApp", State.UNKNOWN, **bare), 0, None)]))
    assert {name for name, value in shown.items() if value == ""} == {
        "Number",
        "Cost",
        "Balance before the purchase",
        "Balance after the purchase",
        "Balance before the end",
        "Balance after the end",
        "First SMS",
        "Seconds to the first SMS",
        "Ended",
        "otpbuddy id",
    }
    assert (shown["State"], shown["Came back"], shown["SMS"]) == ("being checked", "0.00", "0")


def test_spreadsheets_know_it_for_utf_8() -> None:
    content = table(WORDS, [Entry(purchase("Вконтакте 微信 ₹"), 0, None)])
    assert content.startswith(b"\xef\xbb\xbf")
    assert rows(content)[0]["Product"] == "Вконтакте 微信 ₹"


def test_amounts_keep_every_digit_and_may_be_below_zero() -> None:
    shown = row(price=LONGEST_MONEY, balance_after=LONGEST_MONEY.copy_negate(), closing_before=None)
    assert shown["Price"] == "999999999999999.12345678901234567891"
    assert shown["Balance after the purchase"] == "-999999999999999.12345678901234567891"
    assert shown["Cost"] == shown["Price"]
    back = row(price=LONGEST_MONEY, closing_before=Decimal(0), closing_after=Decimal("0.00000000000000000001"))
    assert back["Cost"] == "999999999999999.12345678901234567890"


def test_where_a_comma_is_the_decimal_mark_a_semicolon_parts_the_cells() -> None:
    content = table(RUSSIAN, [Entry(purchase("A; B, C", price=Decimal("38.50")), 1, NOON)])
    [shown] = rows(content, ";")
    values = list(shown.values())
    assert values[1] == "A; B, C"
    assert values[7] == "38,50"
    assert len(values) == 20


FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "＝1+1",
    '=HYPERLINK("http://x","y")',
    '";=1',
    "=cmd|' /C calc'!A0",
]


@pytest.mark.parametrize("outside", FORMULAS)
@pytest.mark.parametrize("words", [WORDS, RUSSIAN], ids=["en", "ru"])
def test_nothing_from_outside_becomes_a_formula(outside: str, words: Any) -> None:
    every = [
        cell
        for shown in rows(table(words, [Entry(purchase(outside), 0, None)]), ";" if words is RUSSIAN else ",")
        for cell in shown.values()
    ]
    assert len(every) == 20
    assert [cell for cell in every if is_formula(cell)] == []
    assert any(outside.strip() in cell for cell in every), "it is all there, behind an apostrophe"


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet would calculate a cell; an amount below zero is none."""
    return cell.lstrip()[:1] in set("=+-@＝＋－＠") and not _is_amount(cell)


def _is_amount(cell: str) -> bool:
    return cell.removeprefix("-").replace(".", "", 1).replace(",", "", 1).isdecimal()


NAMES = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1, max_size=40)


@given(st.lists(NAMES, min_size=1, max_size=5))
def test_whatever_comes_from_outside_stays_in_its_cell(names: Sequence[str]) -> None:
    content = table(WORDS, [Entry(purchase(name), 0, None) for name in names])
    read = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    assert {len(cells) for cells in read} == {20}
    assert [cells[1].removeprefix("'") for cells in read[1:]] == [name.removeprefix("'") for name in names]
    assert not [cell for cells in read[1:] for cell in cells if is_formula(cell)]


@pytest.mark.parametrize(("count", "words"), [(1, "1 purchase,"), (2, "2 purchases,")])
def test_the_file_has_a_name_and_words(count: int, words: str) -> None:
    file, screen = export(WORDS, [Entry(purchase("WhatsApp"), 0, None)] * count)
    assert file.name == "otpbuddy-purchases.csv"
    assert len(rows(file.content)) == count
    assert words in text(screen)
    assert "Zz" not in repr(file), "what is in a file is no business of a log"
