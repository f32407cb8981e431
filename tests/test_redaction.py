import base64
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.logs import REDACTED, Redactor

BOT_TOKEN = "123456789:AACanary-Canary_CanaryCanaryCanaryC"
BOT_SECRET = BOT_TOKEN.partition(":")[2]
KEY = "Q2FuYXJ5Q2FuYXJ5Q2FuYXJ5Q2FuYXJ5Q2FuYXJ5Q2E="
PASSWORD = "canary p@ss/wörd+'\"\\"
SECRETS = tuple(map(SecretStr, (BOT_TOKEN, KEY, PASSWORD)))


SPELLINGS: list[Callable[[str], str]] = [
    str,
    lambda secret: quote(secret, safe=""),
    lambda secret: quote(secret, safe="").lower() if "%" in quote(secret, safe="") else secret,
    lambda secret: base64.b64encode(secret.encode()).decode(),
    lambda secret: base64.b64encode(f"u:{secret}".encode()).decode(),
    lambda secret: base64.urlsafe_b64encode(f"me:{secret}".encode()).decode(),
    repr,
    json.dumps,
]


@pytest.mark.parametrize("spelling", range(len(SPELLINGS)))
@pytest.mark.parametrize("secret", [BOT_TOKEN, BOT_SECRET, KEY, PASSWORD])
def test_a_registered_secret_is_taken_out_in_every_spelling(secret: str, spelling: int) -> None:
    told = SPELLINGS[spelling](secret)
    clean = Redactor(SECRETS)(f"before {told} after")
    assert REDACTED in clean
    assert clean.startswith("before ")
    assert clean.endswith(" after")
    # Of base64 the characters at the edges also hold bits of the neighbours, and tell nothing of the secret.
    assert not [at for at in range(5, len(told) - 12) if told[at : at + 8] in clean]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("GET /v1/api/getBalance?token=abc%20d&id=5 done", f"GET /v1/api/getBalance?token={REDACTED}&id=5 done"),
        ("next=%2Fapi%3Ftoken%3Dabc", f"next=%2Fapi%3Ftoken%3D{REDACTED}"),
        ("?TOKEN=abc", f"?TOKEN={REDACTED}"),
        ("{'token': 'abc', 'id': 'x'}", f"{{'token': '{REDACTED}', 'id': 'x'}}"),
        ('{"access_token": "abc"}', f'{{"access_token": "{REDACTED}"}}'),
        ("POST http://127.0.0.1:80/bot1:x/getMe", f"POST http://127.0.0.1:80/bot{REDACTED}/getMe"),
        ("/file/bot42%3Axyz/photo", f"/file/bot{REDACTED}/photo"),
        ("it is 987654321:AAabcdefghijklmnopqrstuvwxyz0123456, yes", f"it is {REDACTED}, yes"),
        ("987654321%3AAAabcdefghijklmnopqrstuvwxyz0123456", REDACTED),
        ("postgresql+asyncpg://bot:hunter2@db:5432/bot", f"postgresql+asyncpg://bot:{REDACTED}@db:5432/bot"),
        ("at http://127.0.0.1:8080/a and mail a@b", "at http://127.0.0.1:8080/a and mail a@b"),
        ("The token is missing; 12:30:45 in 10:30 minutes", "The token is missing; 12:30:45 in 10:30 minutes"),
    ],
)
def test_what_looks_like_a_token_is_taken_out_and_the_rest_stays(told: str, expected: str) -> None:
    assert Redactor()(told) == expected


@given(before=st.text(max_size=20), after=st.text(max_size=20))
def test_nothing_around_a_secret_hides_it(before: str, after: str) -> None:
    clean = Redactor(SECRETS)(f"{before}{BOT_TOKEN}{after}{PASSWORD}{before}")
    assert BOT_SECRET not in clean
    assert PASSWORD not in clean


def test_what_stands_for_a_secret_is_plain() -> None:
    assert Redactor([SecretStr("canary")])("canary") == "[redacted]"


@pytest.mark.parametrize("secret", [KEY, PASSWORD, "sécret-42"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("before", ["", "a", "ab", "abc", "abcd"])
@pytest.mark.parametrize("after", ["x", "xy", "xyz"])
def test_of_base64_only_what_also_holds_bits_of_the_neighbours_is_left(
    secret: str, encode: Callable[[bytes], bytes], before: str, after: str
) -> None:
    told = encode(f"{before}{secret}{after}".encode()).decode()
    begins, ends = len(before) * 8, len(f"{before}{secret}".encode()) * 8
    assert Redactor([SecretStr(secret)])(told) == told[: -(-begins // 6)] + REDACTED + told[ends // 6 :]


@pytest.mark.parametrize("secret", [KEY, PASSWORD, "plain-secret", "it's", 'say "hi"', "back\\slash"])
def test_of_a_quoted_secret_only_the_quotes_are_left(secret: str) -> None:
    redact = Redactor([SecretStr(secret * 2)])
    quoted = repr(secret * 2)
    assert redact(quoted) == f"{quoted[0]}{REDACTED}{quoted[-1]}"
    assert redact(json.dumps(secret * 2)) == f'"{REDACTED}"'
    assert redact(f"/{quote(secret * 2, safe='')}/") == f"/{REDACTED}/"


def test_a_secret_that_begins_with_another_leaves_no_tail() -> None:
    for secrets in (("abcdef", "ABCDEFGHIJ"), ("ABCDEFGHIJ", "abcdef")):
        assert Redactor(map(SecretStr, secrets))("it is ABCDEFGHIJ.") == f"it is {REDACTED}."


def test_only_of_a_bots_token_a_part_counts_alone() -> None:
    assert Redactor([SecretStr("123:ordinary")])("an ordinary day") == f"an {REDACTED} day"
    for whole in ("user:ordinary", "12:34:ordinary", ":ordinary", "ordinary"):
        assert Redactor([SecretStr(whole)])(f"an extra {whole}") == f"an extra {REDACTED}"
    for whole in ("user:ordinary", "12:34:ordinary"):
        assert Redactor([SecretStr(whole)])("34:ordinary ordinary") == "34:ordinary ordinary"


def test_a_secret_that_is_no_proper_text_is_taken_out_too() -> None:
    assert Redactor([SecretStr("canary\ud800")])("a canary\ud800 b") == f"a {REDACTED} b"


def test_a_secret_of_six_characters_is_taken_out() -> None:
    assert Redactor([SecretStr("s3cret"), SecretStr("s3cre")])("s3cret s3cre") == f"{REDACTED} s3cre"


def test_a_very_short_secret_does_not_blank_ordinary_words() -> None:
    assert Redactor([SecretStr("bot")])("the bot is up") == "the bot is up"


def test_the_redactor_shows_no_secret_itself() -> None:
    assert "anary" not in repr(Redactor(SECRETS))
