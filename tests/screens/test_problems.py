"""Every error that a user may run into has words of its own, says what it means for their money, and leads on."""

from decimal import Decimal
from typing import Any

import pytest

from bot import otpbuddy
from bot.otpbuddy import OtpbuddyError, Product
from bot.screens.callback import Callback, unpack
from bot.screens.callbacks import Connect, Menu, Numbers, ShowBalance
from bot.screens.callbacks_money import ShowAlerts, WatchPrice, WatchStock
from bot.screens.problems import broken, explain, flooding, provider_trouble, token_rejected
from bot.screens.screen import Screen
from bot.services import errors
from bot.services.catalog import product_key
from bot.services.errors import ServiceError
from tests.screens.gallery import NOON, WORDS
from tests.screens.test_number import text


def family(root: type[Any]) -> list[type[Any]]:
    return [root, *(kind for child in root.__subclasses__() for kind in family(child))]


SERVICE_ERRORS: list[ServiceError] = [
    errors.NotConnected(),
    errors.TokenRefused(),
    errors.HoldsNumbers(2),
    errors.OtherAccount(2),
    errors.NotFound(),
    errors.NotOnSale(),
    errors.NotOnSale(Product("wa", "WhatsApp", Decimal("38.5"))),
    errors.BalanceTooLow(Decimal(5), Decimal("38.5"), "wa"),
    errors.TooManyActive(5),
    errors.TooManyPurchases(20, NOON),
    errors.TooManyAlerts(20),
    errors.Banned("spam"),
    errors.NotInvited(),
    errors.Closed("Back at noon."),
    errors.InviteOver("used"),
    errors.InviteOver("expired"),
    errors.InviteOver("revoked"),
    errors.InviteOver("unknown"),
    errors.IsAdmin(),
    errors.IsBanned(),
    errors.PurchasePending(),
    errors.PurchaseUnderWay(),
]
PROVIDER_ERRORS: list[OtpbuddyError] = [kind("sms", "canary words of the provider") for kind in family(OtpbuddyError)]


def leads_to(screen: Screen) -> list[Callback | None]:
    return [unpack(str(key.callback_data)) for row in screen.rows for key in row]


def test_every_service_error_is_here() -> None:
    # PriceChanged carries an offer, and is answered with it where it is raised; KeptOut is what three of them have in common.
    missing = set(family(ServiceError)) - {ServiceError} - {type(error) for error in SERVICE_ERRORS}
    assert {kind.__name__ for kind in missing} <= {"PriceChanged", "KeptOut"}
    assert len(PROVIDER_ERRORS) >= len([name for name in otpbuddy.__all__ if name.endswith("Error")])


def test_no_two_of_the_domains_errors_look_alike() -> None:
    assert len({text(explain(error, WORDS)) for error in SERVICE_ERRORS}) == len(SERVICE_ERRORS)


@pytest.mark.parametrize("error", [*SERVICE_ERRORS, *PROVIDER_ERRORS], ids=lambda error: type(error).__name__)
def test_every_error_leads_on(error: ServiceError | OtpbuddyError) -> None:
    screen = explain(error, WORDS)
    assert text(screen)
    assert {type(callback) for callback in leads_to(screen)} & {Menu, Connect}


@pytest.mark.parametrize("error", PROVIDER_ERRORS, ids=lambda error: type(error).__name__)
def test_the_providers_own_words_are_not_shown(error: OtpbuddyError) -> None:
    assert "canary" not in text(explain(error, WORDS))


@pytest.mark.parametrize("error", PROVIDER_ERRORS, ids=lambda error: type(error).__name__)
def test_what_the_provider_failed_at_says_that_nothing_was_bought(error: OtpbuddyError) -> None:
    """Errors of a purchase that was sent are states of its card and never come here."""
    assert type(error) is otpbuddy.TokenRejected or "othing was bought" in text(explain(error, WORDS))


def test_a_balance_that_is_too_low_is_shown_with_what_is_missing() -> None:
    screen = explain(errors.BalanceTooLow(Decimal("5.25"), Decimal("38.5"), "wa"), WORDS)
    for amount in ("₹38.50", "₹5.25", "₹33.25"):
        assert amount in text(screen)
    assert ShowBalance() in leads_to(screen)


def test_what_is_gone_or_too_dear_can_be_waited_for() -> None:
    gone = explain(errors.NotOnSale(Product("wa", "WhatsApp <b>", Decimal("38.5"))), WORDS)
    assert "WhatsApp <b>" in text(gone)
    assert WatchStock(product_key("wa")) in leads_to(gone)
    assert WatchPrice(product_key("wa")) in leads_to(explain(errors.BalanceTooLow(Decimal(5), Decimal("38.5"), "wa"), WORDS))


@pytest.mark.parametrize("count", [1, 20])
def test_the_ceiling_of_alerts_leads_to_their_list(count: int) -> None:
    screen = explain(errors.TooManyAlerts(count), WORDS)
    assert (f"{count} alerts" in text(screen)) is (count > 1)
    assert ShowAlerts() in leads_to(screen)


@pytest.mark.parametrize(("count", "words"), [(1, "1 active number"), (2, "2 active numbers")])
def test_counts_have_their_plural(count: int, words: str) -> None:
    for error in (errors.HoldsNumbers(count), errors.OtherAccount(count), errors.TooManyActive(count)):
        screen = explain(error, WORDS)
        assert words in text(screen)
        assert (f"{words}s" in text(screen)) is False
        assert Numbers() in leads_to(screen)


def test_the_hourly_limit_tells_when_it_ends() -> None:
    assert "12:00 UTC" in text(explain(errors.TooManyPurchases(1, NOON), WORDS))
    assert "1 number within" in text(explain(errors.TooManyPurchases(1, NOON), WORDS))


def test_a_rejected_token_leads_to_connecting() -> None:
    assert leads_to(token_rejected(WORDS)) == leads_to(explain(otpbuddy.TokenRejected("sms"), WORDS))
    assert Connect() in leads_to(token_rejected(WORDS))


def test_notices_have_words() -> None:
    assert "codes may come late" in text(provider_trouble(WORDS))
    assert Numbers() in leads_to(broken(WORDS))
    assert "too fast" in text(flooding(WORDS))
