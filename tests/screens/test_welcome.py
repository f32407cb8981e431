"""The way in."""

from decimal import Decimal

import pytest

from bot.screens import account, welcome
from bot.screens.admin.callbacks import AdminMenu
from bot.screens.callbacks import Connect, Disconnect, Help
from bot.services.purchases import Ceilings
from tests.screens.gallery import WORDS
from tests.screens.test_number import buttons, text

SITE = "https://otpbuddy.xyz"
ACCEPTABLE = "Not for spam, fraud, or making accounts in bulk"


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
