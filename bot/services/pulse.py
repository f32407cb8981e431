"""What one process sees of the provider and of Telegram: how many calls of the last minutes failed, and how slow the others were.

It is fed by the provider's client and by the requests to Telegram, which know nothing of it but a function that they call.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=5)
"""The last minutes, of which failures are counted."""
SLOW = 5.0
"""Seconds after which an answer of the provider counts as slow; the client gives up after ten, and after thirty for a purchase."""
_BUCKET = 10
"""Seconds; what is older than the window leaves it in steps of these."""
_SMS = "sms"
"""The client's name of the call that asks for SMS."""


@dataclass(slots=True)
class Counts:
    """Calls, whether answered or not; `provider_seconds` is what those that the provider answered took together."""

    provider_calls: int = 0
    provider_failures: int = 0
    provider_slow: int = 0
    provider_seconds: float = 0.0
    telegram_calls: int = 0
    telegram_failures: int = 0

    def add(self, other: "Counts") -> None:
        """Add other calls."""
        self.provider_calls += other.provider_calls
        self.provider_failures += other.provider_failures
        self.provider_slow += other.provider_slow
        self.provider_seconds += other.provider_seconds
        self.telegram_calls += other.telegram_calls
        self.telegram_failures += other.telegram_failures


class Pulse:
    """Counts in memory, in a few numbers for each ten seconds of the window."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._buckets: dict[int, Counts] = {}
        self.asked_at: datetime | None = None
        """When this process last asked for an SMS."""
        self.answered_at: datetime | None = None
        """When it last got an answer to that."""

    def provider(self, call: str, seconds: float, *, failed: bool) -> None:
        """Note a call to the provider; one that it refused is not one that failed."""
        now = self._clock()
        if call == _SMS:
            self.asked_at, self.answered_at = now, self.answered_at if failed else now
        counts = self._bucket(now)
        counts.provider_calls += 1
        if failed:
            counts.provider_failures += 1
        else:
            counts.provider_seconds += seconds
            counts.provider_slow += seconds > SLOW

    def telegram(self, *, failed: bool) -> None:
        """Note a request to Telegram; one that it refused is not one that failed."""
        counts = self._bucket(self._clock())
        counts.telegram_calls += 1
        counts.telegram_failures += failed

    def counts(self) -> Counts:
        """Add up the last minutes."""
        total = Counts()
        self._forget(self._clock())
        for counts in self._buckets.values():
            total.add(counts)
        return total

    def _bucket(self, now: datetime) -> Counts:
        number = int(now.timestamp()) // _BUCKET
        if number not in self._buckets:
            self._forget(now)
        return self._buckets.setdefault(number, Counts())

    def _forget(self, now: datetime) -> None:
        """Drop what is older than the window, and what lies ahead because the clock was set back."""
        newest = int(now.timestamp()) // _BUCKET
        oldest = newest - int(WINDOW.total_seconds()) // _BUCKET
        self._buckets = {number: counts for number, counts in self._buckets.items() if oldest < number <= newest}
