"""What the operator decides: read from the environment and from `.env`, checked before anything starts."""

import ipaddress
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar
from urllib.parse import urlsplit

from babel.numbers import is_currency
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.addresses import is_safe_address

_T = TypeVar("_T")

_SENTENCES = {
    "telegram_bot_token": "must be set to the token that @BotFather gave you, like 123456789:AAExampleExampleExample.",
    "telegram_base_url": "must be an https address ending in /bot (http only on this machine), like https://api.telegram.org/bot.",
    "otpbuddy_base_url": "must be an https address (http only on this machine), like https://otpbuddy.xyz/v1/api.",
    "database_url": "must name a SQLite file or a PostgreSQL database, like sqlite+aiosqlite:///data/bot.sqlite3 "
    "or postgresql+asyncpg://user:password@host/database.",
    "token_keys": "must be keys of 32 bytes in base64url separated by commas, newest first, as `python -m bot key` prints them.",
    "admin_ids": "must be numeric Telegram ids separated by commas, like 12345,67890.",
    "countries": "must be country codes of two letters separated by commas, like in.",
    "currency": "must be a currency code of ISO 4217, like INR.",
    "number_lifetime": "must be a whole number of seconds from 1 to 604800, like 1200.",
    "poll_interval_min": "must be a number of seconds from 0.01 to 600, like 2.",
    "max_active_numbers": "must be a whole number from 1 to 1000, like 5.",
    "max_purchases_per_hour": "must be a whole number from 1 to 10000, like 20.",
    "webhook_url": "must be the https address under which Telegram reaches `python -m bot web` (http only on this machine), like "
    "https://bot.example.com.",
    "web_host": "must be an address of this machine to listen on, like 127.0.0.1 or 0.0.0.0.",
    "port": "must be a port to listen on, from 0 to 65535, like 8000.",
    "log_level": "must be DEBUG, INFO, WARNING, ERROR or CRITICAL.",
    "log_format": "must be console or json.",
}
_KEYS_REQUIRED = "TOKEN_KEYS must be set when DATABASE_URL is PostgreSQL; `python -m bot key` prints a new key."
_BOT_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{3,}")
_TOKEN_KEY = re.compile(r"[A-Za-z0-9_-]{43}=?")
_USER_ID = re.compile(r"[0-9]{1,16}")
_COUNTRY = re.compile(r"[a-z]{2}")

# The Bot API promises that a user's id has at most 52 significant bits (https://core.telegram.org/bots/api#user).
_USER_ID_LIMIT = 2**52


class SettingsError(Exception):
    """A setting that is missing or wrong; the text is one sentence that names the variable and says what to do."""


