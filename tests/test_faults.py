"""The table of faults names tests that exist."""

import re

import pytest

from tests.support.bots import ROOT

TABLE = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| (\d+) \|(.+)\|$", TABLE, re.MULTILINE))


def test_no_row_is_missing_or_there_twice() -> None:
    assert re.findall(r"^\| (\d+) \|", TABLE, re.MULTILINE) == [str(number) for number in range(1, 44)] == list(ROWS)


@pytest.mark.parametrize("row", ROWS)
def test_every_fault_has_tests_and_they_exist(row: str) -> None:
    named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", ROWS[row].rpartition(" | ")[2])
    assert named
    for file, test in named:
        assert re.search(rf"^(?:async )?def {test}\(", (ROOT / "tests" / file).read_text(encoding="utf-8"), re.MULTILINE), (file, test)
