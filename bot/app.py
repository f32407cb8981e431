"""The only place where parts are wired together; everything is an argument."""

import logging
import os
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from telegram.ext import Application, ApplicationBuilder, ExtBot, JobQueue
from telegram.request import HTTPXRequest

from bot.gateway.dispatch import Dispatcher
from bot.gateway.limiter import Limiter, Limits, Priority
from bot.gateway.messenger import Messenger
from bot.gateway.receipt import Intake, LongPolling
from bot.handlers import handlers
from bot.handlers.failures import failures, flood
from bot.handlers.turn import Parts
from bot.jobs import Job
from bot.jobs.broadcast import Broadcaster
from bot.jobs.deliver import Deliveries
from bot.jobs.holding import Keeper
from bot.jobs.teller import Teller
from bot.locales import Languages
from bot.otpbuddy import Client
from bot.services.accounts import Accounts
from bot.services.activations import Activations
from bot.services.backoff import Backoff
from bot.services.broadcasts import Broadcasts
from bot.services.catalog import Catalog
from bot.services.holding import AutoCancel, Holding
from bot.services.lists import Lists
from bot.services.polling import Poller
from bot.services.purchases import Ceilings, Purchases
from bot.services.schedule import curve
from bot.services.settlement import Patience, Settlement
from bot.services.statements import Statements
from bot.settings import Settings
from storage import updates
from storage.database import Database, Probe, no_probe
from storage.vault import Vault, key_file, load_or_create_keys

logger = logging.getLogger(__name__)

UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
CONNECTIONS = 16
"""To Telegram; the HTTP client's pool is slow when it is large."""
TELEGRAM_TIMEOUT = 15.0
TELEGRAMS_LIMITS = Limits(chat_burst=5)
"""A purchase redraws its card three times within a second, and a user who taps on should not wait for that."""
PATIENCE = Patience()
SHUTDOWN_WITHIN = 10.0
RETRY_START_AFTER = 5.0
RECEIPTS_KEPT_FOR = timedelta(hours=48)

App = Application[Any, Any, Any, Any, Any, Any]


def utc_now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Bot:
    """The wired bot of one process."""

    settings: Settings
    database: Database
    application: App
    parts: Parts
    poller: Poller
    settlement: Settlement
    deliveries: Deliveries
    keeper: Keeper
    auto_cancel: AutoCancel
    broadcaster: Broadcaster
    dispatcher: Dispatcher
    long_polling: LongPolling
    clock: Callable[[], datetime]

    @property
    def queue(self) -> JobQueue[Any]:
        """The library's queue of jobs, on which APScheduler runs."""
        queue = self.application.job_queue
        assert queue is not None  # noqa: S101 - the application is built with one.
        return queue

    def jobs(self) -> list[Job]:
        """List what runs by the clock."""
        tick = min(1.0, self.settings.poll_interval_min / 2)
        return [
            Job("poll", tick, self.poller.tick),
            Job("deliver", 1.0, self.deliveries.sweep),
            Job("keep", tick, self.keeper.sweep),
            Job("cancel by itself", 2.0, self.auto_cancel.sweep),
            Job("settle", 2.0, self.settlement.sweep),
            Job("broadcast", 1.0, self.broadcaster.tick),
            Job("forget offers", 3600.0, self.settlement.forget_offers),
            Job("forget updates", 3600.0, lambda: updates.forget_before(self.database, self.clock() - RECEIPTS_KEPT_FOR)),
        ]


def vault_of(settings: Settings) -> Vault:
    """Make the vault from the configured keys, or from the key file beside the SQLite file."""
    if settings.token_keys:
        return Vault([key.get_secret_value() for key in settings.token_keys])
    database = settings.database_file
    assert database is not None  # noqa: S101 - the settings refuse PostgreSQL without keys.
    path = key_file(database)
    return Vault(load_or_create_keys(path), lambda: load_or_create_keys(path))


# With this the library gives `retry_after` as a timedelta, without the warning that it will do so one day.
os.environ.setdefault("PTB_TIMEDELTA", "true")


