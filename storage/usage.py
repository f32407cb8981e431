"""Queries of how much chats use the bot, and of what of it stands out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage import chats
from storage.activations import PAST
from storage.models import Activation, Chat, State, UnusualUse
from storage.sql import affected, insert


@dataclass(frozen=True, slots=True)
class Use:
    """How often a chat bought since some time, and how many of those purchases were cancelled."""

    chat_id: int
    purchases: int
    cancels: int


@dataclass(frozen=True, slots=True)
class Noted:
    """A use that stood out, and the chat that it was."""

    use: UnusualUse
    chat: Chat


_PURCHASES = func.count()
_CANCELS = func.count(case((col(Activation.state) == State.CANCELLED, 1)))


async def of(session: AsyncSession, chat_id: int, since: datetime) -> Use:
    """Count one chat's purchases since that time, those that took money or may have."""
    mine = (col(Activation.chat_id) == chat_id, col(Activation.requested_at) > since, col(Activation.state).in_(PAST))
    purchases, cancels = (await session.execute(select(_PURCHASES, _CANCELS).where(*mine))).one()
    return Use(chat_id, purchases, cancels)


async def heavy(session: AsyncSession, since: datetime, purchases: int, cancels: int) -> list[Use]:
    """List the chats that bought or cancelled at least so often since that time and are not banned."""
    statement = (
        select(col(Activation.chat_id), _PURCHASES, _CANCELS)
        .join(Chat, col(Chat.id) == col(Activation.chat_id))
        .where(col(Activation.requested_at) > since, col(Activation.state).in_(PAST), col(Chat.banned_at).is_(None))
        .group_by(col(Activation.chat_id))
        .having(or_(purchases <= _PURCHASES, cancels <= _CANCELS))
        .order_by(col(Activation.chat_id))
    )
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return [Use(*row) for row in rows]


async def note(session: AsyncSession, use: Use, now: datetime, quiet_until: datetime) -> bool:
    """Note an unusual use that is to be shown; False where the same was noted and its time is not over, or the chat is gone meanwhile."""
    await chats.lock(session, use.chat_id)
    if await chats.get(session, use.chat_id) is None:
        return False
    values: dict[str, Any] = {
        "purchases": use.purchases,
        "cancels": use.cancels,
        "noted_at": now,
        "quiet_until": quiet_until,
        "told_at": None,
    }
    statement = insert(session, UnusualUse).values(chat_id=use.chat_id, **values)
    renewed = statement.on_conflict_do_update(index_elements=["chat_id"], set_=values, where=col(UnusualUse.quiet_until) <= now)
    return bool(await affected(session, renewed))


async def untold(session: AsyncSession) -> list[Noted]:
    """Read what the admins have not been shown, the oldest first."""
    return await _noted(session, col(UnusualUse.told_at).is_(None), col(UnusualUse.noted_at))


async def since(session: AsyncSession, time: datetime) -> list[Noted]:
    """Read what was noted since that time, the newest first."""
    return await _noted(session, col(UnusualUse.noted_at) > time, col(UnusualUse.noted_at).desc())


async def one(session: AsyncSession, chat_id: int) -> Noted | None:
    """Read what was noted of one chat."""
    return next(iter(await _noted(session, col(UnusualUse.chat_id) == chat_id, col(UnusualUse.noted_at))), None)


async def _noted(session: AsyncSession, wanted: ColumnElement[bool], order: Any) -> list[Noted]:
    statement = select(UnusualUse, Chat).join(Chat, col(Chat.id) == col(UnusualUse.chat_id)).where(wanted)
    return [Noted(*row) for row in await session.execute(statement.order_by(order, col(UnusualUse.chat_id)))]


async def mark_told(session: AsyncSession, use: UnusualUse, now: datetime) -> None:
    """Note that the admins were shown what was noted then."""
    same = (col(UnusualUse.chat_id) == use.chat_id, col(UnusualUse.noted_at) == use.noted_at)
    await session.execute(update(UnusualUse).where(*same).values(told_at=now))


async def keep_quiet(session: AsyncSession, chat_id: int, until: datetime) -> None:
    """Show a chat's use no more until then."""
    await session.execute(update(UnusualUse).where(col(UnusualUse.chat_id) == chat_id).values(quiet_until=until))
