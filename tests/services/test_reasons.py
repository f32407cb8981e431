"""The words for what the provider did not do: they are kept in the database, so they never change."""

import pytest

from bot import otpbuddy
from bot.services.reasons import reason_of


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("InsufficientBalance", "insufficient_balance"),
        ("ProductNotFound", "product_not_found"),
        ("NumberExpired", "number_expired"),
        ("InvalidId", "invalid_id"),
        ("InvalidParameter", "invalid_parameter"),
        ("NoSuchCall", "no_such_call"),
        ("TokenRejected", "token_rejected"),
        ("NotSent", "not_sent"),
        ("NoAnswer", "no_answer"),
        ("ServerError", "server_error"),
        ("Unavailable", "unavailable"),
        ("UnexpectedAnswer", "unexpected_answer"),
        ("Refused", "unexpected_answer"),
    ],
)
def test_every_error_has_its_word(name: str, word: str) -> None:
    assert reason_of(getattr(otpbuddy, name)("buy")) == word
