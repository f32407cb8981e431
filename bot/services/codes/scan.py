"""From the text of an SMS to the numbers in it that could be a code by their shape and their neighbours."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from bot.services.codes import words

SHORTEST: Final = 4
LONGEST: Final = 8

HIDDEN: Final = "\ufffc"
"""Stands for every character of an address, so that positions stay and nothing in it is read."""

_DASHES: Final = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_KEYCAP: Final = "\u20e3"
_ASCII_RUN: Final = re.compile(r"[!-~]+")
_HOST: Final = re.compile(r"(?:^|[^a-z0-9.-])((?:[a-z0-9-]{1,63}\.){1,6}[a-z]{2,24})(?::[0-9]{1,5})?/")
_EMAIL: Final = re.compile(r"[A-Za-z0-9]@[A-Za-z0-9]")
_TOKEN: Final = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
_MIXED: Final = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9]{4,10}")
_MASKED: Final = re.compile(r"[xX]{2,}[0-9]+|[0-9]+[xX]{2,}[0-9]*")
_QUANTITY: Final = re.compile(r"([A-Za-z]*)([0-9]+)([A-Za-z]*)")
_SPACED: Final = {(3, 3), (2, 2, 2), (2, 2), (2, 2, 2, 2)} | {(1,) * n for n in range(SHORTEST, LONGEST + 1)}
_HYPHENED: Final = {(3, 3), (2, 2, 2), (4, 4), (2, 2, 2, 2)} | {(1,) * n for n in range(SHORTEST, LONGEST + 1)}
_PRINTED_PREFIXES: Final = {"G", "FB"}
"""Google and Facebook print these before a code and ask for the digits after them only."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A number that could be a code: what the user would type, and where it stands in the normalised text."""

    code: str
    start: int
    end: int


def normalise(text: str) -> str:
    """Return `text` with digits, spaces, dashes and full-width signs as ASCII, and without characters that are not seen."""
    return "".join(map(_plain, unicodedata.normalize("NFC", text)))


def _plain(char: str) -> str:
    if " " <= char <= "~":
        return char
    if (digit := unicodedata.decimal(char, None)) is not None:
        return str(digit)
    if char in _DASHES:
        return "-"
    if "\uff01" <= char <= "\uff5e":
        return chr(ord(char) - 0xFEE0)
    return _unseen(char)


def _unseen(char: str) -> str:
    """Return what a space, control, format or variation character leaves behind, and any other as it is."""
    category = unicodedata.category(char)
    if char in "\n\r\u0085" or category in {"Zl", "Zp"}:
        return "\n"
    if category in {"Zs", "Cc"}:
        return " "
    return "" if category == "Cf" or char == _KEYCAP or "\ufe00" <= char <= "\ufe0f" else char


def lowered(text: str) -> str:
    """Return `text` in lower case with every character still in its place ("İ" would become two otherwise)."""
    return "".join(char.lower()[0] for char in text)


def hide_addresses(text: str) -> str:
    """Blank out web and mail addresses, which are full of digits that nobody types."""
    return _ASCII_RUN.sub(_hide, text)


def _hide(match: re.Match[str]) -> str:
    run = match.group()
    scheme = run.find("://")
    if scheme >= 0:
        start = scheme
        while start and run[start - 1].isalpha():
            start -= 1
        return run[:start] + HIDDEN * (len(run) - start)
    if host := _HOST.search(run.lower()):
        start = host.start(1)
        return run[:start] + HIDDEN * (len(run) - start)
    return HIDDEN * len(run) if _EMAIL.search(run) else run


def candidates(text: str) -> list[Candidate]:
    """Return the possible codes of a normalised text without addresses, in order."""
    found: list[Candidate] = []
    chain: list[re.Match[str]] = []
    for token in _TOKEN.finditer(text):
        if not token.group().replace("-", "").isdecimal():
            found += _digits(text, chain)
            chain = []
            found += _lettered(text, token)
        elif chain and text[chain[-1].end() : token.start()] == " ":
            chain.append(token)
        else:
            found += _digits(text, chain)
            chain = [token]
    return found + _digits(text, chain)


