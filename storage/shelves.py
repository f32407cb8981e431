"""Queries of what a chat has at hand in the shop: its favourites, what it bought before, and where from."""

from datetime import datetime

from sqlalchemy import delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.activations import PAST
from storage.models import Activation, Favourite
from storage.sql import affected, insert_or_ignore


async def star(session: AsyncSession, chat_id: int, product_id: str, now: datetime) -> None:
    """Make a product a favourite, if it is none yet."""
    await affected(session, insert_or_ignore(session, Favourite).values(chat_id=chat_id, product_id=product_id, added_at=now))


async def unstar(session: AsyncSession, chat_id: int, product_id: str) -> None:
    """Let a product be a favourite no longer."""
    await session.execute(delete(Favourite).where(col(Favourite.chat_id) == chat_id, col(Favourite.product_id) == product_id))


async def starred(session: AsyncSession, chat_id: int) -> list[str]:
    """List the product ids of a chat's favourites, the newest first."""
    statement = (
        select(col(Favourite.product_id))
        .where(col(Favourite.chat_id) == chat_id)
        .order_by(col(Favourite.added_at).desc(), col(Favourite.product_id))
    )
    return list((await session.execute(statement)).scalars())


async def has_bought(session: AsyncSession, chat_id: int) -> bool:
    """Whether a chat ever bought anything."""
    mine = exists().where(col(Activation.chat_id) == chat_id, col(Activation.state).in_(PAST))
    return bool((await session.execute(select(mine))).scalar_one())


async def bought(session: AsyncSession, chat_id: int, limit: int, *, most: bool) -> list[str]:
    """List the ids of products that a chat bought, each once: the latest first, or with `most` those bought most often."""
    last, times = func.max(Activation.requested_at), func.count()
    statement = (
        select(col(Activation.product_id))
        .where(col(Activation.chat_id) == chat_id, col(Activation.state).in_(PAST))
        .group_by(col(Activation.product_id))
        .order_by(*([times.desc()] if most else []), last.desc(), col(Activation.product_id))
        .limit(limit)
    )
    return list((await session.execute(statement)).scalars())


async def countries(session: AsyncSession, chat_id: int) -> list[str]:
    """List the countries that a chat's numbers were from, the latest first."""
    statement = (
        select(col(Activation.country))
        .where(col(Activation.chat_id) == chat_id, col(Activation.state).in_(PAST))
        .group_by(col(Activation.country))
        .order_by(func.max(Activation.requested_at).desc(), col(Activation.country))
    )
    return list((await session.execute(statement)).scalars())
