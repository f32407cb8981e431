"""Amounts of money as people type them, and the steps that are offered below a price."""

import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import Final

LARGEST: Final = Decimal(10) ** 12
_WRITTEN: Final = re.compile(r"(?:[^\W\d_]{1,3}\.?)?\s*(\d[\d\s.,'’]{0,24})(?:[^\W\d_]{1,3}\.?)?")
_THOUSANDS: Final = re.compile(r"[1-9]\d{0,2},\d{3}")
_GROUPS: Final = re.compile(r"\d{1,3}(?:[.,]\d{2,3})*[.,]\d{3}")
"""Threes, or the twos of India's lakhs before a last three."""
_STEPS: Final = (Decimal("0.9"), Decimal("0.75"), Decimal("0.5"))


def parse_amount(text: str) -> Decimal | None:
    """Read an amount above zero from what somebody typed ("35", "35,50", "₹ 1,234.50", "1 00 000 rs"); None for anything else.

    Of a comma and a point together, the last one is the decimal mark. One of them alone is it as well, except a comma before three
    digits: "1,234" is more than a thousand.
    """
    written = _WRITTEN.fullmatch("".join(sign for sign in text if unicodedata.category(sign) != "Sc").strip())
    if written is None:
        return None
    digits = re.sub(r"[\s'’]", "", written[1]).rstrip(".,")
    marks = re.findall(r"[.,]", digits)
    mark = None
    if len(set(marks)) == 2 or (len(marks) == 1 and not _THOUSANDS.fullmatch(digits)):  # noqa: PLR2004  # There are two marks.
        mark = marks[-1]
    whole, _, fraction = digits.rpartition(mark) if mark else (digits, "", "")
    if re.search(r"[.,]", whole) and (mark in set(marks[:-1]) or not _GROUPS.fullmatch(whole)):
        return None
    amount = Decimal(f"{re.sub('[.,]', '', whole)}.{fraction or '0'}")
    amount = amount if fraction else amount.to_integral_value()
    return amount if 0 < amount < LARGEST else None


def steps_below(price: Decimal) -> Sequence[Decimal]:
    """Give a few round amounts below a price, the highest first; none where there is no price."""
    if price <= 0:
        return ()
    grain = Decimal(5).scaleb(price.adjusted() - 2)
    return tuple((price * step / grain).to_integral_value(ROUND_FLOOR) * grain for step in _STEPS)