def _digits(text: str, chain: list[re.Match[str]]) -> list[Candidate]:
    """Read a run of digit groups with single spaces between them, as one code, or as one code among small numbers, or as none."""
    # Within a run there is nothing but single spaces, and marks that stand around it ("**12 34 56**") are around all of it.
    if not chain or _is_something_else(text, chain[0].start(), chain[-1].end()):
        return []
    groups = tuple(len(token.group()) for token in chain)
    if groups in _SPACED and all(token.group().isdecimal() for token in chain):
        return [Candidate("".join(token.group() for token in chain), chain[0].start(), chain[-1].end())]
    long = [token for token in chain if len(token.group()) >= SHORTEST]
    if len(long) != 1 or any(len(token.group()) == SHORTEST - 1 for token in chain):
        return []
    code = _joined(long[0].group())
    return [Candidate(code, long[0].start(), long[0].end())] if code else []


def _joined(group: str) -> str | None:
    """Return the digits of "123456" or "123-456", None for groups that no code has (a phone number, a date)."""
    parts = tuple(map(len, group.split("-")))
    if len(parts) == 1:
        return group if SHORTEST <= len(group) <= LONGEST else None
    return group.replace("-", "") if parts in _HYPHENED else None


def _lettered(text: str, token: re.Match[str]) -> list[Candidate]:
    """Read a token that has letters: a code of both, or digits after a printed prefix or after a word ("OTP-4821")."""
    shown = token.group()
    start, end = token.span()
    if _is_something_else(text, start, end):
        return []
    head, hyphen, tail = shown.partition("-")
    if not hyphen:
        return [Candidate(shown, start, end)] if _is_mixed(shown) else []
    if tail.replace("-", "").isdecimal() and (code := _joined(tail)):
        if head.upper() in _PRINTED_PREFIXES:
            return [Candidate(code, start, end)]
        return [Candidate(code, start + len(head) + 1, end)] if words.NAME.fullmatch(head.lower()) else []
    parts = shown.split("-")
    even = len({len(part) for part in parts}) == 1
    return [Candidate(shown, start, end)] if even and shown.upper() == shown and any(map(_is_mixed, parts)) else []


def _is_mixed(token: str) -> bool:
    """Whether letters and digits are mixed as in a code, not as in "10min", "Rs500" or "XX4321"."""
    if not _MIXED.fullmatch(token) or _MASKED.fullmatch(token):
        return False
    quantity = _QUANTITY.fullmatch(token.lower())
    return not quantity or not (words.CURRENCY_BEFORE.fullmatch(quantity[1]) or words.UNIT.fullmatch(quantity[3]))


def _is_something_else(text: str, start: int, end: int) -> bool:
    """Whether the neighbours make it part of a time, date, amount, masked number, phone number, tag or word."""
    before, after = text[max(0, start - 12) : start], text[end : end + 16]
    left, right = before.rstrip("*"), after.lstrip("*")
    if len(before) - len(left) != len(after) - len(right):
        return True
    return _is_bound_before(left) or _is_bound_after(right) or _is_amount(before, after)


def _is_bound_before(before: str) -> bool:
    last, previous = before[-1:], before[-2:-1]
    if last in ".,:'" and previous.isdecimal():
        return True
    return bool(last) and (last in "+#@_/\\&^~$%•·●…?" or before.endswith("..") or _is_letter(last))


def _is_bound_after(after: str) -> bool:
    first, following = after[:1], after[1:2]
    if first in ".,:'/" and following.isdecimal():
        return True
    return bool(first) and (
        first in "#@_\\&^~%•·●" or after.startswith("/-") or _is_letter(first) or (first == "-" and _is_letter(following))
    )


def _is_amount(before: str, after: str) -> bool:
    left, right = before.rstrip(" ."), after.lstrip(" ")
    if (left and unicodedata.category(left[-1]) == "Sc") or (right and unicodedata.category(right[0]) == "Sc"):
        return True
    word = re.split(r"[^\w]", left.lower())[-1]
    return right[:1] == "%" or bool(words.CURRENCY_BEFORE.fullmatch(word) or words.UNIT.match(right.lower()))


def _is_letter(char: str) -> bool:
    """Whether it is a letter of a script that writes words apart and has upper case (Cyrillic, Greek, accented Latin)."""
    return char.lower() != char.upper()
