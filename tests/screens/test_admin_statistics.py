"""The admins' figures: what stands below the picture, and in the file."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.screens.admin import statistics_export
from bot.screens.admin.health import alarm, health
from bot.services.admin.alarms import Trouble
from bot.services.admin.health import Health
from bot.services.admin.statistics import Cell
from bot.services.pulse import Counts
from bot.services.spending import Waits
from storage.census import Census
from tests.screens.gallery import LANGUAGES, WORDS
from tests.screens.gallery_admin import NOON, reports
from tests.screens.gallery_admin import alarm as begun
from tests.screens.gallery_money import LONGEST_MONEY
from tests.screens.test_export import is_formula
from tests.screens.test_gallery import HOSTILE

FEW = Waits(4, 3, timedelta(seconds=20.4), timedelta(minutes=2))


def written(cells: list[Cell], code: str = "en") -> list[list[str]]:
    file, _ = statistics_export.export(LANGUAGES.words(code), cells, 30)
    words = LANGUAGES.words(code)
    text = file.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";" if words.decimal_mark == "," else ",", strict=True))


def test_a_product_on_a_day_is_a_line() -> None:
    heads, line = written([Cell("2026-03-05", "wa", "WhatsApp", 5, Decimal("77.00"), Decimal("38.5"), FEW)])
    assert dict(zip(heads, line, strict=True)) == {
        "Day": "2026-03-05",
        "Product": "WhatsApp",
        "Product id": "wa",
        "Purchases": "5",
        "Currency": "INR",
        "Cost": "77.00",
        "Came back": "38.50",
        "Numbers that ended or brought an SMS": "4",
        "Numbers that brought an SMS": "3",
        "Median seconds to the first SMS": "20",
        "95th percentile of seconds to the first SMS": "120",
    }


@pytest.mark.parametrize("code", LANGUAGES.codes)
@pytest.mark.parametrize("outside", [*HOSTILE.values(), "=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "＝1"])
def test_nothing_from_outside_becomes_a_formula(outside: str, code: str) -> None:
    _, line = written([Cell("2026-03-05", outside, outside, 1, -LONGEST_MONEY, LONGEST_MONEY)], code)
    assert len(line) == 11
    assert not [cell for cell in line if is_formula(cell)]


def test_no_figure_without_a_number_that_ended() -> None:
    _, line = written([Cell("2026-03-05", "wa", "WhatsApp", 1, Decimal(1))])
    assert line[-4:] == ["0", "0", "", ""]


def test_a_list_that_does_not_fit_says_so() -> None:
    drawn = dict(reports("WhatsApp", WORDS))
    assert drawn["statistics by product"].plain.endswith("… and more: see the export.")
    assert "see the export" not in drawn["few statistics by product"].plain


@pytest.mark.parametrize("trouble", Trouble)
def test_an_alarm_says_what_is_wrong_and_its_end_for_how_long(trouble: Trouble) -> None:
    on = alarm(WORDS, begun(trouble)).plain.splitlines()
    over = alarm(WORDS, begun(trouble, cleared_at=NOON + timedelta(minutes=90))).plain.splitlines()
    assert (on[0], on[2]) == ("🚨 Alarm", "Since 5 Mar, 12:00 UTC. You are told once when it is over.")
    assert over[0].startswith("✅ All clear: ")
    assert over[1] == "The alarm began at 5 Mar, 12:00 UTC and was on for 1 hr 30 min."


@pytest.mark.parametrize(("seconds", "words"), [(4, "📥 Every update is handled."), (5, "📥 1 update is not handled yet, for 5 sec.")])
def test_the_tap_that_asks_for_the_state_is_in_hand(seconds: int, words: str) -> None:
    asked = Census(0, 0, 0, {}, 0, None, 1, NOON - timedelta(seconds=seconds), 0, 0)
    seen = Health(NOON, [], Counts(), None, None, 0, None, timedelta(0), asked, 1, None, [])
    assert words in health(WORDS, seen).plain
