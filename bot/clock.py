"""The time that the bot lives by."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
"""Linux names each start of the machine here (man 4 random)."""


@dataclass(frozen=True, slots=True)
class Boot:
    """One start of the machine: a name that no other one has, and how many seconds have passed since, whatever the clock was set to."""

    name: str
    since: Callable[[], float]


def since_boot() -> float:
    """Seconds that no setting of the clock changes; on Linux they go on while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def steady_clock(wall: Callable[[], float] = time.time, since_boot: Callable[[], float] = since_boot) -> Callable[[], datetime]:
    """Make a clock that reads the system's once and then counts seconds by itself.

    When somebody sets the system's clock an hour ahead or back, no number may expire early or live for ever. The price is that this
    process keeps the time that it started with; the next one reads the clock anew, and sees by its `Boot` how far it was set.
    """
    start = datetime.fromtimestamp(wall(), UTC)
    started = since_boot()
    return lambda: start + timedelta(seconds=since_boot() - started)


def this_boot(boot_id: Path = BOOT_ID) -> Boot | None:
    """Give the machine's present start; None where the system does not name it."""
    try:
        name = boot_id.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return Boot(name[:64], since_boot) if name else None
