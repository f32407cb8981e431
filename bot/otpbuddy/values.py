"""Reading single values of the provider's JSON: what is clear is read, what is not is named.

Numbers keep their exact text, ids are opaque strings, and text is made safe to store: a lone surrogate or a NUL
character, which neither SQLite nor PostgreSQL nor Telegram takes, becomes U+FFFD.
"""

import json
import re
from decimal import Decimal, InvalidOperation

MAX_NUMBER_TEXT = 40
MAX_WHOLE_DIGITS = 15
MAX_FRACTION_DIGITS = 20  # A server that counts in binary floating point prints 41.800000000000004 for 41.80.
MAX_IDENTIFIER = 128
_CODE = re.compile(r"-?[0-9]{1,9}")
_AMOUNT = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,20})?")
_UNSTORABLE = re.compile("[\ud800-\udfff\0]")


class UnclearError(Exception):
    """A value that cannot be read without guessing: the path of its field, and what came instead."""

    def __init__(self, field: str, came: str) -> None:
        super().__init__(field, came)
        self.field = field
        self.came = came


class Unreadable:
    """Stands for a JSON number that is not one (NaN) or is too long to be money or an id, and for a key with two values."""


def parse_object(text: str) -> dict[str, object]:
    """Parse a JSON object with exact numbers.

    Raises:
        UnclearError: for anything that is not JSON, is no object, or is nested too deeply to be an answer.

    """
    try:
        parsed = json.loads(
            text, parse_float=_exact, parse_int=_whole, parse_constant=lambda _: Unreadable(), object_pairs_hook=_unambiguous
        )
        came = describe(parsed)
    except ValueError:
        parsed, came = None, excerpt(text)
    except RecursionError:
        parsed, came = None, "nested too deeply"
    if isinstance(parsed, dict):
        return parsed
    raise UnclearError("answer", came)


def _unambiguous(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Build an object; of two values for one key JSON does not say which counts, and one of them may be a refusal, or a price."""
    read = dict(pairs)
    if len(read) < len(pairs):
        first: dict[str, object] = {}
        for key, value in pairs:
            if first.setdefault(key, value) != value:
                read[key] = Unreadable()
    return read


def _exact(text: str) -> Decimal | Unreadable:
    try:
        return Decimal(text) if len(text) <= MAX_NUMBER_TEXT else Unreadable()
    except InvalidOperation:  # An exponent beyond what the decimal module counts to.
        return Unreadable()


def _whole(text: str) -> int | Unreadable:
    return int(text) if len(text) <= MAX_NUMBER_TEXT else Unreadable()


def excerpt(text: str) -> str:
    """Show the beginning of what came, quoted; the token is taken out by whoever puts this into an exception."""
    return repr(text) if text else "nothing"


def describe(value: object) -> str:
    """Say in a few words what a JSON value is."""
    if isinstance(value, str):
        return excerpt(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, list):
        return "a list"
    return "an object" if isinstance(value, dict) else "a value that cannot be read"


def code(value: object, field: str) -> int:
    """Read an outcome code: a JSON integer or its decimal text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _CODE.fullmatch(value.strip()):
        return int(value)
    raise UnclearError(field, describe(value))


def amount(value: object, field: str) -> Decimal:
    """Read money with its exact digits from a JSON number or its plain decimal text, without a currency."""
    if isinstance(value, str) and _AMOUNT.fullmatch(value.strip()):
        read = Decimal(value.strip())
    elif isinstance(value, Decimal) or (isinstance(value, int) and not isinstance(value, bool)):
        read = Decimal(value)
    else:
        raise UnclearError(field, describe(value))
    _, digits, exponent = read.as_tuple()
    if not isinstance(exponent, int) or read.adjusted() >= MAX_WHOLE_DIGITS or exponent < -MAX_FRACTION_DIGITS:
        raise UnclearError(field, describe(value))
    if exponent > 0:
        read = Decimal(int(read))
    return read.copy_abs() if not any(digits) else read


def price(value: object, field: str) -> Decimal:
    """Read money that cannot be negative."""
    read = amount(value, field)
    if read < 0:
        raise UnclearError(field, describe(value))
    return read


def identifier(value: object, field: str) -> str:
    """Read an id or a telephone number: text kept as it is, or a whole number as its digits."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str):
        trimmed = value.strip()
        if trimmed and len(trimmed) <= MAX_IDENTIFIER and trimmed.isprintable() and "\ufffd" not in trimmed:
            return trimmed
    raise UnclearError(field, describe(value))


def text(value: object) -> str | None:
    """Read words; None where there are none."""
    if not isinstance(value, str):
        return None
    return _UNSTORABLE.sub("\ufffd", value).strip() or None
