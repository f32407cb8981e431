"""Searches as buttons carry them, and how they become whole again."""

import pytest

from bot.screens.places import carried, fitting, whole

LONG = {
    "Hindi": "स्विगी इंस्टामार्ट ग्रोसरी डिलीवरी",
    "Russian": "Яндекс Доставка и Яндекс Еда",
    "English": "Amazon Prime Video and Amazon Pay together",
    "a sentence": "I would like to buy a number for whatsapp business please",
}


@pytest.mark.parametrize("query", LONG.values(), ids=LONG)
def test_a_long_search_is_whole_again_on_each_of_its_pages(query: str) -> None:
    assert len(carried(query).encode()) <= 34 < len(query.encode())
    assert whole(carried(query), query) == query


@pytest.mark.parametrize("query", ["", "whatsapp", "Одноклассники", "अमेज़न"])
def test_a_short_search_is_carried_as_it_is(query: str) -> None:
    assert carried(query) == query
    assert whole(query, LONG["Hindi"]) == whole(query, None) == query


def test_what_is_beside_the_point_is_not_carried() -> None:
    assert carried(LONG["a sentence"]) == "would like whatsapp business"


def test_the_pages_of_an_earlier_long_search_go_on_with_what_they_carry() -> None:
    assert whole(carried(LONG["Hindi"]), LONG["Russian"]) == fitting(LONG["Hindi"])
