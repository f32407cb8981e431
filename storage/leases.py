"""Queries of leases: what one process alone may work on, for a while, by the clock of the database that all processes share."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import cast

from sqlalchemy import BigInteger, ColumnElement, Double, case, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Lease
from storage.sql import affected, insert, is_postgresql

AT_ONCE = 1000
"""Names in one statement; PostgreSQL takes 32,767 parameters."""
_UNIX_EPOCH = 2_440_587.5
"""1970 in the Julian days that SQLite counts."""


class LeaseLost(Exception):
    """Another process works on this by now, so nothing may be changed."""


@dataclass(frozen=True, slots=True)
class Held:
    """A lease as its holder knows it."""

    name: str
    holder: str
    epoch: int


def now(session: AsyncSession) -> ColumnElement[float]:
    """Give the expression for the database's time: seconds since 1970, going on while a transaction lasts."""
    if is_postgresql(session):
        return cast("ColumnElement[float]", func.extract("epoch", func.clock_timestamp()).cast(Double))
    return (func.julianday("now") - _UNIX_EPOCH) * 86_400.0


async def take(session: AsyncSession, names: Collection[str], holder: str, seconds: float) -> list[Held]:
    """Take what is free, and keep what is the holder's already, for so long from now; returns what it has then.

    Names are taken in order, so that two processes which want the same ones do not wait for each other.
    """
    time = now(session)
    ordered, held = sorted(names), []
    epoch = (time * 1_000_000).cast(BigInteger)
    for start in range(0, len(ordered), AT_ONCE):
        rows = [{"name": name, "holder": holder, "until": time + seconds, "epoch": epoch} for name in ordered[start : start + AT_ONCE]]
        inserted = insert(session, Lease).values(rows)
        statement = inserted.on_conflict_do_update(
            index_elements=[col(Lease.name)],
            set_={
                "holder": inserted.excluded.holder,
                "until": inserted.excluded.until,
                "epoch": case((col(Lease.holder) == holder, col(Lease.epoch)), else_=inserted.excluded.epoch),
            },
            where=or_(col(Lease.until) <= time, col(Lease.holder) == holder),
        ).returning(col(Lease.name), col(Lease.epoch))
        held += [Held(name, holder, epoch) for name, epoch in (await session.execute(statement)).all()]
    return held


async def renew(session: AsyncSession, holder: str, seconds: float) -> set[str]:
    """Prolong all that the holder has, in one statement; returns the names, without those that another process took meanwhile."""
    statement = update(Lease).where(col(Lease.holder) == holder).values(until=now(session) + seconds).returning(col(Lease.name))
    return set((await session.execute(statement)).scalars())


async def drop(session: AsyncSession, names: Collection[str], holder: str) -> None:
    """Give back what the holder has of these."""
    ordered = sorted(names)
    for start in range(0, len(ordered), AT_ONCE):
        named = col(Lease.name).in_(ordered[start : start + AT_ONCE])
        await session.execute(delete(Lease).where(named, col(Lease.holder) == holder))


async def drop_all(session: AsyncSession, holder: str) -> int:
    """Give everything back; returns how much it was."""
    return await affected(session, delete(Lease).where(col(Lease.holder) == holder))


async def require(session: AsyncSession, held: Held | None) -> None:
    """Raise `LeaseLost` where another process has taken the lease; until this transaction ends, none can. None needs no lease."""
    if held is None:
        return
    mine = (col(Lease.name) == held.name, col(Lease.holder) == held.holder, col(Lease.epoch) == held.epoch)
    if (await session.execute(select(col(Lease.epoch)).where(*mine).with_for_update(read=True))).scalar_one_or_none() is None:
        raise LeaseLost(held.name)
