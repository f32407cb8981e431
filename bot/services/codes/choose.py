"""Which of the numbers in an SMS is the code: the one that the text itself calls so, in the same breath.

Being wrong costs the user an attempt, being silent costs a glance at the full text that is always shown below. So nothing is
guessed from length or position alone: a number counts when the words next to it name it, or when there is nothing else it could be.
"""

import bisect
import re
from itertools import pairwise
from typing import Final

from bot.services.codes import words
from bot.services.codes.scan import Candidate, candidates, hide_addresses, lowered, normalise

MOST_CHARACTERS: Final = 10_000
MOST_NUMBERS: Final = 50
"""A text with more numbers than this that could be codes is a list of something."""
REACH: Final = 160
"""How far from a number the words may stand that name it, in characters: one SMS."""

_BOUND: Final = re.compile(r"^@[a-z0-9.-]{1,253}\.[a-z]{2,63}(?::[0-9]{1,5})? #([A-Za-z0-9]{4,10})(?: .{0,300})?$", re.MULTILINE)
_STOP: Final = re.compile(r"[。！？।؟۔\n]|[.!?]+(?=[\s\"')\]*]|$)")
_ABBREVIATION: Final = re.compile(r"\b(?:no|nr|rs|tel|ref|inc|ltd|acc|ac|ord|num|st|mr|co)$|\b\w$")
_OPENERS: Final = " \"'([{<«“„「『【*`>"
_CLOSERS: Final = " \"')]}»”」』】*`"
_COLONS: Final = (":", "=")
_UNSPACED: Final = "\u0e00"
"""Thai; after it come the other scripts that write without spaces, where the first "word" is the whole phrase."""
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_ARTICLES: Final = re.compile(r"\b(?:le|el|der|die|das|o|now)$")
_SPLIT: Final = re.compile(r"[,;，；、]|\band\b")
_OR: Final = re.compile(r"\s*(?:or|and|and also|,|/|&|y|o|ou|oder|или|и|veya|atau|hoặc|lub|of|أو|या|或|または|또는)\s*")
_LETTERS: Final = re.compile(r"[^\W\d_]+")


def extract_code(text: str) -> str | None:
    """Return the one-time password in an SMS exactly as it is to be typed, or None where none is certain.

    Digits come back as ASCII and joined: "123-456", "12 34 56" and "١٢٣٤٥٦" are all "123456", for the gaps are there for the eye; so
    are Google's "G-" and Facebook's "FB-". Any other prefix of letters ("QWRT-9981") may or may not be part of what is typed: None.
    A code of letters and digits keeps its case. Words without a digit are never a code. Two different numbers that are both called the
    code give None. Takes time proportional to the length; what is longer than 10,000 characters is no SMS and gives None.
    """
    if len(text) > MOST_CHARACTERS:
        return None
    plain = normalise(text)
    found = {candidate.code for candidate in _named(plain)}
    if bound := set(_BOUND.findall(plain)):
        found |= bound
    return found.pop() if len(found) == 1 else None


def _named(plain: str) -> list[Candidate]:
    """Return the numbers that the text calls its code, or the only one that can be it."""
    seen = hide_addresses(plain)
    message = _Message(seen)
    possible = candidates(seen)
    if len(possible) > MOST_NUMBERS:
        return []
    named: list[Candidate] = []
    for candidate in possible:
        floor = named[-1].end if named else 0
        if message.names(candidate, floor):
            named.append(candidate)
    if not named:
        plain_ones = [candidate for candidate in possible if _is_plain(candidate.code)]
        alone = len({candidate.code for candidate in plain_ones}) == 1
        return [candidate for candidate in plain_ones if alone and message.leaves_only(candidate)]
    rivals = [
        rival
        for one, other in pairwise(possible)
        for chosen, rival in ((one, other), (other, one))
        if chosen in named and _OR.fullmatch(seen, one.end, other.start)
    ]
    return [candidate for candidate in named + rivals if not message.is_spent(candidate)]


class _Message:
    """A text with what is needed to look around a number in it."""

    def __init__(self, seen: str) -> None:
        low = lowered(seen)
        self.text = words.OTHER_NAME.sub(lambda other: "~" * len(other.group()), low)
        self._advertises = bool(words.ADVERT.search(low))
        self._stops = [stop.end() for stop in _STOP.finditer(self.text) if not self._is_inside_sentence(stop)]

    def _is_inside_sentence(self, stop: re.Match[str]) -> bool:
        before = self.text[max(0, stop.start() - 8) : stop.start()]
        if stop.group() == "\n":
            return before.rstrip().endswith(":")
        return stop.group() == "." and bool(_ABBREVIATION.search(before))

    def _sentence(self, candidate: Candidate) -> tuple[str, str]:
        """Return what stands before and after the number in its sentence, each as far as words reach."""
        index = bisect.bisect_right(self._stops, candidate.start)
        start = self._stops[index - 1] if index else 0
        after = bisect.bisect_left(self._stops, candidate.end)
        end = self._stops[after] if after < len(self._stops) else len(self.text)
        return (
            self.text[max(start, candidate.start - REACH) : candidate.start],
            self.text[candidate.end : min(end, candidate.end + REACH)],
        )

    def is_spent(self, candidate: Candidate) -> bool:
        """Whether its sentence says that it works no more."""
        return any(map(words.SPENT.search, self._sentence(candidate)))

    def names(self, candidate: Candidate, floor: int) -> bool:
        """Whether the words around a number call it a code; those before `floor` have named another one already."""
        before, after = self._sentence(candidate)
        before, after = _unwrapped(before[max(0, floor - (candidate.start - len(before))) :], after)
        if candidate.code.upper() != candidate.code and _LETTERS.match(after.lstrip(" ")):
            return False
        if self._advertises and not words.CERTAIN.search(before + after):
            return False
        return _named_before(before) or _named_after(before, after, plain=_is_plain(candidate.code))

    def leaves_only(self, candidate: Candidate) -> bool:
        """Whether the number stands alone on its line, or after a sender's name, and the text is about a code or about nothing."""
        if self._advertises:
            return False
        head, _, _ = self.text[: candidate.start].rpartition("\n")
        line, rest = _unwrapped(self.text[len(head) : candidate.start], self.text[candidate.end :])
        if not _is_sender(line) or not re.match(r"[ \"')\]*]*(?:[.!]|\n|$)", rest):
            return False
        above = head.rstrip().rpartition("\n")[2]
        others = _LETTERS.search(head + rest)
        return not others or (bool(words.NAME.search(self.text)) and (_is_sender(above) or bool(words.NAME.search(above))))


