"""Answers of the provider that no table explains: they fail closed, and the admins are told of each kind once."""

from collections.abc import Callable
from datetime import datetime

from bot.otpbuddy import OtpbuddyError, UnexpectedAnswer
from storage import notices
from storage.database import Database


class Oddities:
    """Notes what the admins should know of the provider."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._noted: set[str] = set()

    async def note(self, error: OtpbuddyError) -> None:
        """Note an unknown code; any other error is none of the admins' business here."""
        if not isinstance(error, UnexpectedAnswer) or error.code is None:
            return
        kind = f"code {error.code}"
        if kind in self._noted:
            return
        async with self._database.writing("note an oddity") as session:
            await notices.note(session, kind, str(error), self._clock())
        self._noted.add(kind)
