"""What the card of a number says, above all about money, and the message that rings."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import InlineKeyboardButton

from bot.sandbox.telegram.entities import format_text
from bot.screens import number
from bot.screens.callback import Callback, unpack
from bot.screens.callbacks import Again, AskCancel, Cancel, Done, Keep, Menu, Replace, ShowBalance
from bot.screens.callbacks_money import ShowRecord
from bot.screens.screen import Screen
from storage.models import CLOSED, OPEN, State
from tests.screens.gallery import LONGEST_ID, REASONS, WORDS, activation, held, sms

MONEY = st.decimals(-100, 10_000, places=2)
CODE = "Your code is 123-456"


def text(screen: Screen) -> str:
    return format_text(str(screen.text), "HTML")[0]


def card(state: State, *messages: str, **values: Any) -> str:
    return text(number.card(WORDS, held(activation(state, **values), *messages)))


def buttons(screen: Screen) -> list[Callback | str | None]:
    """List what the buttons do: their callbacks, and what they copy."""
    keys = [key for row in screen.rows for key in row]
    return [key.copy_text.text if key.copy_text is not None else unpack(str(key.callback_data)) for key in keys if not typing(key)]


def typing(key: InlineKeyboardButton) -> bool:
    """Whether a button lets the user type, and does nothing by itself."""
    return key.switch_inline_query_current_chat is not None


def actions(state: State, *messages: str, **values: Any) -> list[Callback | str | None]:
    return buttons(number.card(WORDS, held(activation(state, **values), *messages)))


@given(
    state=st.sampled_from(sorted(set(State) - {State.OFFERED})),
    before=st.none() | MONEY,
    after=st.none() | MONEY,
    received=st.booleans(),
    reason=st.sampled_from((None, *REASONS)),
)
def test_money_came_back_only_where_the_balance_shows_it(
    state: State, before: Decimal | None, after: Decimal | None, received: bool, reason: str | None
) -> None:
    shown = card(state, *([CODE] if received else []), closing_before=before, closing_after=after, reason=reason).lower()
    told = state is State.CANCELLED or (state is State.EXPIRED and not received)
    gained = told and before is not None and after is not None and after > before
    assert ("came back" in shown) == gained
    assert "refund" not in shown
    if gained and before is not None and after is not None:
        assert f"{WORDS.money(after - before)} came back".lower() in shown
        assert f"{WORDS.money(before)} → {WORDS.money(after)}".lower() in shown


def test_a_balance_that_did_not_grow_is_shown_as_it_is() -> None:
    assert "No money has come back so far.\nBalance: ₹100.00 → ₹100.00" in card(
        State.CANCELLED, closing_before=Decimal(100), closing_after=Decimal(100)
    )
    assert "Balance: ₹100.00" in card(State.EXPIRED, closing_after=Decimal(100))
    assert "could not be read" in card(State.EXPIRED, closing_before=Decimal(100))


@pytest.mark.parametrize("state", sorted(OPEN | {State.NOT_CHARGED, State.CHARGED, State.UNRESOLVED}))
def test_what_a_purchase_did_to_the_balance_is_shown_where_it_is_known(state: State) -> None:
    assert "₹500.00 → ₹461.50" in card(state, balance_before=Decimal(500), balance_after=Decimal("461.5"))
    for before, after in ((Decimal(500), None), (None, Decimal(500)), (None, None)):
        assert "→" not in card(state, balance_before=before, balance_after=after)


def test_every_state_of_a_bought_number_names_product_number_and_price() -> None:
    for state in OPEN | CLOSED:
        shown = card(state, product_name="Nice & <new>", price=Decimal("38.5"))
        assert "Nice & <new>" in shown
        assert "+91 98765 43210" in shown
        assert "Paid ₹38.50" in shown


def test_a_waiting_number_can_be_copied_and_cancelled() -> None:
    assert actions(State.ACTIVE) == ["+919876543210", AskCancel(LONGEST_ID)]
    assert "Waiting for the code" in card(State.ACTIVE)
    ends = format_text(str(number.card(WORDS, held(activation(State.ACTIVE))).text), "HTML")[1]
    assert [entity["date_time_format"] for entity in ends if entity["type"] == "date_time"] == ["r"]
    assert "Ends" not in card(State.ACTIVE, expires_at=None)


def test_the_question_before_a_cancellation_has_three_answers() -> None:
    assert actions(State.ACTIVE, asking=True) == [Cancel(LONGEST_ID), Keep(LONGEST_ID), Replace(LONGEST_ID)]
    assert "Cancel this number?" in card(State.ACTIVE, asking=True)
    assert "Cancel this number?" not in card(State.ACTIVE)


def test_a_number_with_a_code_can_be_ended_and_bought_again_but_not_cancelled() -> None:
    assert actions(State.ACTIVE, CODE) == ["+919876543210", Done(LONGEST_ID), Again(LONGEST_ID)]
    shown = card(State.ACTIVE, "no code in here", *(f"Your code is 10000{digit}" for digit in range(6)))
    assert "100005" in shown
    assert "100000" not in shown, "the card lists the latest five"
    assert "An SMS without a clear code" in card(State.ACTIVE, "no code in here")


def test_an_unclear_cancellation_says_so_and_can_be_tried_again() -> None:
    assert actions(State.CANCELLING) == ["+919876543210", Cancel(LONGEST_ID)]
    assert "no clear answer" in card(State.CANCELLING, reason="no_answer")
    assert "Not cancelled" not in card(State.CANCELLING, reason="no_answer")


def test_a_number_of_another_account_says_nothing_of_its_money() -> None:
    shown = card(State.EXPIRED, reason="given_up", closing_before=None, closing_after=None)
    assert "does not know this number" in shown
    assert "the balance of the account that bought it" in shown
    assert "came back" not in shown


def test_a_cancellation_that_is_still_awaited_is_not_called_unclear() -> None:
    awaited = card(State.CANCELLING)
    assert "Until it answers, I keep watching" in awaited
    assert "no clear answer" not in awaited


@pytest.mark.parametrize("reason", REASONS)
def test_a_refused_cancellation_says_why_and_that_the_number_stays(reason: str) -> None:
    shown = card(State.ACTIVE, reason=reason)
    assert "Not cancelled" in shown
    assert "stays active" in shown
    assert reason not in shown, "users read words, not our names for them"


@pytest.mark.parametrize("reason", [None, *REASONS])
def test_a_rejected_purchase_says_that_nothing_was_charged(reason: str | None) -> None:
    shown = card(State.REJECTED, reason=reason)
    assert "Not bought" in shown
    assert "Nothing was charged" in shown
    assert actions(State.REJECTED, reason=reason) == [Again(LONGEST_ID), Menu()]


@pytest.mark.parametrize("state", [State.CHARGED, State.UNRESOLVED])
def test_a_purchase_in_doubt_can_be_shown_to_the_seller(state: State) -> None:
    assert f"getNumber wa in\n2026-03-05 12:00:00 UTC\n₹38.50 {LONGEST_ID}" in card(state)
    assert f"2026-03-05 12:00:00 UTC\n₹38.50 {LONGEST_ID}" in card(state, requested_at=None)
    assert actions(state) == [ShowRecord(LONGEST_ID), ShowBalance(), Menu()]
    assert Again(LONGEST_ID) not in actions(state), "another purchase would blur the balance"


def test_while_a_purchase_is_in_doubt_nothing_is_claimed() -> None:
    for state in (State.REQUESTED, State.UNKNOWN):
        shown = card(state)
        assert "Not bought" not in shown
        assert "Charged" not in shown
    assert "nothing was charged" in card(State.NOT_CHARGED)


@pytest.mark.parametrize("state", sorted(CLOSED))
def test_an_ended_number_can_be_bought_again(state: State) -> None:
    assert actions(state) == [Again(LONGEST_ID), Menu(), ShowRecord(LONGEST_ID)]
    assert "123456" in card(state, CODE)


def test_time_over_says_whether_a_code_came() -> None:
    assert "no code came" in card(State.EXPIRED)
    assert "no code came" not in card(State.EXPIRED, CODE)


def test_the_push_begins_with_the_code() -> None:
    screen = number.sms_push(WORDS, activation(State.ACTIVE), sms("Hi, your code is 123-456. Bye"))
    assert text(screen).splitlines() == ["🔑 123456", "WhatsApp · +91 98765 43210", "Hi, your code is 123-456. Bye"]
    assert buttons(screen) == ["123456"]


def test_without_a_clear_code_the_push_has_the_text_alone() -> None:
    screen = number.sms_push(WORDS, activation(State.ACTIVE), sms("Hello from us"))
    assert text(screen).splitlines() == ["💬 SMS for WhatsApp", "Hello from us", "+91 98765 43210"]
    assert buttons(screen) == ["Hello from us"]


@pytest.mark.parametrize(("length", "copied"), [(0, 0), (1, 1), (256, 1), (257, 0)])
def test_a_text_is_copied_whole_or_not_at_all(length: int, copied: int) -> None:
    assert len(buttons(number.sms_push(WORDS, activation(State.ACTIVE), sms("x" * length)))) == copied


def test_a_push_for_a_number_that_is_not_known_still_shows_the_text() -> None:
    assert "123456" in text(number.sms_push(WORDS, activation(State.ACTIVE, number=None), sms(CODE)))
