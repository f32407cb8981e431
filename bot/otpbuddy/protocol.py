"""The provider's API without any I/O: what to ask for, and what an answer means.

The two published revisions of the reference contradict each other, and this module reads both: `data` as an object or
a list, the message beside it, inside it or instead of it, numbers as numbers or text. A `Call` says how a request is
spelled in each revision and how its answer is read; `read` turns an HTTP answer into a result or an error of the tree.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

from bot.otpbuddy import answers
from bot.otpbuddy.answers import Envelope, ProductList, Purchase, SmsAnswer
from bot.otpbuddy.body import Answer, decode
from bot.otpbuddy.errors import (
    InsufficientBalance,
    InvalidId,
    InvalidParameter,
    NoSuchCall,
    NumberExpired,
    OtpbuddyError,
    ProductNotFound,
    Refused,
    ServerError,
    TokenRejected,
    Unavailable,
    UnexpectedAnswer,
)
from bot.otpbuddy.retry_after import seconds
from bot.otpbuddy.values import UnclearError, code, parse_object, text

T = TypeVar("T")

MAX_DETAIL = 160
REFUSALS: dict[int, type[Refused]] = {
    201: InvalidId,
    202: InsufficientBalance,
    203: ProductNotFound,
    204: NumberExpired,
    206: InvalidParameter,
}
DONE, WAITING, SERVER_ERROR = 200, 210, 205
CODES = frozenset({DONE, WAITING, SERVER_ERROR, *REFUSALS})


@dataclass(frozen=True, slots=True)
class Request:
    """One spelling of a call: the path under the base address, and the parameters beside `token`."""

    path: str
    parameters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """A call: its name in errors and logs, its spellings (the later revision's first), how a success is read."""

    name: str
    spellings: tuple[Request, ...]
    result: Callable[[Envelope], T]
    codes: frozenset[int] = frozenset({DONE})
    by_id: bool = False


def balance() -> Call[Decimal]:
    """Ask for the account's balance."""
    return Call("balance", (Request("getBalance"),), answers.balance)


def products() -> Call[ProductList]:
    """Ask for the products; revision 1 prints `getStatus` without an id for it."""
    return Call("products", (Request("getProducts"), Request("getStatus")), answers.products)


def buy(country: str, product_id: str) -> Call[Purchase]:
    """Ask for a number, which spends money.

    Revision 1 spells the country's parameter `server` in its table and `sever` in its example address. Both are sent in
    the one request, because a server that misses its own might take another country, and asking twice might pay twice.
    """
    parameters = (("server", country), ("sever", country), ("product_id", product_id))
    return Call("buy", (Request("getNumber", parameters),), answers.purchase)


def sms(purchase_id: str) -> Call[SmsAnswer]:
    """Ask for the SMS of a number."""
    request = Request("getSms", (("id", purchase_id),))
    return Call("sms", (request,), answers.sms, codes=frozenset({DONE, WAITING}), by_id=True)


def cancel(purchase_id: str) -> Call[str]:
    """Ask to give a number back; revision 1 sets status 8, and calls that parameter by two names."""
    by_status = (("id", purchase_id), ("status", "8"), ("status_code", "8"))
    spellings = (Request("cancelNumber", (("id", purchase_id),)), Request("setStatus", by_status))
    return Call("cancel", spellings, answers.cancelled)


def status(purchase_id: str) -> Call[SmsAnswer]:
    """Ask for the state of a number; only revision 1 has it, and documents no answer: it is read as that of `sms`."""
    request = Request("getStatus", (("id", purchase_id),))
    return Call("status", (request,), answers.sms, codes=frozenset({DONE, WAITING}), by_id=True)


def read(call: Call[T], answer: Answer, *, redact: Callable[[str], str], now: Callable[[], float]) -> T:
    """Say what `answer` means for `call`.

    A code of the table counts whatever the HTTP status is; an HTTP status counts where the body has no such code.
    `redact` takes the token out of text that the provider wrote; `now` gives the time as seconds since 1970 in UTC.

    Raises:
        OtpbuddyError: of the class that the answer calls for.

    """
    came = _came(answer)
    if isinstance(came, UnclearError) or came.code not in CODES:
        failure = _by_http_status(call, answer, now) or _unexpected(call, came, answer)
    elif came.code in call.codes:
        try:
            return call.result(came)
        except UnclearError as error:
            unclear = error
        failure = _unexpected(call, unclear, answer)
    else:
        failure = _by_code(call, came)
    failure.detail = _shorten(redact(failure.detail))
    failure.args = (failure.call, failure.detail)
    # Raised outside any `except`, so that nothing which holds unredacted text hangs on it as its context.
    raise failure


def _came(answer: Answer) -> Envelope | UnclearError:
    try:
        parsed = parse_object(decode(answer))
        return Envelope(code(parsed.get("status"), "status"), parsed.get("data"), parsed.get("message"))
    except UnclearError as error:
        return error


def _by_code(call: Call[T], envelope: Envelope) -> OtpbuddyError:
    said = text(envelope.message) or ""
    if envelope.code in REFUSALS:
        return REFUSALS[envelope.code](call.name, said)
    if envelope.code == SERVER_ERROR:
        return ServerError(call.name, said)
    return UnexpectedAnswer(call.name, f"status {envelope.code}", field="status", code=envelope.code)


def _by_http_status(call: Call[T], answer: Answer, now: Callable[[], float]) -> OtpbuddyError | None:
    status_code, empty = answer.http_status, not answer.body
    words = f"HTTP {status_code}"
    if status_code in {401, 403}:
        return TokenRejected(call.name, words)
    if status_code == 404:  # noqa: PLR2004  # HTTP statuses are better known by their numbers than by any name.
        return NoSuchCall(call.name)
    if status_code == 429 or status_code >= 500:  # noqa: PLR2004  # As above.
        return Unavailable(call.name, words, retry_after=seconds(answer.headers.get("retry-after"), now()))
    # HTTP forbids a body on 204, so that a server which mirrors its codes in the HTTP status says "expired" or "server
    # error" without words. To a cancel or a purchase the bare 204 might as well mean "done": there it stays unexpected.
    if status_code == 204 and empty and call.by_id:  # noqa: PLR2004  # As above.
        return NumberExpired(call.name)
    if status_code == SERVER_ERROR and empty:
        return ServerError(call.name)
    return None


def _unexpected(call: Call[T], came: Envelope | UnclearError, answer: Answer) -> UnexpectedAnswer:
    if isinstance(came, Envelope):
        return UnexpectedAnswer(call.name, f"status {came.code}", field="status", code=came.code)
    return UnexpectedAnswer(call.name, f"HTTP {answer.http_status}, {came.field} is {came.came}", field=came.field)


def _shorten(detail: str) -> str:
    flat = " ".join(detail.split())
    return flat if len(flat) <= MAX_DETAIL else f"{flat[: MAX_DETAIL - 1]}…"
