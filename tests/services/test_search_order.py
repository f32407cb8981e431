"""Which of several products a typed name means first, and what is no longer meant by it; of names that nobody knows."""

from decimal import Decimal

import pytest

from bot.otpbuddy import Product
from bot.services.search import Found, search


def look(query: str, *names: str) -> Found:
    return search([Product(f"no{number}", name, Decimal(1)) for number, name in enumerate(names)], query)


def found(query: str, *names: str) -> list[str]:
    return [product.name for product in look(query, *names).products]


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [
        ("nova", "Nova", "Novaplus"),
        ("no va", "Nova", "Novaplus"),
        ("★", "★", "★ Deals"),
        ("grofers", "Blinkit", "Grofersplus"),
        ("nova", "Novaplus", "Super Nova"),
        ("no va", "Novaplus", "Super Nova"),
        ("no v", "Nova (Plus)", "Super Nova"),
        ("★", "★ Deals", "Deals ★"),
        ("nova", "Super Nova", "Supernova"),
        ("no va", "Super Nova", "Supernova"),
        ("★", "Deals ★", "Deals★"),
        ("instam", "My Instam", "Swiggy"),
        ("instam", "Swiggy", "Myinstam"),
        ("nova super", "Xnova superb", "Super Nova"),
    ],
)
def test_the_nearer_a_name_is_to_what_was_typed_the_earlier_it_comes(query: str, better: str, worse: str) -> None:
    assert found(query, worse, better) == [better, worse]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("nova super", "Super Nova"),
        ("supernova", "Super Nova"),
        ("no va", "Supernova (Plus)"),
        ("маи", "Май"),
        ("gr", "Blinkit"),
        ("nowi", "Novi"),
        ("nowi ta", "Novita"),
        ("जेवर", "ज़ेवर"),
        ("yjdb", "Novi"),
        ("hello zorvex people", "Zorvex"),
        ("hello novi people", "Novi"),
        ("hello nowina people", "Novina"),
        ("hello grofers people", "Blinkit"),
        ("i need a Super Nova number", "Super Nova"),
    ],
)
def test_a_name_is_found_by_its_words_its_sound_its_keys_and_in_a_sentence(query: str, name: str) -> None:
    assert look(query, name) == Found((Product("no0", name, Decimal(1)),))


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("kichen", "Kitchen"),
        ("shoko", "Schoko"),
        ("fono", "Phono"),
        ("visto", "Whisto"),
        ("baro", "Bharo"),
        ("seldo", "Celdo"),
        ("rocko", "Roko"),
        ("sorveks", "Zorvex"),
        ("nuvo", "Noovo"),
        ("nimo", "Neamo"),
        ("lirato", "Lyrato"),
        ("palano", "Pallano"),
        ("lumide", "Lumid"),
    ],
)
def test_what_sounds_alike_is_the_same(query: str, name: str) -> None:
    assert look(query, name) == Found((Product("no0", name, Decimal(1)),))


@pytest.mark.parametrize(
    ("query", "name"),
    [("n va", "Xnvax"), ("g", "Blinkit"), ("nova uper", "Super Nova"), ("nova uper", "Ola"), ("hello nowina people", "Novina Bank")],
)
def test_letters_from_anywhere_in_a_name_do_not_find_it(query: str, name: str) -> None:
    assert found(query, name) == []


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [
        ("nowi", "Novi", "Novina"),
        ("nowi", "Novi (Novina)", "Novino"),
        ("instamarrt", "Swiggy", "Instamarty"),
        ("hello novina people", "Novina", "Nowina"),
    ],
)
def test_what_sounds_alike_to_its_end_comes_before_what_only_begins_so(query: str, better: str, worse: str) -> None:
    assert found(query, worse, better) == [better, worse]


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [
        ("instamrat", "Instamart", "Swiggy"),
        ("instamrat", "Swiggy", "Instomrut"),
        ("lumidor", "Bank Lumidar", "Lomidar"),
        ("lumidor", "Lumidar", "Bank Lumidar"),
        ("lumidor", "Lumidarium", "Lomidar"),
    ],
)
def test_the_fewer_mistakes_the_earlier_it_comes_and_of_as_many_the_name_itself(query: str, better: str, worse: str) -> None:
    assert found(query, worse, better) == [better, worse]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("lomi", "Lumi"),
        ("lomidar", "Lumidor"),
        ("lomidaran", "Lumidoran"),
        ("lomidarent", "Lumidorant"),
        ("lumida", "Bank Lumido"),
        ("lumda", "Lumdis"),
        ("grofrs", "Blinkit"),
        ("krate", "Kxate"),
        ("bala", "Balya"),
        ("tabne", "Bank Tabone"),
        ("bomdyr", "Bank Bomudir"),
        ("moblou", "Bank Mobholu"),
        ("darule", "Narule"),
        ("amero", "Abero"),
    ],
)
def test_a_few_mistakes_are_forgiven(query: str, name: str) -> None:
    assert look(query, name) == Found((Product("no0", name, Decimal(1)),), similar=True)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("lom", "Lum"),
        ("lomida", "Lumido"),
        ("lomidaren", "Lumidoran"),
        ("lomedarent", "Lumidorant"),
        ("lumad", "Bank Lumid"),
        ("rumi", "Lumi"),
        ("lugi", "Lumi"),
        ("rumid", "Lumid"),
        ("dio", "Dhio"),
        ("modo", "Modem"),
    ],
)
def test_too_many_mistakes_for_the_length_are_not(query: str, name: str) -> None:
    assert found(query, name) == []
