"""Queries of the send budget: the pace that all processes of one bot keep together, by the database's clock."""

from sqlalchemy import select
from sqlmodel import col

from storage.database import Database
from storage.leases import now
from storage.models import SendBudget
from storage.sql import insert, later


async def reserve(db: Database, name: str, interval: float, *, patient: bool) -> tuple[bool, float]:
    """Ask for the next moment at which a message may leave; returns whether it was given, and how many seconds it is away.

    Moments are `interval` seconds apart, whichever process asks. One who is patient takes only a moment that is there already; the
    seconds then say when to ask again.
    """
    async with db.writing("reserve a message") as session:
        time = now(session)
        given = (
            insert(session, SendBudget)
            .values(name=name, next_at=time + interval)
            .on_conflict_do_update(
                index_elements=[col(SendBudget.name)],
                set_={"next_at": later(session, col(SendBudget.next_at), time) + interval},
                where=(col(SendBudget.next_at) <= time) if patient else None,
            )
            .returning(col(SendBudget.next_at) - interval - time)
        )
        wait = (await session.execute(given)).scalar_one_or_none()
        if wait is not None:
            return True, max(0.0, wait)
        statement = select(col(SendBudget.next_at) - time).where(col(SendBudget.name) == name)
        return False, max(0.0, (await session.execute(statement)).scalar_one())


async def pause(db: Database, name: str, seconds: float) -> None:
    """Let nothing leave for so long, whichever process asks."""
    async with db.writing("pause sending") as session:
        statement = insert(session, SendBudget).values(name=name, next_at=now(session) + seconds)
        at_least = later(session, col(SendBudget.next_at), statement.excluded.next_at)
        await session.execute(statement.on_conflict_do_update(index_elements=[col(SendBudget.name)], set_={"next_at": at_least}))
