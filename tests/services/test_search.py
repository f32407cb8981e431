"""How typed names find products, judged on tables: a catalogue as providers have them, what people type, and which product they mean."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.otpbuddy import Product
from bot.services.search import Found, essence, search
from bot.services.spelling import parts, plain, sound

HERE = Path(__file__).parent


def table(name: str) -> list[tuple[str, str]]:
    lines = (HERE / f"search_{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [(first, second) for first, _, second in (line.partition("\t") for line in lines)]


CATALOGUE = tuple(
    sorted(
        (Product(product_id, name, Decimal(10)) for product_id, name in table("catalogue")),
        key=lambda product: (plain(product.name), product.id),
    )
)


def shelf(*names: str) -> list[Product]:
    return [Product(f"id{number}", name, Decimal(1)) for number, name in enumerate(names)]


def names(found: Found) -> list[str]:
    return [product.name for product in found.products]


def test_the_tables_are_large_enough_to_say_something() -> None:
    assert len(CATALOGUE) > 500
    for judged in (table("tuning"), table("held_out")):
        assert len(judged) > 120
        assert len(dict(judged)) >= len(judged) - 2
        assert sum(not expected for _, expected in judged) >= 14


@pytest.mark.parametrize(("query", "expected"), [*table("tuning"), *table("held_out")])
def test_what_is_meant_comes_first_and_what_is_no_name_finds_nothing(query: str, expected: str) -> None:
    found = search(CATALOGUE, query)
    if expected:
        assert names(found)[:1] in [[name] for name in expected.split(" | ")]
    else:
        assert names(found) == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("go", ["Go", "Gojek", "Let's Go", "Mongo"]),
        ("GO", ["Go", "Gojek", "Let's Go", "Mongo"]),
        ("gójek", ["Gojek"]),
        ("let's  go", ["Let's Go"]),
        ("id3", ["Mongo"]),
        ("ago", []),
    ],
)
def test_the_best_match_comes_first(query: str, expected: list[str]) -> None:
    assert names(search(shelf("Let's Go", "Gojek", "Go", "Mongo"), query)) == expected


def test_equal_matches_keep_the_lists_order() -> None:
    assert names(search(shelf("Go B", "Go A"), "go")) == ["Go B", "Go A"]


def test_of_equal_matches_the_one_that_nearly_everybody_means_comes_first() -> None:
    assert names(search(shelf("Instable", "Instagram", "Instacart"), "inst")) == ["Instagram", "Instable", "Instacart"]


def test_full_width_and_case_and_accents_do_not_matter() -> None:
    assert names(search(shelf("LINE", "Straße"), "line")) == ["LINE"]
    assert names(search(shelf("LINE", "Straße"), "STRASSE")) == ["Straße"]


def test_a_name_that_nothing_bears_gives_what_is_spelled_like_it_and_says_so() -> None:
    assert search(CATALOGUE, "discrod").similar
    assert not search(CATALOGUE, "insta").similar
    assert not search(CATALOGUE, "гугл").similar
    assert search(CATALOGUE, "my discrod").similar


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("मुझे व्हाट्सएप का नंबर चाहिए", "व्हाट्सएप"),
        ("мне нужен номер для Telegram", "Telegram"),
        ("WhatsApp", "WhatsApp"),
        ("Telegram O.T.P.", "Telegram"),
        ("number for", "number for"),
        ("", ""),
    ],
)
def test_the_essence_of_a_sentence_is_its_name(text: str, left: str) -> None:
    assert essence(text) == left


def test_no_more_is_similar_than_fits_a_page() -> None:
    many = shelf(*(f"Servise{letter}" for letter in "abcdefghijklmnop"))
    found = search(many, "Sorvisex")
    assert found.similar
    assert len(found.products) == 8


@pytest.mark.parametrize("query", ["thanks", "wxyz", "table", "12345678", "99x", "abc"])
def test_a_mistake_in_a_short_word_or_in_a_number_is_not_guessed_at(query: str) -> None:
    assert names(search(shelf("World of Tanks", "Axis", "Tabby", "12345679", "99", "abd"), query)) == []


def test_products_of_one_name_are_all_found() -> None:
    twins = [Product("a", "WhatsApp", Decimal(1)), Product("b", "WhatsApp", Decimal(2)), Product("a", "WhatsApp", Decimal(3))]
    for query in ("whatsapp", "watsap", "whotsepp"):
        assert list(search(twins, query).products) == twins


def test_every_product_is_found_by_its_name_first_or_beside_others_of_that_name() -> None:
    for product in CATALOGUE:
        found = search(CATALOGUE, product.name)
        assert product in found.products[:2], product.name


@given(st.text(max_size=40))
def test_whatever_is_typed_finds_products_each_once(query: str) -> None:
    found = search(CATALOGUE, query)
    assert len(set(found.products)) == len(found.products)
    assert set(found.products) <= set(CATALOGUE)
    assert len(found.products) == len(CATALOGUE) or plain(query)


@given(st.text("abcdefghijklmnopqrstuvwxyz", max_size=40))
def test_a_sound_stays_what_it_is(word: str) -> None:
    assert sound(word).isalpha() or not word
    assert len(sound(word)) <= 2 * len(word)


def test_a_name_of_several_things_has_parts() -> None:
    assert parts("X (Twitter)") == ("X", "Twitter")
    assert parts("Google/YouTube, Gmail") == ("Google", "YouTube", "Gmail")
    assert parts("T-Bank") == ("T-Bank",)
