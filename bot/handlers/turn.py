"""One update of a private chat, on its way to the function that knows what to do with it."""

import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from telegram import Message, Update, User
from telegram.ext import CallbackQueryHandler, CommandHandler, ExtBot, MessageHandler, filters

from bot.gateway.limiter import Priority
from bot.gateway.messenger import Messenger
from bot.locales import Languages, Words
from bot.otpbuddy import OtpbuddyError, TokenRejected
from bot.screens.callback import Callback, unpack
from bot.screens.problems import explain, passes, with_retry, with_site
from bot.screens.screen import File, Screen
from bot.services.accounts import AWAITING_TOKEN, Accounts
from bot.services.activations import Activations
from bot.services.admin.conducting import Conductor
from bot.services.admin.doors import Doors
from bot.services.admin.drafts import Drafts
from bot.services.admin.health import Checkup
from bot.services.admin.people import People
from bot.services.admin.statistics import Reports
from bot.services.admin.team import Team
from bot.services.admin.usage import Usage
from bot.services.alerts import Alerts
from bot.services.broadcasts import Broadcasts
from bot.services.catalog import Catalog
from bot.services.errors import BalanceTooLow, ServiceError, TokenRefused
from bot.services.farewell import Farewell
from bot.services.lists import Lists
from bot.services.preferences import Preferences
from bot.services.purchases import Ceilings, Purchases
from bot.services.shelves import Shelves
from bot.services.spending import Spendings
from bot.services.statements import Statements
from storage.models import Chat
from storage.updates import is_outage

logger = logging.getLogger(__name__)

C = TypeVar("C", bound=Callback)
Handle = Callable[[Update, Any], Coroutine[Any, Any, None]]
PRIVATE = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that handlers may use."""

    accounts: Accounts
    catalog: Catalog
    shelves: Shelves
    purchases: Purchases
    life: Activations
    statements: Statements
    spendings: Spendings
    lists: Lists
    preferences: Preferences
    farewell: Farewell
    alerts: Alerts
    broadcasts: Broadcasts
    drafts: Drafts
    conductor: Conductor
    messenger: Messenger
    languages: Languages
    ceilings: Ceilings
    countries: tuple[str, ...]
    site: str
    """The provider's own site, where people get their tokens."""
    team: Team
    reports: Reports
    checkup: Checkup
    people: People
    doors: Doors
    usage: Usage
    deliver: Callable[[str], None]
    """Brings a card up to date soon."""
    list_drawn: Callable[[int], Awaitable[None]]
    """Waits until a chat's list of numbers that is being drawn is drawn."""
    bot: ExtBot[Priority]
    now: Callable[[], datetime]
    """Tells the time."""

    @property
    def username(self) -> str:
        """The bot's own name, as Telegram knows it."""
        return self.bot.username

    @property
    def inline(self) -> bool:
        """Whether inline mode is switched on at @BotFather."""
        return bool(self.bot.supports_inline_queries)

    async def words_for(self, user: User | None) -> Words:
        """Give the words for somebody outside of a turn: in their chat's language where it is known, else their client's."""
        if user is None:
            return self.languages.words(None)
        try:
            known = await self.accounts.language(user.id)
        except Exception as error:
            if not is_outage(error):
                raise
            known = None
        return self.languages.words(known or user.language_code)


@dataclass(frozen=True, slots=True)
class Turn:
    """A private chat's update: who wrote, in which language, and what was tapped or sent."""

    parts: Parts
    update: Update
    chat: Chat
    new: bool
    words: Words
    name: str
    tapped: int | None
    """The id of the message whose button was tapped."""

    @property
    def chat_id(self) -> int:
        """The chat's id, which in private is its user's."""
        return self.chat.id

    @property
    def is_admin(self) -> bool:
        """Whether the user is an admin, by numeric id and nothing else."""
        return self.parts.team.is_admin(self.chat)

    @property
    def message(self) -> Message | None:
        """The message that the user sent, if this is one."""
        return self.update.message

    @property
    def typed(self) -> str:
        """The text that the user sent; empty for any other kind of message."""
        return (self.message.text or "") if self.message is not None else ""

    def explained(self, error: ServiceError | OtpbuddyError) -> Screen:
        """Put what the user ran into into words, with a way to the provider's site where only that helps."""
        screen = explain(error, self.words)
        return with_site(self.words, screen, self.parts.site) if isinstance(error, BalanceTooLow | TokenRefused) else screen

    async def fail(self, error: ServiceError | OtpbuddyError, again: Callback | None = None) -> None:
        """Show what the user ran into, with the button that tries it `again` where there is one."""
        screen = self.explained(error)
        told = self.parts.accounts.telling_of_rejection(self.chat_id) if isinstance(error, TokenRejected) else nullcontext()
        async with told:
            await self.show(with_retry(self.words, screen, again) if again is not None else screen)

    async def say(self, screen: Screen) -> int:
        """Send a new message."""
        return await self.parts.messenger.send(self.chat_id, screen, Priority.TAP)

    async def show(self, screen: Screen) -> int:
        """Turn the tapped menu into the screen, so that menus do not pile up; say it where that cannot be.

        A number's card is no menu: it stays, and the screen comes below it.
        """
        menu = await self._menu()
        shown = menu is not None and await self.parts.messenger.edit(self.chat_id, menu, screen, Priority.TAP)
        return menu if shown and menu is not None else await self.say(screen)

    async def show_picture(self, picture: File, screen: Screen) -> int:
        """Turn the tapped menu into a picture with the screen below it, or send one."""
        menu = await self._menu()
        shown = menu is not None and await self.parts.messenger.edit_photo(self.chat_id, menu, picture, screen, Priority.TAP)
        return menu if shown and menu is not None else await self.parts.messenger.send_photo(self.chat_id, picture, screen, Priority.TAP)

    async def send_file(self, file: File, screen: Screen) -> int:
        """Send a file with the screen below it."""
        return await self.parts.messenger.send_document(self.chat_id, file, screen, Priority.TAP)

    async def _menu(self) -> int | None:
        """Give the id of the tapped message if it is a menu, which may become something else."""
        tapped = self.tapped
        if tapped is None or await self.parts.life.is_card(self.chat_id, tapped):
            return None
        if tapped == self.chat.list_message_id:
            # It is no list from now on; what is being drawn there must not come over what is shown now.
            await self.parts.lists.forget(self.chat_id, tapped)
            await self.parts.list_drawn(self.chat_id)
        return tapped


