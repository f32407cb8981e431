"""Who may use the bot to buy: the one place that refuses those who are banned, uninvited, or come while it is closed.

What a chat has already is its own whatever happens: its numbers go on, their codes arrive, it can cancel, look back, export and be
forgotten. So what is asked here is asked only before a product is shown, a purchase is requested and an account is connected.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.errors import Banned, Closed, KeptOut, NotInvited
from storage import house
from storage.models import Chat, Mode


class Access:
    """Judges chats by their row and by how the whole bot is set."""

    def __init__(self, owners: frozenset[int] = frozenset()) -> None:
        """Take the ids of those whom the settings name: like the admins that they name, they come in whatever the mode is."""
        self._owners = owners

    async def check(self, session: AsyncSession, chat: Chat | None) -> None:
        """Raise `Banned`, `NotInvited` or `Closed` where the chat may not buy now; a chat that is not known is a newcomer."""
        found = await self.obstacle(session, chat)
        if found is not None:
            raise found

    async def obstacle(self, session: AsyncSession, chat: Chat | None) -> KeptOut | None:
        """Give what keeps a chat from buying now, if anything does."""
        if chat is not None and chat.banned_at is not None:
            return Banned(chat.ban_reason)
        if chat is not None and (chat.id in self._owners or chat.admin_at is not None):
            return None
        present = await house.read(session)
        if present is not None and present.mode is Mode.CLOSED:
            return Closed(present.notice)
        if present is not None and present.mode is Mode.INVITE and (chat is None or chat.admitted_at is None):
            return NotInvited()
        return None
