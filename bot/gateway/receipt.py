"""Receiving updates so that none is lost: one is confirmed to Telegram only when it is safely stored.

Telegram takes an update as confirmed when `getUpdates` is called with a higher offset, and forgets it
(https://core.telegram.org/bots/api#getupdates). The library's own `Updater` confirms before the handlers ran, so that a crash loses taps.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeAlias

from telegram import Bot, Update
from telegram.error import BadRequest, Conflict, EndPointNotFound, InvalidToken, RetryAfter, TelegramError, TimedOut

from bot.gateway.dispatch import Dispatcher
from bot.gateway.limiter import seconds
from bot.gateway.patience import Patience
from storage import updates
from storage.database import Database
from storage.updates import Left
from storage.vault import Vault, VaultError

logger = logging.getLogger(__name__)

Raw: TypeAlias = dict[str, Any]
"""An update as Telegram sent it."""


_MOST_REPLAYS = 10
_SUSPECT = 5
"""After so many replays an update is handled with nothing beside it that it might drag down with it."""
_ALONE_FOR = 30.0
"""Seconds that the others wait for it at most, and it for them."""
_STORE_WITHIN = 2.0
"""Seconds that a stop waits for a transaction."""
_UPDATE_ID_LIMIT = 2**63


class BotTokenError(Exception):
    """Telegram does not know the bot's token."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _context(update_id: int) -> str:
    """Name what a payload is sealed for."""
    return f"update:{update_id}"


class Intake:
    """Stores raw updates, sealed because users paste tokens into messages, and hands each to the dispatcher once.

    They are stored as Telegram sent them, so that a later version of the library reads all that is in them, and parsed one by one, so that
    one that cannot be parsed does not take others with it.
    """

    def __init__(
        self,
        bot: Bot,
        database: Database,
        vault: Vault,
        dispatcher: Dispatcher,
        *,
        holder: str | None = None,
        clock: Callable[[], datetime] = _utc_now,
        patience: Patience | None = None,
    ) -> None:
        """Take the parts; `holder` names this process where it is one of several on the database."""
        self._bot = bot
        self._database = database
        self._vault = vault
        self._dispatcher = dispatcher
        self._holder = holder
        self._clock = clock
        self._patience = patience or Patience()

    async def store(self, batch: Sequence[Raw], attempt: int = 1) -> list[Raw]:
        """Store updates in one transaction; return, in order, those to hand on: the ones that were not stored before.

        After an attempt whose outcome is not known (the connection broke at the commit), they are this process's that are not marked as
        handled.
        """
        sealed = [(raw["update_id"], self._vault.seal(json.dumps(raw).encode(), _context(raw["update_id"]))) for raw in batch]
        wanted = set(await updates.store(self._database, sealed, self._holder, self._clock()))
        if attempt > 1:
            wanted = await updates.unhandled(self._database, [update_id for update_id, _ in sealed], self._holder)
        found = {raw["update_id"]: raw for raw in batch if raw["update_id"] in wanted}
        return [found[update_id] for update_id in sorted(found)]

    async def hand_on(self, batch: Iterable[Raw]) -> None:
        """Give stored updates to the dispatcher, waiting while it has too many."""
        for raw in batch:
            await self._dispatcher.submit(self._parse(raw))

    async def left_behind(self, _attempt: int = 1) -> list[Left]:
        """Take up, in order, the updates that processes which are gone stored and did not handle."""
        left, given_up = await updates.take_over(self._database, self._holder, _MOST_REPLAYS, self._clock())
        for update_id in given_up:
            logger.error("The update %d was begun again %d times and never ended, so it is given up", update_id, _MOST_REPLAYS)
        return left

    async def take_up(self, left: Iterable[Left]) -> None:
        """Give what was left behind to the dispatcher, waiting while it has too many; each is counted when its turn comes."""
        for one in left:
            is_suspect = one.replays >= _SUSPECT
            if is_suspect:
                await self._dispatcher.rest(_ALONE_FOR)
            update = self._parse(self._open(one.update_id, one.payload))
            await self._dispatcher.submit(update, again=partial(self._count, one.update_id))
            if is_suspect:
                await self._dispatcher.rest(_ALONE_FOR)

    async def _count(self, update_id: int) -> None:
        await self._patience.outlast("count a replay", lambda _: updates.count_replay(self._database, update_id), updates.is_outage)

    def _open(self, update_id: int, sealed: str) -> Raw:
        try:
            raw: Raw = json.loads(self._vault.open(sealed, _context(update_id)))
        except VaultError as error:
            logger.error("The stored update %d cannot be read (%s) and is passed over", update_id, error)  # noqa: TRY400  # A lost key is the operator's doing; a traceback adds nothing.
            return {"update_id": update_id}
        return raw

    def _parse(self, raw: Raw) -> Update:
        try:
            update = Update.de_json(raw, self._bot)
            _check_ids(update)
        except Exception as error:  # noqa: BLE001  # What the library raises at values it does not expect has no end, and no update may end the bot, which would meet it again after every start.
            # Only the kind of error: its text may quote what the user wrote.
            logger.error("The update %d cannot be parsed (%s) and is passed over", raw["update_id"], type(error).__name__)  # noqa: TRY400  # As said.
            return Update(raw["update_id"])
        return update


