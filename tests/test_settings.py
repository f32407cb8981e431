import os
import subprocess
import sys
import traceback
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from bot.settings import Settings, SettingsError, load_settings

ROOT = Path(__file__).resolve().parents[1]
TOKEN = "123456789:AACanaryCanaryCanaryCanaryCanaryCan"
KEY = "Q2FuYXJ5Q2FuYXJ5Q2FuYXJ5Q2FuYXJ5Q2FuYXJ5Q2E="
OTHER_KEY = "T3RoZXJDYW5hcnlPdGhlckNhbmFyeU90aGVyQ2FuYXI="
POSTGRES = "postgresql+asyncpg://bot:canary-password@db/bot"


def settings(**env: str) -> Settings:
    return load_settings({"TELEGRAM_BOT_TOKEN": TOKEN, **env})


def problem(**env: str) -> str:
    with pytest.raises(SettingsError) as caught:
        settings(**env)
    return str(caught.value)


def test_only_the_bot_token_is_required() -> None:
    found = settings()
    assert found.telegram_bot_token == SecretStr(TOKEN)
    assert found.telegram_base_url == "https://api.telegram.org/bot"
    assert found.otpbuddy_base_url == "https://otpbuddy.xyz/v1/api"
    assert found.database_url.get_secret_value() == "sqlite+aiosqlite:///data/bot.sqlite3"
    assert found.database_file == Path("data/bot.sqlite3")
    assert found.token_keys == ()
    assert found.admin_ids == frozenset()
    assert (found.countries, found.currency) == (("in",), "INR")
    assert (found.number_lifetime, found.poll_interval_min) == (1200, 2.0)
    assert (found.max_active_numbers, found.max_purchases_per_hour) == (5, 20)
    assert (found.log_level, found.log_format) == ("INFO", "console")


def test_every_variable_is_read() -> None:
    found = settings(
        TELEGRAM_BASE_URL="http://127.0.0.1:8081/bot",
        OTPBUDDY_BASE_URL="http://[::1]:8080/v1/api/",
        DATABASE_URL=POSTGRES,
        TOKEN_KEYS=f"{KEY}, {OTHER_KEY.rstrip('=')}",
        ADMIN_IDS=" 12345, 4503599627370495,",
        COUNTRIES="IN,us,in",
        CURRENCY="usd",
        NUMBER_LIFETIME="600",
        POLL_INTERVAL_MIN="0.5",
        MAX_ACTIVE_NUMBERS="1",
        MAX_PURCHASES_PER_HOUR="3",
        WEBHOOK_URL="https://bot.example.com/here/",
        WEB_HOST="localhost",
        PORT="0",
        LOG_LEVEL="debug",
        LOG_FORMAT="JSON",
    )
    assert found.telegram_base_url == "http://127.0.0.1:8081/bot"
    assert found.otpbuddy_base_url == "http://[::1]:8080/v1/api"
    assert found.database_file is None
    assert [key.get_secret_value() for key in found.token_keys] == [KEY, OTHER_KEY]
    assert found.admin_ids == {12345, 4503599627370495}
    assert (found.countries, found.currency) == (("in", "us"), "USD")
    assert (found.number_lifetime, found.poll_interval_min) == (600, 0.5)
    assert (found.max_active_numbers, found.max_purchases_per_hour) == (1, 3)
    assert (found.webhook_url, found.web_host, found.port) == ("https://bot.example.com/here", "127.0.0.1", 0)
    assert (found.log_level, found.log_format) == ("DEBUG", "json")


def test_an_empty_variable_counts_as_absent() -> None:
    assert settings(ADMIN_IDS="", TOKEN_KEYS="", CURRENCY="").currency == "INR"


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        setattr(settings(), "currency", "USD")  # noqa: B010 - written plainly, the type checker refuses it already.


WRONG = [
    ("TELEGRAM_BOT_TOKEN", ["", "canary", "1:", "x:canary", "12 34:canarycanary", TOKEN + "/", "１２３:canarycanary"]),
    (
        "TELEGRAM_BASE_URL",
        [
            "https://api.telegram.org",
            "http://api.telegram.org/bot",
            "http://127.0.0.1.example.com/bot",
            "http://127.0.0.1@example.com/bot",
            "https://user:canary@example.com/bot",
            "https:///bot",
            "ftp://localhost/bot",
            "https://example.com:99999/bot",
            "https://example.com/\\bot",
            "https://example.com/x y/bot",
            "https://example.com/?a=/bot",
            "https://[::1/bot",
        ],
    ),
    ("OTPBUDDY_BASE_URL", ["otpbuddy.xyz/v1/api", "http://otpbuddy.xyz/v1/api", "https://otpbuddy.xyz/?token=canary"]),
    (
        "DATABASE_URL",
        [
            "sqlite:///data/bot.sqlite3",
            "sqlite+aiosqlite://",
            "sqlite+aiosqlite:///:memory:",
            "sqlite+aiosqlite:///file:x?mode=memory&uri=true",
            "postgres://bot:canary@db/bot",
            "postgresql+asyncpg://bot:canary@db",
            "postgresql+asyncpg://bot:canary@db:port/bot",
            "canary",
        ],
    ),
    ("TOKEN_KEYS", ["canary", KEY[:-2], f"{KEY},canary", KEY.replace("Q", "+"), f"{KEY}{KEY}"]),
    ("ADMIN_IDS", ["@boss", "1,boss", "-100123", "0", "1_000", "٣", "4503599627370496", "1.5"]),
    ("COUNTRIES", ["ind", "i", "in,91", ",", "ин"]),
    ("CURRENCY", ["RUPEE", "₹", "XYZ"]),
    ("NUMBER_LIFETIME", ["0", "-1", "twenty", "1.5", "604801", "nan"]),
    ("POLL_INTERVAL_MIN", ["0", "-2", "nan", "inf", "two", "601"]),
    ("MAX_ACTIVE_NUMBERS", ["0", "many", "1001"]),
    ("MAX_PURCHASES_PER_HOUR", ["0", "1e9", "10001"]),
    ("WEBHOOK_URL", ["bot.example.com", "http://bot.example.com", "https://user:canary@example.com"]),
    ("WEB_HOST", ["canary", "bot.example.com", "127.0.0.256"]),
    ("PORT", ["-1", "65536", "http", "8000.5"]),
    ("LOG_LEVEL", ["LOUD", "10"]),
    ("LOG_FORMAT", ["xml"]),
]


