"""What holds for every screen, whatever comes from outside."""

from collections.abc import Iterator
from itertools import islice

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.sandbox.telegram.entities import CAPTION_LIMIT, TEXT_LIMIT, format_text
from bot.sandbox.telegram.html import parse_html
from bot.sandbox.telegram.keyboards import check_markup
from bot.sandbox.telegram.utf16 import utf16_length
from bot.screens import callbacks, callbacks_money
from bot.screens.admin import callbacks as callbacks_admin
from bot.screens.admin import callbacks_broadcast, callbacks_people
from bot.screens.callback import Callback, unpack
from bot.screens.callbacks import Menu
from bot.screens.places import fitting
from bot.screens.screen import Screen, shorten
from tests.screens.gallery import LANGUAGES, cards, everything
from tests.screens.gallery_admin import reports
from tests.screens.gallery_money import captions

NAMED = vars(callbacks) | vars(callbacks_money) | vars(callbacks_admin) | vars(callbacks_people) | vars(callbacks_broadcast)
STATES = ("active", "cancel", "charged", "expired", "finished", "not_charged", "rejected", "requested", "unknown", "unresolved")
HOSTILE = {
    "html": '<b>bold</b> <a href="http://x">y</a></code> &amp; &lt;',
    "markdown": "*bold* _it_ `code` [a](http://x) ||spoiler|| ~no~",
    "braces": "{product} {number} {0} {} {{ {price.__class__}",
    "percent": "%s %(text)d 100% \\n \\x00",
    "right to left": "\u202eevil\u202c شيفرة \u2067x\u2069 \u200f42",
    "zero width": "Wh\u200bats\u200dApp\ufeff\u2060!",
    "flags": "🇮🇳🇺🇸👩‍👩‍👧‍👦🏳️‍🌈",
    "quotes": "\"it's\" 'quoted' & <",
    "lines": "first\n\n\nlast",
    "10,000 characters": "x" * 10_000,
    "10,000 flags": "🇮🇳" * 5_000,
    "10,000 quotes": "'" * 10_000,
}


def faults(screen: Screen) -> Iterator[str]:
    """Say what Telegram, or a reader, would not take."""
    source = str(screen.text)
    text, _ = format_text(source, "HTML")
    if not 0 < utf16_length(text) <= TEXT_LIMIT:
        yield f"{utf16_length(text)} UTF-16 units of text"
    if len(source.encode()) > 2**15:
        yield f"{len(source.encode())} bytes of HTML"
    if screen.plain != parse_html(source)[0]:
        yield "its plain text is another"
    keys = [key for row in screen.keyboard.inline_keyboard for key in row] if screen.keyboard is not None else []
    kept = check_markup(screen.keyboard.to_dict()) if screen.keyboard is not None else None
    if [key.text for key in keys] != [key["text"] for row in (kept or {"inline_keyboard": []})["inline_keyboard"] for key in row]:
        yield "buttons get lost"
    for key in keys:
        data = key.callback_data
        read = unpack(data) if isinstance(data, str) else None
        if not key.text.strip() or utf16_length(key.text) > 48:
            yield f"the label {key.text!r}"
        acts = key.copy_text is not None or key.url is not None or key.switch_inline_query_current_chat is not None
        if not acts and (read is None or read.pack() != data):
            yield f"{key.text!r} carries {data!r}"


@pytest.mark.parametrize("outside", HOSTILE.values(), ids=HOSTILE)
def test_telegram_takes_every_screen(outside: str) -> None:
    assert {title: found for title, screen in everything(outside) if (found := list(faults(screen)))} == {}


@pytest.mark.parametrize("outside", HOSTILE.values(), ids=HOSTILE)
def test_telegram_takes_the_card_in_every_state(outside: str) -> None:
    # Every combination with one text, and a sample of them with each of the others.
    drawn = cards(outside) if outside == HOSTILE["html"] else islice(cards(outside), 0, None, 41)
    assert {title: found for title, screen in drawn if (found := list(faults(screen)))} == {}


