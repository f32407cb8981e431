"""Starts the bot that can be killed in a moment: each is the fork of one process that has imported everything and started nothing."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.chaos import launch
from tests.support.bots import ROOT


class Child:
    """A bot's process, as `asyncio.subprocess.Process` would be."""

    def __init__(self, pid: int, status: asyncio.Task[bytes]) -> None:
        self.pid = pid
        self._status = status

    @property
    def returncode(self) -> int | None:
        """Its exit status, negative where a signal ended it; None while it runs."""
        return int(self._status.result()) if self._status.done() else None

    async def wait(self) -> int:
        """Wait for its end; returns its exit status."""
        return int(await asyncio.shield(self._status))

    def terminate(self) -> None:
        """Tell it to stop."""
        os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        os.kill(self.pid, signal.SIGKILL)


class Nursery:
    """One bot at a time, from the moment when the block begins."""

    _process: asyncio.subprocess.Process

    async def __aenter__(self) -> Self:
        pipe = asyncio.subprocess.PIPE
        env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
        self._process = await asyncio.create_subprocess_exec(sys.executable, "-m", __name__, env=env, stdin=pipe, stdout=pipe)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()

    async def start(self, env: Mapping[str, str], log: Path) -> Child:
        """Start the bot with these environment variables; what it says is appended to the log."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"env": dict(env), "log": str(log)}).encode() + b"\n")
        pid = int(await self._process.stdout.readline())
        return Child(pid, asyncio.create_task(self._process.stdout.readline()))


def main() -> None:
    """Start a bot for each line that is read, and tell its process id and, in the end, its status."""
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if not child:
            os.environ.clear()
            os.environ.update(asked["env"])
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.dup2(log, 1)
            os.dup2(log, 2)
            sys.exit(asyncio.run(launch.main()))
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
