"""Why the provider did not do something, as a word that is kept in the database and that screens know."""

from typing import Final

from bot.otpbuddy import (
    InsufficientBalance,
    InvalidId,
    InvalidParameter,
    NoAnswer,
    NoSuchCall,
    NotSent,
    NumberExpired,
    OtpbuddyError,
    ProductNotFound,
    ServerError,
    TokenRejected,
    Unavailable,
)

_REASONS: Final = (
    (InsufficientBalance, "insufficient_balance"),
    (ProductNotFound, "product_not_found"),
    (NumberExpired, "number_expired"),
    (InvalidId, "invalid_id"),
    (InvalidParameter, "invalid_parameter"),
    (NoSuchCall, "no_such_call"),
    (TokenRejected, "token_rejected"),
    (NotSent, "not_sent"),
    (NoAnswer, "no_answer"),
    (ServerError, "server_error"),
    (Unavailable, "unavailable"),
)


def reason_of(error: OtpbuddyError) -> str:
    """Give the word for an error."""
    return next((word for kind, word in _REASONS if isinstance(error, kind)), "unexpected_answer")
