"""What a user may run into, as the domain sees it; the edge turns it into words.

ServiceError
├── NotConnected         the chat has no token, or its token can no longer be read
├── TokenRefused         the provider does not accept the token that is being connected
├── HoldsNumbers         the token is needed by numbers that are still active
├── OtherAccount         the token that is being connected is of an account that does not know the active numbers
├── NotFound             no such thing, or not of this chat
├── NotOnSale            the product is no longer offered
├── BalanceTooLow        the balance does not cover the price
├── TooManyActive        the chat holds as many numbers as it may
├── TooManyPurchases     the chat bought as often as it may within an hour
├── TooManyAlerts        the chat waits for as much as it may
├── KeptOut              the chat may not buy now
│   ├── Banned           an admin banned it
│   ├── NotInvited       newcomers need an invitation, and it has none
│   └── Closed           the bot is closed for a while
├── InviteOver           the invitation admits nobody any more
├── IsAdmin              who runs the bot cannot be banned
├── IsBanned             who is banned cannot run the bot
├── PurchasePending      an earlier purchase has no known outcome yet
└── PurchaseUnderWay     a purchase is being made, and what is asked for would lose it
"""

from datetime import datetime
from decimal import Decimal

from bot.otpbuddy import Product


class ServiceError(Exception):
    """Something that the user is told, with what to do next."""


class NotConnected(ServiceError):
    """The chat has no usable token."""


class TokenRefused(ServiceError):
    """The provider does not accept the token."""


class HoldsNumbers(ServiceError):
    """`count` active numbers need the token that is connected now."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


class OtherAccount(ServiceError):
    """`count` active numbers were bought with a token of another account, which alone can fetch their codes or cancel them."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


class NotFound(ServiceError):
    """There is no such thing, or it is not this chat's; which of the two is nobody's business."""


class NotOnSale(ServiceError):
    """The provider no longer lists the product; `product` is what it was, where that is known."""

    def __init__(self, product: Product | None = None) -> None:
        super().__init__(product)
        self.product = product


class BalanceTooLow(ServiceError):
    """`balance` does not cover `price`, the present one of a product; both in the account's currency."""

    def __init__(self, balance: Decimal, price: Decimal, product_id: str) -> None:
        super().__init__(balance, price, product_id)
        self.balance = balance
        self.price = price
        self.product_id = product_id


class TooManyActive(ServiceError):
    """The chat holds `limit` numbers, which is all it may."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class TooManyPurchases(ServiceError):
    """The chat bought `limit` numbers within an hour; the next may be bought at `free_at`."""

    def __init__(self, limit: int, free_at: datetime) -> None:
        super().__init__(limit, free_at)
        self.limit = limit
        self.free_at = free_at


class TooManyAlerts(ServiceError):
    """The chat waits for `limit` things, which is all it may."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class KeptOut(ServiceError):
    """The chat may not buy now; what it holds goes on, and nothing that it has is kept from it."""


class Banned(KeptOut):
    """An admin banned the chat, for a `reason` in words or one of the quick ones."""

    def __init__(self, reason: str | None) -> None:
        super().__init__(reason)
        self.reason = reason


class NotInvited(KeptOut):
    """The bot is by invitation, and the chat came with none."""


class Closed(KeptOut):
    """The bot is closed for maintenance; `notice` is what the admins say to that, if anything."""

    def __init__(self, notice: str | None) -> None:
        super().__init__(notice)
        self.notice = notice


class InviteOver(ServiceError):
    """The invitation admits nobody: it is "used", "expired", "revoked" or "unknown", as `why` says."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class IsAdmin(ServiceError):
    """Whoever runs the bot has to be dismissed before they can be banned."""


class IsBanned(ServiceError):
    """A ban has to be lifted before its chat's user can run the bot."""


class PurchasePending(ServiceError):
    """A purchase of this chat has no known outcome, and another one would blur the balance that has to speak."""


class PurchaseUnderWay(ServiceError):
    """A purchase is being made on this account at this moment; forgetting the chat now would lose its outcome."""
