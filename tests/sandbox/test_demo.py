"""The demo command: one address line, a bot of its own, and a clean end whatever happens."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from bot.sandbox.demo import bot_environment, run_demo
from bot.sandbox.server import BOT_TOKEN, Sandbox

pytestmark = pytest.mark.processes

# A stand-in for the bot that polls as the real one does, and shows its process id and working directory in its log.
POLLER = """
import json, os, sys, urllib.request
base = os.environ["TELEGRAM_BASE_URL"] + os.environ["TELEGRAM_BOT_TOKEN"]
print("pid", os.getpid(), flush=True)
open("bot.sqlite3", "w").write(os.environ["DATABASE_URL"])
offset = 0
while True:
    answer = json.load(urllib.request.urlopen(f"{base}/getUpdates?timeout=20&offset={offset}"))
    for update in answer["result"]:
        offset = update["update_id"] + 1
        if update["message"]["text"] == "/die":
            sys.exit("out of breath")
"""


class Terminal:
    """What the demo says, line by line, with a way to wait for a line."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._said = asyncio.Event()

    def say(self, line: str) -> None:
        self.lines.append(line)
        self._said.set()
        self._said = asyncio.Event()

    async def until(self, wanted: Callable[[str], bool]) -> str:
        async with asyncio.timeout(30):
            while True:
                for line in self.lines:
                    if wanted(line):
                        return line
                await self._said.wait()


def _demo(terminal: Terminal, script: str = POLLER, *, port: int = 0, data_dir: Path | None = None) -> asyncio.Task[int]:
    command = (sys.executable, "-c", script)
    return asyncio.create_task(run_demo(port=port, data_dir=data_dir, command=command, say=terminal.say))


async def _address(terminal: Terminal) -> str:
    line = await terminal.until(lambda text: text.startswith("The chat is open at "))
    await terminal.until(lambda text: "Ctrl-C" in text)
    return line.removeprefix("The chat is open at ").rstrip("/")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_it_prints_one_address_and_ends_in_order_on_a_signal(number: signal.Signals) -> None:
    terminal = Terminal()
    demo = _demo(terminal)
    url = await _address(terminal)
    async with httpx.AsyncClient(trust_env=False) as client:
        state = (await client.get(f"{url}/demo/bot")).json()
    assert state["state"] == "running"
    os.kill(os.getpid(), number)
    async with asyncio.timeout(10):
        assert await demo == 0
    assert len([line for line in terminal.lines if "http" in line]) == 1
    with pytest.raises(ProcessLookupError):
        os.kill(state["pid"], 0)


async def test_without_a_place_for_them_its_data_are_gone_afterwards() -> None:
    terminal = Terminal()
    demo = _demo(terminal, POLLER.replace("print(", "print(os.getcwd(), "))
    url = await _address(terminal)
    async with httpx.AsyncClient(trust_env=False) as client:
        directory = Path((await client.get(f"{url}/demo/bot")).json()["log"][0].split(" pid ")[0])
    assert (directory / "bot.sqlite3").exists()
    os.kill(os.getpid(), signal.SIGTERM)
    assert await demo == 0
    assert not await asyncio.to_thread(directory.exists)


async def test_with_a_place_each_run_keeps_its_data_there(tmp_path: Path) -> None:
    for runs in (1, 2):
        terminal = Terminal()
        demo = _demo(terminal, data_dir=tmp_path / "kept")
        await _address(terminal)
        os.kill(os.getpid(), signal.SIGTERM)
        assert await demo == 0
        kept = list((tmp_path / "kept").glob("*/bot.sqlite3"))
        assert len(kept) == runs
        assert any(str(file.parent) in line for line in terminal.lines for file in kept)


async def test_a_bot_that_cannot_start_is_explained() -> None:
    terminal = Terminal()
    assert await _demo(terminal, "raise SystemExit('TOKEN_KEYS must be keys.')") == 1
    assert terminal.lines == [
        "The bot ended by itself with exit status 1. Its last words:\n  TOKEN_KEYS must be keys.",
    ]


async def test_a_bot_that_dies_later_is_shown_and_can_be_started_again() -> None:
    terminal = Terminal()
    demo = _demo(terminal)
    url = await _address(terminal)
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        await client.post("/sandbox/users/1001/send", json={"chat_id": 1001, "text": "/die"})
        died = await terminal.until(lambda line: line.startswith("The bot ended"))
        assert died.startswith("The bot ended by itself with exit status 1.")
        assert died.endswith("  out of breath")
        assert (await client.get("/demo/bot")).json()["state"] == "died"
        assert (await client.post("/demo/bot/start")).json()["state"] == "running"
    os.kill(os.getpid(), signal.SIGTERM)
    assert await demo == 0


async def test_a_taken_port_is_said_with_a_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        terminal = Terminal()
        assert await _demo(terminal, port=port) == 1
    assert terminal.lines == [
        f"Port {port} on 127.0.0.1 is in use by another program. Choose another one with --port, for example --port {port + 1}."
    ]


async def test_the_bot_inherits_none_of_the_developers_settings(tmp_path: Path) -> None:
    sandbox = Sandbox()
    sandbox.url = "http://127.0.0.1:1"
    inherited = {"PATH": "/bin", "TOKEN_KEYS": "mine", "TELEGRAM_BOT_TOKEN": "1:real", "HTTPS_PROXY": "http://proxy"}
    environment = bot_environment(sandbox, tmp_path, inherited)
    assert environment["PATH"] == "/bin"
    assert environment["TELEGRAM_BOT_TOKEN"] == BOT_TOKEN
    assert environment["TELEGRAM_BASE_URL"] == "http://127.0.0.1:1/bot"
    assert environment["OTPBUDDY_BASE_URL"] == "http://127.0.0.1:1/v1/api"
    assert environment["DATABASE_URL"] == f"sqlite+aiosqlite:///{tmp_path}/bot.sqlite3"
    assert environment["ADMIN_IDS"] == "9001"
    assert not {"TOKEN_KEYS", "HTTPS_PROXY"} & environment.keys()
