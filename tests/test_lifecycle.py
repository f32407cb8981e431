"""The process from its start to its end: it serves, it stops at any stage, and it never lives on deaf."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from telegram.error import BadRequest

from bot import lifecycle
from bot.gateway.receipt import BotTokenError
from bot.sandbox.server import Sandbox
from bot.sandbox.telegram import FaultKind
from tests.support import bots
from tests.support.people import Person

PATIENCE = 20.0
HURRY = 5.0
"""Seconds within which a bot that has nothing in hand must have stopped; far below the deadlines of its requests."""


@dataclass
class BreakingClock:
    """A clock that a bug gets into: from then on, whatever asks for the time fails."""

    clock: bots.Clock = field(default_factory=bots.Clock)
    broken: bool = False

    def __call__(self) -> datetime:
        if self.broken:
            raise ZeroDivisionError
        return self.clock()


@dataclass
class Running:
    stop: asyncio.Event
    task: asyncio.Task[None]

    async def end(self, within: float = PATIENCE) -> None:
        """Wait for the end, and raise what it ended with."""
        async with asyncio.timeout(within):
            await asyncio.shield(self.task)


@asynccontextmanager
async def started(sandbox: Sandbox, directory: Path, clock: BreakingClock | None = None) -> AsyncIterator[Running]:
    stop = asyncio.Event()
    settings = bots.settings(sandbox, directory)
    task = asyncio.create_task(lifecycle.run(settings, stop, clock or bots.Clock(), bots.HURRIED))
    try:
        yield Running(stop, task)
    finally:
        stop.set()
        await asyncio.wait([task])


class Heard(logging.Handler):
    """Waits for words in the log."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words, self.event = words, asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        if self.words in record.getMessage():
            self.event.set()


@contextmanager
def at_info(name: str, handler: logging.Handler) -> Iterator[None]:
    """Let a handler hear a logger for a block."""
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)


async def polling(sandbox: Sandbox) -> None:
    """Wait until the bot asks for updates."""
    await sandbox.telegram.until(lambda telegram: telegram.poller, timeout=PATIENCE)


async def test_a_stop_ends_it_in_peace(sandbox: Sandbox, tmp_path: Path) -> None:
    async with started(sandbox, tmp_path) as bot:
        await polling(sandbox)
        bot.stop.set()
        await bot.end(HURRY)


async def test_a_bug_in_a_job_ends_it_with_that_error(sandbox: Sandbox, tmp_path: Path) -> None:
    clock = BreakingClock()
    async with started(sandbox, tmp_path, clock) as bot:
        await polling(sandbox)
        clock.broken = True
        with pytest.raises(ZeroDivisionError):
            await bot.end()


async def test_a_request_for_updates_that_is_wrong_ends_it(sandbox: Sandbox, alice: Person, tmp_path: Path) -> None:
    async with started(sandbox, tmp_path) as bot:
        await polling(sandbox)
        sandbox.telegram.faults.add("getUpdates", kind=FaultKind.BAD_REQUEST, description="offset is no number")
        alice.says("/start")  # It ends the request that waits, and the next one is refused.
        with pytest.raises(BadRequest, match=r"(?i)offset is no number"):
            await bot.end()
    assert "Hello, Alice" in alice.messages()[0]["text"], "what was received before is answered"


async def test_a_token_that_telegram_takes_back_ends_it_with_a_sentence(sandbox: Sandbox, alice: Person, tmp_path: Path) -> None:
    async with started(sandbox, tmp_path) as bot:
        await polling(sandbox)
        sandbox.telegram.bot_token = type(sandbox.telegram.bot_token)("100200300:another-one")
        alice.says("/start")
        with pytest.raises(BotTokenError, match="TELEGRAM_BOT_TOKEN") as caught:
            await bot.end()
    assert "SANDBOX" not in str(caught.value)


async def test_a_token_that_telegram_does_not_know_ends_the_start(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.telegram.bot_token = type(sandbox.telegram.bot_token)("100200300:another-one")
    async with started(sandbox, tmp_path) as bot:
        with pytest.raises(BotTokenError, match="TELEGRAM_BOT_TOKEN") as caught:
            await bot.end()
    assert "SANDBOX" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("kind", [FaultKind.HTTP_ERROR, FaultKind.CUT, FaultKind.HANG])
async def test_a_stop_ends_it_while_telegram_is_away_at_the_start(sandbox: Sandbox, tmp_path: Path, kind: FaultKind) -> None:
    fault = sandbox.telegram.faults.add("getMe", kind=kind, count=100)
    async with started(sandbox, tmp_path) as bot:
        await sandbox.telegram.until(lambda _: fault.struck, timeout=PATIENCE)
        bot.stop.set()
        await bot.end(HURRY)
    assert sandbox.telegram.poller is None


async def test_a_stop_before_the_start_is_one(sandbox: Sandbox, tmp_path: Path) -> None:
    stop = asyncio.Event()
    stop.set()
    async with asyncio.timeout(HURRY):
        await lifecycle.run(bots.settings(sandbox, tmp_path), stop)
    assert not sandbox.telegram.ledger


async def test_a_stop_lets_the_answer_in_hand_go_out(sandbox: Sandbox, alice: Person, tmp_path: Path) -> None:
    hold = sandbox.telegram.faults.add("sendMessage", kind=FaultKind.HOLD)
    async with started(sandbox, tmp_path) as bot:
        await polling(sandbox)
        alice.says("/start")
        await sandbox.telegram.until(lambda _: hold.struck, timeout=PATIENCE)
        bot.stop.set()
        alice.says("/help")
        hold.release()
        await bot.end()
        assert len(alice.messages()) == 1
    async with started(sandbox, tmp_path):
        await alice.sees("How it works")
    assert len(alice.messages()) == 2, "what came after the stop is answered by the next process, once"


async def test_an_sms_that_is_found_while_it_ends_is_pushed_before_the_end(sandbox: Sandbox, alice: Person, tmp_path: Path) -> None:
    async with started(sandbox, tmp_path) as bot:
        await alice.connects("demo-token-alice")
        await alice.buys("WhatsApp")
        answer = sandbox.provider.faults.add("getSms", "hold_after", count=1)
        [purchase] = sandbox.provider.activations
        sandbox.provider.send_sms(purchase, "Your WhatsApp code: 123-456")
        await sandbox.provider.until(lambda _: answer.struck)
        stopped = Heard("has been shut down")
        with at_info("apscheduler.scheduler", stopped):
            bot.stop.set()
            async with asyncio.timeout(PATIENCE):
                await stopped.event.wait()
        push = sandbox.telegram.faults.add("sendMessage", kind=FaultKind.HOLD)
        answer.release()
        await sandbox.telegram.until(lambda _: push.struck, timeout=PATIENCE)
        with pytest.raises(TimeoutError):
            await bot.end(0.5)
        push.release()
        await bot.end()
    assert bots.rows(tmp_path, "SELECT delivered_at IS NOT NULL FROM sms") == [(1,)]
    assert "123-456" in alice.messages()[-1]["text"]


async def test_a_database_that_cannot_be_opened_ends_the_start(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "bot.sqlite3").write_bytes(b"this is no database" * 100)
    async with started(sandbox, tmp_path) as bot:
        with pytest.raises(Exception, match="not a database"):
            await bot.end()
    assert not sandbox.telegram.ledger, "nobody is served without a database"