def _application(settings: Settings, limits: Limits, probe: Probe) -> App:
    def request(connections: int) -> HTTPXRequest:
        return HTTPXRequest(
            connection_pool_size=connections,
            connect_timeout=TELEGRAM_TIMEOUT,
            read_timeout=TELEGRAM_TIMEOUT,
            write_timeout=TELEGRAM_TIMEOUT,
            pool_timeout=TELEGRAM_TIMEOUT,
        )

    bot = ExtBot(
        settings.telegram_bot_token.get_secret_value(),
        base_url=settings.telegram_base_url,
        base_file_url=settings.telegram_base_url.removesuffix("/bot") + "/file/bot",
        request=request(CONNECTIONS),
        get_updates_request=request(1),
        rate_limiter=Limiter(limits, probe=probe),
    )
    return ApplicationBuilder().bot(bot).updater(None).job_queue(JobQueue()).build()


def build(
    settings: Settings,
    database: Database,
    client: Client,
    *,
    clock: Callable[[], datetime] = utc_now,
    limits: Limits = TELEGRAMS_LIMITS,
    patience: Patience = PATIENCE,
    probe: Probe = no_probe,
) -> Bot:
    """Wire everything; nothing runs yet."""
    application = _application(settings, limits, probe)
    bot: ExtBot[Priority] = application.bot
    vault = vault_of(settings)
    languages = Languages(settings.currency)
    messenger = Messenger(bot)
    lifetime = timedelta(seconds=settings.number_lifetime)

    def announce(activation_id: str) -> None:
        poller.notice(activation_id)
        deliveries.soon(activation_id)

    def backoff() -> Backoff:
        return Backoff(clock, random.random)

    accounts = Accounts(database, vault, client, clock)
    catalog = Catalog(accounts, client, clock)
    ceilings = Ceilings(settings.max_active_numbers, settings.max_purchases_per_hour)
    life = Activations(database=database, client=client, accounts=accounts, clock=clock, announce=announce)
    broadcasts = Broadcasts(database, clock)
    purchases = Purchases(
        database=database,
        client=client,
        accounts=accounts,
        catalog=catalog,
        ceilings=ceilings,
        lifetime=lifetime,
        clock=clock,
        announce=announce,
    )
    poller = Poller(
        database=database,
        client=client,
        accounts=accounts,
        life=life,
        schedule=curve(timedelta(seconds=settings.poll_interval_min)),
        backoff=backoff(),
        clock=clock,
    )
    deliveries = Deliveries(
        messenger=messenger,
        database=database,
        life=life,
        accounts=accounts,
        languages=languages,
        backoff=backoff(),
        clock=clock,
        admin_ids=settings.admin_ids,
    )
    lists = Lists(database, settings.max_active_numbers)
    keeper = Keeper(
        messenger=messenger,
        teller=Teller(accounts, backoff(), clock),
        holding=Holding(database, life, clock),
        lists=lists,
        languages=languages,
        clock=clock,
    )
    parts = Parts(
        accounts=accounts,
        catalog=catalog,
        purchases=purchases,
        life=life,
        statements=Statements(database),
        lists=lists,
        broadcasts=broadcasts,
        messenger=messenger,
        languages=languages,
        ceilings=ceilings,
        countries=settings.countries,
        admin_ids=settings.admin_ids,
        deliver=deliveries.soon,
        list_drawn=keeper.list_drawn,
        bot=bot,
    )
    dispatcher = Dispatcher(application.process_update, lambda ids: updates.mark_handled(database, ids, clock()), flood(parts))
    intake = Intake(bot, database, vault, dispatcher, clock=clock)
    application.add_handlers(list(handlers(parts)))
    application.add_error_handler(failures(parts))
    return Bot(
        settings=settings,
        database=database,
        application=application,
        parts=parts,
        poller=poller,
        settlement=Settlement(database=database, accounts=accounts, backoff=backoff(), patience=patience, clock=clock, announce=announce),
        deliveries=deliveries,
        keeper=keeper,
        auto_cancel=AutoCancel(database, life, clock),
        broadcaster=Broadcaster(messenger=messenger, broadcasts=broadcasts, accounts=accounts, languages=languages, clock=clock),
        dispatcher=dispatcher,
        long_polling=LongPolling(bot, intake, dispatcher, allowed_updates=UPDATES),
        clock=clock,
    )
