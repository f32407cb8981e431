"""Buttons as admins type them: whole lines or nothing, and only addresses that Telegram opens."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.letters import (
    BadButtonsError,
    Letter,
    LinkButton,
    is_link,
    parse_buttons,
    read_buttons,
    write_buttons,
)
from storage.models import Broadcast, BroadcastState, Content
from tests.services.world import START

NEWS, HELP = LinkButton("News", "https://example.org/news"), LinkButton("Get help - now", "http://example.org")

TYPED = [
    ("News - https://example.org/news", ((NEWS,),)),
    ("  News   —   https://example.org/news  \n \n", ((NEWS,),)),
    ("News – https://example.org/news\nGet help - now - http://example.org", ((NEWS,), (HELP,))),
    ("News - https://example.org/news | Get help - now - http://example.org", ((NEWS, HELP),)),
    ("🎉 हिन्दी - tg://resolve?domain=otpbuddy_bot", ((LinkButton("🎉 हिन्दी", "tg://resolve?domain=otpbuddy_bot"),),)),
    ("N\x00ews - https://example.org/news", ((NEWS,),)),
    ("  |  ".join(["a - https://b.cc"] * 3), ((LinkButton("a", "https://b.cc"),) * 3,)),
    ("\n".join(["a - https://b.cc"] * 10), ((LinkButton("a", "https://b.cc"),),) * 10),
    (f"{'x' * 48} - https://b.cc", ((LinkButton("x" * 48, "https://b.cc"),),)),
]


@pytest.mark.parametrize(("typed", "rows"), TYPED)
def test_a_line_is_a_row_and_a_bar_parts_buttons(typed: str, rows: object) -> None:
    assert parse_buttons(typed) == rows


WRONG = [
    ("", ""),
    ("\n \n", ""),
    ("\n".join(["a - https://example.org"] * 11), ""),
    ("News", "News"),
    ("News https://example.org", "News https://example.org"),
    ("a - https://example.org\n- https://example.org", "- https://example.org"),
    ("News - javascript:alert(1)", "News - javascript:alert(1)"),
    ("News - https://", "News - https://"),
    ("News - https://example.org/news | Nothing - https://", "News - https://example.org/news | Nothing - https://"),
    ("News - https://localhost/", "News - https://localhost/"),
    ("News - http://[::1", "News - http://[::1"),
    ("News - example.org", "News - example.org"),
    (f"{'x' * 49} - https://example.org", f"{'x' * 49} - https://example.org"),
    ("a - https://b.cc | d", "a - https://b.cc | d"),
    (" | ".join(["a - https://b.cc"] * 4), " | ".join(["a - https://b.cc"] * 4)),
]


@pytest.mark.parametrize(("typed", "line"), WRONG)
def test_what_is_no_button_is_named(typed: str, line: str) -> None:
    with pytest.raises(BadButtonsError) as caught:
        parse_buttons(typed)
    assert caught.value.line == line


LONG = "https://example.org/".ljust(1024, "x")


def test_a_link_may_be_long() -> None:
    assert is_link(LONG)


@pytest.mark.parametrize("url", [f"{LONG}x", "https://exa mple.org", "ftp://example.org", "https://.", "tg:resolve", ""])
def test_no_other_address_is_a_link(url: str) -> None:
    assert not is_link(url)


@given(st.text(max_size=200))
def test_any_text_is_buttons_or_refused(typed: str) -> None:
    try:
        rows = parse_buttons(typed)
    except BadButtonsError:
        return
    assert read_buttons(write_buttons(rows)) == rows


def test_a_text_alone_has_no_marks_and_nothing_else() -> None:
    assert Letter("Hello") == Letter("Hello", "[]", Content.TEXT, None, ())


def test_a_letter_is_what_a_broadcast_says() -> None:
    rows = ((NEWS, HELP),)
    written: dict[str, Any] = {
        "content": Content.PHOTO,
        "file_id": "file",
        "text": "Hello",
        "entities": "[1]",
        "buttons": write_buttons(rows),
    }
    broadcast = Broadcast(id="b", author_id=1, state=BroadcastState.DRAFT, created_at=START, **written)
    assert Letter.of(broadcast) == Letter("Hello", "[1]", Content.PHOTO, "file", rows)


def test_buttons_are_kept_as_they_were_typed() -> None:
    assert write_buttons(((LinkButton("हिन्दी", "https://b.cc"),),)) == '[[{"text": "हिन्दी", "url": "https://b.cc"}]]'
