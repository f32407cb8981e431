"""A broadcast through kills and stops, in short; `python -m tests.chaos.broadcasting --ends 200` is the long form."""

from pathlib import Path

import pytest

from bot.jobs.broadcast import AT_ONCE
from tests.chaos.broadcasting import CHATS_PER_END, broadcasting, crowd

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
