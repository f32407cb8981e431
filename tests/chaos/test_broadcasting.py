"""A broadcast through kills and stops, in short; `python -m tests.chaos.broadcasting --ends 200` is the long form."""

from pathlib import Path

import pytest

from bot.jobs.broadcast import AT_ONCE
from tests.chaos.broadcasting import CHATS_PER_END, broadcasting

pytestmark = pytest.mark.processes
ENDS = 4


async def test_a_broadcast_goes_on_by_row_and_reaches_no_chat_twice(tmp_path: Path) -> None:
    result = await broadcasting(ENDS, 20261125, tmp_path)
    assert not result.violations, result
    # The admin's chat is a recipient as well; the first kill comes as the broadcast begins.
    assert (result.kills, result.terms, result.chats) == (ENDS // 2 + 1, ENDS // 2, ENDS * CHATS_PER_END)
    assert result.sent + result.unclear == result.chats + 1
    assert 0 < result.unclear <= result.kills * AT_ONCE
