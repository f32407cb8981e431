"""The HTTP header that says when to come back (RFC 9110, section 10.2.3)."""

import re
from datetime import UTC
from email.utils import parsedate_to_datetime

LONGEST = 300.0
_SECONDS = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def seconds(header: str | None, now: float) -> float | None:
    """Give the wait that a `Retry-After` header asks for, in seconds between 0 and 300; None where it asks for none.

    The header holds seconds or a date; `now` is the time in seconds since 1970.
    """
    value = (header or "").strip()
    if _SECONDS.fullmatch(value):
        return min(float(value), LONGEST)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    # RFC 5322 writes "-0000" for "UTC, zone unknown", which comes back without a zone.
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return min(max(aware.timestamp() - now, 0.0), LONGEST)