@pytest.mark.parametrize("code", LANGUAGES.codes)
@pytest.mark.parametrize("outside", ["x", HOSTILE["html"]], ids=["x", "html"])
def test_telegram_takes_every_screen_in_every_language(code: str, outside: str) -> None:
    words = LANGUAGES.words(code)
    drawn = [*everything(outside, words), *islice(cards(outside, words), 0, None, 41)]
    assert {title: found for title, screen in drawn if (found := list(faults(screen)))} == {}


@pytest.mark.parametrize("code", LANGUAGES.codes)
def test_no_button_is_so_wordy_that_it_is_cut(code: str) -> None:
    words = LANGUAGES.words(code)
    labels = {key.text for _, screen in [*everything("x", words), *cards("x", words)] for row in screen.rows for key in row}
    assert not [label for label in labels if label.endswith("…")]


@pytest.mark.parametrize("code", LANGUAGES.codes)
@pytest.mark.parametrize("outside", HOSTILE.values(), ids=HOSTILE)
def test_what_stands_below_a_picture_or_a_file_is_short_enough(outside: str, code: str) -> None:
    words = LANGUAGES.words(code)
    lengths = {title: utf16_length(screen.plain) for title, screen in [*captions(outside, words), *reports(outside, words)]}
    assert {title: length for title, length in lengths.items() if not 0 < length <= CAPTION_LIMIT} == {}


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=300))
@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_telegram_takes_every_screen_with_any_text(outside: str) -> None:
    outside = outside.strip() or "x"
    drawn = [*everything(outside), *islice(cards(outside), 0, None, 97)]
    assert {title: found for title, screen in drawn if (found := list(faults(screen)))} == {}


@pytest.mark.parametrize("outside", HOSTILE.values(), ids=HOSTILE)
def test_what_comes_from_outside_is_shown_literally(outside: str) -> None:
    drawn = dict(everything(outside)) | dict(islice(cards(outside), 0, None, 41))
    shown = {title: format_text(str(screen.text), "HTML")[0] for title, screen in drawn.items()}
    assert all(shorten(outside) in shown[f"SMS 0 on {number}"] for number in ("919876543210", "9163001XXXXX"))
    named = {title: text for title, text in shown.items() if title.startswith(("SMS", *STATES))}
    named |= {
        title: shown[title]
        for title in (
            "countries, page 0 of 3",
            "other countries, page 0 of 3",
            "offer with everything",
            "offer with None",
            "changed offer with 0",
            "waits, price",
            "met, stock, True",
            "gone",
        )
    }
    assert not [title for title, text in named.items() if shorten(outside, 60) not in text]
    assert shorten(outside, 30) in shown["history, page 0"]
    assert fitting(outside[:64]).strip() in shown["found, page 0"]
    assert shorten(outside[:64], 60) in shown["nothing found"]
    assert outside[:64].strip() in shown["greeting"]


def test_every_kind_of_button_is_on_some_screen() -> None:
    kinds = {kind for kind in NAMED.values() if isinstance(kind, type) and issubclass(kind, Callback)} - {Callback}
    seen = set()
    for _, screen in [*everything("x"), *cards("x")]:
        for row in screen.rows:
            seen |= {type(unpack(str(key.callback_data))) for key in row if key.callback_data is not None}
    assert seen - {type(None)} == kinds


def test_menus_lead_back() -> None:
    """Whatever the user looks at by way of a menu has a way back to it, for admins by way of theirs."""
    ours, people = vars(callbacks_admin), vars(callbacks_people)
    admins = ("ShowPeople", "ShowPerson", "ShowMode", "ShowInvites", "NewInvite")
    menus = (Menu, ours["AdminMenu"], ours["ShowTeam"], *(people[name] for name in admins), callbacks_broadcast.ShowBroadcasts)
    dead_ends = {
        title
        for title, screen in everything("x")
        if screen.rows and not any(isinstance(unpack(str(key.callback_data)), menus) for row in screen.rows for key in row)
    }
    of_users = (
        "SMS",
        "menu",
        "greeting",
        "offer",
        "changed",
        "countries",
        "choices",
        "forget",
        "other",
        "jump",
        "alarm",
        "all clear",
        "below",
    )
    of_admins = ("confirm", "progress", "audience", "buttons", "time")
    in_groups = ("only in private", "token in a group")
    assert not [title for title in dead_ends if not title.startswith(of_users + of_admins + in_groups)]
