"""The engine and its sessions, from a URL: an SQLite file by default, or PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, event, make_url
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

Probe = Callable[[str], Awaitable[None]]
"""Is told where the program is, by name; it may stop it there. Tests use it, production does nothing with it."""


async def no_probe(_point: str) -> None:
    """Do nothing."""


LOCK_TIMEOUT = 30
"""Seconds that a transaction waits for another process to let go of the SQLite file."""


class Database:
    """Sessions for reading and for writing.

    The URL is SQLAlchemy's: `sqlite+aiosqlite:///path` or `postgresql+asyncpg://…`. Statements' parameters never reach an exception
    or a log (`hide_parameters`).
    """

    def __init__(self, url: str, *, probe: Probe = no_probe) -> None:
        self._probe = probe
        self._url = make_url(url)
        self.is_sqlite = self._url.get_backend_name() == "sqlite"
        options: dict[str, Any] = {"connect_args": {"timeout": LOCK_TIMEOUT}} if self.is_sqlite else {"pool_pre_ping": True}
        self.engine = create_async_engine(self._url, hide_parameters=True, **options)
        if self.is_sqlite:
            _prepare_sqlite(self.engine.sync_engine)
        self._reader = async_sessionmaker(self.engine, expire_on_commit=False)
        self._writer = async_sessionmaker(self.engine.execution_options(writing=True), expire_on_commit=False)
        self._turn: AbstractAsyncContextManager[Any] = asyncio.Lock() if self.is_sqlite else nullcontext()

    def __repr__(self) -> str:
        return f"Database({self._url.render_as_string(hide_password=True)!r})"

    @property
    def file(self) -> Path | None:
        """The SQLite file, or None where there is none."""
        name = self._url.database
        return Path(name) if self.is_sqlite and name and name != ":memory:" else None

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Open a session whose changes, if any, are thrown away."""
        async with self._reader() as session:
            yield session

    @asynccontextmanager
    async def writing(self, purpose: str = "write") -> AsyncIterator[AsyncSession]:
        """Open a transaction that is committed when the block ends and undone when it raises; `purpose` names it to the probe.

        On SQLite it holds the write lock from the start (`BEGIN IMMEDIATE`): a deferred transaction that reads before it writes
        fails at once, whatever the time-out, when another wrote in between. Writers of this process queue before they ask for it.
        """
        async with self._turn, self._writer.begin() as session:
            yield session
            await self._probe(f"about to {purpose}")
        await self._probe(f"did {purpose}")

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        await self.close()


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        # The driver would begin deferred transactions by itself; the "begin" event below does it instead.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
