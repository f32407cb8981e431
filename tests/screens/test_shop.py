"""The shelf, the offer, and the lists: exact money, right pages."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.otpbuddy import Product
from bot.screens import overview, shop
from bot.screens.callbacks import Buy, Choose, ChooseIn, Decline, OpenCard, Shop, ShowHistory, WatchPrice
from bot.services.catalog import product_key
from bot.services.search import Found
from bot.services.statements import History
from storage.models import State
from tests.screens.gallery import LONGEST_ID, NOON, WORDS, activation
from tests.screens.test_number import buttons, text

SHELF = tuple(Product(f"p{number}", f"Service {number}", Decimal(number) + Decimal("0.5")) for number in range(20))


@pytest.mark.parametrize(("asked", "first", "count"), [(0, 0, 8), (1, 8, 8), (2, 16, 4), (3, 16, 4), (999_999, 16, 4), (-1, 0, 8)])
def test_a_page_that_does_not_exist_gives_the_nearest(asked: int, first: int, count: int) -> None:
    chosen = [callback for callback in buttons(shop.products(WORDS, Found(SHELF), asked, "")) if isinstance(callback, Choose)]
    assert chosen == [Choose(product_key(product.id)) for product in SHELF[first : first + count]]


def test_pages_lead_to_their_neighbours_and_keep_the_search() -> None:
    def pages(page: int) -> list[object]:
        return [callback for callback in buttons(shop.products(WORDS, Found(SHELF), page, "serv")) if isinstance(callback, Shop)]

    everything = Shop(0, "")
    assert [callback for callback in pages(0) if callback != everything] == [Shop(1, "serv")]
    assert [callback for callback in pages(1) if callback != everything] == [Shop(0, "serv"), Shop(2, "serv")]
    assert [callback for callback in pages(2) if callback != everything] == [Shop(1, "serv")]
    assert everything in pages(1)
    one_page = buttons(shop.products(WORDS, Found(SHELF[:3]), 0, ""))
    assert not [callback for callback in one_page if isinstance(callback, Shop)]


def test_a_product_shows_its_exact_price() -> None:
    screen = shop.products(WORDS, Found((Product("wa", "WhatsApp", Decimal("41.80000004")),)), 0, "")
    assert screen.rows[0][0].text == "WhatsApp · ₹41.80000004"
    assert "1 product" in text(screen)
    assert "1 products" not in text(screen)


def test_countries_are_chosen_by_name() -> None:
    screen = shop.countries(WORDS, SHELF[0], ["in", "gb"])
    assert [row[0].text for row in screen.rows][:2] == ["🇮🇳 India", "🇬🇧 United Kingdom"]
    assert buttons(screen)[:2] == [ChooseIn(product_key("p0"), "in"), ChooseIn(product_key("p0"), "gb")]


@given(st.decimals(0, 10_000, places=2), st.decimals(-100, 10_000, places=2))
def test_the_offer_shows_the_exact_price_and_what_would_be_left(price: Decimal, balance: Decimal) -> None:
    screen = shop.offer(WORDS, activation(State.OFFERED, price=price, balance_before=balance))
    assert f"Price: {WORDS.money(price)}" in text(screen)
    assert WORDS.money(price) in screen.rows[0][0].text
    assert buttons(screen) == [Buy(LONGEST_ID), WatchPrice(product_key("wa")), Decline(LONGEST_ID)]
    assert WORDS.money(balance) in text(screen)
    assert (f"{WORDS.money(balance)} → {WORDS.money(balance - price)}" in text(screen)) == (balance >= price)
    assert ("too low" in text(screen)) == (balance < price)


def test_an_offer_whose_balance_is_not_known_says_nothing_of_it() -> None:
    assert "Balance" not in text(shop.offer(WORDS, activation(State.OFFERED)))


def test_a_changed_price_is_shown_with_the_old_one() -> None:
    shown = text(shop.offer(WORDS, activation(State.OFFERED, price=Decimal(40)), old_price=Decimal("38.5")))
    assert "from ₹38.50 to ₹40.00" in shown
    assert "has changed" not in text(shop.offer(WORDS, activation(State.OFFERED)))


def test_history_shows_each_purchase_with_price_state_and_time() -> None:
    bought = [
        activation(State.FINISHED, id="one"),
        activation(State.CHARGED, id="two", price=Decimal(9)),
        activation(State.ACTIVE, id="three"),
    ]
    screen = overview.history(WORDS, History(0, 1, bought, 3, Decimal(86)))
    shown = text(screen)
    assert "3 purchases, ₹86.00 spent" in shown
    for words in ("WhatsApp · ₹38.50", "✅ done · 5 Mar, 12:00 UTC", "₹9.00", "charged, no number", "active"):
        assert words in shown
    assert [callback for callback in buttons(screen) if isinstance(callback, OpenCard)] == [
        OpenCard("one"),
        OpenCard("two"),
        OpenCard("three"),
    ]
    assert "Page" not in shown
    assert "1 purchase, " in text(overview.history(WORDS, History(0, 1, bought[:1], 1, Decimal(0))))


@pytest.mark.parametrize(("page", "neighbours"), [(0, [1]), (1, [0, 2]), (2, [1])])
def test_history_turns_its_pages(page: int, neighbours: list[int]) -> None:
    screen = overview.history(WORDS, History(page, 3, [activation(State.ACTIVE, requested_at=None, offered_at=NOON)], 17, Decimal(0)))
    assert [callback for callback in buttons(screen) if isinstance(callback, ShowHistory)] == [ShowHistory(number) for number in neighbours]
    assert f"Page {page + 1} of 3" in text(screen)


@pytest.mark.parametrize("state", sorted(State))
def test_every_state_has_a_word_and_a_mark_of_its_own_or_a_plain_one(state: State) -> None:
    assert overview.state_name(WORDS, state)
    shown = text(overview.history(WORDS, History(0, 1, [activation(state)], 1, Decimal(0))))
    assert any(f"\n{mark} {overview.state_name(WORDS, state)} · " in shown for mark in (*overview.MARKS.values(), "•"))
