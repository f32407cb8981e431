"""An SQLite file belongs to one process of the bot: a second one would poll, push and answer everything twice."""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path


class NotAlone(Exception):
    """Another process of the bot works on the same file."""


@contextlib.contextmanager
def only_process(database: Path) -> Iterator[None]:
    """Hold a lock beside the file for a block; the system lets go of it when the process ends, however it does. Raises `NotAlone`."""
    database.parent.mkdir(parents=True, exist_ok=True)
    with database.with_name(database.name + ".lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotAlone(f"Another process of the bot is running on {database}: stop it first, or use PostgreSQL.") from None
        yield
