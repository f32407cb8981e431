"""Brings a chat up to date with the database: SMS that are still to be pushed, and cards that show an older version."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from telegram.error import RetryAfter, TelegramError

from bot.gateway.limiter import Priority, seconds
from bot.gateway.messenger import Messenger
from bot.gateway.outcome import Outcome, classify
from bot.locales import Languages, Words
from bot.screens.number import card, sms_push
from bot.screens.problems import oddity, provider_trouble, token_rejected
from bot.screens.screen import Screen
from bot.services.accounts import Accounts
from bot.services.activations import Activations, Held
from bot.services.admin.team import Team
from bot.services.backoff import Backoff
from bot.services.errors import NotFound
from bot.services.leases import Leases
from storage import activations, chats, messages, notices
from storage.database import Database
from storage.models import AdminNotice, Chat, State
from storage.updates import is_outage

logger = logging.getLogger(__name__)

AT_ONCE = 200


class Deliveries:
    """Tries at once when told that something changed, and again from the rows whenever it is swept.

    One activation is delivered by one task of one process at a time, so that an SMS is pushed once; a change that comes meanwhile makes
    it run again.
    """

    def __init__(
        self,
        *,
        messenger: Messenger,
        database: Database,
        life: Activations,
        accounts: Accounts,
        languages: Languages,
        backoff: Backoff,
        leases: Leases,
        clock: Callable[[], datetime],
        team: Team,
    ) -> None:
        self._team = team
        self._messenger = messenger
        self._database = database
        self._life = life
        self._accounts = accounts
        self._languages = languages
        self._backoff = backoff
        self._leases = leases
        self._clock = clock
        self._running: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._failure: BaseException | None = None

    def soon(self, activation_id: str) -> None:
        """Deliver what changed, in a task of its own."""
        if activation_id in self._running:
            self._again.add(activation_id)
            return
        task = asyncio.create_task(self._attempt(activation_id), name=f"deliver {activation_id}")
        self._running[activation_id] = task
        task.add_done_callback(lambda ended: self._ended(activation_id, ended))

    def _ended(self, activation_id: str, task: asyncio.Task[None]) -> None:
        del self._running[activation_id]
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failure = error
        elif activation_id in self._again:
            self._again.discard(activation_id)
            self.soon(activation_id)

    async def sweep(self) -> None:
        """Pick up whatever a crash, a rate limit or a lost connection left behind; raises what an earlier delivery died of."""
        if self._failure is not None:
            raise self._failure
        async with self._database.reading() as session:
            waiting = await activations.undrawn(session, AT_ONCE)
        for activation_id in waiting:
            if activation_id not in self._running and self._may_try(activation_id):
                self.soon(activation_id)
        if await self._leases.claim("notices"):
            await self._tell_all()

    async def _tell_all(self) -> None:
        async with self._database.reading() as session:
            rejected = await chats.rejected_untold(session)
            troubled = await chats.troubled_untold(session, self._clock())
            for_admins = await notices.untold(session)
        for chat_id in rejected:
            await self._tell(chat_id, token_rejected, rejected_told_at=self._clock())
        for chat_id in troubled:
            await self._tell(chat_id, provider_trouble, trouble_told_at=self._clock())
        for notice in for_admins:
            await self._tell_admins(notice)

    async def drain(self) -> None:
        """Wait for the deliveries that are under way."""
        while self._running:
            await asyncio.wait(list(self._running.values()))

    def _may_try(self, key: str) -> bool:
        until = self._backoff.until(key)
        return until is None or until <= self._clock()

    async def _attempt(self, activation_id: str) -> None:
        try:
            async with self._leases.holding(activation_id) as mine:
                if mine:
                    await self._bring_up_to_date(activation_id)
        except NotFound:
            return
        except Exception as error:
            if not is_outage(error):
                raise
            logger.error("the database is away, %s is delivered later: %s", activation_id, error)  # noqa: TRY400  # An outage, not a bug.

    async def _bring_up_to_date(self, activation_id: str) -> None:
        held = await self._life.look(activation_id)
        chat = await self._chat(held.activation.chat_id)
        if chat.unreachable_at is not None:
            return
        try:
            await self._deliver(held, self._languages.words(chat.speaks), quiet=chat.quiet)
        except TelegramError as error:
            await self._failed(held.activation.id, held.activation.chat_id, error)
        else:
            self._backoff.succeeded(held.activation.id)

    async def _chat(self, chat_id: int) -> Chat:
        async with self._database.reading() as session:
            chat = await chats.get(session, chat_id)
        if chat is None:
            raise NotFound
        return chat

    async def _deliver(self, held: Held, words: Words, *, quiet: bool) -> None:
        activation = held.activation
        for sms in held.messages:
            if sms.delivered_at is None and sms.id is not None:
                screen = sms_push(words, activation, sms)
                reply_to = activation.card_message_id
                message_id = await self._messenger.send(activation.chat_id, screen, Priority.CODE, reply_to=reply_to, silent=quiet)
                async with self._database.writing("mark an SMS as pushed") as session:
                    await messages.mark_delivered(session, sms.id, message_id, self._clock())
        if activation.state is not State.OFFERED and activation.card_version < activation.version:
            await self._draw(held, card(words, held))

    async def _draw(self, held: Held, screen: Screen) -> None:
        activation = held.activation
        message_id = activation.card_message_id
        if message_id is None or not await self._messenger.edit(activation.chat_id, message_id, screen, Priority.CARD):
            message_id = await self._messenger.send(activation.chat_id, screen, Priority.MESSAGE)
        await self._life.card_is(activation, message_id)

    async def _failed(self, key: str, chat_id: int, error: TelegramError) -> None:
        outcome = classify(error)
        if outcome is Outcome.UNREACHABLE:
            logger.info("chat %d cannot be written to: %s", chat_id, error)
            await self._accounts.leave(chat_id)
            return
        pause = timedelta(seconds=seconds(error)) if isinstance(error, RetryAfter) else timedelta(0)
        self._backoff.failed(key, pause)
        level = logging.ERROR if outcome in {Outcome.OTHER, Outcome.TOO_LONG, Outcome.BAD_MARKUP} else logging.WARNING
        logger.log(level, "delivery of %s failed (%s), it is tried again: %s", key, outcome.name, error)

    async def _tell(self, chat_id: int, notice: Callable[[Words], Screen], **told: datetime) -> None:
        key = f"notice:{chat_id}"
        if not self._may_try(key):
            return
        try:
            chat = await self._chat(chat_id)
            await self._messenger.send(chat_id, notice(self._languages.words(chat.speaks)), Priority.MESSAGE)
        except NotFound:
            return  # It was forgotten a moment ago.
        except TelegramError as error:
            await self._failed(key, chat_id, error)
            return
        self._backoff.succeeded(key)
        async with self._database.writing("mark a notice as told") as session:
            await chats.change(session, chat_id, **told)

    async def _tell_admins(self, notice: AdminNotice) -> None:
        """Tell every admin; one who cannot be told now is not told of it later, for all of them are told the same."""
        for admin_id in await self._team.ids():
            words = self._languages.words(await self._accounts.language(admin_id))
            try:
                await self._messenger.send(admin_id, oddity(words, notice.detail), Priority.MESSAGE)
            except TelegramError as error:
                logger.warning("admin %d was not told of %s: %s", admin_id, notice.kind, error)
        async with self._database.writing("mark an admin notice as told") as session:
            await notices.mark_told(session, notice.kind, self._clock())
