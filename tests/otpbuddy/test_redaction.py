"""Taking tokens out of text, with nothing of them left and nothing else lost."""

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.otpbuddy.redaction import REDACTED, Redactor

TOKEN = "canary+Token/42 &<x>\\é"


@pytest.mark.parametrize(
    "form",
    [
        TOKEN,
        TOKEN.upper(),
        quote(TOKEN, safe=""),
        quote(TOKEN, safe="").lower(),
        html.escape(TOKEN),
        repr(TOKEN),
        json.dumps(TOKEN),
        json.dumps(TOKEN, ensure_ascii=False).replace("/", "\\/"),
        TOKEN.encode().hex(),
        base64.b64encode(TOKEN.encode()).decode(),
        base64.b64encode(f"a{TOKEN}bc".encode()).decode(),
        base64.b64encode(f"ab{TOKEN}c".encode()).decode(),
        base64.urlsafe_b64encode(f"ab{TOKEN}".encode()).decode(),
    ],
)
def test_a_token_is_taken_out_in_every_form(form: str) -> None:
    shown = Redactor(SecretStr(TOKEN))(f"before {form} after")
    assert form not in shown
    assert form[4:-6] not in shown
    assert REDACTED in shown
    assert shown.startswith("before ")
    assert shown.endswith(" after")


def test_the_value_of_a_token_parameter_is_taken_out_whatever_it_is() -> None:
    assert (
        Redactor(SecretStr(""))("GET /getBalance?token=abc&id=1 token%3Dxyz") == f"GET /getBalance?token={REDACTED}&id=1 token%3D{REDACTED}"
    )


@given(st.text(min_size=4, max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_redaction_takes_any_token_out_of_any_text(token: str, before: str, after: str) -> None:
    shown = Redactor(SecretStr(token))(before + token + after)
    assert token not in shown.replace(REDACTED, "\n")


@pytest.mark.parametrize("token", ["plain-token", "it's", 'say "hi"', "\\\\slash", "50%", "a&b", "a b+c", "naïve/ÿ", "bell\x07end"])
@pytest.mark.parametrize(
    ("form", "quotes"),
    [
        (lambda token: quote(token, safe=""), 0),
        (quote_plus, 0),
        (html.escape, 0),
        (lambda token: token.encode().hex(), 0),
        (repr, 1),
        (json.dumps, 1),
        (lambda token: json.dumps(token, ensure_ascii=False).replace("/", "\\/"), 1),
    ],
)
def test_of_a_token_in_any_form_nothing_is_left(token: str, form: Callable[[str], str], quotes: int) -> None:
    told = form(token)
    assert Redactor(SecretStr(token))(f"<{told}>") == f"<{told[:quotes]}{REDACTED}{told[len(told) - quotes :]}>"


@pytest.mark.parametrize("token", ["plain-token", "~~~???>>>ÿÿÿ", "ab?ab>ab~"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("before", ["", "a", "ab", "abc", "abcd"])
@pytest.mark.parametrize("after", ["x", "xy", "xyz"])
def test_of_base64_only_what_also_holds_bits_of_the_neighbours_is_left(
    token: str, encode: Callable[[bytes], bytes], before: str, after: str
) -> None:
    told = encode(f"{before}{token}{after}".encode()).decode()
    begins, ends = len(before) * 8, len(f"{before}{token}".encode()) * 8
    assert Redactor(SecretStr(token))(told) == told[: -(-begins // 6)] + REDACTED + told[ends // 6 :]


def test_what_stands_for_a_token_is_plain() -> None:
    assert Redactor(SecretStr("canary"))("a canary") == "a [redacted]"


def test_fewer_than_six_characters_of_base64_may_be_any_word() -> None:
    assert Redactor(SecretStr("abcd"))("YWJjZA==") == "YWJjZA=="
    assert Redactor(SecretStr("abcde"))("YWJjZGU=") == f"{REDACTED}U="
