"""The time that the bot lives by."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def _since_boot() -> float:
    """Seconds that no setting of the clock changes; on Linux they go on while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def steady_clock(wall: Callable[[], float] = time.time, since_boot: Callable[[], float] = _since_boot) -> Callable[[], datetime]:
    """Make a clock that reads the system's once and then counts seconds by itself.

    When somebody sets the system's clock an hour ahead or back, no number may expire early or live for ever. The price is that this
    process keeps the time that it started with; the next one reads the clock anew.
    """
    start = datetime.fromtimestamp(wall(), UTC)
    started = since_boot()
    return lambda: start + timedelta(seconds=since_boot() - started)
