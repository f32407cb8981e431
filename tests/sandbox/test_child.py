"""The bot as a child of the sandbox: how it is started and every way it can end."""

import asyncio
import os
import signal
import sys
import textwrap
from pathlib import Path

import pytest

from bot.sandbox.child import BotProcess, ChildState

pytestmark = pytest.mark.processes

OBEDIENT = "import time; print('\\x1b[32mready\\x1b[0m', flush=True); time.sleep(600)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)"


def _process(script: str, cwd: Path, **options: object) -> BotProcess:
    deaths = options.get("deaths")
    on_death = deaths.append if isinstance(deaths, list) else None
    return BotProcess((sys.executable, "-c", script), env={"PATH": os.environ["PATH"]}, cwd=cwd, on_death=on_death)


async def _until_log(process: BotProcess, line: str) -> None:
    async with asyncio.timeout(20):
        while line not in process.snapshot()["log"]:
            await process.log_grew.wait()


async def test_it_runs_in_its_own_session_and_is_stopped_in_order(tmp_path: Path) -> None:
    deaths: list[int] = []
    process = _process(OBEDIENT, tmp_path, deaths=deaths)
    await process.start()
    await _until_log(process, "ready")  # Without the colours of a terminal.
    pid = process.snapshot()["pid"]
    assert pid is not None
    assert os.getsid(pid) == pid != os.getsid(0)
    await process.stop()
    assert process.state is ChildState.STOPPED
    assert process.exit_status == -signal.SIGTERM
    assert deaths == []


async def test_one_that_ignores_the_request_is_killed_after_the_deadline(tmp_path: Path) -> None:
    process = _process(STUBBORN, tmp_path)
    await process.start()
    await _until_log(process, "ready")
    await process.stop(within=0.1)
    assert process.state is ChildState.STOPPED
    assert process.exit_status == -signal.SIGKILL


async def test_a_kill_is_no_death_and_it_can_be_started_again(tmp_path: Path) -> None:
    deaths: list[int] = []
    process = _process(OBEDIENT, tmp_path, deaths=deaths)
    await process.start()
    await _until_log(process, "ready")
    first = process.snapshot()["pid"]
    await process.kill()
    assert (process.state, process.snapshot()["pid"]) == (ChildState.KILLED, None)
    await process.start()
    assert process.state is ChildState.RUNNING
    assert process.snapshot()["pid"] != first
    await process.kill()
    assert deaths == []


async def test_a_second_start_changes_nothing(tmp_path: Path) -> None:
    process = _process(OBEDIENT, tmp_path)
    await asyncio.gather(process.start(), process.start())
    pid = process.snapshot()["pid"]
    await process.start()
    assert process.snapshot()["pid"] == pid
    await process.kill()


async def test_a_death_by_itself_is_reported_with_its_status_and_last_words(tmp_path: Path) -> None:
    deaths: list[int] = []
    process = _process("print('no such setting'); raise SystemExit(3)", tmp_path, deaths=deaths)
    await process.start()
    assert await process.wait() == 3
    assert process.state is ChildState.DIED
    assert deaths == [3]
    assert process.snapshot()["log"] == ["no such setting"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Only Linux kills a child with its parent.")
async def test_it_does_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    parent = textwrap.dedent(f"""
        import asyncio, os, sys
        from pathlib import Path
        from bot.sandbox.child import BotProcess

        async def main():
            bot = BotProcess((sys.executable, "-c", {OBEDIENT!r}), env={{"PATH": os.environ["PATH"]}}, cwd=Path("."))
            await bot.start()
            while "ready" not in bot.snapshot()["log"]:
                await bot.log_grew.wait()
            print(bot.snapshot()["pid"], flush=True)
            await asyncio.Event().wait()

        asyncio.run(main())
    """)
    root = Path(__file__).parents[2]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", parent),
        stdout=asyncio.subprocess.PIPE,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(root)},
    )
    assert process.stdout is not None
    child = int(await process.stdout.readline())
    gone = os.pidfd_open(child)
    try:
        process.kill()
        await process.wait()
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_reader(gone, ended.set)  # A pidfd becomes readable when its process ends, see pidfd_open(2).
        async with asyncio.timeout(10):
            await ended.wait()
        loop.remove_reader(gone)
    finally:
        os.close(gone)
