"""The demo: the sandbox in this process, and the production bot as its child with two addresses changed."""

import asyncio
import contextlib
import logging
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.gateway.server import AddressInUseError
from bot.sandbox.child import BotProcess, ChildState
from bot.sandbox.server import ADMIN_ID, BOT_TOKEN, Sandbox

_ROOT = Path(__file__).resolve().parents[2]
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_READY_WITHIN_SECONDS = 60.0
_SHOWN_LINES = 15
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "SYSTEMROOT", "VIRTUAL_ENV")


def _print(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # The terminal is this command's user interface.


async def run_demo(
    *,
    host: str = "127.0.0.1",
    port: int = 8080,
    data_dir: Path | None = None,
    command: Sequence[str] = (sys.executable, "-m", "bot", "run"),
    say: Callable[[str], None] = _print,
) -> int:
    """Run the demo until Ctrl-C, SIGTERM or SIGHUP and return the exit status: 0, or 1 if it could not start.

    The bot's database lies in a temporary directory that is removed at the end. With `data_dir` it is kept in a new
    directory below that, named after the time: each run is a new world, where an older database would not fit.
    Port 0 lets the operating system choose. `command` starts the bot, `say` gets the lines for the terminal.
    """
    quiet_cut_answers()
    stopped = asyncio.Event()
    with _signals(stopped), _data(data_dir) as directory:
        sandbox = Sandbox(host=host, port=port)
        try:
            await sandbox.__aenter__()
        except AddressInUseError as error:
            say(f"{error} Choose another one with --port, for example --port {port + 1}.")
            return 1
        except OSError as error:
            say(f"Port {port} on {host} cannot be opened: {error.strerror or error}.")
            return 1
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_exit(sandbox)
            bot = await stack.enter_async_context(_running_bot(sandbox, directory, command, say))
            if not await _until_ready(sandbox, bot, stopped):
                if bot.state is ChildState.RUNNING and not stopped.is_set():
                    say(f"The bot did not ask for updates within {_READY_WITHIN_SECONDS:.0f} s.{_last_words(bot)}")
                return 0 if stopped.is_set() else 1
            say(f"The chat is open at {_address(sandbox.url)}")
            if data_dir is not None:
                say(f"The bot's data is kept in {directory}")
            say("Press Ctrl-C to stop.")
            await stopped.wait()
        return 0


@contextlib.contextmanager
def _signals(stopped: asyncio.Event) -> Iterator[None]:
    """Turn the signals that end a program in a terminal into an event."""
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, stopped.set)
    try:
        yield
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)


@contextlib.contextmanager
def _data(data_dir: Path | None) -> Iterator[Path]:
    """Yield an empty directory: a temporary one, or a new one below `data_dir` that stays."""
    if data_dir is None:
        with tempfile.TemporaryDirectory(prefix="otpbuddy-demo-", ignore_cleanup_errors=True) as name:
            yield Path(name)
        return
    data_dir.mkdir(parents=True, exist_ok=True)
    yield Path(tempfile.mkdtemp(prefix=f"{datetime.now(UTC):%Y%m%d-%H%M%S}-", dir=data_dir)).resolve()


@contextlib.asynccontextmanager
async def _running_bot(sandbox: Sandbox, directory: Path, command: Sequence[str], say: Callable[[str], None]) -> AsyncIterator[BotProcess]:
    def died(status: int) -> None:
        say(f"The bot ended by itself with exit status {status}.{_last_words(bot)}")

    bot = BotProcess(command, env=bot_environment(sandbox, directory, os.environ), cwd=directory, on_death=died)
    sandbox.bot = bot
    await bot.start()
    try:
        yield bot
    finally:
        await bot.stop()


def _last_words(bot: BotProcess) -> str:
    tail = bot.snapshot()["log"][-_SHOWN_LINES:]
    return "\n".join([" Its last words:", *(f"  {line}" for line in tail)]) if tail else " It said nothing."


def bot_environment(sandbox: Sandbox, directory: Path, inherited: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the demo's bot: its settings and the few variables that any program needs.

    The developer's own settings stay out: no other variable is inherited, and the working directory, where `.env` is
    looked for, is the demo's.
    """
    return {
        **{name: inherited[name] for name in _INHERITED if name in inherited},
        "PYTHONPATH": str(_ROOT),
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
        "NO_COLOR": "1",
        "NO_PROXY": "*",
        "TELEGRAM_BOT_TOKEN": BOT_TOKEN,
        "TELEGRAM_BASE_URL": sandbox.telegram_base_url,
        "OTPBUDDY_BASE_URL": sandbox.otpbuddy_base_url,
        "DATABASE_URL": f"sqlite+aiosqlite:///{directory / 'bot.sqlite3'}",
        "ADMIN_IDS": str(ADMIN_ID),
        "LOG_LEVEL": "INFO",
        "LOG_FORMAT": "console",
    }


async def _until_ready(sandbox: Sandbox, bot: BotProcess, stopped: asyncio.Event) -> bool:
    """Wait until the bot asks for updates; False when it ended or the user stopped the demo before."""
    tasks = {
        asyncio.create_task(sandbox.telegram.until(lambda telegram: telegram.poller, timeout=_READY_WITHIN_SECONDS)),
        asyncio.create_task(bot.wait()),
        asyncio.create_task(stopped.wait()),
    }
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return bot.state is ChildState.RUNNING and sandbox.telegram.poller is not None and not stopped.is_set()


def _address(url: str) -> str:
    """Return the address to open in a browser: one that listens everywhere is reached at localhost."""
    return url.replace("//0.0.0.0:", "//localhost:").replace("//[::]:", "//localhost:") + "/"


def quiet_cut_answers() -> None:
    """Keep the server from reporting the answers that faults on demand cut short, which are meant."""
    logging.getLogger("uvicorn.error").addFilter(lambda record: not record.getMessage().startswith("ASGI callable returned without"))
