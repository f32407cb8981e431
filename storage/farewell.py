"""Queries for a chat that is to be forgotten."""

from collections.abc import Collection

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import IN_FLIGHT, Activation, BroadcastRecipient, Chat, State


async def count(session: AsyncSession, chat_id: int, states: Collection[State]) -> int:
    """Count the chat's activations in these states."""
    statement = select(func.count()).where(col(Activation.chat_id) == chat_id, col(Activation.state).in_(states))
    return (await session.execute(statement)).scalar_one()


async def others_in_flight(session: AsyncSession, chat_id: int) -> list[int]:
    """List the other chats that have a purchase whose outcome is not known yet."""
    statement = select(col(Activation.chat_id)).where(col(Activation.chat_id) != chat_id, col(Activation.state).in_(IN_FLIGHT)).distinct()
    return list((await session.execute(statement)).scalars())


async def delete_chat(session: AsyncSession, chat_id: int) -> None:
    """Delete the chat and whatever belongs to it: by the foreign keys, and its place among the recipients of broadcasts, which has none."""
    await session.execute(delete(BroadcastRecipient).where(col(BroadcastRecipient.chat_id) == chat_id))
    await session.execute(delete(Chat).where(col(Chat.id) == chat_id))
