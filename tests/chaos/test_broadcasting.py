"""A broadcast through kills and stops, in short; `python -m tests.chaos.broadcasting --ends 200` is the long form."""

from pathlib import Path

import pytest

from bot.jobs.broadcast import AT_ONCE
from bot.sandbox.server import ADMIN_ID
from tests.chaos.broadcasting import CHATS_PER_END, TEXT, broadcasting, crowd, opened
from tests.support.people import Person

pytestmark = pytest.mark.processes
ENDS = 4


async def test_a_broadcast_goes_on_by_row_and_reaches_no_chat_twice(tmp_path: Path) -> None:
    result = await broadcasting(ENDS, 20261125, tmp_path)
    assert not result.violations, result
    # The admin's chat is a recipient as well; the first kill comes as the broadcast begins.
    assert (result.kills, result.terms, result.chats) == (ENDS // 2 + 1, ENDS // 2, ENDS * CHATS_PER_END)
    assert result.sent + result.unclear == result.chats + 1
    assert 0 < result.unclear <= result.kills * AT_ONCE


async def test_ten_thousand_chats_receive_one_copy_through_a_kill_and_pauses(tmp_path: Path) -> None:
    count = 10_000
    result = await crowd(count, kill_after=6_000, pauses=3, directory=tmp_path)
    assert not result.violations, result
    assert (result.kills, result.chats) == (1, count)
    assert result.sent + result.unclear == count + 1
    assert 0 < result.unclear <= AT_ONCE


async def test_a_scheduled_broadcast_that_was_missed_leaves_at_the_next_start(tmp_path: Path) -> None:
    async with opened(0, tmp_path) as run:
        admin = Person(run.sandbox, ADMIN_ID)
        bot = await run.start()
        admin.says(f"/broadcast {TEXT}")
        await admin.taps("Send later", await admin.sees("Send it?"))
        await admin.taps(":", await admin.sees("When shall it be sent?"))
        await admin.sees("Scheduled for")
        bot.kill()
        await bot.wait()
        assert (await run.books.rows("SELECT state FROM broadcast")) == [{"state": "scheduled"}]
        await run.start(TIME_PASSED="90000")
        await admin.sees("Sent", "1 of 1 chats")
        assert admin.history().count(TEXT) == 2, "the preview and the broadcast"
