"""JSON of a provider that has lost its mind: right answers of both revisions, broken value by value."""

import functools
import json
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.texts import texts

Json = Any
HEX = "63dca665627000000000beef"
BASES: dict[str, list[Json]] = {
    "balance": [{"status": 200, "data": {"balance": 500}}, {"status": "200", "data": [{"balance": "41.80"}]}],
    "products": [
        {"status": 200, "data": {"WhatsApp": {"id": "wa", "price": 9.5}, "Вконтакте": {"id": "vk", "price": "12"}}},
        {"status": 200, "data": [{"product_name": "WhatsApp", "price": "9.50", "product_id": "wa"}]},
    ],
    "buy": [{"status": 200, "data": {"number": "919163001234", "id": HEX}}, {"status": "200", "data": {"number": 919163001234, "id": 7}}],
    "sms": [
        {"status": 210, "message": "Waiting for message"},
        {"status": 200, "message": "Your Code is 123456"},
        {"status": 200, "data": [{"message": "one 1111"}, "two 2222"], "message": "ok"},
    ],
    "cancel": [{"status": 200, "message": "Cancelled"}, {"status": 200, "data": "Cancelled"}],
}
REFUSALS = [{"status": code, "message": "No"} for code in (201, 202, 203, 204, 205, 206)]
REFUSED = frozenset({201, 202, 203, 204, 206})


@dataclass(frozen=True)
class Raw:
    """A piece of JSON that no writer of JSON writes."""

    text: str


@dataclass(frozen=True)
class Twice:
    """A value whose key is there twice, first with another value."""

    first: Json
    then: Json


RAWS = [
    "NaN",
    "-Infinity",
    "1e400",
    "-0",
    "-0.0",
    "0.1e-30",
    "9" * 45,
    "9" * 5000,
    "00012",
    "1E+2",
    "202.0",
    "2.02e2",
    "200.5",
    "41.800000000000004",
    "1e-999999999999",
    '"\\ud83d"',
    '"\\u0000"',
    "[" * 2000 + "]" * 2000,
    "{" * 10,
    "'200'",
    "undefined",
    "",
    "//",
]
VALUES = st.one_of(
    st.sampled_from(
        [None, True, False, 0, 1, -1, 200, 201, 202, 205, 210, 299, "200", " 202 ", "202", "२०२", "true", "", [], {}, [[]], [None]]
    ),
    st.sampled_from(RAWS).map(Raw),
    st.integers(),
    st.floats(),
    texts(600, surrogates=True),
    st.recursive(
        st.none() | st.integers() | texts(12), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts(8), inner, max_size=3)
    ),
)


def write(value: Json) -> str:
    """Write JSON, keys that are there twice and raw pieces included."""
    if isinstance(value, Raw):
        return value.text
    if isinstance(value, Twice):
        return write(value.then)
    if isinstance(value, list):
        return f"[{', '.join(map(write, value))}]"
    if isinstance(value, dict):
        pairs = [
            (key, item) for key, entry in value.items() for item in ((entry.first, entry.then) if isinstance(entry, Twice) else (entry,))
        ]
        return f"{{{', '.join(f'{json.dumps(key)}: {write(item)}' for key, item in pairs)}}}"
    return json.dumps(value)


def _paths(value: Json, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [here, *(path for key, item in inner for path in _paths(item, (*here, key)))]


def _changed(value: Json, path: tuple[Any, ...], change: Any) -> Json:
    if not path:
        return change(value)
    copied = value.copy()
    copied[path[0]] = _changed(value[path[0]], path[1:], change)
    return copied


def documents(call: str) -> st.SearchStrategy[str]:
    """Give an answer's JSON: a right one or a refusal, as it is or broken."""
    return mutated(BASES[call] + REFUSALS)


@st.composite
def mutated(draw: st.DrawFn, bases: list[Json]) -> str:
    """Give JSON with up to three of its values replaced, doubled, removed or added."""
    value: Json = draw(st.sampled_from(bases))
    for _ in range(draw(st.integers(0, 3))):
        path = draw(st.sampled_from(_paths(value)))
        kind = draw(st.sampled_from(["replace", "replace", "double", "remove", "add"]))
        if kind == "replace":
            value = _changed(value, path, functools.partial(_take_instead, draw(VALUES)))
        elif kind == "double" and path and isinstance(path[-1], str):
            value = _changed(value, path, functools.partial(_double, draw(VALUES)))
        elif kind == "add":
            value = _changed(value, path, functools.partial(_add, draw(texts(20)), draw(VALUES)))
        elif kind == "remove" and path:
            value = _changed(value, path[:-1], functools.partial(_without, path[-1]))
    return write(value)


def _take_instead(new: Json, _old: Json) -> Json:
    return new


def _double(first: Json, old: Json) -> Json:
    return old if isinstance(old, Twice) else Twice(first, old)


def _add(key: str, new: Json, old: Json) -> Json:
    return {**old, key: new} if isinstance(old, dict) else [old, new]


def _without(key: Any, value: Json) -> Json:
    if isinstance(value, dict):
        return {name: item for name, item in value.items() if name != key}
    return [item for index, item in enumerate(value) if index != key]
