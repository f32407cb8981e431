"""One pace over several processes."""

import asyncio
import logging
from pathlib import Path

import pytest
from sqlalchemy.exc import ProgrammingError

from bot.gateway.limiter import Priority
from bot.gateway.pace import OwnPace, SharedPace
from storage.database import Database
from storage.sending import pause, reserve
from tests.gateway.sender import Sender, refuse
from tests.gateway.support import VirtualTime


class Naps:
    """Sleeping that notes how long and takes no time."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        await asyncio.sleep(0)


async def test_messages_of_two_processes_leave_apart(database: Database) -> None:
    naps = Naps()
    one, two = SharedPace(database, 1, naps), SharedPace(database, 1, naps)
    for process in (one, two, one, two):
        await process.moment(patient=False)
    assert [round(nap) for nap in naps.taken] == [1, 2, 3]


async def test_a_pause_that_one_process_is_asked_for_holds_the_other(database: Database) -> None:
    naps = Naps()
    one, two = SharedPace(database, 30, naps), SharedPace(database, 30, naps)
    await one.pause(60)
    await two.moment(patient=False)
    assert [round(nap) for nap in naps.taken] == [60]


async def test_a_broadcast_waits_until_nobody_is_before_it(database: Database) -> None:
    naps = Naps()
    one = SharedPace(database, 1000, naps)
    await pause(database, "messages", 0.2)
    async with asyncio.timeout(20):
        await one.moment(patient=True)
    assert len(naps.taken) > 1, "it asked again and again, and reserved nothing meanwhile"
    assert (await reserve(database, "messages", 0.001, patient=False))[1] < 0.2


async def test_without_the_database_a_process_goes_by_its_own_limits(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with Database(f"sqlite+aiosqlite:///{tmp_path}") as nowhere:
        lonely = SharedPace(nowhere, 1)
        await lonely.moment(patient=True)
        await lonely.pause(5)
    assert [record.levelno for record in caplog.records if record.name == "bot.gateway.pace"] == [logging.ERROR, logging.ERROR]


@pytest.mark.postgres
async def test_a_bug_is_not_taken_for_an_outage(postgres_url: str) -> None:
    async with Database(postgres_url) as without_tables:
        pace = SharedPace(without_tables, 1)
        with pytest.raises(ProgrammingError, match="send_budget"):
            await pace.moment(patient=False)
        with pytest.raises(ProgrammingError, match="send_budget"):
            await pace.pause(1)


async def test_one_process_alone_waits_for_nobody() -> None:
    await OwnPace().moment(patient=True)
    await OwnPace().pause(60)


class Recorder(OwnPace):
    """A pace that notes what it was asked."""

    def __init__(self) -> None:
        self.heard: list[object] = []

    async def moment(self, *, patient: bool) -> None:
        self.heard.append(patient)

    async def pause(self, seconds: float) -> None:
        self.heard.append(seconds)


async def test_the_limiter_asks_for_messages_only_and_tells_of_pauses(time: VirtualTime) -> None:
    pace = Recorder()
    sender = Sender(time, pace=pace)
    sender.on_send["refused"] = iter([refuse(7)])
    await sender.send("a call", 3, endpoint="answerCallbackQuery")
    await sender.send("refused", 1, Priority.TAP)
    await sender.send("to all", 2, Priority.BROADCAST)
    assert pace.heard == [False, 7.0, False, True]


async def test_a_pause_that_began_while_the_moment_was_waited_for_is_obeyed(time: VirtualTime) -> None:
    waits, refused = asyncio.Event(), asyncio.Event()

    class Slow(Recorder):
        """The first to ask waits until Telegram has asked for a pause."""

        async def moment(self, *, patient: bool) -> None:
            await super().moment(patient=patient)
            if not waits.is_set():
                waits.set()
                await refused.wait()

        async def pause(self, seconds: float) -> None:
            await super().pause(seconds)
            refused.set()

    sender = Sender(time, pace=Slow())
    sender.on_send["refused"] = iter([refuse(7)])
    first = sender.start("first", 1)
    await waits.wait()
    await asyncio.gather(first, sender.start("refused", 2))
    assert sorted(sender.sent) == [("first", 7), ("refused", 0), ("refused", 7)]
