"""Queries of the received updates: what was stored before it was confirmed, and what of it is still to be handled."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import col

from storage import leases
from storage.database import Database
from storage.models import Lease, UpdateReceipt
from storage.sql import insert_or_ignore

PROCESS = "process:{}"
"""The name of a process's own lease."""


async def store(db: Database, updates: Sequence[tuple[int, str]], holder: str | None, now: datetime) -> list[int]:
    """Store updates, each an id and its sealed payload, in one transaction; return the ids that were not there before, in order.

    Whatever the answer leaves out was stored by an earlier call and must not be handled a second time. `holder` names the process
    that handles them; None where there is only one.
    """
    if not updates:
        return []
    rows = [{"update_id": update_id, "received_at": now, "holder": holder, "payload": payload} for update_id, payload in updates]
    async with db.writing("store updates") as session:
        statement = insert_or_ignore(session, UpdateReceipt).values(rows).returning(col(UpdateReceipt.update_id))
        return sorted((await session.execute(statement)).scalars())


async def unhandled(db: Database, update_ids: Collection[int], holder: str | None) -> set[int]:
    """Tell which of these are stored for the holder and not marked as handled."""
    statement = select(col(UpdateReceipt.update_id)).where(
        col(UpdateReceipt.update_id).in_(update_ids),
        col(UpdateReceipt.holder).is_not_distinct_from(holder),
        col(UpdateReceipt.handled_at).is_(None),
    )
    async with db.reading() as session:
        return set((await session.execute(statement)).scalars())


@dataclass(frozen=True, slots=True)
class Left:
    """An update that a process which is gone did not handle, sealed, and how often it was begun again since."""

    update_id: int
    payload: str
    replays: int


async def take_over(db: Database, holder: str | None, most: int, now: datetime) -> tuple[list[Left], list[int]]:
    """Take up, in order, what processes that are gone left unhandled; also return the ids of what is given up.

    A process is there while it holds the lease of its name; without a holder's name this process is the only one, and all is left to it.
    An update whose handler kills the process would kill every process after it, so one that was begun again `most` times counts as
    handled.
    """
    async with db.writing("take over updates") as session:
        left: list[ColumnElement[bool]] = [col(UpdateReceipt.handled_at).is_(None)]
        if holder is not None:
            there = select(col(Lease.holder)).where(col(Lease.name).like(PROCESS.format("%")), col(Lease.until) > leases.now(session))
            left.append(or_(col(UpdateReceipt.holder).is_(None), col(UpdateReceipt.holder).not_in(there)))
        taken = update(UpdateReceipt).where(*left).values(holder=holder)
        columns = (col(UpdateReceipt.update_id), col(UpdateReceipt.payload), col(UpdateReceipt.replays))
        rows = (await session.execute(taken.returning(*columns))).all()
        found = [Left(update_id, payload or "", replays) for update_id, payload, replays in sorted(rows)]
        given_up = [left.update_id for left in found if left.replays >= most]
        if given_up:
            end = update(UpdateReceipt).where(col(UpdateReceipt.update_id).in_(given_up)).values(handled_at=now, payload=None)
            await session.execute(end)
    return [left for left in found if left.replays < most], given_up


async def count_replay(db: Database, update_id: int) -> None:
    """Note that an update which was taken up is about to be handled once more."""
    statement = update(UpdateReceipt).where(col(UpdateReceipt.update_id) == update_id).values(replays=col(UpdateReceipt.replays) + 1)
    async with db.writing("count a replay") as session:
        await session.execute(statement)


async def mark_handled(db: Database, update_ids: Collection[int], now: datetime) -> None:
    """Mark updates as handled, in one transaction, and forget what was in them; a time that was set before stays."""
    statement = (
        update(UpdateReceipt)
        .where(col(UpdateReceipt.update_id).in_(update_ids), col(UpdateReceipt.handled_at).is_(None))
        .values(handled_at=now, payload=None)
    )
    async with db.writing("mark updates as handled") as session:
        await session.execute(statement)


async def forget_before(db: Database, before: datetime) -> int:
    """Delete the updates that were handled before that time and return how many.

    Telegram keeps an unconfirmed update for 24 hours (https://core.telegram.org/bots/api#getting-updates), so an id that was handled
    longer ago cannot come again.
    """
    statement = delete(UpdateReceipt).where(col(UpdateReceipt.handled_at) < before).returning(col(UpdateReceipt.update_id))
    async with db.writing("forget updates") as session:
        return len((await session.execute(statement)).scalars().all())


def is_outage(error: Exception) -> bool:
    """Tell whether a database error is one that passes: gone, locked, full. A wrong statement or wrong data is a bug and does not."""
    if isinstance(error, DBAPIError):
        return not isinstance(error, DataError | IntegrityError | NotSupportedError | ProgrammingError)
    return isinstance(error, OSError | PoolTimeout)