class Settings(BaseSettings):
    """All settings, immutable; a field's name in capitals is its environment variable.

    Built by `load_settings`, which turns problems into one sentence. Addresses that carry secrets and the secrets
    themselves are `SecretStr`, so that a repr shows none of them.
    """

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    telegram_bot_token: SecretStr
    telegram_base_url: str = "https://api.telegram.org/bot"
    """The prefix to which the token is appended."""
    otpbuddy_base_url: str = "https://otpbuddy.xyz/v1/api"
    """Without a closing slash."""
    database_url: SecretStr = SecretStr("sqlite+aiosqlite:///data/bot.sqlite3")
    token_keys: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    """32-byte keys in padded base64url, newest first; empty means the key file beside the SQLite file."""
    admin_ids: Annotated[frozenset[int], NoDecode] = frozenset()
    countries: Annotated[tuple[str, ...], NoDecode] = ("in",)
    """Lower-case two-letter codes in the operator's order, at least one."""
    currency: str = "INR"
    number_lifetime: int = Field(default=1200, ge=1, le=604_800)
    """Seconds."""
    poll_interval_min: float = Field(default=2.0, ge=0.01, le=600, allow_inf_nan=False)
    """Seconds."""
    max_active_numbers: int = Field(default=5, ge=1, le=1_000)
    max_purchases_per_hour: int = Field(default=20, ge=1, le=10_000)
    webhook_url: str | None = None
    """Where Telegram reaches the web process, without a closing slash; only that process needs it."""
    web_host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65_535)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"
    log_format: Literal["console", "json"] = "console"

    @property
    def database_file(self) -> Path | None:
        """The SQLite file, relative to the working directory where the address is; None with PostgreSQL."""
        url = _database(self.database_url)
        return Path(url.database or "") if url.get_backend_name() == "sqlite" else None

    @property
    def otpbuddy_site(self) -> str:
        """The provider's site, taken for where its API lives; people get their tokens there."""
        parts = urlsplit(self.otpbuddy_base_url)
        return f"{parts.scheme}://{parts.netloc}"

    def secrets(self) -> tuple[SecretStr, ...]:
        """Return every secret in the settings, for the logs to leave out."""
        password = _database(self.database_url).password
        return (self.telegram_bot_token, *self.token_keys, *([SecretStr(str(password))] if password else []))

    def check_shared(self, *, shared: bool, webhook: bool) -> None:
        """Raise `SettingsError` where processes that share a database, or that Telegram is to reach, lack what they need for that."""
        if shared and self.database_file is not None:
            raise SettingsError("DATABASE_URL must be PostgreSQL, which several processes share; `python -m bot run` works with SQLite.")
        if webhook and self.webhook_url is None:
            raise SettingsError(f"WEBHOOK_URL {_SENTENCES['webhook_url']}")

    @field_validator("*", mode="before")
    @classmethod
    def _strip(cls, value: Any) -> Any:
        return value.strip() if isinstance(value, str) else value

    @field_validator("telegram_bot_token")
    @classmethod
    def _check_bot_token(cls, value: SecretStr) -> SecretStr:
        return _require(value, _BOT_TOKEN.fullmatch(value.get_secret_value()))

    @field_validator("telegram_base_url")
    @classmethod
    def _check_telegram_base_url(cls, value: str) -> str:
        # Without the closing "/bot" the token would be appended to the host's name and leak into DNS.
        return _require(value, is_safe_address(value) and value.endswith("/bot"))

    @field_validator("otpbuddy_base_url")
    @classmethod
    def _check_otpbuddy_base_url(cls, value: str) -> str:
        return _require(value, is_safe_address(value)).rstrip("/")

    @field_validator("webhook_url")
    @classmethod
    def _check_webhook_url(cls, value: str | None) -> str | None:
        return None if value is None else _require(value, is_safe_address(value)).rstrip("/")

    @field_validator("web_host")
    @classmethod
    def _check_web_host(cls, value: str) -> str:
        return str(ipaddress.ip_address("127.0.0.1" if value == "localhost" else value))

    @field_validator("database_url")
    @classmethod
    def _check_database_url(cls, value: SecretStr) -> SecretStr:
        url = _database(value)
        # A database in memory, or an SQLite "file:" address that may ask for one, would forget what was paid for.
        named = url.database and not url.database.startswith((":memory:", "file:"))
        return _require(value, named and url.drivername in {"sqlite+aiosqlite", "postgresql+asyncpg"})

    @field_validator("token_keys", mode="before")
    @classmethod
    def _split_token_keys(cls, value: Any) -> Any:
        return tuple(f"{key.rstrip('=')}=" if _TOKEN_KEY.fullmatch(key) else "" for key in _split(value))

    @field_validator("token_keys")
    @classmethod
    def _check_token_keys(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        return _require(value, all(key.get_secret_value() for key in value))

    @field_validator("admin_ids", mode="before")
    @classmethod
    def _split_admin_ids(cls, value: Any) -> Any:
        parts = _split(value)
        _require(parts, all(_USER_ID.fullmatch(part) and 0 < int(part) < _USER_ID_LIMIT for part in parts))
        return frozenset(map(int, parts))

    @field_validator("countries", mode="before")
    @classmethod
    def _split_countries(cls, value: Any) -> Any:
        codes = tuple(dict.fromkeys(part.lower() for part in _split(value)))
        return _require(codes, codes and all(map(_COUNTRY.fullmatch, codes)))

    @field_validator("currency")
    @classmethod
    def _check_currency(cls, value: str) -> str:
        return _require(value.upper(), is_currency(value.upper()))

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value

    @field_validator("log_format", mode="before")
    @classmethod
    def _lower(cls, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value

    @model_validator(mode="after")
    def _check_keys_are_shared(self) -> Self:
        # A key file lives on one machine; several processes on one database must hold the same keys.
        return _require(self, self.token_keys or self.database_file is not None)


class _GivenSettings(Settings):
    """Settings from the arguments alone, blind to the process's environment."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


def load_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Read and check the settings.

    Without `env`, from the process's environment and, below it, `.env` in the working directory; with `env`, from
    that mapping alone. An empty variable counts as absent.

    Raises SettingsError.
    """
    try:
        if env is None:
            return Settings()
        given = {name: env[name.upper()] for name in Settings.model_fields if env.get(name.upper())}
        return _GivenSettings.model_validate(given)
    except ValidationError as error:
        problem = _sentence(error)
    except (OSError, UnicodeError):
        problem = ".env must be a readable UTF-8 text file with lines like NAME=value."
    # Raised out here, the error has no context: pydantic's own keeps the rejected value, which may be a secret.
    raise SettingsError(problem)


def _sentence(error: ValidationError) -> str:
    location = error.errors(include_input=False, include_context=False, include_url=False)[0]["loc"]
    if not location:
        return _KEYS_REQUIRED
    name = str(location[0])
    return f"{name.upper()} {_SENTENCES[name]}"


def _require(value: _T, condition: object) -> _T:
    if not condition:
        # The sentence for the field is told by load_settings; a text here could only repeat a secret.
        raise ValueError("not valid")
    return value


def _split(value: Any) -> list[str]:
    if isinstance(value, str):
        return [part for part in (part.strip() for part in value.split(",")) if part]
    return [item.get_secret_value() if isinstance(item, SecretStr) else str(item) for item in value]


def _database(value: SecretStr) -> URL:
    try:
        return make_url(value.get_secret_value())
    except (ArgumentError, ValueError):
        raise ValueError("not an address") from None
