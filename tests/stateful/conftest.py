import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.stateful.machine import Life
from tests.stateful.world import Place
from tests.support.schema import sqlite_url


@pytest.fixture(autouse=True)
def _durations_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # Otherwise the library warns about its own attribute.


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as made:
        yield made


@pytest.fixture
def life_url() -> Iterator[str]:
    """A database in memory where there is a folder for that: these tests are not about the disk, and wait for it at every commit."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield sqlite_url(Path(folder) / "life.sqlite3")


@pytest.fixture
def life(runner: asyncio.Runner, life_url: str) -> Iterator[Life]:
    """A life that a test lives step by step; at its end it comes to rest and is checked."""
    made = Life(runner, Place(life_url))
    try:
        yield made
        made.nothing_is_wrong()
    finally:
        made.teardown()
