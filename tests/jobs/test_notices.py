"""Notices about money: what the rows ask for is sent, and marked afterwards."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from bot.sandbox.server import Sandbox
from bot.sandbox.telegram import FaultKind
from bot.services.catalog import product_key
from storage import alerts, chats
from tests.support import bots
from tests.support.people import Message, Person
from tests.support.wired import Wired, wire

D = Decimal
NOTICES = ["low balance", "cheaper"]
WORDS = {"low balance": "balance is low", "cheaper": "WhatsApp costs ₹20.00 now"}


@pytest.fixture
async def wired(sandbox: Sandbox, alice: Person, tmp_path: Path) -> AsyncIterator[Wired]:
    async with wire(sandbox, tmp_path) as bot:
        await bot.connected(alice)
        yield bot


async def due(wired: Wired, person: Person, kind: str) -> None:
    """Let the rows ask for a notice."""
    if kind == "low balance":
        async with wired.bot.database.writing() as session:
            await chats.change(session, person.id, low_balance=D(1000))
        return
    watched = await wired.bot.parts.alerts.when_at_most(person.id, product_key("wa"), D(30))
    assert watched.alert is not None
    async with wired.bot.database.writing() as session:
        assert await alerts.meet(session, watched.alert, D(20), wired.clock())


async def sweep(wired: Wired) -> None:
    await wired.bot.notices.sweep()
    await wired.bot.notices.drain()


def told(person: Person, kind: str) -> list[Message]:
    return [message for message in person.messages() if WORDS[kind] in message["text"]]


@pytest.mark.parametrize("kind", NOTICES)
async def test_a_notice_is_told_once(wired: Wired, alice: Person, kind: str) -> None:
    await due(wired, alice, kind)
    for _ in range(3):
        await sweep(wired)
    assert len(told(alice, kind)) == 1


@pytest.mark.parametrize("kind", NOTICES)
@pytest.mark.parametrize(("fault", "copies"), [(FaultKind.CUT, 1), (FaultKind.HTTP_ERROR, 1), (FaultKind.CUT_AFTER, 2)])
async def test_a_notice_that_failed_is_told_after_a_pause(wired: Wired, alice: Person, kind: str, fault: FaultKind, copies: int) -> None:
    """Where Telegram took the message before the connection broke, it comes twice: at least once is the promise."""
    await due(wired, alice, kind)
    struck = wired.sandbox.telegram.faults.add("sendMessage", kind=fault)
    await sweep(wired)
    assert struck.struck == 1
    calls = len(wired.sandbox.telegram.ledger)
    await sweep(wired)
    assert len(wired.sandbox.telegram.ledger) == calls, "not before the pause is over"
    wired.clock.advance(minutes=5)
    for _ in range(2):
        await sweep(wired)
    assert len(told(alice, kind)) == copies


@pytest.mark.parametrize("kind", NOTICES)
async def test_a_pause_that_telegram_asks_for_is_kept(sandbox: Sandbox, alice: Person, tmp_path: Path, kind: str) -> None:
    async with wire(sandbox, tmp_path, limits=replace(bots.HURRIED, attempts=1)) as wired:
        await wired.connected(alice)
        await due(wired, alice, kind)
        sandbox.telegram.faults.add("sendMessage", kind=FaultKind.RETRY_AFTER, retry_after=1)
        await sweep(wired)
        await sweep(wired)
        assert told(alice, kind) == []
        wired.clock.advance(minutes=5)
        await sweep(wired)
        assert len(told(alice, kind)) == 1


@pytest.mark.parametrize("kind", NOTICES)
async def test_who_blocks_the_bot_is_told_after_coming_back(wired: Wired, alice: Person, kind: str) -> None:
    await due(wired, alice, kind)
    wired.sandbox.telegram.users[alice.id].blocked = True
    await sweep(wired)
    calls = len(wired.sandbox.telegram.ledger)
    wired.clock.advance(minutes=5)
    await sweep(wired)
    assert len(wired.sandbox.telegram.ledger) == calls
    wired.sandbox.telegram.users[alice.id].blocked = False
    await wired.says(alice, "/start")
    await sweep(wired)
    assert len(told(alice, kind)) == 1


@pytest.mark.parametrize(("minutes", "late"), [(14, False), (16, True)])
async def test_what_an_alert_saw_a_while_ago_is_told_with_its_time(wired: Wired, alice: Person, minutes: int, late: bool) -> None:
    await due(wired, alice, "cheaper")
    wired.clock.advance(minutes=minutes)
    await sweep(wired)
    [message] = told(alice, "cheaper")
    assert ("may have changed since" in message["text"]) is late
