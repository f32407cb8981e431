"""The offer, and the lists of numbers and purchases: exact money, right pages."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.screens import overview, shop
from bot.screens.callbacks import Buy, Decline, OpenCard, OtherCountries, ShowHistory, Star
from bot.screens.callbacks_money import WatchPrice
from bot.services.catalog import product_key
from bot.services.statements import History, Kept
from storage.models import State
from tests.screens.gallery import LONGEST_ID, NOON, WORDS, activation
from tests.screens.test_number import buttons, text


@given(st.decimals(0, 10_000, places=2), st.decimals(-100, 10_000, places=2))
def test_the_offer_shows_the_exact_price_and_what_would_be_left(price: Decimal, balance: Decimal) -> None:
    screen = shop.offer(WORDS, activation(State.OFFERED, price=price, balance_before=balance))
    assert f"Price: {WORDS.money(price)}" in text(screen)
    assert WORDS.money(price) in screen.rows[0][0].text
    assert buttons(screen) == [Buy(LONGEST_ID), Star(LONGEST_ID, 1), WatchPrice(product_key("wa"), LONGEST_ID), Decline(LONGEST_ID)]
    assert WORDS.money(balance) in text(screen)
    assert (f"{WORDS.money(balance)} → {WORDS.money(balance - price)}" in text(screen)) == (balance >= price)
    assert ("too low" in text(screen)) == (balance < price)


def test_an_offer_whose_balance_is_not_known_says_nothing_of_it() -> None:
    assert "Balance" not in text(shop.offer(WORDS, activation(State.OFFERED)))


def test_the_card_says_what_a_tap_on_its_buttons_does() -> None:
    def labels(place: str | None = None, *, known: bool = False) -> list[str]:
        screen = shop.offer(WORDS, activation(State.OFFERED, place=place), starred=known, movable=known)
        return [key.text for row in screen.rows for key in row]

    assert labels() == ["✅ Buy for ₹38.50", "☆ Add favourite", "🔔 Tell me when it is cheaper", "‹ Not now"]
    assert labels(place="shop:0:", known=True) == [
        "✅ Buy for ₹38.50",
        "🌍 Other country",
        "★ Remove favourite",
        "🔔 Tell me when it is cheaper",
        "‹ Back",
    ]
    movable = shop.offer(WORDS, activation(State.OFFERED), movable=True, starred=True)
    assert buttons(movable)[1:3] == [OtherCountries(LONGEST_ID, 0), Star(LONGEST_ID, 0)]


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
    screen = overview.history(WORDS, History(0, 1, bought, 3, Decimal(86), Decimal(0), Kept.ALL, 3))
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
    assert "1 purchase, " in text(overview.history(WORDS, History(0, 1, bought[:1], 1, Decimal(0), Decimal(0), Kept.ALL, 1)))


@pytest.mark.parametrize(("page", "neighbours"), [(0, [1]), (1, [0, 2]), (2, [1])])
def test_history_turns_its_pages(page: int, neighbours: list[int]) -> None:
    screen = overview.history(
        WORDS, History(page, 3, [activation(State.ACTIVE, requested_at=None, offered_at=NOON)], 17, Decimal(0), Decimal(0), Kept.ALL, 17)
    )
    assert [callback for callback in buttons(screen) if isinstance(callback, ShowHistory)] == [
        *(ShowHistory(number) for number in neighbours),
        ShowHistory(0),
    ]
    assert f"Page {page + 1} of 3" in text(screen)


@pytest.mark.parametrize("state", sorted(State))
def test_every_state_has_a_word_and_a_mark_of_its_own_or_a_plain_one(state: State) -> None:
    assert overview.state_name(WORDS, state)
    shown = text(overview.history(WORDS, History(0, 1, [activation(state)], 1, Decimal(0), Decimal(0), Kept.ALL, 1)))
    assert any(f"\n{mark} {overview.state_name(WORDS, state)} · " in shown for mark in (*overview.MARKS.values(), "•"))
