"""The settings: each with its present value in words, and its page."""

from decimal import Decimal
from typing import Any

import pytest

from bot.screens import farewell, preferences
from bot.screens.callbacks import ChooseSetting, Forget, Numbers, ShowChoices, ShowSettings
from bot.services.farewell import Belongings
from bot.services.preferences import Options, Preference
from storage.models import Chat, SortOrder
from tests.screens.gallery import LANGUAGES, NOON, WORDS
from tests.screens.test_number import buttons, text

OPTIONS = Options(("en", "hi", "ru"), ("in", "gb"), (3, 5), (20, 50))


def chat(**values: Any) -> Chat:
    return Chat(id=1, created_at=NOON, **values)


def labels(values: dict[str, Any]) -> list[str]:
    return [key.text for row in preferences.settings(WORDS, chat(**values), OPTIONS).rows for key in row]


SHOWN: list[tuple[dict[str, Any], str]] = [
    ({}, "🌐 Language: English"),
    ({}, "🌍 Country: ask each time"),
    ({"country": "gb"}, "🌍 Country: 🇬🇧 United Kingdom"),
    ({"country": "us"}, "🌍 Country: ask each time"),
    ({}, "↕️ Products: by name"),
    ({"sort_order": SortOrder.PRICE}, "↕️ Products: by price"),
    ({}, "⏱ Auto-cancel: off"),
    ({"auto_cancel_minutes": 5}, "⏱ Auto-cancel: after 5 minutes"),
    ({}, "⏰ Warn before the end: on"),
    ({"warn_before_expiry": False}, "⏰ Warn before the end: off"),
    ({}, "🔔 Codes: with sound"),
    ({"quiet": True}, "🔕 Codes: without sound"),
    ({}, "💰 Low balance: no alert"),
    ({"low_balance": Decimal("12.5")}, "💰 Low balance: below ₹12.50"),
    ({}, "📣 Announcements: on"),
    ({"mutes_broadcasts": True}, "📣 Announcements: off"),
]


@pytest.mark.parametrize(("values", "label"), SHOWN)
def test_a_setting_is_shown_with_its_value(values: dict[str, Any], label: str) -> None:
    assert label in labels(values)


def test_where_there_is_one_country_nothing_is_asked_about_it() -> None:
    screen = preferences.settings(WORDS, chat(), Options(("en",), ("in",), (3,), (20,)))
    assert ShowChoices(Preference.COUNTRY, 0) not in buttons(screen)


def test_a_button_names_the_value_it_sets_so_that_two_taps_are_like_one() -> None:
    assert ChooseSetting("sound", "off") in buttons(preferences.settings(WORDS, chat(), OPTIONS))
    assert ChooseSetting("sound", "on") in buttons(preferences.settings(WORDS, chat(quiet=True), OPTIONS))


@pytest.mark.parametrize("code", LANGUAGES.codes)
def test_languages_are_listed_in_themselves_whatever_is_spoken_now(code: str) -> None:
    screen = preferences.choices(LANGUAGES.words(code), Preference.LANGUAGE, chat(chosen_language="hi"), OPTIONS)
    assert screen is not None
    assert [row[0].text for row in screen.rows[:3]] == ["English", "✓ हिन्दी", "Русский"]
    assert buttons(screen)[-1] == ShowSettings()


@pytest.mark.parametrize("preference", [Preference.SORT, Preference.WARNING, Preference.SOUND, Preference.ANNOUNCEMENTS])
def test_what_has_two_values_has_no_page(preference: Preference) -> None:
    assert preferences.choices(WORDS, preference, chat(), OPTIONS) is None


def test_more_countries_than_fit_are_paged() -> None:
    codes = [f"{a}{b}" for a in "abcdefghij" for b in "abcdefghij"]
    options = Options(("en",), codes, (3,), (20,))
    seen: list[str] = []
    for page in range(10):
        screen = preferences.choices(WORDS, Preference.COUNTRY, chat(), options, page)
        assert screen is not None
        assert sum(len(row) for row in screen.rows) <= 100
        seen += [tapped.value for tapped in buttons(screen) if isinstance(tapped, ChooseSetting) and tapped.value != "none"]
        assert (ShowChoices(Preference.COUNTRY, page + 1) in buttons(screen)) == (page < 9)
        assert (ShowChoices(Preference.COUNTRY, page - 1) in buttons(screen)) == (page > 0)
    assert seen == codes


@pytest.mark.parametrize(
    ("active", "words"), [(1, "1 active number. It goes on at otpbuddy"), (3, "3 active numbers. They go on at otpbuddy")]
)
def test_what_becomes_of_active_numbers_is_said_before_and_after(active: int, words: str) -> None:
    asked = farewell.confirm(WORDS, Belongings(active, 0))
    assert words in text(asked)
    assert "cancel" in text(asked)
    assert buttons(asked)[:2] == [Numbers(), Forget(1)]
    assert f"{active} number" in text(farewell.forgotten(WORDS, Belongings(active, 0)))


def test_who_holds_nothing_is_warned_of_nothing() -> None:
    assert "⚠️" not in text(farewell.confirm(WORDS, Belongings(0, 0)))
    assert Numbers() not in buttons(farewell.confirm(WORDS, Belongings(0, 0)))
    assert farewell.forgotten(WORDS, Belongings(0, 0)).rows == (), "a tap would begin anew"


def test_purchases_in_doubt_are_warned_of() -> None:
    assert "2 purchases may have been charged" in text(farewell.confirm(WORDS, Belongings(0, 2)))
