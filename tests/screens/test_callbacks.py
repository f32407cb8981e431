"""What buttons carry: typed, short, and safe to read whoever wrote it."""

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.screens import callbacks, callbacks_money
from bot.screens.admin import callbacks as callbacks_admin
from bot.screens.admin import callbacks_broadcast
from bot.screens.callback import MAX_BYTES, Callback, unpack
from bot.screens.callbacks import Shop

NAMED = vars(callbacks) | vars(callbacks_money) | vars(callbacks_admin) | vars(callbacks_broadcast)
KINDS: list[type[Any]] = sorted(
    (kind for kind in NAMED.values() if isinstance(kind, type) and issubclass(kind, Callback) and kind is not Callback),
    key=lambda kind: str(kind.word),
)
IDS = st.text("ABCXYZabcxyz0189_-", min_size=1, max_size=24)
NUMBERS = st.integers(0, 999_999)


def values(kind: type[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    strategies = [NUMBERS if field.type in {int, "int"} else IDS for field in fields(kind)]
    if kind.free_text:
        strategies[-1] = st.text(max_size=100)
    return st.tuples(*strategies)


def test_every_kind_has_a_word_of_its_own() -> None:
    words = [kind.word for kind in KINDS]
    assert len(KINDS) > 15
    assert len(set(words)) == len(words)
    assert all(word and word.isalpha() for word in words)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_what_is_packed_fits_and_is_unpacked(kind: type[Any], data: st.DataObject) -> None:
    given_values = data.draw(values(kind))
    packed = kind(*given_values).pack()
    assert len(packed.encode()) <= MAX_BYTES
    read = unpack(packed)
    assert isinstance(read, kind)
    assert read.pack() == packed
    for field, value in zip(fields(kind), given_values, strict=True):
        if not (kind.free_text and field is fields(kind)[-1]):
            assert getattr(read, field.name) == value


@given(st.text(st.characters(codec="utf-8"), max_size=100))
def test_a_search_is_cut_between_characters(query: str) -> None:
    read = unpack(Shop(999_999, query).pack())
    assert isinstance(read, Shop)
    assert query.startswith(read.query)
    room = MAX_BYTES - len("shop:999999:")
    assert len(read.query.encode()) > room - 4 or read.query == query


def test_a_search_may_hold_separators_and_what_cannot_be_written() -> None:
    assert unpack(Shop(3, "a:b::c").pack()) == Shop(3, "a:b::c")
    assert unpack(Shop(3, "a\ud83db").pack()) == Shop(3, "ab")


FORGED = [
    "",
    ":",
    "menu:1",
    "menu ",
    "MENU",
    "nothing",
    "card",
    "card:",
    "card:a:b",
    "card:" + "a" * 25,
    "card:../../x",
    "card:'; DROP TABLE chat;--",
    "card:é",
    "hist",
    "hist:-1",
    "hist:1.5",
    "hist:１",
    "hist:1000000",
    "hist:x",
    "bye:",
    "in:key",
    "in:key:",
    "move:key:in:x",
    "shop",
    "shop:1",
    "shop:x:whats",
    "shop:0:" + "w" * 64,
    "shop:0:" + "я" * 30,
]


@pytest.mark.parametrize("data", FORGED)
def test_what_no_button_carries_is_nothing(data: str) -> None:
    assert unpack(data) is None


@given(
    st.one_of(
        st.binary(min_size=64, max_size=64).map(lambda raw: raw.decode("latin-1")),
        st.binary(max_size=80).map(lambda raw: raw.decode("utf-8", "surrogateescape")),
        st.text(),
        st.tuples(st.sampled_from([kind.word for kind in KINDS]), st.text()).map(":".join),
    )
)
def test_garbage_is_nothing_or_something_valid(data: str) -> None:
    read = unpack(data)
    if read is not None:
        assert type(read) in KINDS
        assert unpack(read.pack()) is not None
