"""The production bot with a probe that kills it: `python -m tests.chaos.launch [rotate]`, for the crash tests only.

`KILL_AT` is a point's name, as the probe is told it, or empty for any; `KILL_AFTER` is how many times it is passed before the process
kills itself there with SIGKILL (0: never). `POINTS_FILE`, if given, collects the names of the points that were passed.

`CLOCK_SET_BY` are seconds by which somebody set the machine's clock, and `TIME_PASSED` seconds that passed besides, both before this start.
"""

import asyncio
import os
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path

from bot import lifecycle
from bot.cli import rotate
from bot.clock import Boot, since_boot, steady_clock, this_boot
from bot.logs import configure_logging
from bot.services.settlement import Patience
from bot.settings import load_settings
from tests.support.bots import HURRIED

PATIENCE = Patience(abandoned=timedelta(seconds=5), unknown=timedelta(seconds=1), hopeless=timedelta(minutes=2))


class Killer:
    """Counts the points that the program passes, and kills it at the one that was asked for."""

    def __init__(self, at: str, after: int, seen: Path | None) -> None:
        self._at = at
        self._left = after
        self._seen = seen
        self._names: set[str] = set()

    async def __call__(self, point: str) -> None:
        if self._seen is not None and point not in self._names:
            self._names.add(point)
            with self._seen.open("a", encoding="utf-8") as file:
                file.write(f"{point}\n")
        if self._left and (not self._at or point == self._at):
            self._left -= 1
            if not self._left:
                os.kill(os.getpid(), signal.SIGKILL)


async def main() -> None:
    settings = load_settings({name: value for name, value in os.environ.items() if name.isupper()})
    configure_logging(settings.log_level, settings.log_format, settings.secrets())
    seen = os.environ.get("POINTS_FILE")
    killer = Killer(os.environ.get("KILL_AT", ""), int(os.environ.get("KILL_AFTER", "0")), Path(seen) if seen else None)
    set_by, passed = float(os.environ.get("CLOCK_SET_BY", "0")), float(os.environ.get("TIME_PASSED", "0"))
    boot = this_boot()
    moved = Boot(boot.name, lambda: since_boot() + passed) if boot is not None else None
    clock = steady_clock(lambda: time.time() + set_by + passed)
    if sys.argv[1:] == ["rotate"]:
        await rotate(settings, killer)
        return
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await lifecycle.run(settings, stop, clock, boot=moved, limits=HURRIED, patience=PATIENCE, probe=killer)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
