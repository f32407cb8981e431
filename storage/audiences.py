"""Which chats a broadcast is for."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Audience, Broadcast, Chat


def chosen(broadcast: Broadcast, now: datetime, languages: Sequence[str]) -> ColumnElement[bool]:
    """Say which chats a broadcast is for at this time: of those that it means, the ones that can be written to and want announcements.

    `languages` are the codes of the languages that chats are written to in; the first one is that of everybody who speaks none of them.
    """
    willing = (col(Chat.unreachable_at).is_(None), col(Chat.mutes_broadcasts).is_(False), col(Chat.banned_at).is_(None))
    value = broadcast.audience_value or ""
    meant: list[ColumnElement[bool]] = []
    if broadcast.audience is Audience.ACTIVE:
        meant = [col(Chat.seen_at) >= now - timedelta(days=int(value))]
    elif broadcast.audience is Audience.LANGUAGE:
        meant = [_written_to_in(value, languages)]
    elif broadcast.audience is Audience.CONNECTED:
        meant = [col(Chat.token).is_not(None)]
    elif broadcast.audience is Audience.UNCONNECTED:
        meant = [col(Chat.token).is_(None)]
    elif broadcast.audience is Audience.ONE:
        meant = [col(Chat.id) == int(value)]
    return and_(*willing, *meant)


def _written_to_in(code: str, languages: Sequence[str]) -> ColumnElement[bool]:
    spoken = func.lower(func.coalesce(col(Chat.chosen_language), col(Chat.language)))
    if code != languages[0]:
        return or_(spoken == code, spoken.like(f"{code}-%"))
    return and_(*(~or_(spoken == other, spoken.like(f"{other}-%")) for other in languages[1:]))


async def size(session: AsyncSession, audience: ColumnElement[bool]) -> int:
    """Count the chats of an audience."""
    return (await session.execute(select(func.count()).select_from(Chat).where(audience))).scalar_one()
