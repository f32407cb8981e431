"""What the queries share: an insert that yields, and how many rows a statement changed."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from sqlalchemy import BigInteger, ColumnElement, CursorResult, Executable, String, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

ROWS_AT_ONCE = 500
T = TypeVar("T")


def is_postgresql(session: AsyncSession) -> bool:
    """Whether the session speaks with PostgreSQL; it is SQLite otherwise."""
    return session.get_bind().dialect.name == "postgresql"


def insert(session: AsyncSession, model: type[SQLModel]) -> Any:
    """Start an INSERT that knows ON CONFLICT in the database's own dialect; both spell it alike, SQLAlchemy keeps two."""
    dialect: Any = postgresql if is_postgresql(session) else sqlite
    return dialect.insert(model)


def insert_or_ignore(session: AsyncSession, model: type[SQLModel]) -> Any:
    """Start an INSERT … ON CONFLICT DO NOTHING."""
    return insert(session, model).on_conflict_do_nothing()


def later(session: AsyncSession, first: Any, second: Any) -> ColumnElement[float]:
    """Write the greater of two numbers; the databases have different names for it."""
    return func.greatest(first, second) if is_postgresql(session) else func.max(first, second)


def milliseconds(session: AsyncSession, earlier: Any, later: Any) -> ColumnElement[int]:
    """Write the time from one column to another in whole milliseconds; below zero where they are the other way round."""
    if is_postgresql(session):
        exact = func.extract("epoch", later - earlier) * 1000
    else:
        exact = (func.julianday(later) - func.julianday(earlier)) * 86_400_000
    return cast("ColumnElement[int]", func.round(exact).cast(BigInteger))


def listed(numbers: ColumnElement[int]) -> ColumnElement[str]:
    """Write a group's numbers into one text with commas between them: many of them cost a row for each group, and no more."""
    return cast("ColumnElement[str]", func.aggregate_strings(numbers.cast(String), ","))


async def stream(session: AsyncSession, statement: Any, make: Callable[..., T]) -> list[T]:
    """Make something of each row, some of them at a time, so that nothing else in the process has to wait for many."""
    found: list[T] = []
    async for some in (await session.stream(statement)).partitions(ROWS_AT_ONCE):
        found += [make(*row) for row in some]
    return found


async def affected(session: AsyncSession, statement: Executable) -> int:
    """Carry out an INSERT, UPDATE or DELETE and count the rows that it changed."""
    return cast("CursorResult[Any]", await session.execute(statement)).rowcount
