"""The way in, and the admin's broadcasts."""

from decimal import Decimal

import pytest

from bot.screens import account, broadcast, welcome
from bot.screens.admin.callbacks import AdminMenu
from bot.screens.callbacks import Connect, Disconnect, Help, SendBroadcast, StopBroadcast
from bot.services.broadcasts import Progress
from bot.services.purchases import Ceilings
from storage.models import Broadcast, BroadcastState
from tests.screens.gallery import LONGEST_ID, NOON, WORDS
from tests.screens.test_number import buttons, text

SITE = "https://otpbuddy.xyz"
ACCEPTABLE = "Not for spam, fraud, or making accounts in bulk"


def made(state: BroadcastState) -> Broadcast:
    return Broadcast(id=LONGEST_ID, author_id=1, text="Hi", state=state, created_at=NOON, started_at=NOON)


def test_the_greeting_says_what_the_bot_is_not_for_and_leads_to_connecting() -> None:
    screen = welcome.greeting(WORDS, "Ann <3")
    assert "Hello, Ann <3!" in text(screen)
    assert ACCEPTABLE in text(screen)
    assert buttons(screen) == [Connect(), Help()]
    assert ACCEPTABLE in text(welcome.help_screen(WORDS, Ceilings(5, 20), admin=False))


def test_the_menu_offers_what_is_possible() -> None:
    assert Connect() in buttons(welcome.menu(WORDS, connected=False))
    assert welcome.ALL_PRODUCTS not in buttons(welcome.menu(WORDS, connected=False))
    assert welcome.ALL_PRODUCTS in buttons(welcome.menu(WORDS, connected=True))


def test_only_admins_are_told_how_to_run_the_bot() -> None:
    assert "/admin" in text(welcome.help_screen(WORDS, Ceilings(5, 20), admin=True))
    assert "/admin" not in text(welcome.help_screen(WORDS, Ceilings(5, 20), admin=False))
    for connected in (False, True):
        assert AdminMenu() in buttons(welcome.menu(WORDS, connected=connected, admin=True))
        assert AdminMenu() not in buttons(welcome.menu(WORDS, connected=connected))


def test_connecting_tells_the_balance_and_what_became_of_the_message() -> None:
    assert "₹38.50" in text(account.connected(WORDS, Decimal("38.5"), deleted=True))
    assert "is deleted" in text(account.connected(WORDS, Decimal(1), deleted=True))
    assert "could not delete" in text(account.connected(WORDS, Decimal(1), deleted=False))
    assert "replaces" in text(account.ask_for_token(WORDS, SITE, connected=True))
    assert "replaces" not in text(account.ask_for_token(WORDS, SITE, connected=False))


@pytest.mark.parametrize(("count", "words"), [(1, "1 active number."), (3, "3 active numbers.")])
def test_disconnecting_with_active_numbers_is_asked_about(count: int, words: str) -> None:
    screen = account.confirm_disconnect(WORDS, count)
    assert words in text(screen)
    assert Disconnect(1) in buttons(screen)
    assert Disconnect(0) not in buttons(screen)


def test_a_group_is_told_whether_the_token_could_be_deleted() -> None:
    assert "so I deleted it" in text(welcome.token_in_group(WORDS, "the_bot", deleted=True))
    assert "so I deleted it" not in text(welcome.token_in_group(WORDS, "the_bot", deleted=False))
    for deleted in (True, False):
        assert "revoke it" in text(welcome.token_in_group(WORDS, "the_bot", deleted=deleted))
        assert "@the_bot" in text(welcome.token_in_group(WORDS, "the_bot", deleted=deleted))


@pytest.mark.parametrize(("count", "words"), [(1, "1 chat "), (2, "2 chats ")])
def test_a_broadcast_is_confirmed_with_its_number_of_chats(count: int, words: str) -> None:
    screen = broadcast.confirm(WORDS, made(BroadcastState.DRAFT), count)
    assert words in text(screen)
    assert words.strip() in screen.rows[0][0].text
    assert buttons(screen) == [SendBroadcast(LONGEST_ID), StopBroadcast(LONGEST_ID)]


@pytest.mark.parametrize(("waiting", "filled"), [(10, 0), (9, 1), (1, 9), (0, 10)])
def test_the_bar_is_full_when_all_chats_have_an_outcome(waiting: int, filled: int) -> None:
    shown = text(broadcast.progress(WORDS, Progress(made(BroadcastState.SENDING), sent=10 - waiting, waiting=waiting)))
    assert "▰" * filled + "▱" * (10 - filled) in shown
    assert f"{10 - waiting} of 10 chats" in shown


def test_only_what_happened_is_counted() -> None:
    shown = text(broadcast.progress(WORDS, Progress(made(BroadcastState.DONE), sent=5, blocked=4, failed=3, unclear=2)))
    assert "14 of 14 chats\nDelivered: 5\nBlocked the bot: 4\nFailed: 3\nUnclear, not sent again: 2" in shown
    shown = text(broadcast.progress(WORDS, Progress(made(BroadcastState.DONE), sent=5)))
    assert not [words for words in ("Blocked", "Failed", "Unclear") if words in shown]
    assert "▱" not in text(broadcast.progress(WORDS, Progress(made(BroadcastState.STOPPED))))


def test_only_a_broadcast_under_way_can_be_stopped() -> None:
    for state in BroadcastState:
        screen = broadcast.progress(WORDS, Progress(made(state), waiting=1))
        assert (StopBroadcast(LONGEST_ID) in buttons(screen)) == (state is BroadcastState.SENDING)


def test_a_draft_that_is_thrown_away_says_that_nobody_received_it() -> None:
    thrown = made(BroadcastState.STOPPED)
    thrown.started_at = None
    assert "Nobody received it" in text(broadcast.progress(WORDS, Progress(thrown)))
