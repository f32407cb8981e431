"""What can go wrong between this bot and the provider, as one tree.

    OtpbuddyError
    ├── Refused                 a definite no; nothing was done
    │   ├── InvalidId             201
    │   ├── InsufficientBalance   202
    │   ├── ProductNotFound       203
    │   ├── NumberExpired         204
    │   ├── InvalidParameter      206
    │   └── NoSuchCall            HTTP 404: the server has no call of that name
    ├── TokenRejected           HTTP 401 or 403
    ├── NotSent                 proof that the request never left this machine
    ├── NoAnswer                it may have left, and no whole answer came back
    ├── ServerError             205
    ├── Unavailable             HTTP 429 or 5xx, with `retry_after` where the server says so
    └── UnexpectedAnswer        an answer that no table explains

Every class says in `executed` whether the call may have had its effect: "no", or "unknown". A purchase that fails
with "unknown" may have been charged. The text of each of them is safe to log: it holds no token and no address.
"""

from typing import ClassVar, Literal


class OtpbuddyError(Exception):
    """A call to the provider that brought no usable answer; `call` names it ("balance", "buy", …)."""

    executed: ClassVar[Literal["no", "unknown"]] = "unknown"
    summary: ClassVar[str] = "failed"

    def __init__(self, call: str, detail: str = "") -> None:
        super().__init__(call, detail)
        self.call = call
        self.detail = detail

    def __str__(self) -> str:
        text = f"{self.call}: {self.summary}"
        return f"{text}: {self.detail}" if self.detail else text


class Refused(OtpbuddyError):
    """The provider said no, and did nothing; `code` is the envelope's, `message` its words, shortened, or ""."""

    executed = "no"
    summary = "refused"
    code: ClassVar[int | None] = None

    @property
    def message(self) -> str:
        """The provider's own words, shortened and without the token; "" where it said nothing."""
        return self.detail


class InvalidId(Refused):
    """201: the provider knows no such number of this account."""

    summary = "invalid id (201)"
    code = 201


class InsufficientBalance(Refused):
    """202: the balance does not cover the price."""

    summary = "insufficient balance (202)"
    code = 202


class ProductNotFound(Refused):
    """203: the provider does not offer that product."""

    summary = "product not found (203)"
    code = 203


class NumberExpired(Refused):
    """204: the number's time is over."""

    summary = "number expired (204)"
    code = 204


class InvalidParameter(Refused):
    """206: the provider did not like a parameter."""

    summary = "invalid parameter (206)"
    code = 206


class NoSuchCall(Refused):
    """HTTP 404: the server has no call of any name that we know for this."""

    summary = "no such call (HTTP 404)"


class TokenRejected(OtpbuddyError):
    """HTTP 401 or 403: the token is not, or no longer, accepted."""

    executed = "no"
    summary = "token rejected"


class NotSent(OtpbuddyError):
    """The request provably never left: no connection could be made, or none was free in time."""

    executed = "no"
    summary = "not sent"


class NoAnswer(OtpbuddyError):
    """The deadline passed or the connection broke: whether the call had its effect is unknown."""

    summary = "no answer"


class ServerError(OtpbuddyError):
    """205: the provider failed; whether the call had its effect is unknown."""

    summary = "server error (205)"
    code: ClassVar[int] = 205


class Unavailable(OtpbuddyError):
    """HTTP 429 or 5xx; `retry_after` is how many seconds the server asks to wait (at most 300), or None."""

    summary = "unavailable"

    def __init__(self, call: str, detail: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(call, detail)
        self.retry_after = retry_after


class UnexpectedAnswer(OtpbuddyError):
    """An answer that is in no table; `field` names what could not be read, `code` is an unknown envelope code."""

    summary = "unexpected answer"

    def __init__(self, call: str, detail: str = "", *, field: str | None = None, code: int | None = None) -> None:
        super().__init__(call, detail)
        self.field = field
        self.code = code
