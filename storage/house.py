"""Queries of how the whole bot is set, and of the invitations that let newcomers in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import House, Invite, Mode
from storage.sql import affected, insert

NAME = "house"
"""The key of the only row."""


async def read(session: AsyncSession) -> House | None:
    """Read how the bot is set; None where nobody changed anything yet."""
    return await session.get(House, NAME)


async def mode(session: AsyncSession) -> Mode:
    """Tell who may use the bot: everybody, unless an admin decided otherwise."""
    found = await read(session)
    return found.mode if found is not None else Mode.OPEN


async def change(session: AsyncSession, now: datetime, **values: Any) -> None:
    """Change how the bot is set."""
    fresh = {"name": NAME, "mode": Mode.OPEN, "changed_at": now} | values
    statement = insert(session, House).values(**fresh)
    await session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"changed_at": now} | values))


async def set_mode(session: AsyncSession, now: datetime, wanted: Mode) -> bool:
    """Let others use the bot; False where it is so already."""
    if await mode(session) is wanted:
        return False
    await change(session, now, mode=wanted)
    return True


async def invite(session: AsyncSession, invite_id: str) -> Invite | None:
    """Read an invitation."""
    return await session.get(Invite, invite_id)


async def use_invite(session: AsyncSession, invite_id: str, now: datetime) -> bool:
    """Count one more use of an invitation; False where it is used up, over, revoked or none."""
    usable = (
        col(Invite.revoked_at).is_(None),
        or_(col(Invite.expires_at).is_(None), col(Invite.expires_at) > now),
        or_(col(Invite.max_uses).is_(None), col(Invite.uses) < col(Invite.max_uses)),
    )
    statement = update(Invite).where(col(Invite.id) == invite_id, *usable).values(uses=col(Invite.uses) + 1)
    return bool(await affected(session, statement.execution_options(synchronize_session=False)))


async def revoke_invite(session: AsyncSession, invite_id: str, now: datetime) -> bool:
    """Let an invitation admit nobody any more; False where that is so already, or there is none."""
    statement = update(Invite).where(col(Invite.id) == invite_id, col(Invite.revoked_at).is_(None)).values(revoked_at=now)
    return bool(await affected(session, statement.execution_options(synchronize_session=False)))


async def invites(session: AsyncSession, offset: int, limit: int) -> Sequence[Invite]:
    """Read some invitations, the newest first."""
    statement = select(Invite).order_by(col(Invite.created_at).desc(), col(Invite.id)).offset(offset).limit(limit)
    return (await session.execute(statement)).scalars().all()


async def count_invites(session: AsyncSession) -> int:
    """Count the invitations."""
    return (await session.execute(select(func.count()).select_from(Invite))).scalar_one()
