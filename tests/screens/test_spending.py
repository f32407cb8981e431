"""The words below a chart: everything that the picture shows."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bot.screens import spending
from bot.screens.callbacks import Menu
from bot.screens.callbacks_money import Export, ShowSpending
from bot.screens.overview import BY_DAY, BY_PRODUCT
from bot.services.spending import Share, Waits
from tests.screens.gallery import LANGUAGES, WORDS
from tests.screens.gallery_money import spent
from tests.screens.test_number import buttons, text

D = Decimal


def test_the_words_say_what_the_picture_shows_by_day() -> None:
    shown = text(spending.caption(WORDS, spent("WhatsApp", D("38.50")), BY_DAY)).splitlines()
    assert shown[:4] == [
        "📈 ₹1,155.00 spent · 300 purchases in 30 days",
        "₹38.50 came back and is not counted.",
        "🔑 An SMS came on 249 of 250 numbers (99%).",
        "⏱ Half of them within 23 sec, 95 of 100 within 1 min 40 sec.",
    ]
    assert (shown[4], shown[33], len(shown)) == ("5 Mar · ₹38.50", "4 Feb · ₹38.50", 34)


def test_the_words_number_the_products_as_the_picture_does() -> None:
    products = [Share(f"p{number}", f"Name {number}", D(20 - number), 2) for number in range(11)]
    shown = text(spending.caption(WORDS, spent("", D(1), products=products), BY_PRODUCT)).splitlines()
    assert shown[4:] == [*(f"{number + 1}. Name {number} · ₹{20 - number}.00 · ×2" for number in range(8)), "3 more: ₹33.00"]


def test_what_says_nothing_is_left_out() -> None:
    few = spent("x", D(1), returned=D(0), waits=Waits(0, 0, None, None), purchases=1)
    shown = text(spending.caption(WORDS, few, BY_DAY)).splitlines()
    assert shown[0] == "📈 ₹30.00 spent · 1 purchase in 30 days"
    assert shown[1].startswith("5 Mar")
    silent = spent("x", D(1), returned=D(0), waits=Waits(1, 0, None, None))
    assert text(spending.caption(WORDS, silent, BY_DAY)).splitlines()[1] == "🔑 An SMS came on 0 of 1 number (0%)."


def test_a_list_that_is_too_long_says_where_the_rest_is() -> None:
    shown = text(spending.caption(WORDS, spent("x", D("123456789012345.67")), BY_DAY)).splitlines()
    assert shown[-1] == "… and more: see the export."
    assert len(shown) > 15


@pytest.mark.parametrize(("by", "other"), [(BY_DAY, BY_PRODUCT), (BY_PRODUCT, BY_DAY)])
def test_one_chart_leads_to_the_other_and_back_to_the_menu(by: str, other: str) -> None:
    keys = buttons(spending.caption(WORDS, spent("x", D(1)), by))
    assert keys[0] == ShowSpending(other)
    assert {Export(), Menu()} <= set(keys)


def test_nothing_leads_on() -> None:
    assert "Nothing was bought in the last 30 days" in text(spending.nothing(WORDS))


@pytest.mark.parametrize(
    ("code", "expected"),
    [("en", ["0 sec", "23 sec", "1 min", "1 min 40 sec", "1 hr 1 min"]), ("ru", ["0 с", "23 с", "1 мин", "1 мин 40 с", "1 ч 1 мин"])],
)
def test_durations_are_written_as_people_say_them(code: str, expected: list[str]) -> None:
    words = LANGUAGES.words(code)
    assert [words.duration(timedelta(seconds=seconds)) for seconds in (0.4, 23, 60, 100, 3699)] == expected


@pytest.mark.parametrize(
    ("part", "whole", "expected"), [(8, 10, "80%"), (999, 1000, "99%"), (1, 1000, "1%"), (0, 5, "0%"), (0, 0, "0%"), (5, 5, "100%")]
)
def test_shares_never_pass_for_all_or_nothing(part: int, whole: int, expected: str) -> None:
    assert WORDS.percent(part, whole) == expected
