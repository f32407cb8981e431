"""Products by page: exact prices, right neighbours, ways back, the chat's own lists, and where one can jump to."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.otpbuddy import Product
from bot.screens import listing, shop
from bot.screens.callback import unpack
from bot.screens.callbacks import Choose, ChooseIn, Countries, Jump, Move, OtherCountries, OwnShelf, Shop, ShowOffer, Sort
from bot.screens.countries import COUNTRIES_ON_A_PAGE, arranged
from bot.screens.listing import Look
from bot.screens.places import LAST_PAGE, fitting
from bot.screens.screen import Screen
from bot.services.catalog import product_key
from bot.services.search import Found
from bot.services.shelves import Kept, Shelf, Stock
from storage.models import SortOrder, State
from tests.screens.gallery import EVERY_CODE, LONGEST_ID, WORDS, activation
from tests.screens.test_number import buttons, text

SHELF = tuple(Product(f"p{number}", f"Service {number}", Decimal(number) + Decimal("0.5")) for number in range(20))


def labels(screen: Screen) -> list[list[str]]:
    return [[key.text for key in row] for row in screen.rows if row]


@pytest.mark.parametrize(("asked", "first", "count"), [(0, 0, 8), (1, 8, 8), (2, 16, 4), (3, 16, 4), (999_999, 16, 4), (-1, 0, 8)])
def test_a_page_that_does_not_exist_gives_the_nearest(asked: int, first: int, count: int) -> None:
    chosen = [callback for callback in buttons(listing.products(WORDS, Found(SHELF), asked, "")) if isinstance(callback, Choose)]
    place = Shop(first // 8, "").pack()
    assert chosen == [Choose(product_key(product.id), place) for product in SHELF[first : first + count]]


def test_pages_lead_to_their_neighbours_and_keep_the_search() -> None:
    def pages(page: int) -> list[object]:
        return [callback for callback in buttons(listing.products(WORDS, Found(SHELF), page, "serv")) if isinstance(callback, Shop)]

    everything = Shop(0, "")
    assert [callback for callback in pages(0) if callback != everything] == [Shop(1, "serv")]
    assert [callback for callback in pages(1) if callback != everything] == [Shop(0, "serv"), Shop(2, "serv")]
    assert [callback for callback in pages(2) if callback != everything] == [Shop(1, "serv")]
    assert everything in pages(1)
    one_page = buttons(listing.products(WORDS, Found(SHELF[:3]), 0, ""))
    assert not [callback for callback in one_page if isinstance(callback, Shop)]


@given(st.text(st.characters(codec="utf-8"), max_size=80), st.integers(0, LAST_PAGE))
def test_every_choice_knows_the_way_back_to_its_page_whatever_was_searched(query: str, page: int) -> None:
    place = Shop(page, fitting(query)).pack()
    for callback in (Choose("k" * 11, place), ChooseIn("k" * 11, "in", place), Countries("k" * 11, 99, place)):
        read = unpack(callback.pack())
        assert read == callback
        assert unpack(place) == Shop(page, fitting(query))
    assert query.startswith(fitting(query))


def test_a_product_shows_its_exact_price_and_a_well_known_one_its_emoji() -> None:
    listed = (Product("wa", "WhatsApp", Decimal("41.80000004")), Product("zz", "Zzyzx", Decimal(1)))
    screen = listing.products(WORDS, Found(listed), 0, "")
    assert labels(screen)[:2] == [["💬 WhatsApp · ₹41.80000004"], ["Zzyzx · ₹1.00"]]
    assert "2 products" in text(screen)
    assert "1 product ·" in text(listing.products(WORDS, Found(listed[:1]), 0, ""))


def test_the_order_is_said_and_the_other_one_offered() -> None:
    by_name = listing.products(WORDS, Found(SHELF), 0, "")
    by_price = listing.products(WORDS, Found(SHELF), 0, "", Look(SortOrder.PRICE))
    assert "by name · page 1 of 3" in text(by_name)
    assert Sort("price") in buttons(by_name)
    assert "by price · page 1 of 3" in text(by_price)
    assert Sort("name") in buttons(by_price)
    found = listing.products(WORDS, Found(SHELF), 0, "serv")
    assert "by name" not in text(found)
    assert not [callback for callback in buttons(found) if isinstance(callback, Sort)]


def test_similar_names_are_not_passed_off_as_the_name() -> None:
    assert "Nothing is called “srevice”. Did you mean" in text(listing.products(WORDS, Found(SHELF[:3], similar=True), 0, "srevice"))


def test_a_newcomer_sees_no_lists_of_their_own() -> None:
    assert labels(listing.products(WORDS, Found(SHELF), 0, ""))[0] == ["Service 0 · ₹0.50"]


@pytest.mark.parametrize(
    ("kept", "tabs"),
    [
        (Kept(favourites=True), ["★ Favourites"]),
        (Kept(bought=True), ["🕘 Recent"]),
        (Kept(favourites=True, bought=True), ["★ Favourites", "🕘 Recent"]),
    ],
)
def test_own_lists_stand_beside_all_products_and_not_over_what_was_found(kept: Kept, tabs: list[str]) -> None:
    assert labels(listing.products(WORDS, Found(SHELF), 0, "", Look(kept=kept)))[0] == tabs
    assert tabs not in labels(listing.products(WORDS, Found(SHELF), 0, "serv", Look(kept=kept)))


def test_an_own_list_shows_where_it_is_and_its_choices_lead_back_to_it() -> None:
    screen = listing.own(WORDS, Shelf.FAVOURITES, Stock(SHELF, 2), 1, Look(kept=Kept(favourites=True, bought=True)))
    assert "Your favourites" in text(screen)
    assert "20 products · page 2 of 3" in text(screen)
    assert "2 more are not on sale at the moment." in text(screen)
    assert labels(screen)[0] == ["🛒 All products", "🕘 Recent"]
    chosen = [callback for callback in buttons(screen) if isinstance(callback, Choose)]
    assert {unpack(choice.place) for choice in chosen} == {OwnShelf("star", 1)}
    assert [callback for callback in buttons(screen) if isinstance(callback, OwnShelf)][-2:] == [OwnShelf("star", 0), OwnShelf("star", 2)]


@pytest.mark.parametrize(("shelf", "other", "label"), [(Shelf.RECENT, "most", "Most often first"), (Shelf.MOST, "late", "Latest first")])
def test_what_was_bought_can_be_seen_by_time_or_by_number(shelf: Shelf, other: str, label: str) -> None:
    screen = listing.own(WORDS, shelf, Stock(SHELF[:2], 0), 0, Look(kept=Kept(bought=True)))
    assert label in labels(screen)[-1]
    assert OwnShelf(other, 0) in buttons(screen)
    assert labels(screen)[0] == ["🛒 All products"]


def test_an_empty_list_says_how_to_fill_it_and_one_of_things_gone_says_that() -> None:
    assert "Add favourite" in text(listing.own(WORDS, Shelf.FAVOURITES, Stock((), 0), 0, Look()))
    gone = text(listing.own(WORDS, Shelf.FAVOURITES, Stock((), 1), 0, Look()))
    assert "1 more is not on sale at the moment." in gone
    assert "Add favourite" not in gone


def test_a_long_list_can_be_entered_at_a_letter() -> None:
    listed = tuple(Product(name, name, Decimal(1)) for name in sorted(f"{first}{n}" for first in "0123ab" for n in range(8)))
    assert Jump() in buttons(listing.products(WORDS, Found(listed), 0, ""))
    assert Jump() not in buttons(listing.products(WORDS, Found(SHELF), 0, ""))
    screen = listing.jump(WORDS, listed, SortOrder.NAME)
    assert labels(screen)[0] == ["0–9", "A", "B"]
    assert buttons(screen)[:3] == [Shop(0, ""), Shop(4, ""), Shop(5, "")]


def test_a_long_list_can_be_entered_at_a_price() -> None:
    listed = tuple(Product(f"p{number}", f"P{number}", Decimal(number)) for number in range(1000))
    screen = listing.jump(WORDS, listed, SortOrder.PRICE)
    places = [callback for callback in buttons(screen)[:-1] if isinstance(callback, Shop)]
    assert len(places) == 21
    for row in screen.rows[:-1]:
        for key in row:
            place = unpack(str(key.callback_data))
            assert isinstance(place, Shop)
            assert WORDS.money(listed[place.page * listing.PAGE].price) == key.text


def test_searching_while_typing_is_offered_where_it_is_switched_on() -> None:
    for screen in (
        listing.products(WORDS, Found(SHELF), 0, "", Look(inline=True)),
        listing.products(WORDS, Found(()), 0, "x", Look(inline=True)),
    ):
        assert [key.switch_inline_query_current_chat for row in screen.rows for key in row if "Search" in key.text] == [""]
    assert "Search" not in str(labels(listing.products(WORDS, Found(SHELF), 0, "")))


def test_countries_are_chosen_by_name_and_lead_back() -> None:
    screen = shop.countries(WORDS, SHELF[0], ["in", "gb", "ru"], 0, "shop:3:serv")
    assert labels(screen) == [["🇮🇳 India"], ["🇬🇧 United Kingdom"], ["🇷🇺 Russia"], ["‹ Back"]]
    assert [len(row) for row in labels(shop.countries(WORDS, SHELF[0], EVERY_CODE[:9]))] == [2, 2, 2, 2, 1, 1]
    key = product_key("p0")
    assert buttons(screen) == [*(ChooseIn(key, code, "shop:3:serv") for code in ("in", "gb", "ru")), Shop(3, "serv")]
    assert buttons(shop.countries(WORDS, SHELF[0], ["in"]))[-1] == Shop(0, "")


def test_more_countries_than_a_message_takes_are_paged_by_name_after_those_used_before() -> None:
    codes = arranged(WORDS, EVERY_CODE, ["ru", "in", "no longer sold"])
    assert codes[:2] == ["ru", "in"]
    assert codes.index("af") < codes.index("za") < codes.index("gb")
    assert sorted(codes) == sorted(EVERY_CODE)
    seen: list[str] = []
    for page in range(-(-len(codes) // COUNTRIES_ON_A_PAGE)):
        screen = shop.other_countries(WORDS, activation(State.OFFERED, country="gb"), codes, page)
        assert sum(map(len, screen.rows)) <= COUNTRIES_ON_A_PAGE + 3
        seen += [callback.country for callback in buttons(screen) if isinstance(callback, Move)]
    assert seen == codes
    first = shop.other_countries(WORDS, activation(State.OFFERED, country="gb"), codes, 0)
    assert buttons(first)[-2:] == [OtherCountries(LONGEST_ID, 1), ShowOffer(LONGEST_ID)]
    assert "✓ 🇬🇧 United Kingdom" in [
        key.text
        for page in range(29)
        for row in shop.other_countries(WORDS, activation(State.OFFERED, country="gb"), codes, page).rows
        for key in row
    ]


def test_a_short_list_of_countries_keeps_the_operators_order() -> None:
    assert arranged(WORDS, ("ru", "in", "gb"), ["gb"]) == ["gb", "ru", "in"]
