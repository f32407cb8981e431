"""How a typed name finds products: literally, in any script, by its sound, with typing mistakes, or in a sentence."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.otpbuddy import Product
from bot.services.famous import famous
from bot.services.spelling import other_layout, parts, plain, skeleton, solid, sound, words

MOST_SIMILAR = 8
"""Names listed at most where nothing bears the typed one."""
_SHORT = 4
_MISTAKES = ((_SHORT, 1), (7, 2), (10, 3))
"""From how many letters on how many mistakes are forgiven."""
_WORD = 6
"""From how many letters on a single word of a name is found although it holds a mistake."""
_BY_OTHER_NAME, _BY_WORD = 0.1, 0.2
"""How much farther than the name itself these are, in mistakes."""
_WANTED = (
    "number numbers num otp code codes sms for buy get need want account verification verify login to the my a an i me please pls virtual "
    "nomer nomera dlya na kod kody kupit poluchit khochu nuzhen mne akkaunt akkaunta registratsii registratsiya pozhaluysta "
    "nmbr nambar ek ke lie liye ka ki pr par kod otipi hai lena krna karna khridna cahie chahie chahiye mujhe mera"
)
_ASIDE = frozenset(_WANTED.split())
"""Words around a name that say what everybody here wants anyway, as they are in Latin letters."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a text found, best first."""

    products: tuple[Product, ...]
    similar: bool = False
    """Whether none bears the name, and these are only spelled like it."""


@dataclass(frozen=True, slots=True, eq=False)
class _Keys:
    """The forms in which a product's name is looked for."""

    everything: str
    """All that is matched literally, each form on a line of its own: most names can be passed over by one look at it."""
    name: str
    exact: frozenset[str]
    solids: tuple[str, ...]
    """The name and its parts, in Latin letters and digits alone."""
    words: tuple[str, ...]
    others: tuple[str, ...]
    spellings: tuple[tuple[str, float], ...]
    """How it is spelled as a whole, by another name and by each of its words, and how much farther these are than the first."""
    sounds: tuple[tuple[str, float], ...]
    """How these sound, where they are long enough to tell."""
    known: bool


@dataclass(frozen=True, slots=True)
class _Query:
    """The forms of what was typed."""

    plain: str
    solid: str
    words: tuple[str, ...]
    sound: str


_Keyed = Sequence[tuple[Product, _Keys]]


def search(products: Sequence[Product], query: str) -> Found:
    """List the products that a typed name means, best first; all of them for an empty one. Equal matches keep the list's order."""
    typed = _query(query)
    if not typed.plain:
        return Found(tuple(products))
    keyed = [(product, _keys(product.id, product.name)) for product in products]
    for look in (_bearing, _sounding, _on_the_other_layout):
        found = look(keyed, typed)
        if found:
            return Found(tuple(found))
    return _in_a_sentence(products, keyed, typed) or Found(tuple(_similar(keyed, typed)), similar=True)


def _query(text: str) -> _Query:
    latin = words(text)
    return _Query(plain(text), "".join(latin), latin, sound("".join(latin)))


@lru_cache(maxsize=8192)
def _keys(product_id: str, name: str) -> _Keys:
    known = famous(name)
    others = tuple(dict.fromkeys(solid(other) for service in known for other in (service.name, *service.others)))
    latin = words(name)
    solids = tuple(dict.fromkeys(filter(None, (solid(part) for part in (name, *parts(name))))))
    exact = frozenset({plain(name), plain(product_id), *solids})
    forms = [(form, 0.0) for form in solids] + [(form, _BY_OTHER_NAME) for form in others] + [(form, _BY_WORD) for form in latin]
    sounds: dict[str, float] = {}
    for form, farther in forms:
        if len(form) >= _SHORT:
            sounds.setdefault(sound(form), farther)
    return _Keys(
        everything="\n".join([*exact, *latin, *others]),
        name=plain(name),
        exact=exact,
        solids=solids,
        words=latin,
        others=others,
        spellings=tuple(forms),
        sounds=tuple(sounds.items()),
        known=bool(known),
    )


def _ranked(keyed: _Keyed, rank: Callable[[_Keys], float | None]) -> list[Product]:
    """Sort what has a rank by it; of equal ones those that nearly everybody means come first."""
    ranks = ((rank(keys), not keys.known, product) for product, keys in keyed)
    found = [(best, unknown, product) for best, unknown, product in ranks if best is not None]
    return [product for _best, _unknown, product in sorted(found, key=lambda entry: entry[:2])]


def _bearing(keyed: _Keyed, typed: _Query) -> list[Product]:
    def may_match(everything: str) -> bool:
        return typed.plain in everything or all(word in everything for word in typed.words)

    return _ranked(keyed, lambda keys: _literally(keys, typed) if may_match(keys.everything) else None)