def test_every_setting_has_wrong_values_below() -> None:
    assert {name for name, _ in WRONG} == {field.upper() for field in Settings.model_fields}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG for value in values])
def test_a_wrong_value_stops_with_one_sentence_that_names_the_variable(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings(**{name: value})
    text = str(caught.value)
    assert text.startswith(f"{name} must be " if name != "DATABASE_URL" else "DATABASE_URL must name ")
    assert text.endswith(".")
    assert "\n" not in text
    shown = "".join(traceback.format_exception(caught.value))
    assert "canary" not in shown
    assert TOKEN not in shown
    assert KEY not in shown


def test_the_sentence_shows_how() -> None:
    assert problem(ADMIN_IDS="@boss") == "ADMIN_IDS must be numeric Telegram ids separated by commas, like 12345,67890."


def test_postgres_requires_keys() -> None:
    assert problem(DATABASE_URL=POSTGRES).startswith("TOKEN_KEYS must be set when DATABASE_URL is PostgreSQL")
    assert settings(DATABASE_URL=POSTGRES, TOKEN_KEYS=KEY).token_keys == (SecretStr(KEY),)


def test_no_repr_shows_a_secret() -> None:
    found = settings(DATABASE_URL=POSTGRES, TOKEN_KEYS=f"{KEY},{OTHER_KEY}")
    for text in (repr(found), str(found), f"{found}", found.model_dump_json(), repr(found.model_dump())):
        assert not [secret for secret in (TOKEN, KEY, OTHER_KEY, "canary-password") if secret in text]


def test_the_error_keeps_no_trace_of_the_value() -> None:
    with pytest.raises(SettingsError) as caught:
        settings(TOKEN_KEYS="canary")
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


def test_secrets_are_listed_for_the_logs() -> None:
    found = settings(DATABASE_URL=POSTGRES.replace("canary-password", "canary%2Fpassword"), TOKEN_KEYS=KEY)
    assert [secret.get_secret_value() for secret in found.secrets()] == [TOKEN, KEY, "canary/password"]
    assert settings().secrets() == (SecretStr(TOKEN),)


def started(directory: Path, **env: str) -> str:
    code = (
        "from bot.settings import *\n"
        "try: s = load_settings(); print(s.telegram_bot_token.get_secret_value(), sorted(s.admin_ids), s.currency)\n"
        "except SettingsError as e: print(e)"
    )
    clean = {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=directory,
        env={**clean, "PYTHONPATH": str(ROOT), **env},
        capture_output=True,
        text=True,
        check=True,
    )
    return result.stdout.strip()


def test_a_dotenv_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"# mine\nTELEGRAM_BOT_TOKEN={TOKEN}\nADMIN_IDS=7,8\nCURRENCY=EUR\nOTHER_PROGRAM=1\n", encoding="utf-8")
    assert started(tmp_path, CURRENCY="USD", ADMIN_IDS="") == f"{TOKEN} [7, 8] USD"


def test_an_unreadable_dotenv_file_is_said(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"CURRENCY=\xff\xfe\n")
    assert started(tmp_path, TELEGRAM_BOT_TOKEN=TOKEN).startswith(".env must be a readable UTF-8 text file")


def test_a_given_mapping_is_all_there_is(tmp_path: Path) -> None:
    code = "from bot.settings import *\ntry: load_settings({})\nexcept SettingsError as e: print(e)"
    (tmp_path / ".env").write_text(f"TELEGRAM_BOT_TOKEN={TOKEN}\n", encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TELEGRAM_BOT_TOKEN": TOKEN},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.startswith("TELEGRAM_BOT_TOKEN must be set to the token")


def test_processes_that_share_a_database_need_one_that_can_be_shared() -> None:
    settings().check_shared(shared=False, webhook=False)
    with pytest.raises(SettingsError, match="DATABASE_URL must be PostgreSQL"):
        settings().check_shared(shared=True, webhook=False)


def test_the_web_process_has_to_know_where_telegram_reaches_it() -> None:
    shared = settings(DATABASE_URL=POSTGRES, TOKEN_KEYS=KEY)
    shared.check_shared(shared=True, webhook=False)
    with pytest.raises(SettingsError, match="WEBHOOK_URL must be the https address"):
        shared.check_shared(shared=True, webhook=True)
