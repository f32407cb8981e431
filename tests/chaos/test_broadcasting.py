"""A broadcast through kills and stops, in short; `python -m tests.chaos.broadcasting --ends 200` is the long form."""

from pathlib import Path

import pytest

from tests.chaos.broadcasting import broadcasting

pytestmark = pytest.mark.processes


async def test_a_broadcast_goes_on_by_row_and_reaches_no_chat_twice(tmp_path: Path) -> None:
    result = await broadcasting(6, 20261125, tmp_path)
    assert not result.violations, result
    # The admin's chat is a recipient as well; the first kill comes as the broadcast begins.
    assert (result.kills, result.terms, result.chats) == (4, 3, 6 * 45)
    assert result.sent + result.unclear == result.chats + 1
    assert 0 < result.unclear <= 4 * 25
