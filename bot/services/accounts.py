"""A chat's connection to the provider: its token, and its balance."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import SecretStr
from sqlmodel import col

from bot.otpbuddy import Client, NoSuchCall, OtpbuddyError, Refused, TokenRejected
from bot.services.access import Access
from bot.services.claims import claim, keep_own, settle
from bot.services.errors import HoldsNumbers, KeptOut, NotConnected, NotFound, TokenRefused
from bot.services.oddities import Oddities
from storage import activations, chats, house
from storage.database import Database
from storage.models import Activation, Chat, Mode
from storage.text import storable
from storage.vault import Vault, VaultError

T = TypeVar("T")

SOURCE = "en"
"""The language of a chat whose client names none."""
LANGUAGE_LENGTH = 16
"""What the column holds; a client may call its language anything."""
NAME_LENGTH, USERNAME_LENGTH = 128, 64
SEEN_EVERY = timedelta(hours=1)
"""How exactly it is remembered when a user was last here, so that not every tap is a write."""
AWAITING_TOKEN = "token"  # noqa: S105  # A word that says what is awaited, not a secret.


def fingerprint(token: SecretStr) -> str:
    """Name a token in memory without being it: the same token gives the same name."""
    return hashlib.sha256(token.get_secret_value().encode(errors="surrogatepass")).hexdigest()


class Accounts:
    """Connects chats to accounts. Tokens are sealed at rest and open only for the call that needs them."""

    def __init__(
        self, database: Database, vault: Vault, client: Client, clock: Callable[[], datetime], access: Access | None = None
    ) -> None:
        """Take the parts; `access` knows whom nothing keeps out, nobody unless it is given."""
        self._database = database
        self._vault = vault
        self._client = client
        self._clock = clock
        self.access = access or Access()
        self._oddities = Oddities(database, clock)

    async def enter(self, chat_id: int, language: str | None, *, name: str | None = None, username: str | None = None) -> tuple[Chat, bool]:
        """Give the chat that just wrote, made where it is new (the second value), reachable from now on.

        What Telegram tells of its user is remembered where it is news; that the user is here, once an hour. While the bot is open,
        whoever comes is admitted, and stays so when it takes an invitation later.
        """
        async with self._database.reading() as session:
            chat = await chats.get(session, chat_id)
            admits = (chat is None or chat.admitted_at is None) and await house.mode(session) is Mode.OPEN
        news = self._news(chat, language, name, username)
        if admits:
            news["admitted_at"] = self._clock()
        if chat is not None and not news:
            return chat, False
        async with self._database.writing("admit a chat") as session:
            new = await chats.ensure(session, chat_id, SOURCE, self._clock())
            await chats.change(session, chat_id, **news)
            chat = await chats.get(session, chat_id)
        assert chat is not None  # noqa: S101  # It was ensured in this transaction.
        return chat, new

    def _news(self, chat: Chat | None, language: str | None, name: str | None, username: str | None) -> dict[str, Any]:
        """Say which columns of a chat's row are other now; what Telegram left out stays as it was."""
        now = self._clock()
        told = {
            "language": storable(language, LANGUAGE_LENGTH) if language else None,
            "name": storable(name, NAME_LENGTH) if name else None,
            "username": storable(username, USERNAME_LENGTH) if username else None,
        }
        news: dict[str, Any] = {
            column: value for column, value in told.items() if value and (chat is None or getattr(chat, column) != value)
        }
        if chat is None or chat.seen_at is None or abs(now - chat.seen_at) >= SEEN_EVERY:
            news["seen_at"] = now
        if chat is not None and chat.unreachable_at is not None:
            news |= {"unreachable_at": None, "seen_at": now}
        return news

    async def chat(self, chat_id: int) -> Chat:
        """Read a chat's row; raises `NotFound` where there is none."""
        async with self._database.reading() as session:
            chat = await chats.get(session, chat_id)
        if chat is None:
            raise NotFound
        return chat

    async def language(self, chat_id: int) -> str | None:
        """Tell the language of a chat; None where it is not known."""
        async with self._database.reading() as session:
            chat = await chats.get(session, chat_id)
        return chat.speaks if chat is not None else None

    async def leave(self, chat_id: int) -> None:
        """Note that the chat cannot be written to."""
        async with self._database.writing("mark a chat as unreachable") as session:
            await chats.change(session, chat_id, col(Chat.unreachable_at).is_(None), unreachable_at=self._clock())

    async def await_token(self, chat_id: int, *, awaited: bool) -> None:
        """Take the chat's next message for a token, or no longer."""
        await self.await_message(chat_id, AWAITING_TOKEN if awaited else None)

    async def await_message(self, chat_id: int, awaiting: str | None) -> None:
        """Take the chat's next message for what the word says, at most 48 characters; None for nothing special."""
        async with self._database.writing("await a message") as session:
            await chats.change(session, chat_id, awaiting=awaiting)

    async def admit(self, chat_id: int) -> None:
        """Raise a `KeptOut` where the chat may not buy now."""
        async with self._database.reading() as session:
            await self.access.check(session, await chats.get(session, chat_id))

    async def obstacle(self, chat_id: int) -> KeptOut | None:
        """Give what keeps the chat from buying now, if anything does."""
        async with self._database.reading() as session:
            return await self.access.obstacle(session, await chats.get(session, chat_id))

    async def may_connect(self, chat_id: int) -> None:
        """Raise a `KeptOut` where the chat may not connect an account now; it may always where it holds numbers, which need one."""
        async with self._database.reading() as session:
            if not await activations.count_open(session, chat_id):
                await self.access.check(session, await chats.get(session, chat_id))

    async def connect(self, chat_id: int, token: SecretStr) -> Decimal:
        """Check a token with the provider, seal it and keep it; returns the account's balance.

        Raises `TokenRefused` where the provider does not accept it, `HoldsNumbers` where active numbers hang on another
        token that still works, `OtherAccount` where they hang on one that does not and the account behind the new one does not know
        them, a `KeptOut` where `may_connect` does, and `OtpbuddyError` where the provider gave no clear answer. Nothing is kept then.
        """
        await self.may_connect(chat_id)
        try:
            balance = await self._client.balance(token)
        except NoSuchCall:
            raise
        except (TokenRejected, Refused):
            # The API has no code for a wrong token, so any definite no to a call without other parameters means it.
            raise TokenRefused from None
        claimed = await claim(self._client, token, await self._left_behind(chat_id, token), self._keep)
        sealed = self._vault.seal(token.get_secret_value().encode(), context_of(chat_id))
        async with self._database.writing("keep a token") as session:
            await chats.lock(session, chat_id)
            chat, count = await chats.get(session, chat_id), await activations.count_open(session, chat_id)
            if not count:
                await self.access.check(session, chat)
            await self._refuse_replacing(chat_id, chat, token, count)
            await settle(session, claimed, self._clock(), released=chat is None or chat.token is None)
            await chats.change(
                session,
                chat_id,
                token=sealed,
                awaiting=None,
                rejected_at=None,
                rejected_told_at=None,
                troubled_at=None,
                trouble_told_at=None,
            )
            await chats.remember_balance(session, chat_id, balance)
        return balance

    async def _keep(self, number: Activation, texts: Sequence[str]) -> None:
        async with self._database.writing("record an SMS that a new token shows") as session:
            await keep_own(session, number, texts, self._clock())

    async def _left_behind(self, chat_id: int, token: SecretStr) -> Sequence[Activation]:
        """List what the chat holds from a token that works no more, is gone, or cannot be read, and is not known to be this one."""
        async with self._database.reading() as session:
            chat = await chats.get(session, chat_id)
            held = await activations.held(session, chat_id)
        if chat is None or chat.token is None:
            return held
        try:
            present = self._open(chat_id, chat.token)
        except NotConnected:
            return held
        same = present.get_secret_value() == token.get_secret_value()
        return [] if same or chat.rejected_at is None else held

    async def _refuse_replacing(self, chat_id: int, chat: Chat | None, token: SecretStr, count: int) -> None:
        if chat is None or chat.token is None or chat.rejected_at is not None or not count:
            return
        try:
            present = self._open(chat_id, chat.token)
        except NotConnected:
            return
        if present.get_secret_value() != token.get_secret_value():
            raise HoldsNumbers(count)

    async def disconnect(self, chat_id: int, *, abandon: bool = False) -> None:
        """Forget the chat's token; with active numbers only where the user `abandon`s them, else raises `HoldsNumbers`."""
        async with self._database.writing("forget a token") as session:
            await chats.lock(session, chat_id)
            count = await activations.count_open(session, chat_id)
            if count and not abandon:
                raise HoldsNumbers(count)
            await chats.change(session, chat_id, token=None, awaiting=None, balance=None, rejected_at=None, rejected_told_at=None)

    async def token(self, chat_id: int) -> SecretStr:
        """Open the chat's token; raises `NotConnected` where there is none or its key is lost."""
        async with self._database.reading() as session:
            chat = await chats.get(session, chat_id)
        if chat is None or chat.token is None:
            raise NotConnected
        return self._open(chat_id, chat.token)

    def lease(self, token: SecretStr) -> str:
        """Name the account behind a token for those who want it alone; without the vault's key the name tells nothing of the token."""
        return f"account:{self._vault.digest(token.get_secret_value().encode(errors='surrogatepass'))}"

    async def share(self, chat_id: int, other_id: int) -> bool:
        """Whether two chats are connected with the same token, and so to the same account."""
        try:
            first, second = await self.token(chat_id), await self.token(other_id)
        except NotConnected:
            return False
        return first.get_secret_value() == second.get_secret_value()

    async def may_share(self, chat_id: int, other_id: int) -> bool:
        """Whether the other chat's numbers may hang on this chat's account: a token that is gone or was rejected may have been any."""
        async with self._database.reading() as session:
            other = await chats.get(session, other_id)
        if other is None or other.token is None or other.rejected_at is not None:
            return True
        return await self.share(chat_id, other_id)

    def _open(self, chat_id: int, sealed: str) -> SecretStr:
        try:
            return SecretStr(self._vault.open(sealed, context_of(chat_id)).decode())
        except VaultError:
            raise NotConnected from None

    async def ask(self, chat_id: int, call: Callable[[SecretStr], Awaitable[T]]) -> T:
        """Call the provider with the chat's token; a token that it rejects is noted, so that polling waits for a new one."""
        token = await self.token(chat_id)
        try:
            return await call(token)
        except TokenRejected:
            await self._note_rejection(chat_id, token)
            raise
        except OtpbuddyError as error:
            await self._oddities.note(error)
            raise

    async def balance(self, chat_id: int) -> Decimal:
        """Read the balance from the provider, and remember it."""
        balance = await self.ask(chat_id, self._client.balance)
        async with self._database.writing("remember a balance") as session:
            await chats.remember_balance(session, chat_id, balance)
        return balance

    async def _note_rejection(self, chat_id: int, token: SecretStr) -> None:
        async with self._database.writing("note a rejected token") as session:
            chat = await chats.get(session, chat_id)
            if chat is None or chat.token is None or chat.rejected_at is not None:
                return
            if self._open(chat_id, chat.token).get_secret_value() == token.get_secret_value():
                # The token that is connected meanwhile must not pass for the rejected one.
                await chats.change(session, chat_id, col(Chat.token) == chat.token, rejected_at=self._clock())

    @asynccontextmanager
    async def telling_of_rejection(self, chat_id: int) -> AsyncIterator[None]:
        """Note that the block tells the chat of its rejected token, so that it is not told of it twice; not so where the block fails."""
        async with self._database.writing("mark a rejection as told") as session:
            await chats.change(session, chat_id, col(Chat.rejected_at).is_not(None), rejected_told_at=self._clock())
        try:
            yield
        except BaseException:
            async with self._database.writing("mark a rejection as not told") as session:
                await chats.change(session, chat_id, rejected_told_at=None)
            raise

    async def note_trouble(self, chat_id: int) -> None:
        """Note that the provider does not answer for this chat's numbers."""
        async with self._database.writing("note trouble") as session:
            await chats.change(session, chat_id, col(Chat.troubled_at).is_(None), troubled_at=self._clock())

    async def clear_trouble(self, chat_id: int) -> None:
        """Note that the provider answers again."""
        async with self._database.writing("clear trouble") as session:
            await chats.change(session, chat_id, col(Chat.troubled_at).is_not(None), troubled_at=None, trouble_told_at=None)


def context_of(chat_id: int) -> str:
    """Name what a chat's token is sealed for."""
    return f"chat:{chat_id}"
