"""The provider's API: a typed client, its results, and one tree of errors."""

from bot.otpbuddy.answers import Product, ProductList, Purchase, SmsAnswer
from bot.otpbuddy.client import Client
from bot.otpbuddy.errors import (
    InsufficientBalance,
    InvalidId,
    InvalidParameter,
    NoAnswer,
    NoSuchCall,
    NotSent,
    NumberExpired,
    OtpbuddyError,
    ProductNotFound,
    Refused,
    ServerError,
    TokenRejected,
    Unavailable,
    UnexpectedAnswer,
)

__all__ = [
    "Client",
    "InsufficientBalance",
    "InvalidId",
    "InvalidParameter",
    "NoAnswer",
    "NoSuchCall",
    "NotSent",
    "NumberExpired",
    "OtpbuddyError",
    "Product",
    "ProductList",
    "ProductNotFound",
    "Purchase",
    "Refused",
    "ServerError",
    "SmsAnswer",
    "TokenRejected",
    "Unavailable",
    "UnexpectedAnswer",
]
