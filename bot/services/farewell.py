"""Forgetting a chat: everything that is kept of it, at once and for good.

What admins decided against a chat stays, by its id and with nothing else of it, or a ban could be washed off by being forgotten.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.accounts import SOURCE, Accounts
from bot.services.errors import PurchaseUnderWay
from storage import chats, farewell, house
from storage.database import Database
from storage.models import OPEN, Chat, Mode, State

DOUBTFUL = frozenset({State.REQUESTED, State.UNKNOWN, State.CHARGED, State.UNRESOLVED})
"""Purchases whose record the seller's support may ask for."""


@dataclass(frozen=True, slots=True)
class Belongings:
    """What a chat leaves behind at the provider when it is forgotten."""

    active: int
    """Numbers that live on there, without anybody who reads their SMS."""
    doubtful: int
    """Purchases that may have been charged without a number."""
    restricted: bool = False
    """Whether the chat is banned or has limits of its own, which are kept with its id."""
    by_invitation: bool = False
    """Whether it takes an invitation to come back."""


class Farewell:
    """Says what would be lost, and forgets."""

    def __init__(self, database: Database, accounts: Accounts, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._accounts = accounts
        self._clock = clock

    async def belongings(self, chat_id: int) -> Belongings:
        """Count what the user has to know before they decide."""
        async with self._database.reading() as session:
            return await self._belongings(session, chat_id, await chats.get(session, chat_id))

    async def _belongings(self, session: AsyncSession, chat_id: int, chat: Chat | None) -> Belongings:
        active, doubtful = await farewell.count(session, chat_id, OPEN), await farewell.count(session, chat_id, DOUBTFUL)
        restricted = chat is not None and any(value is not None for value in _decided(chat).values())
        return Belongings(active, doubtful, restricted, await house.mode(session) is Mode.INVITE)

    async def forget(self, chat_id: int) -> Belongings:
        """Delete everything of the chat; returns what it left behind.

        Raises `PurchaseUnderWay` while a number may be on its way to the chat, or while another chat on the same account waits for the
        balance to speak: what this chat bought is part of what the balance says.
        """
        async with self._database.reading() as session:
            others = await farewell.others_in_flight(session, chat_id)
        if any([await self._accounts.share(chat_id, other) for other in others]):
            raise PurchaseUnderWay
        async with self._database.writing("forget a chat") as session:
            await chats.lock(session, chat_id)
            if await farewell.count(session, chat_id, {State.REQUESTED}):
                raise PurchaseUnderWay
            chat = await chats.get(session, chat_id)
            left = await self._belongings(session, chat_id, chat)
            decided = _decided(chat) if chat is not None else {}
            await farewell.delete_chat(session, chat_id)
            if left.restricted:
                now = self._clock()
                await chats.ensure(session, chat_id, SOURCE, now)
                # Nothing is sent to them before they write again.
                await chats.change(session, chat_id, unreachable_at=now, **decided)
        return left


def _decided(chat: Chat) -> dict[str, Any]:
    """Give what admins decided about a chat."""
    return {
        "banned_at": chat.banned_at,
        "ban_reason": chat.ban_reason,
        "max_active": chat.max_active,
        "max_per_hour": chat.max_per_hour,
    }