def _unwrapped(before: str, after: str) -> tuple[str, str]:
    """Take the angle brackets off that a number stands in; a single one is an arrow or a sign of comparison."""
    return (before[:-1], after[1:]) if before.endswith("<") and after.startswith(">") else (before, after)


def _named_before(before: str) -> bool:
    """Whether the text before a number ends in the name of a code: "code 1", "code: 1", "code for … is 1"."""
    names = list(words.NAME.finditer(before))
    if not names:
        return False
    name = names[-1]
    tail = before[name.end() :].rstrip(_OPENERS + "\n")
    if _is_glue(tail) and not words.PREPOSITION.search(tail):
        return True
    open_slot = re.split(r"[0-9]", tail)[-1]
    if words.THING.search(open_slot) or _SPLIT.search(open_slot):
        return False
    if tail.endswith(_COLONS):
        return not _ends_with(words.SLOT, tail.rstrip(" :="))
    tail = _ARTICLES.sub("", tail).rstrip()
    if words.OWN_JOIN.search(before[name.start() :]):
        return True
    join = _ending(words.JOIN, tail)
    return bool(join) and not _ends_with(words.SLOT, tail[: -len(join)].rstrip())


def _named_after(before: str, after: str, *, plain: bool) -> bool:
    """Whether the text after a number calls it a code: "1 is your code", "1 - code", "use 1 to log in".

    What is not `plain` (a year, "B612") needs a verb: "B612 code" is the code of something called B612.
    """
    after = re.split(r"[0-9]", after.lstrip(_CLOSERS))[0]
    used = _ends_with(words.USE, before.rstrip(_OPENERS))
    if used and words.IN_ORDER_TO.match(after) and words.PURPOSE.search(after):
        return True
    name = words.NAME.search(after)
    if name is None:
        return False
    between = after[: name.start()].strip(" -,:=(~")
    if words.THING.search(between) or _SPLIT.search(between):
        return False
    if loose := words.LOOSE_JOIN.match(between):
        return _is_glue(between[loose.end() :]) and (used or _is_opening(before))
    if _is_joined(between):
        return True
    close = _is_glue(between) or (after.startswith("(") and name.start() <= 6)  # noqa: PLR2004 - as in "1(微信验证码", where the name follows at once.
    return plain and close and _is_opening(before)


def _is_joined(between: str) -> bool:
    """Whether what stands between a number and a name is a verb and whose or which code it is."""
    join = words.JOIN.match(between)
    spoken = between[join.end() :].split() if join else []
    if join is None or len(spoken) > 6:  # noqa: PLR2004 - "your Axis Bank credit card OTP"
        return False
    return not spoken or spoken[0] >= _UNSPACED or _is_glue(spoken[0])


def _is_opening(before: str) -> bool:
    """Whether it is the start of a sentence, or no more than a sender's name and a colon."""
    if _is_sender(before):
        return True
    short = before.rstrip().endswith(":") and len(before.split()) <= 3  # noqa: PLR2004 - "State Bank of:" is the longest
    return short and not words.THING.search(before) and not words.SLOT.search(before) and not re.search(r"\d", before)


def _is_plain(code: str) -> bool:
    """Whether it is all digits and no year."""
    return code.isdecimal() and not _YEAR.fullmatch(code)


def _is_glue(text: str) -> bool:
    """Whether it says nothing but whose or which code it is."""
    left = words.CERTAIN.sub(" ", text)
    return all(words.GLUE.fullmatch(word) or words.SENDER.fullmatch(word) for word in re.split(r"[\s:=()>\-]+", left) if word)


def _ends_with(pattern: re.Pattern[str], text: str) -> bool:
    """Whether the text ends in a match."""
    return bool(_ending(pattern, text))


def _ending(pattern: re.Pattern[str], text: str) -> str:
    """Return the match that the text ends in. Only its last words are looked at."""
    last = text[-32:]
    return next((match.group() for match in pattern.finditer(last) if match.end() == len(last)), "")


def _is_sender(text: str) -> bool:
    """Whether it is nothing but a sender's name, a bracketed one, a year, or empty."""
    if words.THING.search(text):
        return False
    text = re.sub(r"^[\[【(<].{0,40}[\]】)>]", "", text.strip()).strip(_OPENERS + _CLOSERS + ":-#")
    return all(words.SENDER.fullmatch(word) or _YEAR.fullmatch(word) for word in text.split())
