"""The parts of every message: templates, lines, times, cuts and buttons."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from bot.locales import Languages
from bot.sandbox.telegram.entities import format_text
from bot.sandbox.telegram.html import parse_html
from bot.sandbox.telegram.utf16 import utf16_length
from bot.screens.callbacks import Menu
from bot.screens.screen import Screen, button, copy_button, countdown, html, lines, moment, shorten

WORDS = Languages("INR").words("en")
NOON = datetime(2026, 3, 5, 12, 0, 30, 999_999, tzinfo=UTC)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))


@given(TEXTS)
def test_whatever_fills_a_template_is_shown_as_it_is(text: str) -> None:
    shown, entities = parse_html(str(html("<b>{name}</b> & co: {name}", name=text)))
    assert shown == f"{text} & co: {text}"
    assert [entity["length"] for entity in entities] == ([utf16_length(text)] if text else [])


@pytest.mark.parametrize("text", ["{name}", "{0}", "{}", "{name.__class__}", "{{", "}", "%s", "%(name)s", "\\N{BULLET}"])
def test_braces_from_outside_are_no_fields(text: str) -> None:
    assert parse_html(str(html("{name}", name=text)))[0] == text


def test_markup_is_filled_in_as_it_is() -> None:
    assert html("{inner}", inner=html("<i>{text}</i>", text="<&>")) == Markup("<i>&lt;&amp;&gt;</i>")


@pytest.mark.parametrize(("template", "values"), [("{name}", {"other": 1}), ("{name", {"name": 1}), ("{0}", {"name": 1})])
def test_a_template_that_does_not_fit_its_fields_fails(template: str, values: dict[str, object]) -> None:
    with pytest.raises((KeyError, ValueError, IndexError)):
        html(template, **values)


def test_lines_stand_below_each_other() -> None:
    assert lines(html("a"), None, html(""), html("<b>{x}</b>", x="<")) == Markup("a\n\n<b>&lt;</b>")


@given(TEXTS, st.integers(1, 30))
def test_a_cut_text_is_the_beginning_within_the_length(text: str, length: int) -> None:
    cut = shorten(text, length)
    assert utf16_length(cut) <= length
    if utf16_length(text) <= length:
        assert cut == text
    else:
        assert cut.endswith("…")
        assert text.startswith(cut[:-1])
        rest = text[len(cut) - 1 :]
        assert utf16_length(cut) + utf16_length(rest) - utf16_length(rest.lstrip()) >= length - 1


@pytest.mark.parametrize("text", ["🇮🇳" * 5000, "👩‍👩‍👧" * 3000, "x" * 10_000, "я\n" * 9000])
def test_a_long_text_leaves_room_in_a_message(text: str) -> None:
    assert 2990 <= utf16_length(shorten(text)) <= 3000


def test_the_plain_text_is_what_the_markup_shows() -> None:
    source = "<b>{a}</b> {b} <code>{c}</code>\n<pre>{a}</pre><tg-time unix='1' format=\"r\">{b}</tg-time><blockquote>{c}</blockquote>"
    screen = Screen(html(source, a="<b>&amp;</b>", b='a > b "c" & d', c="{x} &#60; %s"))
    assert screen.plain == parse_html(str(screen.text))[0]


def test_times_are_for_the_client_to_show_and_have_words_for_older_ones() -> None:
    for draw, kind in ((countdown, "r"), (moment, "dt")):
        text, entities = format_text(str(draw(WORDS, NOON)), "HTML")
        assert text == "5 Mar, 12:00 UTC"
        assert entities == [{"type": "date_time", "offset": 0, "length": 16, "unix_time": 1772712030, "date_time_format": kind}]


def test_a_keyboard_has_the_rows_that_are_not_empty() -> None:
    assert Screen(html("x")).keyboard is None
    keyboard = Screen(html("x"), [[], [button("A", Menu())], []]).keyboard
    assert keyboard is not None
    assert [[key.text for key in row] for row in keyboard.inline_keyboard] == [["A"]]


def test_buttons_cut_what_is_too_long() -> None:
    assert utf16_length(button("🇮🇳" * 100, Menu()).text) <= 48
    long = copy_button("x", "y" * 300)
    assert long.copy_text is not None
    assert long.copy_text.text == "y" * 256
