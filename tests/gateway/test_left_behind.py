"""What an earlier process received and did not handle: it is taken up, in order, and given up only if it kills whoever begins it."""

import asyncio

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlmodel import col
from telegram import Update

from bot.gateway.dispatch import Dispatcher
from bot.gateway.patience import Patience
from bot.gateway.receipt import Intake
from storage import updates
from storage.database import Database
from storage.models import UpdateReceipt
from storage.vault import Vault, new_key
from tests.gateway.site import NOW, Site
from tests.gateway.support import PATIENCE, message, pending


async def test_what_an_earlier_process_left_is_handled_first(site: Site) -> None:
    earlier = Intake(site.bot, site.database, site.vault, site.dispatcher, clock=lambda: NOW)
    assert len(await earlier.store([message(3), message(2), message(1)])) == 3
    await updates.mark_handled(site.database, [2], NOW)
    # Its confirmation never reached Telegram, so all of them come again.
    await site.telegram.push(message(1), message(2), message(3), message(4))
    async with site.running():
        await site.until(1, 3, 4)
        await site.telegram.called("getUpdates", 2)


async def test_what_was_left_is_no_flood_though_it_comes_at_once(site: Site) -> None:
    left = list(range(1, 101))
    await site.intake.store([message(update_id) for update_id in left])
    async with site.running():
        await site.until(*left)


async def test_what_is_left_is_counted_as_its_turn_comes_and_an_outage_is_waited_for(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    await site.intake.store([message(1)])
    away = [OperationalError("UPDATE", {}, Exception("server closed the connection"))] * 2

    async def probe(point: str) -> None:
        if point == "about to count a replay" and away:
            assert site.handled == []
            raise away.pop()

    async with Database(site.database.engine.url.render_as_string(hide_password=False), probe=probe) as database:
        patience = Patience(sleep=site.time.sleep)
        intake = Intake(site.bot, database, site.vault, site.dispatcher, clock=lambda: NOW, patience=patience)
        await intake.take_up(await intake.left_behind())
        await site.until(1)
    assert caplog.text.count("Could not count a replay") == 2
    assert len(site.time.naps) == 2
    async with site.database.reading() as session:
        assert (await session.execute(select(col(UpdateReceipt.replays)))).scalars().all() == [1]


async def test_what_was_begun_often_and_never_ended_is_handled_alone_and_in_its_order(site: Site) -> None:
    log: list[str] = []
    gate = asyncio.Event()

    async def handle(update: Update) -> None:
        log.append(f"begin {update.update_id}")
        if update.update_id == 1:
            await gate.wait()
        # Whoever is handled side by side begins before this one ends.
        await asyncio.sleep(0.05)
        log.append(f"end {update.update_id}")

    site.dispatcher = Dispatcher(handle, site.mark, handle)
    intake = Intake(site.bot, site.database, site.vault, site.dispatcher, clock=lambda: NOW)
    await intake.store([message(number, user=number) for number in (1, 2, 3, 4)])
    for _ in range(5):
        await updates.count_replay(site.database, 2)
    taking = asyncio.create_task(intake.take_up(await intake.left_behind()))
    await asyncio.wait([taking], timeout=0.1)
    assert log == ["begin 1"]
    gate.set()
    await asyncio.wait_for(taking, PATIENCE)
    assert await site.dispatcher.drain(PATIENCE) == 0
    assert log[:4] == ["begin 1", "end 1", "begin 2", "end 2"]
    assert sorted(log[4:6]) == ["begin 3", "begin 4"]


async def test_what_no_key_opens_is_passed_over(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    lost = Intake(site.bot, site.database, Vault([new_key()]), site.dispatcher, clock=lambda: NOW)
    await lost.store([message(1)])
    await site.intake.store([message(2)])
    async with site.running():
        await site.count(2)
    # Nobody knows whose the first one is, so it has no order with the second.
    assert {update.update_id: update.effective_message is None for update in site.handled} == {1: True, 2: False}
    assert "The stored update 1 cannot be read" in caplog.text
    assert await pending(site.database) == []
