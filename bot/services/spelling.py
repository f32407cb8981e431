"""One name, spelled as people type it: without accents, in Latin letters, by its sound, or on the wrong keyboard layout."""

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

_WORD = re.compile(r"[^\W_]+")
_PART = re.compile(r"\s*(?:[/|,;+&()\[\]]|\s[-–—]\s)\s*")
_MARKS = frozenset({"Mn", "Mc"})

# Letters that are taken for each other, in the order in which they are replaced; what is longer comes first.
_SOUNDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("tch", "ch"),
        ("sch", "sh"),
        ("ph", "f"),
        ("wh", "v"),
        ("(?<=[bdgjkv])h", ""),
        ("c(?=[eiy])", "s"),
        ("ck|c(?!h)|q", "k"),
        ("x", "ks"),
        ("w", "v"),
        ("z", "s"),
        ("oo|ou", "u"),
        ("ee|ea", "i"),
        ("y|j(?=[aou])", "i"),
        (r"(.)\1+", r"\1"),
        ("(?<=..)e$", ""),
    )
)
_LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_RUSSIAN_KEYS = "йцукенгшщзхъфывапролджэячсмитьбюё"
_OTHER_LAYOUT = str.maketrans(_LATIN_KEYS + _RUSSIAN_KEYS, _RUSSIAN_KEYS + _LATIN_KEYS)


def plain(text: str) -> str:
    """Fold case, accents and width away, so that names compare as people type them."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(mark for mark in decomposed if not unicodedata.combining(mark)).split())


def parts(name: str) -> tuple[str, ...]:
    """Split a name that names several things: "X (Twitter)" into "X" and "Twitter"."""
    return tuple(part for part in _PART.split(name) if part)


def words(text: str) -> tuple[str, ...]:
    """Give a text's words in lower-case Latin letters and digits; emoji and signs are none."""
    kept = "".join(mark if mark.isalnum() or unicodedata.category(mark) in _MARKS else " " for mark in unicodedata.normalize("NFC", text))
    return tuple(_WORD.findall(anyascii(kept).lower()))


@lru_cache(maxsize=16384)
def solid(text: str) -> str:
    """Write a text in Latin letters and digits alone, without any gap: "Whats App" as "whatsapp"."""
    return "".join(words(text))


@lru_cache(maxsize=16384)
def sound(latin: str) -> str:
    """Fold what sounds alike in Latin letters: "whatsapp" and "vatsap" are the same."""
    for pattern, sounds in _SOUNDS:
        latin = pattern.sub(sounds, latin)
    return latin


def skeleton(sounds: str) -> str:
    """Leave the vowels out, which are what people spell differently first."""
    return re.sub("[aeiou]", "", sounds)


def other_layout(text: str) -> str:
    """Read a text as if the keyboard had been switched between Latin and Russian letters: "ntktuhfv" as "телеграм"."""
    return text.translate(_OTHER_LAYOUT)