def _literally(keys: _Keys, typed: _Query) -> float | None:
    """Rank by how a name matches: exactly, another name of it, from its start, from a word's start, anywhere, by all its words."""
    if typed.plain in keys.exact or typed.solid in keys.exact:
        return 0
    if typed.solid in keys.others:
        return 1
    for position, matches in enumerate((_starts, _starts_a_word, _starts_another, _within, _has_all_words), start=2):
        if matches(keys, typed):
            return position
    return None


def _starts(keys: _Keys, typed: _Query) -> bool:
    return keys.name.startswith(typed.plain) or (bool(typed.solid) and any(key.startswith(typed.solid) for key in keys.solids))


def _starts_a_word(keys: _Keys, typed: _Query) -> bool:
    return f" {typed.plain}" in f" {keys.name}" or (bool(typed.solid) and any(word.startswith(typed.solid) for word in keys.words))


def _starts_another(keys: _Keys, typed: _Query) -> bool:
    return len(typed.solid) > 1 and any(other.startswith(typed.solid) for other in keys.others)


def _within(keys: _Keys, typed: _Query) -> bool:
    return typed.plain in keys.name or (len(typed.solid) >= _SHORT and any(typed.solid in key for key in keys.solids))


def _has_all_words(keys: _Keys, typed: _Query) -> bool:
    return len(typed.words) > 1 and all(any(key.startswith(word) for key in (*keys.words, *keys.others)) for word in typed.words)


def _sounding(keyed: _Keyed, typed: _Query) -> list[Product]:
    """Find what sounds alike, or begins so."""
    heard = typed.sound
    if len(heard) < _SHORT:
        return []

    def rank(keys: _Keys) -> float | None:
        alike = [farther + (key != heard) for key, farther in keys.sounds if key.startswith(heard)]
        return min(alike, default=None)

    return _ranked(keyed, rank)


def _on_the_other_layout(keyed: _Keyed, typed: _Query) -> list[Product]:
    meant = _query(other_layout(typed.plain))
    if len(meant.sound) < _SHORT:
        return []
    return _ranked(keyed, lambda keys: next((farther for key, farther in keys.sounds if key == meant.sound), None))


def essence(text: str) -> str:
    """Leave out the words that only say what everybody wants here, unless there are no others."""
    return " ".join(word for word in text.split() if "".join(words(word)) not in _ASIDE) or text


def _in_a_sentence(products: Sequence[Product], keyed: _Keyed, typed: _Query) -> Found | None:
    """Take a sentence for the name in it: without the words that only say what is wanted, else each word that is a whole name."""
    whole_text = " ".join(typed.words)
    if (left := essence(whole_text)) != whole_text:
        return search(products, left)
    whole = [(word, sound(word)) for word in typed.words if len(word) >= _SHORT]

    def rank(keys: _Keys) -> float | None:
        if any(word in keys.exact for word, _ in whole):
            return 0
        names = [form for form, farther in keys.sounds if farther < _BY_WORD]
        return 1 if any(heard in names for _, heard in whole) else None

    named = _ranked(keyed, rank)
    return Found(tuple(named)) if named else None


def _similar(keyed: _Keyed, typed: _Query) -> list[Product]:
    """Find what is spelled nearly like it, by its letters or by its sound, the nearest first."""
    near: dict[_Keys, float] = {}
    spelled = [(form, farther, keys) for _, keys in keyed for form, farther in keys.spellings if farther < _BY_WORD or len(form) >= _WORD]
    heard = [(form, farther, keys) for _, keys in keyed for form, farther in keys.sounds if farther < _BY_WORD or len(form) >= _WORD]
    for text, forms in ((typed.solid, spelled), (typed.sound, heard)):
        for keys, distance in _near(text, forms):
            near[keys] = min(distance, near.get(keys, distance))
    return _ranked(keyed, near.get)[:MOST_SIMILAR]


def _near(text: str, forms: Sequence[tuple[str, float, _Keys]]) -> Iterator[tuple[_Keys, float]]:
    """Give whose forms are within the mistakes allowed, and how far they are; the beginning of a name counts as half a mistake more."""
    allowed = next((count for letters, count in reversed(_MISTAKES) if len(text) >= letters), 0)
    if not allowed or not text.isalpha():
        return
    cuts: list[tuple[int | None, float]] = [(None, 0.0)]
    if len(text) > _SHORT:
        cuts.append((len(text), 0.5))
    for cut, more in cuts:
        names = [form[:cut] for form, _, _ in forms]
        for name, mistakes, position in process.extract(text, names, scorer=OSA.distance, score_cutoff=allowed, limit=None):
            if _is_likely(text, name):
                yield forms[position][2], mistakes + forms[position][1] + more


def _is_likely(text: str, name: str) -> bool:
    """Whether a mistake is one that people make: hardly at the beginning of a short word, and in a very short one among its vowels only."""
    if len(text) > _SHORT + 1:
        return True
    return text[0] == name[0] and (len(text) > _SHORT or skeleton(text) == skeleton(name))
