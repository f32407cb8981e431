"""The names that the rest of the bot may rely on, and what each error says of a call's effect."""

import copy
import pickle
from decimal import Decimal

import pytest

from bot import otpbuddy
from bot.otpbuddy import OtpbuddyError, Product, ProductList, Purchase, SmsAnswer

UNKNOWN = {"NoAnswer", "ServerError", "Unavailable", "UnexpectedAnswer"}
DEFINITE = {
    "InsufficientBalance",
    "InvalidId",
    "InvalidParameter",
    "NoSuchCall",
    "NotSent",
    "NumberExpired",
    "ProductNotFound",
    "Refused",
    "TokenRejected",
}


def test_the_package_exports_these_names_and_no_others() -> None:
    assert set(otpbuddy.__all__) == UNKNOWN | DEFINITE | {"Client", "OtpbuddyError", "Product", "ProductList", "Purchase", "SmsAnswer"}
    assert otpbuddy.__all__ == sorted(otpbuddy.__all__)
    assert all(hasattr(otpbuddy, name) for name in otpbuddy.__all__)


@pytest.mark.parametrize("name", sorted(UNKNOWN | DEFINITE))
def test_every_error_says_whether_the_call_may_have_had_its_effect(name: str) -> None:
    kind = getattr(otpbuddy, name)
    assert issubclass(kind, OtpbuddyError)
    assert kind("buy").executed == ("unknown" if name in UNKNOWN else "no")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("InvalidId", 201),
        ("InsufficientBalance", 202),
        ("ProductNotFound", 203),
        ("NumberExpired", 204),
        ("InvalidParameter", 206),
        ("NoSuchCall", None),
    ],
)
def test_a_refusal_carries_its_code_and_the_providers_words(name: str, code: int | None) -> None:
    error = getattr(otpbuddy, name)("buy", "Top up first")
    assert isinstance(error, otpbuddy.Refused)
    assert (error.code, error.message, error.call) == (code, "Top up first", "buy")
    assert str(error).startswith("buy: ")
    assert str(error).endswith(": Top up first")


def test_an_error_without_details_is_one_plain_sentence() -> None:
    assert str(otpbuddy.InsufficientBalance("buy")) == "buy: insufficient balance (202)"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("OtpbuddyError", "failed"),
        ("Refused", "refused"),
        ("InvalidId", "invalid id (201)"),
        ("InsufficientBalance", "insufficient balance (202)"),
        ("ProductNotFound", "product not found (203)"),
        ("NumberExpired", "number expired (204)"),
        ("InvalidParameter", "invalid parameter (206)"),
        ("NoSuchCall", "no such call (HTTP 404)"),
        ("TokenRejected", "token rejected"),
        ("NotSent", "not sent"),
        ("NoAnswer", "no answer"),
        ("ServerError", "server error (205)"),
        ("Unavailable", "unavailable"),
        ("UnexpectedAnswer", "unexpected answer"),
    ],
)
def test_every_error_says_what_happened(name: str, words: str) -> None:
    kind = OtpbuddyError if name == "OtpbuddyError" else getattr(otpbuddy, name)
    assert str(kind("buy")) == f"buy: {words}"
    assert str(kind("buy", "HTTP 418")) == f"buy: {words}: HTTP 418"


def test_a_server_error_carries_its_code() -> None:
    assert otpbuddy.ServerError("buy").code == 205


@pytest.mark.parametrize("duplicate", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
def test_errors_survive_being_copied(duplicate: object) -> None:
    assert callable(duplicate)
    error = duplicate(otpbuddy.Unavailable("sms", "HTTP 503", retry_after=7))
    assert (str(error), error.retry_after) == ("sms: unavailable: HTTP 503", 7)


def test_results_are_values() -> None:
    product = Product("wa", "WhatsApp", Decimal("38.50"))
    assert ProductList((product,)) == ProductList((Product("wa", "WhatsApp", Decimal("38.5")),), ())
    assert hash(Purchase("a", "91")) == hash(Purchase("a", "91"))
    assert SmsAnswer() == SmsAnswer(())
