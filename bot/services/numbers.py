"""How a phone number is shown and copied. The provider sends digits with the country code and no plus: "919876543210"."""

import re
from typing import Final

import phonenumbers

_WRITTEN: Final = re.compile(r"\+?[0-9][0-9 ()./-]{0,40}")


def international(number: str, country: str = "in") -> str:
    """Return a number as people write it across borders: "+91 98765 43210".

    `country` (two letters) is assumed only where the digits are no valid number with a country code of their own. Digits that are a
    number nowhere get a plus and nothing else; any other text ("9163001XXXXX") comes back as it came.
    """
    return _formatted(number, country, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def copyable(number: str, country: str = "in") -> str:
    """Return a number in E.164, as sign-up forms take it: "+919876543210". What is no number is treated as by `international`."""
    return _formatted(number, country, phonenumbers.PhoneNumberFormat.E164)


def _formatted(number: str, country: str, form: int) -> str:
    shown = number.strip()
    if not _WRITTEN.fullmatch(shown):
        return number
    parsed = _parse("+" + shown, None)
    if parsed is None:
        parsed = _parse(shown, country.upper())
    if parsed is not None:
        return phonenumbers.format_number(parsed, form)
    return "+" + shown if shown.isdecimal() else number


def _parse(number: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    return parsed if phonenumbers.is_valid_number(parsed) else None
