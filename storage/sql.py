"""What the queries share: an insert that yields, and how many rows a statement changed."""

from typing import Any, cast

from sqlalchemy import CursorResult, Executable
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel


def insert_or_ignore(session: AsyncSession, model: type[SQLModel]) -> Any:
    """Start an INSERT … ON CONFLICT DO NOTHING in the database's own dialect; both spell it alike, SQLAlchemy keeps two."""
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(model).on_conflict_do_nothing()


async def affected(session: AsyncSession, statement: Executable) -> int:
    """Carry out an INSERT, UPDATE or DELETE and count the rows that it changed."""
    return cast("CursorResult[Any]", await session.execute(statement)).rowcount
