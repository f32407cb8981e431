"""Queries of the received updates: what was stored before it was confirmed, and what of it is still to be handled."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import col

from storage.database import Database
from storage.models import UpdateReceipt
from storage.sql import insert_or_ignore


async def store(db: Database, updates: Sequence[tuple[int, str]], now: datetime) -> list[int]:
    """Store updates, each an id and its sealed payload, in one transaction; return the ids that were not there before, in order.

    Whatever the answer leaves out was stored by an earlier call and must not be handled a second time.
    """
    if not updates:
        return []
    rows = [{"update_id": update_id, "received_at": now, "payload": payload} for update_id, payload in updates]
    async with db.writing("store updates") as session:
        statement = insert_or_ignore(session, UpdateReceipt).values(rows).returning(col(UpdateReceipt.update_id))
        return sorted((await session.execute(statement)).scalars())


async def pending(db: Database) -> list[tuple[int, str]]:
    """List the id and the sealed payload of every update that is stored and not handled, in order."""
    statement = (
        select(col(UpdateReceipt.update_id), col(UpdateReceipt.payload))
        .where(col(UpdateReceipt.handled_at).is_(None))
        .order_by(col(UpdateReceipt.update_id))
    )
    async with db.reading() as session:
        return [(update_id, payload or "") for update_id, payload in await session.execute(statement)]


async def replay(db: Database, most: int, now: datetime) -> tuple[list[tuple[int, str]], list[int]]:
    """Take up, in order, what an earlier process left unhandled; also return the ids of what is given up.

    An update whose handler kills the process would kill every process after it, so after `most` replays it counts as handled.
    """
    unhandled = col(UpdateReceipt.handled_at).is_(None)
    async with db.writing("replay updates") as session:
        await session.execute(update(UpdateReceipt).where(unhandled).values(replays=col(UpdateReceipt.replays) + 1))
        give_up = update(UpdateReceipt).where(unhandled, col(UpdateReceipt.replays) > most).values(handled_at=now, payload=None)
        given_up = sorted((await session.execute(give_up.returning(col(UpdateReceipt.update_id)))).scalars())
    return await pending(db), given_up


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
