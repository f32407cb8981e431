"""How long to leave somebody alone who keeps failing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

FIRST = timedelta(seconds=2)
LONGEST = timedelta(minutes=2)


@dataclass(slots=True)
class _Failing:
    since: datetime
    count: int
    paused_at: datetime
    until: datetime


class Backoff:
    """Doubling pauses by key, with jitter, forgotten at the first success."""

    def __init__(
        self, clock: Callable[[], datetime], jitter: Callable[[], float], *, first: timedelta = FIRST, longest: timedelta = LONGEST
    ) -> None:
        """Take a clock, a source of random numbers from 0 up to 1, and the first and the longest pause."""
        self._clock = clock
        self._jitter = jitter
        self._first = first
        self._longest = longest
        self._failing: dict[str, _Failing] = {}

    def failed(self, key: str, at_least: timedelta = timedelta(0)) -> timedelta:
        """Note a failure; returns for how long the key has been failing."""
        now = self._clock()
        failing = self._failing.setdefault(key, _Failing(now, 0, now, now))
        if now >= failing.until or now < failing.paused_at:
            # Failures of questions that were already under way when a pause began do not lengthen it.
            pause = min(self._first * 2 ** min(failing.count, 10), self._longest) * (0.5 + self._jitter() / 2)
            failing.count += 1
            failing.paused_at = now
            failing.until = now + pause
        failing.until = max(failing.until, now + at_least)
        return now - failing.since

    def succeeded(self, key: str) -> bool:
        """Forget the failures; True if there were any."""
        return self._failing.pop(key, None) is not None

    def until(self, key: str) -> datetime | None:
        """Say when the key may be tried again; None for at once, also when the clock was set back to before the pause."""
        failing = self._failing.get(key)
        return failing.until if failing is not None and failing.paused_at <= self._clock() else None
