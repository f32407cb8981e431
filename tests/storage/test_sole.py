"""One process for an SQLite file."""

from pathlib import Path

import pytest

from storage.sole import NotAlone, only_process


def test_a_second_process_is_refused_as_long_as_the_first_one_is_there(tmp_path: Path) -> None:
    database = tmp_path / "new" / "bot.sqlite3"
    with only_process(database), pytest.raises(NotAlone, match="stop it first"), only_process(database):
        pass
    with only_process(database):
        pass
