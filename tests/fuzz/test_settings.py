"""Whatever stands in the environment or in `.env`: settings come of it, or one sentence that says what to change and tells no secret."""

import contextlib
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import Settings, SettingsError, load_settings
from storage.vault import new_key
from tests.fuzz.engine import RAN, profile
from tests.fuzz.texts import texts

NAMES = [name.upper() for name in Settings.model_fields]
SECRETS = ("TELEGRAM_BOT_TOKEN", "TOKEN_KEYS", "DATABASE_URL")
KEY = new_key()
GOOD = {
    "TELEGRAM_BOT_TOKEN": "123456789:AACanaryCanaryCanary",
    "TELEGRAM_BASE_URL": "https://api.telegram.org/bot",
    "OTPBUDDY_BASE_URL": "http://127.0.0.1:8080/v1/api",
    "DATABASE_URL": "postgresql+asyncpg://user:canary-password@host:5432/database",
    "TOKEN_KEYS": f"{KEY},{new_key()}",
    "ADMIN_IDS": "1,2,4503599627370495",
    "COUNTRIES": "in,ru",
    "CURRENCY": "inr",
    "NUMBER_LIFETIME": "1200",
    "POLL_INTERVAL_MIN": "0.5",
    "MAX_ACTIVE_NUMBERS": "5",
    "MAX_PURCHASES_PER_HOUR": "20",
    "LOG_LEVEL": "debug",
    "LOG_FORMAT": "JSON",
}
TYPICAL = [
    "",
    " ",
    "0",
    "-1",
    "1e400",
    "NaN",
    "inf",
    "1" * 5000,
    "١٢",
    "true",
    "http://",
    "https://[",
    "https://[::1",
    "http://127.0.0.1:99999/",
    "sqlite+aiosqlite://",
    "sqlite+aiosqlite:///\0",
    "postgresql+asyncpg://:@:/",
    "postgresql+asyncpg://u:p@h:x/d",
    "file:///x",
    "XXX",
    ",,,",
]
SENTENCE = re.compile(r"(?P<name>[A-Z_]+) [^\n]*\.")


@st.composite
def values(draw: st.DrawFn) -> str:
    """Give anything, or something right with a part of it cut out or put in."""
    if draw(st.booleans()):
        return draw(st.one_of(st.sampled_from(TYPICAL), texts(600, surrogates=True)))
    good = draw(st.sampled_from(sorted(GOOD.values())))
    start, end = sorted([draw(st.integers(0, len(good))), draw(st.integers(0, len(good)))])
    return good[:start] + draw(st.one_of(st.just(""), texts(12, surrogates=True))) + good[end:]


ENVIRONMENTS = st.tuples(st.dictionaries(st.sampled_from(NAMES), values(), max_size=4), st.sets(st.sampled_from(NAMES), max_size=3)).map(
    lambda drawn: {name: value for name, value in (GOOD | drawn[0]).items() if name not in drawn[1]}
)


def check(error: SettingsError, env: dict[str, str]) -> None:
    said = SENTENCE.fullmatch(str(error))
    assert said is not None, str(error)
    assert said["name"] in NAMES
    for name in SECRETS:
        secret = env.get(name, "").strip()
        assert len(secret) < 12 or secret not in str(error)
    assert "anary" not in str(error)
    assert KEY not in str(error)
    assert error.__cause__ is None
    assert error.__context__ is None


@profile(120)
@given(ENVIRONMENTS)
def test_settings_or_one_sentence_come_of_any_environment(env: dict[str, str]) -> None:
    RAN["environment"] += 1
    try:
        settings = load_settings(env)
    except SettingsError as error:
        check(error, env)
        return
    for secret in settings.secrets():
        assert secret.get_secret_value() not in repr(settings)
    assert settings.database_file is None or settings.database_file.name


@profile(60)
@given(
    lines=st.lists(
        st.one_of(
            st.binary(max_size=40),
            st.tuples(st.sampled_from(NAMES), values()).map(lambda pair: f"{pair[0]}={pair[1]}".encode(errors="replace")),
        ),
        max_size=6,
    )
)
def test_settings_or_one_sentence_come_of_any_file(tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]) -> None:
    RAN[".env"] += 1
    directory: Path = tmp_path_factory.getbasetemp()
    (directory / ".env").write_bytes(b"\n".join(lines))
    with contextlib.chdir(directory):
        try:
            load_settings()
        except SettingsError as error:
            said = str(error)
            assert SENTENCE.fullmatch(said) or said.startswith(".env must be")
            assert "anary" not in said
