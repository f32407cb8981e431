"""What a chat decides about how the bot treats it: each choice is checked, and is one column of the chat's row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from bot.services.errors import NotFound
from storage import activations, chats
from storage.database import Database
from storage.models import SortOrder

NONE = "none"
"""The value of a choice for nothing in particular: the client's language, to be asked for the country, never."""
ON, OFF = "on", "off"
MINUTES = (3, 5, 10, 15)
AMOUNTS = {"INR": (20, 50, 100, 200, 500), "RUB": (20, 50, 100, 200, 500)}
"""Balances of which people may want to be told, by currency."""
OTHER_AMOUNTS = (1, 2, 5, 10, 20)


class Preference(StrEnum):
    """What can be chosen."""

    LANGUAGE = "lang"
    COUNTRY = "country"
    SORT = "sort"
    AUTO_CANCEL = "auto"
    WARNING = "warn"
    SOUND = "sound"
    LOW_BALANCE = "low"
    ANNOUNCEMENTS = "news"


@dataclass(frozen=True, slots=True)
class Options:
    """What there is to choose from."""

    languages: Sequence[str]
    countries: Sequence[str]
    auto_cancel: Sequence[int]
    """Minutes without an SMS, all of them shorter than a number's life."""
    low_balance: Sequence[int]
    """Amounts in the account's currency."""


class Preferences:
    """Keeps choices; what they change is carried out by those whom it concerns."""

    def __init__(
        self, database: Database, *, languages: Sequence[str], countries: Sequence[str], lifetime: timedelta, currency: str
    ) -> None:
        """Take what there is to choose from: codes of languages and countries, a number's lifetime and the account's currency."""
        self._database = database
        minutes = [count for count in MINUTES if timedelta(minutes=count) < lifetime]
        self.options = Options(languages, countries, minutes, AMOUNTS.get(currency, OTHER_AMOUNTS))
        self._columns: dict[Preference, Callable[[str], dict[str, Any]]] = {
            Preference.LANGUAGE: lambda value: {"chosen_language": _one_of(value, languages)},
            Preference.COUNTRY: lambda value: {"country": _one_of(value, countries)},
            Preference.SORT: lambda value: {"sort_order": SortOrder(value)},
            Preference.AUTO_CANCEL: lambda value: {"auto_cancel_minutes": _number(value, minutes)},
            Preference.WARNING: lambda value: {"warn_before_expiry": _flag(value)},
            Preference.SOUND: lambda value: {"quiet": not _flag(value)},
            Preference.LOW_BALANCE: lambda value: _warned_below(_number(value, self.options.low_balance)),
            Preference.ANNOUNCEMENTS: lambda value: {"mutes_broadcasts": not _flag(value)},
        }

    async def choose(self, chat_id: int, name: str, value: str) -> Preference:
        """Keep a choice by its name and value, as a button carries them; raises `NotFound` for what is none."""
        try:
            preference = Preference(name)
            columns = self._columns[preference](value)
        except ValueError:
            raise NotFound from None
        async with self._database.writing("keep a choice") as session:
            await chats.change(session, chat_id, **columns)
            if preference is Preference.LANGUAGE:
                await activations.outdate_open(session, chat_id)
        return preference

    async def warn_below(self, chat_id: int, amount: Decimal) -> None:
        """Warn of a balance below any amount, as the user typed it."""
        async with self._database.writing("keep an amount") as session:
            await chats.change(session, chat_id, **_warned_below(amount))


def _one_of(value: str, known: Sequence[str]) -> str | None:
    if value != NONE and value not in known:
        raise ValueError(value)
    return None if value == NONE else value


def _number(value: str, known: Sequence[int]) -> int | None:
    return None if value == NONE else known[known.index(int(value))]


def _flag(value: str) -> bool:
    if value not in {ON, OFF}:
        raise ValueError(value)
    return value == ON


def _warned_below(amount: Decimal | int | None) -> dict[str, Any]:
    """Begin anew with another threshold: being below it has not been told."""
    return {"low_balance": None if amount is None else Decimal(amount), "low_balance_told_at": None}
