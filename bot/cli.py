"""The commands of `python -m bot`."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import structlog

from bot import lifecycle
from bot.clock import steady_clock, this_boot
from bot.gateway.receipt import BotTokenError
from bot.gateway.server import AddressInUseError
from bot.ground import vault_of
from bot.logs import configure_logging
from bot.process import Kind
from bot.services.rotation import Resealed, reseal
from bot.settings import Settings, SettingsError, load_settings
from storage import migrations
from storage.database import Database, Probe, no_probe
from storage.sole import NotAlone
from storage.vault import key_file, new_key, prepend_key

DEMO_PORT = 8080
PLAIN = (BotTokenError, NotAlone, AddressInUseError)
"""What the operator can put right; the text says how, and a traceback would only hide it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command and return the process's exit status: 0 for success, 1 for a failure, 2 for a bad setting."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.carry_out(options))
    except (SettingsError, *PLAIN) as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description="The Telegram bot for otpbuddy numbers.")
    commands = parser.add_subparsers(required=True, metavar="command")

    def add(name: str, carry_out: Callable[[argparse.Namespace], int], explanation: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=explanation, description=explanation)
        command.set_defaults(carry_out=carry_out)
        return command

    processes = {
        Kind.RUN: "run the whole bot in one process",
        Kind.WEB: "receive updates by webhook; any number of these and of workers share a PostgreSQL database",
        Kind.WORKER: "poll, deliver and broadcast for the web processes",
    }
    for kind, explanation in processes.items():
        add(kind.value, _run, explanation).set_defaults(kind=kind)
    add("migrate", _migrate, "bring the database's schema up to date (run does it by itself)")
    key = add("key", _key, "print a new key for TOKEN_KEYS")
    key.add_argument("action", nargs="?", choices=["rotate"], help="seal the kept tokens anew with the newest key, while the bot runs")
    demo = add("demo", _demo, "run the bot in a sandbox that opens in the browser, without a Telegram account")
    demo.add_argument("--port", type=int, default=DEMO_PORT, help="the sandbox's port on this machine (default: %(default)s)")
    demo.add_argument("--data", type=Path, default=None, metavar="DIR", help="keep the data in this folder (default: throw it away)")
    return parser


def _configured() -> Settings:
    settings = load_settings()
    configure_logging(settings.log_level, settings.log_format, settings.secrets())
    return settings


def _run(options: argparse.Namespace) -> int:
    settings = _configured()
    kind: Kind = options.kind
    settings.check_shared(shared=kind is not Kind.RUN, webhook=kind is Kind.WEB)

    def serve(stop: asyncio.Event) -> Coroutine[Any, Any, None]:
        return lifecycle.run(settings, stop, steady_clock(), kind=kind, boot=this_boot())

    return _complete(_until_stopped(serve), "the bot stops because of a failure")


def _complete(work: Coroutine[Any, Any, None], complaint: str) -> int:
    try:
        asyncio.run(work)
    except PLAIN:
        raise
    except Exception:  # noqa: BLE001 - whatever it is, the process says so and ends; it never lives on deaf.
        structlog.get_logger(__name__).exception(complaint)
        return 1
    return 0


async def _until_stopped(serve: Callable[[asyncio.Event], Coroutine[Any, Any, None]]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await serve(stop)


def _migrate(_options: argparse.Namespace) -> int:
    settings = _configured()

    async def upgrade() -> None:
        async with Database(settings.database_url.get_secret_value()) as database:
            await migrations.upgrade(database)

    return _complete(upgrade(), "the schema could not be brought up to date")


def _key(options: argparse.Namespace) -> int:
    if options.action is None:
        sys.stdout.write(f"{new_key()}\n")
        return 0
    resealed = asyncio.run(rotate(_configured()))
    sys.stdout.write(f"Sealed anew: {resealed.done}. Already current: {resealed.current}. Lost, to be connected again: {resealed.lost}.\n")
    return 0


async def rotate(settings: Settings, probe: Probe = no_probe) -> Resealed:
    """Make a new key where they are kept in a file, and seal every token anew with the newest one; the bot may be running."""
    if not settings.token_keys and settings.database_file is not None:
        # The running bot reads the file again when it meets the new key.
        prepend_key(key_file(settings.database_file), new_key())
    async with Database(settings.database_url.get_secret_value(), probe=probe) as database:
        await migrations.upgrade(database)
        return await reseal(database, vault_of(settings))


def _demo(options: argparse.Namespace) -> int:
    from bot.sandbox.demo import run_demo  # noqa: PLC0415 - production never loads the sandbox.

    return asyncio.run(run_demo(port=options.port, data_dir=options.data))
