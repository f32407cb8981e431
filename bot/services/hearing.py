"""Keeping what the provider shows on a number, whoever asked for it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage import activations, messages
from storage.models import CLOSED, OPEN
from storage.text import storable


async def keep(session: AsyncSession, activation_id: str, texts: Iterable[str], now: datetime) -> bool:
    """Keep the SMS of a number, whatever state it is in; True if one of them is new."""
    added = [await messages.add(session, activation_id, storable(text), now) for text in texts]
    if any(added):
        # Whoever is being asked whether to cancel has what they waited for.
        await activations.change(session, activation_id, OPEN | CLOSED, asking=False)
    return any(added)
