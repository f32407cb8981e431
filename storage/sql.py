"""What the queries share: an insert that yields, and how many rows a statement changed."""

from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Executable, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel


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


async def affected(session: AsyncSession, statement: Executable) -> int:
    """Carry out an INSERT, UPDATE or DELETE and count the rows that it changed."""
    return cast("CursorResult[Any]", await session.execute(statement)).rowcount