def after_command(text: str) -> str:
    """Take the command, a message's first word, off its text; what belongs to it may stand on the next line."""
    return "".join(text.split(maxsplit=1)[1:]).strip()


def command(
    parts: Parts, name: str, react: Callable[[Turn, str], Awaitable[None]], again: Callable[[str], Callback] | None = None
) -> CommandHandler[Any, Any]:
    """Handle a command in private chats; `react` gets the text after it, and `again` makes of that the button that tries once more."""

    async def handle(update: Update, _context: Any) -> None:
        message = update.message
        text = after_command(message.text if message is not None and message.text else "")
        await take(parts, update, lambda turn: react(turn, text), anew=True, again=again(text) if again is not None else None)

    return CommandHandler(name, handle, filters=PRIVATE)


def message(
    parts: Parts,
    wanted: filters.BaseFilter,
    react: Callable[[Turn, str], Awaitable[None]],
    again: Callable[[str], Callback] | None = None,
    *,
    anew: bool = False,
) -> MessageHandler[Any, Any]:
    """Handle messages; `react` gets the text or caption, and `again` makes of that the button that tries once more.

    `anew` is as in `take`, for messages that ask for something like a command or a button.
    """

    async def handle(update: Update, _context: Any) -> None:
        sent = update.effective_message
        text = (sent.text or sent.caption or "") if sent is not None else ""
        await take(parts, update, lambda turn: react(turn, text), anew=anew, again=again(text) if again is not None else None)

    return MessageHandler(wanted, handle)


def tap(parts: Parts, kind: type[C], react: Callable[[Turn, C], Awaitable[None]]) -> CallbackQueryHandler[Any, Any]:
    """Handle the taps on one kind of button; the spinner stops before anything else happens."""

    async def handle(update: Update, _context: Any) -> None:
        query = update.callback_query
        callback = unpack(query.data) if query is not None and query.data is not None else None
        if query is not None and isinstance(callback, kind):
            await parts.messenger.answer(query.id)
            await take(parts, update, lambda turn: react(turn, callback), anew=True, again=callback)

    return _Taps(handle, pattern=lambda data: isinstance(data, str) and isinstance(unpack(data), kind))


class _Taps(CallbackQueryHandler[Any, Any]):
    """Takes only what carries data; the library gives a query without any to the first handler, whatever its pattern."""

    def check_update(self, update: object) -> bool | object | None:
        """Pass on what carries no data, so that the last handler answers it like any other button that is not ours."""
        carries = isinstance(update, Update) and update.callback_query is not None and bool(update.callback_query.data)
        return super().check_update(update) if carries else None


async def take(
    parts: Parts,
    update: Update,
    react: Callable[[Turn], Awaitable[None]],
    *,
    anew: bool = False,
    again: Callback | None = None,
) -> None:
    """Find out who wrote, react, and put what the user ran into into words, with the button that tries it `again` where that may help.

    `anew` says that something is asked for by a command or a button: whoever is connected does not mean to send another
    token any more then, and the next text is a product's name.
    """
    user = update.effective_user
    if user is None:
        return
    # Buttons and private messages only: the chat is the user's own, whatever chat a forged callback names.
    chat, new = await parts.accounts.enter(user.id, user.language_code, name=user.full_name, username=user.username)
    query = update.callback_query
    tapped = query.message.message_id if query is not None and query.message is not None and query.message.chat.id == user.id else None
    turn = Turn(parts, update, chat, new, parts.languages.words(chat.speaks), user.first_name, tapped)
    try:
        if anew and chat.awaiting is not None and (chat.token is not None or chat.awaiting != AWAITING_TOKEN):
            await parts.accounts.await_token(chat.id, awaited=False)
        async with parts.messenger.busy(chat.id):
            await react(turn)
    except (ServiceError, OtpbuddyError) as error:
        logger.info("chat %d was told: %s", chat.id, type(error).__name__ if isinstance(error, ServiceError) else error)
        await turn.fail(error, again if passes(error) else None)
