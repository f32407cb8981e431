"""Forgetting a chat: everything that is kept of it, at once and for good."""

from dataclasses import dataclass

from bot.services.accounts import Accounts
from bot.services.errors import PurchaseUnderWay
from storage import chats, farewell
from storage.database import Database
from storage.models import OPEN, State

DOUBTFUL = frozenset({State.REQUESTED, State.UNKNOWN, State.CHARGED, State.UNRESOLVED})
"""Purchases whose record the seller's support may ask for."""


@dataclass(frozen=True, slots=True)
class Belongings:
    """What a chat leaves behind at the provider when it is forgotten."""

    active: int
    """Numbers that live on there, without anybody who reads their SMS."""
    doubtful: int
    """Purchases that may have been charged without a number."""


class Farewell:
    """Says what would be lost, and forgets."""

    def __init__(self, database: Database, accounts: Accounts) -> None:
        self._database = database
        self._accounts = accounts

    async def belongings(self, chat_id: int) -> Belongings:
        """Count what the user has to know before they decide."""
        async with self._database.reading() as session:
            return Belongings(await farewell.count(session, chat_id, OPEN), await farewell.count(session, chat_id, DOUBTFUL))

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
            left = Belongings(await farewell.count(session, chat_id, OPEN), await farewell.count(session, chat_id, DOUBTFUL))
            await farewell.delete_chat(session, chat_id)
        return left
