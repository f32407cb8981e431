import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.telegram.entities import format_text
from bot.sandbox.telegram.errors import ApiError
from bot.sandbox.telegram.utf16 import utf16_length


def parsed(text: str) -> tuple[str, list[dict[str, Any]]]:
    return format_text(text, "HTML")


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("<b>x</b><strong>y</strong>", "xy", [("bold", 0, 1), ("bold", 1, 1)]),
        ("<i>x</i> <em>y</em>", "x y", [("italic", 0, 1), ("italic", 2, 1)]),
        ("<u>x</u> <ins>y</ins>", "x y", [("underline", 0, 1), ("underline", 2, 1)]),
        ("<s>x</s> <strike>y</strike> <del>z</del>", "x y z", [("strikethrough", at, 1) for at in (0, 2, 4)]),
        ('<tg-spoiler>x</tg-spoiler> <span class="tg-spoiler">y</span>', "x y", [("spoiler", 0, 1), ("spoiler", 2, 1)]),
        ("<code>12-34</code>", "12-34", [("code", 0, 5)]),
        ("<pre>a\nb</pre>", "a\nb", [("pre", 0, 3)]),
        ("<blockquote>q</blockquote>", "q", [("blockquote", 0, 1)]),
        ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", 0, 1)]),
        ("<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
        ("<B>x</b >", "x", [("bold", 0, 1)]),
        ("<b>x</>", "x", [("bold", 0, 1)]),
        ("<b></b>x", "x", []),
        ("&lt;b&gt; &amp;amp; &quot;&#65;&#x1F600;&#39", "<b> &amp; \"A😀'", []),
        ("&nbsp;&copy &#0; & x", "&nbsp;&copy &#0; & x", []),
        ("🇮🇳<b>😀</b>x", "🇮🇳😀x", [("bold", 4, 2)]),
        ("  \n <b> x </b> \n", " x", [("bold", 0, 2)]),
        ("<b>a <code>b</code> c</b>", "a b c", [("bold", 0, 2), ("code", 2, 1), ("bold", 3, 2)]),
        ("<code>a<b>b</b></code>", "ab", [("code", 0, 2)]),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", "ab", [("blockquote", 0, 2)]),
        ("a\x07b", "a b", []),
    ],
)
def test_html_becomes_text_and_entities(source: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    found_text, found = parsed(source)
    assert found_text == text
    assert [(entity["type"], entity["offset"], entity["length"]) for entity in found] == entities


@pytest.mark.parametrize(
    ("source", "entity"),
    [
        ('<a href="https://a.example/?x=1&amp;y=2">x</a>', {"type": "text_link", "url": "https://a.example/?x=1&y=2"}),
        ("<a href='https://a.example'>x</a>", {"type": "text_link", "url": "https://a.example/"}),
        ('<a href="a.example">x</a>', {"type": "text_link", "url": "http://a.example/"}),
        ('<a href="tg://user?id=42">x</a>', {"type": "text_mention", "user": {"id": 42}}),
        ('<pre><code class="language-py">x</code></pre>', {"type": "pre", "language": "py"}),
        ('<code class="language-py"><pre>x</pre></code>', {"type": "pre", "language": "py"}),
        ('<tg-emoji emoji-id="53">x</tg-emoji>', {"type": "custom_emoji", "custom_emoji_id": "53"}),
        ('<tg-time unix="1647531900">x</tg-time>', {"type": "date_time", "unix_time": 1647531900}),
        ("<tg-time unix=1647531900 format='R'>x</tg-time>", {"unix_time": 1647531900, "date_time_format": "r"}),
        ("<tg-time unix=1647531900 format='TDW'>x</tg-time>", {"date_time_format": "wDT"}),
    ],
)
def test_attributes_become_fields(source: str, entity: dict[str, Any]) -> None:
    text, [found] = parsed(source)
    assert (text, found["offset"], found["length"]) == ("x", 0, 1)
    assert found.items() >= entity.items()


@pytest.mark.parametrize("source", ['<a href="no link">x</a>', '<tg-time unix="soon">x</tg-time>', "<code class='x'>x"])
def test_tags_without_a_usable_attribute_leave_plain_text(source: str) -> None:
    closed = source if source.endswith(">") else source + "</code>"
    found = [entity for entity in parsed(closed)[1] if entity["type"] != "code"]
    assert found == []


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("дд<b>x</i>", 'Unmatched end tag at byte offset 8, expected "</b>", found "</i>"'),
        ("я<br>", 'Unsupported start tag "br" at byte offset 2'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("a<3", "Unclosed start tag at byte offset 1"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<a href>x</a", "Unclosed end tag at byte offset 9"),
        ("<a href=", 'Unclosed start tag "a" at byte offset 0'),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ('<a ="x">', 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=x/y>z</a>", "Unexpected end of name token at byte offset 8"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<tg-emoji emoji-id="x">y</tg-emoji>', "Invalid custom emoji identifier specified"),
        ('<tg-time unix="5" format="z">y</tg-time>', "Invalid date format used"),
        (
            "&#xD83D;",
            "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units",
        ),
    ],
)
def test_wrong_html_is_refused_with_its_place(source: str, problem: str) -> None:
    with pytest.raises(ApiError) as caught:
        parsed(source)
    assert caught.value.code == 400
    assert caught.value.description == f"Bad Request: can't parse entities: {problem}"


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("/start", [("bot_command", "/start")]),
        ("/start@otpbuddy_bot deep-link", [("bot_command", "/start@otpbuddy_bot")]),
        ("see /help, or /buy.", [("bot_command", "/help"), ("bot_command", "/buy")]),
        ("and/or 1/2 a/b/c", []),
        ("😀 /help", [("bot_command", "/help")]),
        ("hi @asha_k!", [("mention", "@asha_k")]),
        ("mail a.b+c@mail.example.com now", [("email", "a.b+c@mail.example.com")]),
        ("https://a.example/x?y=1).", [("url", "https://a.example/x?y=1")]),
        ("go to t.me/otp or example.com", [("url", "t.me/otp"), ("url", "example.com")]),
        ("#otp_1 #123 $USD", [("hashtag", "#otp_1"), ("cashtag", "$USD")]),
        ("call +91 98765 43210", [("phone_number", "+91 98765 43210")]),
        ("code 123-456 for 998877", []),
    ],
)
def test_entities_are_found_in_plain_text(text: str, entities: list[tuple[str, str]]) -> None:
    _, found = format_text(text)
    units = text.encode("utf-16-le")
    cut = [units[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le") for e in found]
    assert list(zip([entity["type"] for entity in found], cut, strict=True)) == entities


def test_nothing_is_found_inside_code_and_links() -> None:
    _, found = parsed('<code>/start +919876543210</code> <a href="https://a.example/">https://b.example/</a>')
    assert [entity["type"] for entity in found] == ["code", "text_link"]


@pytest.mark.parametrize(
    ("given_entities", "expected"),
    [
        ([{"type": "bold", "offset": 0, "length": 99}], [{"type": "bold", "offset": 0, "length": 7}]),
        ([{"type": "bold", "offset": 50, "length": 1}], []),
        ([{"type": "url", "offset": 0, "length": 3}], []),
        (
            [{"type": "date_time", "offset": 0, "length": 3, "unix_time": 5, "date_time_format": "r"}],
            [{"type": "date_time", "offset": 0, "length": 3, "unix_time": 5, "date_time_format": "r"}],
        ),
        (
            [{"type": "pre", "offset": 0, "length": 3, "language": "py"}],
            [{"type": "pre", "offset": 0, "length": 3, "language": "py"}],
        ),
        (
            [{"type": "text_link", "offset": 0, "length": 3, "url": "https://a.example/"}],
            [{"type": "text_link", "offset": 0, "length": 3, "url": "https://a.example/"}],
        ),
        (
            [{"type": "text_mention", "offset": 0, "length": 3, "user": {"id": 5, "first_name": "x"}}],
            [{"type": "text_mention", "offset": 0, "length": 3, "user": {"id": 5}}],
        ),
        (
            [{"type": "custom_emoji", "offset": 0, "length": 3, "custom_emoji_id": "53"}],
            [{"type": "custom_emoji", "offset": 0, "length": 3, "custom_emoji_id": "53"}],
        ),
    ],
)
def test_given_entities_are_kept_as_far_as_they_fit(given_entities: Any, expected: list[dict[str, Any]]) -> None:
    assert format_text("one two", "", given_entities) == ("one two", expected)


@pytest.mark.parametrize(
    ("entity", "problem"),
    [
        ("x", "expected an Object"),
        ({"type": "bold", "offset": 0}, 'Can\'t find field "length"'),
        ({"type": "bold", "offset": "a", "length": 1}, 'Field "offset" must be of type Number'),
        ({"type": "loud", "offset": 0, "length": 1}, "Unsupported type specified"),
        (
            {"type": "date_time", "offset": 0, "length": 1, "unix_time": 1, "date_time_format": "x"},
            "Invalid date-time format specified",
        ),
    ],
)
def test_wrong_given_entities_are_refused(entity: Any, problem: str) -> None:
    with pytest.raises(ApiError) as caught:
        format_text("one two", "", [entity])
    assert caught.value.description == f"Bad Request: can't parse MessageEntity: {problem}"


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_escaped_text_comes_out_as_it_went_in(text: str) -> None:
    found, entities = parsed(f"<b>{escaped(text)}</b>")
    assert found == text.rstrip(" \n")
    for entity in entities:
        assert entity["length"] > 0
        assert entity["offset"] + entity["length"] <= utf16_length(found)


@given(st.text("<>/abi &;=\"'#x1é😀", max_size=40))
def test_any_html_is_either_parsed_or_refused(text: str) -> None:
    with contextlib.suppress(ApiError):
        found, entities = parsed(text)
        assert all(0 <= e["offset"] < e["offset"] + e["length"] <= utf16_length(found) for e in entities)
