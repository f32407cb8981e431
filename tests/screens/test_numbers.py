"""The list of numbers that are held, and what is told of one that nearly ends, was cancelled, or could not be."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bot.otpbuddy import ServerError
from bot.screens import holding, number, numbers
from bot.screens.callback import Callback
from bot.screens.callbacks import Again, CancelNow, KeepWaiting, Menu, Numbers, OpenCard, Replace
from bot.screens.numbers import LISTED
from bot.services.activations import Cancelling, Held
from bot.services.errors import NotOnSale, ServiceError
from bot.services.lists import Listing
from storage.models import Activation, Chat, State
from tests.screens.gallery import LONGEST_ID, NOON, WORDS, activation, held, sms
from tests.screens.test_number import buttons, text


def listed(*shown: Held, limit: int = 5) -> Listing:
    return Listing(Chat(id=1, created_at=NOON), shown, limit)


def named(callback_kinds: list[Callback | str | None]) -> set[type]:
    return {type(callback) for callback in callback_kinds}


def test_every_number_tells_how_it_stands_what_to_copy_and_when_it_ends() -> None:
    one = held(activation(State.ACTIVE, id="one", product_name="A very long name of a service"))
    two = held(activation(State.ACTIVE, id="two", product_name="Telegram"), "Login code: 48291")
    three = held(activation(State.REQUESTED, id="three", product_name="Discord"))
    screen = numbers.listing(WORDS, listed(one, two, three))
    shown = text(screen)
    assert "3 active numbers of at most 5" in shown
    assert "1. A very long name of a service · ⏳ waiting for the code\n+91 98765 43210 · ends " in shown
    assert "2. Telegram · ✅ code received\n🔑 48291\n+91 98765 43210 · ends " in shown
    assert "3. Discord · ⏳ being bought\n\n" in shown
    assert buttons(screen) == [OpenCard("one"), OpenCard("two"), OpenCard("three"), Numbers(), Menu()]
    assert [[key.text for key in row] for row in screen.rows][:2] == [["1. A very long nam…", "2. Telegram"], ["3. Discord"]]


@pytest.mark.parametrize(("state", "words"), [(State.UNKNOWN, "❓ being checked"), (State.CANCELLING, "⏳ cancelling")])
def test_a_state_is_named_in_words(state: State, words: str) -> None:
    assert f"1. WhatsApp · {words}" in text(numbers.listing(WORDS, listed(held(activation(state)), limit=1)))


def test_an_sms_without_a_clear_code_counts_as_received_and_shows_none() -> None:
    shown = text(numbers.listing(WORDS, listed(held(activation(State.ACTIVE, expires_at=None), "Hello from us"))))
    assert "code received\n+91 98765 43210\n" in shown
    assert "🔑" not in shown


def test_nothing_held_leads_to_the_products() -> None:
    screen = numbers.listing(WORDS, listed())
    assert "You hold no active numbers" in text(screen)
    assert buttons(screen)[-1] == Menu()


def test_more_numbers_than_a_message_has_room_for_are_cut_and_that_is_said() -> None:
    many = [held(activation(State.ACTIVE, id=f"n{number}")) for number in range(LISTED + 1)]
    screen = numbers.listing(WORDS, listed(*many, limit=1000))
    assert len([callback for callback in buttons(screen) if isinstance(callback, OpenCard)]) == LISTED
    assert f"newest {LISTED}" in text(screen)
    assert "newest" not in text(numbers.listing(WORDS, listed(*many[:LISTED], limit=1000)))


def test_a_warning_asks_whether_to_cancel_or_to_keep_waiting() -> None:
    screen = holding.warning(WORDS, held(activation(State.ACTIVE)))
    assert text(screen).startswith("⌛ Nearly over, and no code yet\nWhatsApp\n+91 98765 43210\nEnds ")
    assert buttons(screen) == [CancelNow(LONGEST_ID), KeepWaiting(LONGEST_ID), Replace(LONGEST_ID), Menu()]
    assert "Ends" not in text(holding.warning(WORDS, held(activation(State.ACTIVE, expires_at=None))))


def test_a_tap_that_comes_too_late_is_answered_by_what_is_so() -> None:
    assert "A code has come for WhatsApp" in text(holding.see_card(WORDS, held(activation(State.ACTIVE), "Your code is 123456")))
    assert "WhatsApp has already ended" in text(holding.see_card(WORDS, held(activation(State.EXPIRED))))


@pytest.mark.parametrize(("automatic", "title"), [(True, "Cancelled by itself, no code came in time"), (False, "✖ Cancelled\n")])
def test_a_cancellation_is_told_with_what_came_back(automatic: bool, title: str) -> None:
    ended = activation(State.CANCELLED, automatic=automatic, closing_before=Decimal(461), closing_after=Decimal(500))
    screen = holding.cancelled(WORDS, held(ended))
    assert title in text(screen)
    assert "₹39.00 came back\nBalance: ₹461.00 → ₹500.00" in text(screen)
    assert buttons(screen) == [Again(LONGEST_ID), Menu()]
    assert ("by itself" in text(number.card(WORDS, held(ended)))) == automatic


@pytest.mark.parametrize("replacing", [False, True])
def test_what_the_provider_said_instead_of_yes_is_told_as_it_is(replacing: bool) -> None:
    refused = activation(State.ACTIVE, reason="invalid_id")
    told = text(holding.not_cancelled(WORDS, held(refused), Cancelling.REFUSED, replacing=replacing))
    assert "Not cancelled. otpbuddy does not accept this for the number now" in told
    assert ("no other number" in told) == replacing
    unclear = text(holding.not_cancelled(WORDS, held(activation(State.CANCELLING)), Cancelling.UNCLEAR, replacing=replacing))
    assert "no clear answer" in unclear
    assert ("no other number" in unclear) == replacing


@pytest.mark.parametrize(
    ("error", "why"),
    [(NotOnSale(), "does not offer that product any more"), (ServerError("205"), "did not tell today’s price")],
)
def test_a_replacement_that_cannot_be_offered_does_not_hide_the_cancellation(error: ServiceError | ServerError, why: str) -> None:
    told = text(holding.nothing_offered(WORDS, LONGEST_ID, error))
    assert told.startswith("✖ Cancelled.")
    assert why in told


def ended(state: State, *, after: timedelta) -> Held:
    closed: Activation = activation(state, closed_at=NOON, closing_before=Decimal(461), closing_after=Decimal(500))
    late = sms("Your code is 123456")
    late.received_at = NOON + after
    return Held(closed, (late,))


@pytest.mark.parametrize("state", [State.EXPIRED, State.CANCELLED])
def test_a_code_that_came_after_the_end_is_shown_as_such_with_the_money_that_came_back(state: State) -> None:
    late = text(number.card(WORDS, ended(state, after=timedelta(seconds=30))))
    for words in ("🔑 123456", "This code came after the end", "₹39.00 came back"):
        assert words in late
    assert "no code came" not in late
    assert ("a code came late" in late) == (state is State.EXPIRED)
    in_time = text(number.card(WORDS, ended(state, after=-timedelta(seconds=30))))
    assert "after the end" not in in_time
    assert ("came back" in in_time) == (state is State.CANCELLED)
