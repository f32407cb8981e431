"""The bot as a child process of the sandbox: started, stopped, killed, and its log read along."""

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TypedDict

_LEASH = Path(__file__).with_name("leash.py")
_LOG_LINES = 400
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_MAX_LINE = 1 << 20


class ChildState(StrEnum):
    """Where the bot's process stands."""

    STOPPED = "stopped"
    RUNNING = "running"
    KILLED = "killed"
    DIED = "died"


class Snapshot(TypedDict):
    """What the page shows: the state, the exit status (negative: the signal's number) and the log's last lines."""

    state: str
    pid: int | None
    exit_status: int | None
    log: list[str]
    log_end: int


class _Pulse:
    """Wakes whoever waits for the next beat."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def beat(self) -> None:
        """Wake all that wait now."""
        self._next.set()
        self._next = asyncio.Event()

    async def wait(self) -> None:
        """Return at the next beat."""
        await self._next.wait()


class BotProcess:
    """One command that is started and ended any number of times, at most one process of it at a time.

    The process gets its own session, so that Ctrl-C in the terminal reaches only the sandbox, which then ends it in
    order; on Linux it also dies with the sandbox, however that dies.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        on_death: Callable[[int], None] | None = None,
    ) -> None:
        """`on_death` is told the exit status whenever the process ends without having been asked to."""
        self._command = tuple(command)
        self._env = dict(env)
        self._cwd = cwd
        self._on_death = on_death
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()
        self._log: deque[str] = deque(maxlen=_LOG_LINES)
        self._log_end = 0
        self._asked: ChildState | None = None
        self.state = ChildState.STOPPED
        self.exit_status: int | None = None
        self.log_grew = _Pulse()

    def snapshot(self) -> Snapshot:
        """Return the state as JSON-ready data; `log_end` counts all lines ever read."""
        return {
            "state": self.state,
            "pid": self._process.pid if self._process is not None and self.state is ChildState.RUNNING else None,
            "exit_status": self.exit_status,
            "log": list(self._log),
            "log_end": self._log_end,
        }

    async def start(self) -> None:
        """Start the process unless it runs."""
        async with self._lock:
            if self.state is ChildState.RUNNING:
                return
            self._asked = None
            self.exit_status = None
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", str(_LEASH), str(os.getpid()), *self._command),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                env=self._env,
                cwd=self._cwd,
                start_new_session=True,
                limit=_MAX_LINE,
            )
            self.state = ChildState.RUNNING
            self._reader = asyncio.create_task(self._follow(self._process), name="bot-log")

    async def kill(self) -> None:
        """End the process with SIGKILL, which it cannot notice; returns when it is gone."""
        await self._end(signal.SIGKILL, ChildState.KILLED, within=None)

    async def stop(self, *, within: float = 8.0) -> None:
        """End the process with SIGTERM and wait; SIGKILL follows after `within` seconds."""
        await self._end(signal.SIGTERM, ChildState.STOPPED, within=within)

    async def wait(self) -> int | None:
        """Wait until the process has ended and return its exit status; None if none was started."""
        if self._reader is not None:
            await asyncio.shield(self._reader)
        return self.exit_status

    async def _end(self, how: signal.Signals, state: ChildState, *, within: float | None) -> None:
        async with self._lock:
            process, reader = self._process, self._reader
            if process is None or reader is None or self.state is not ChildState.RUNNING:
                return
            self._asked = state
            _signal_group(process.pid, how)
            done, _ = await asyncio.wait({reader}, timeout=within)
            if not done:
                _signal_group(process.pid, signal.SIGKILL)
                await asyncio.wait({reader})

    async def _follow(self, process: asyncio.subprocess.Process) -> None:
        """Read the log to its end, then note how the process ended."""
        if process.stdout is None:
            raise RuntimeError("The child was started without a pipe for its log.")
        while line := await _line(process.stdout):
            self._log.append(_ANSI.sub("", line.decode("utf-8", "replace").rstrip()))
            self._log_end += 1
            self.log_grew.beat()
        self.exit_status = await process.wait()
        self.state = self._asked or ChildState.DIED
        if self.state is ChildState.DIED and self._on_death is not None:
            self._on_death(self.exit_status)


async def _line(stream: asyncio.StreamReader) -> bytes:
    """Return the next line, or b"" at the end; a line beyond the limit is dropped with a note in its place."""
    try:
        return await stream.readline()
    except ValueError:
        return b"(a line too long to show)\n"


def _signal_group(pid: int, number: signal.Signals) -> None:
    """Signal the process and whatever it started: the session leader's process group bears its id."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, number)