def _check_ids(update: Update) -> None:
    """See to it that the update says in numbers whose it is: the library takes whatever stands there."""
    for whose in (update.effective_chat, update.effective_user):
        if whose is not None and type(whose.id) is not int:
            raise TypeError("an id is no number")


class LongPolling:
    """Receives updates by long polling until it is stopped; only one process may do so for a bot token.

    `patience` says how to wait when Telegram or the database is away. `poll_timeout` is how many seconds Telegram may hold a request that
    finds nothing; one that is not answered within `slack` seconds more (twice that for the whole of the answer) is given up. A request
    that Telegram refuses because another process polls (409) is repeated every `conflict_delay` seconds.
    """

    def __init__(
        self,
        bot: Bot,
        intake: Intake,
        dispatcher: Dispatcher,
        *,
        allowed_updates: Sequence[str],
        poll_timeout: int = 30,
        slack: float = 10.0,
        conflict_delay: float = 15.0,
        patience: Patience | None = None,
    ) -> None:
        self._bot = bot
        self._intake = intake
        self._dispatcher = dispatcher
        self._allowed_updates = list(allowed_updates)
        self._poll_timeout = poll_timeout
        self._slack = slack
        self._conflict_delay = conflict_delay
        self._patience = patience or Patience()
        self._stopped = asyncio.Event()
        self._storing = asyncio.Lock()

    def stop(self) -> None:
        """Make `run` return at once; what was received and not handled stays stored."""
        self._stopped.set()

    async def run(self) -> None:
        """Dispatch what an earlier process left, then receive until `stop`.

        Raises `BotTokenError`, and whatever is a bug here or in the dispatcher: a process that hears nothing must not live on.
        """
        tasks = [
            asyncio.create_task(self._receive(), name="long polling"),
            asyncio.create_task(self._dispatcher.watch(), name="watch over the dispatcher"),
            asyncio.create_task(self._wait_for_stop(), name="wait for the stop"),
        ]
        try:
            ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await self._stored_in_peace()
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        for task in ended:
            task.result()

    async def _stored_in_peace(self) -> None:
        """Let a transaction that is under way end by itself, if it does so soon: cut off, it would take its connection with it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_STORE_WITHIN), self._storing:
                pass

    async def _wait_for_stop(self) -> None:
        await self._stopped.wait()

    async def _receive(self) -> None:
        async with self._storing:
            left = await self._patience.outlast("read the stored updates", self._intake.left_behind, updates.is_outage)
        await self._intake.take_up(left)
        offset = 0
        while True:
            batch = await self._poll(offset)

            async def store(attempt: int, batch: Sequence[Raw] = batch) -> list[Raw]:
                return await self._intake.store(batch, attempt)

            async with self._storing:
                new = await self._patience.outlast("store updates", store, updates.is_outage)
            await self._intake.hand_on(new)
            offset = max((raw["update_id"] + 1 for raw in batch), default=offset)

    async def _poll(self, offset: int) -> list[Raw]:
        """Ask until Telegram answers; an empty answer is one."""
        failures = 0
        while True:
            try:
                return await self._get_updates(offset)
            except (InvalidToken, EndPointNotFound):
                raise BotTokenError("Telegram does not know this bot: check TELEGRAM_BOT_TOKEN and TELEGRAM_BASE_URL.") from None
            except RetryAfter as error:
                logger.warning("Telegram asks for a pause: %s", error)
                await self._patience.sleep(seconds(error))
            except Conflict as error:
                logger.error("Telegram gives the updates to somebody else, another process or a webhook of this bot: %s", error)  # noqa: TRY400  # The message says it all.
                await self._patience.sleep(self._conflict_delay)
            except TelegramError as error:
                if isinstance(error, BadRequest) and error.__cause__ is None:
                    raise  # Telegram understood that the request is wrong, so it is wrong the next time too.
                failures += 1
                logger.warning("No updates from Telegram (failure %d): %s", failures, error)
                await self._patience.wait(failures)

    async def _get_updates(self, offset: int) -> list[Raw]:
        """Fetch raw updates from the offset on; the whole call has a deadline, because a read time-out starts anew with each byte."""
        parameters = {"offset": offset, "timeout": self._poll_timeout, "allowed_updates": self._allowed_updates}
        try:
            async with asyncio.timeout(self._poll_timeout + 2 * self._slack):
                # The underscore keeps the library from advising get_updates, which parses (and, if that fails, logs) the whole batch.
                answer = await self._bot.do_api_request("get_Updates", parameters, read_timeout=self._poll_timeout + self._slack)
        except TimeoutError:
            raise TimedOut("The answer took too long") from None
        except RecursionError:
            raise TelegramError("The answer is nested too deeply") from None
        if isinstance(answer, list) and all(map(is_update, answer)):
            return answer
        raise TelegramError("The answer is not a list of updates")


def is_update(value: object) -> bool:
    """Whether something can be stored as an update: an object with an id that the database can hold, which is one of 64 bits."""
    update_id = value.get("update_id") if isinstance(value, dict) else None
    return type(update_id) is int and -_UPDATE_ID_LIMIT <= update_id < _UPDATE_ID_LIMIT
