"""The list of a chat's active numbers: the newest message that shows it is kept up to date."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col

from bot.services.activations import Held
from bot.services.errors import NotFound
from storage import activations, chats, holding
from storage.database import Database
from storage.models import Chat


@dataclass(frozen=True, slots=True)
class Listing:
    """What a chat holds, newest first, and the most that it may hold."""

    chat: Chat
    numbers: Sequence[Held]
    limit: int


class Lists:
    """Reads the lists, and notes which message shows which versions of which numbers."""

    def __init__(self, database: Database, limit: int) -> None:
        """Take the database, and how many numbers a chat may hold whose row says nothing else."""
        self._database = database
        self._limit = limit

    async def read(self, chat_id: int) -> Listing:
        """Read what a chat holds; raises `NotFound`."""
        async with self._database.reading() as session:
            chat = await chats.get(session, chat_id)
            if chat is None:
                raise NotFound
            held = await activations.held(session, chat_id)
            messages = await holding.messages_of(session, [activation.id for activation in held])
        limit = chat.max_active if chat.max_active is not None else self._limit
        return Listing(chat, [Held(activation, tuple(messages[activation.id])) for activation in held], limit)

    async def outdated(self) -> Sequence[int]:
        """List the chats that see an outdated list."""
        async with self._database.reading() as session:
            return await holding.outdated_lists(session)

    async def shown(self, listing: Listing, message_id: int) -> None:
        """Note that a message shows the list as it was read; it is the one that is kept up to date from now on."""
        versions = {held.activation.id: held.activation.version for held in listing.numbers}
        async with self._database.writing("mark a list as drawn") as session:
            await holding.mark_listed(session, listing.chat.id, message_id, versions)

    async def redrawn(self, listing: Listing, message_id: int) -> None:
        """Note the same of a list that was drawn anew by itself, unless the chat has another one by now, or none."""
        versions = {held.activation.id: held.activation.version for held in listing.numbers}
        async with self._database.writing("mark a list as redrawn") as session:
            if await chats.change(session, listing.chat.id, col(Chat.list_message_id) == message_id, list_message_id=message_id):
                await holding.mark_listed(session, listing.chat.id, message_id, versions)

    async def forget(self, chat_id: int, message_id: int) -> None:
        """Keep a message up to date no more: it shows something else now, or is gone."""
        async with self._database.writing("forget a list") as session:
            await chats.change(session, chat_id, col(Chat.list_message_id) == message_id, list_message_id=None)
