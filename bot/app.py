"""The only place where parts are wired together; everything is an argument."""

import logging
import os
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from telegram.ext import ApplicationBuilder, ExtBot, JobQueue
from telegram.request import HTTPXRequest

from bot.gateway.dispatch import Dispatcher
from bot.gateway.limiter import Limiter, Limits, Priority
from bot.gateway.messenger import Messenger
from bot.gateway.pace import OwnPace, Pace, SharedPace
from bot.gateway.receipt import Intake, LongPolling
from bot.gateway.webhook import Webhook, secret_of
from bot.handlers import handlers
from bot.handlers.failures import failures, flood
from bot.handlers.turn import Parts
from bot.jobs.announce import Announcer
from bot.jobs.broadcast import Broadcaster
from bot.jobs.deliver import Deliveries
from bot.jobs.holding import Keeper
from bot.jobs.notices import MoneyNotices
from bot.jobs.teller import Teller
from bot.locales import Languages
from bot.otpbuddy import Client
from bot.process import App, Bot, Kind
from bot.services.accounts import Accounts
from bot.services.activations import Activations
from bot.services.alerts import EVERY, LONGEST_PAUSE, AlertChecks, Alerts
from bot.services.backoff import Backoff
from bot.services.broadcasts import Broadcasts
from bot.services.catalog import Catalog
from bot.services.farewell import Farewell
from bot.services.holding import AutoCancel, Holding
from bot.services.leases import Leases, Shared, Sole, new_holder
from bot.services.lists import Lists
from bot.services.polling import Poller
from bot.services.preferences import Preferences
from bot.services.purchases import Ceilings, Purchases
from bot.services.schedule import curve
from bot.services.settlement import Patience, Settlement
from bot.services.shelves import Shelves
from bot.services.spending import Spendings
from bot.services.statements import Statements
from bot.settings import Settings
from storage import updates
from storage.database import Database, Probe, no_probe
from storage.vault import Vault, key_file, load_or_create_keys

logger = logging.getLogger(__name__)

UPDATES = ("message", "edited_message", "callback_query", "inline_query", "my_chat_member")
CONNECTIONS = 16
"""To Telegram; the HTTP client's pool is slow when it is large."""
TELEGRAM_TIMEOUT = 15.0
TELEGRAMS_LIMITS = Limits(chat_burst=5)
"""A purchase redraws its card three times within a second, and a user who taps on should not wait for that."""
PATIENCE = Patience()


def utc_now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


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


def _application(settings: Settings, limits: Limits, pace: Pace, probe: Probe) -> App:
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
        rate_limiter=Limiter(limits, pace=pace, probe=probe),
    )
    return ApplicationBuilder().bot(bot).updater(None).job_queue(JobQueue()).build()


def build(
    settings: Settings,
    database: Database,
    client: Client,
    *,
    kind: Kind = Kind.RUN,
    clock: Callable[[], datetime] = utc_now,
    limits: Limits = TELEGRAMS_LIMITS,
    patience: Patience = PATIENCE,
    probe: Probe = no_probe,
) -> Bot:
    """Wire everything; nothing runs yet."""
    # An SQLite file belongs to one process; with PostgreSQL there may be others, now or later.
    holder = None if database.is_sqlite else new_holder()
    leases: Leases = Sole() if holder is None else Shared(database, holder)
    application = _application(settings, limits, OwnPace() if holder is None else SharedPace(database, limits.per_second), probe)
    bot: ExtBot[Priority] = application.bot
    vault = vault_of(settings)
    languages = Languages(settings.currency)
    messenger = Messenger(bot)
    lifetime = timedelta(seconds=settings.number_lifetime)

    announcer = Announcer(database)

    def announce(activation_id: str) -> None:
        if kind is Kind.WEB:
            announcer(activation_id)
            return
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
        leases=leases,
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
        leases=leases,
        clock=clock,
    )
    deliveries = Deliveries(
        messenger=messenger,
        database=database,
        life=life,
        accounts=accounts,
        languages=languages,
        backoff=backoff(),
        leases=leases,
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
        shelves=Shelves(database, catalog, clock),
        purchases=purchases,
        life=life,
        statements=Statements(database),
        spendings=Spendings(database, clock),
        lists=lists,
        preferences=Preferences(
            database, languages=languages.codes, countries=settings.countries, lifetime=lifetime, currency=settings.currency
        ),
        farewell=Farewell(database, accounts),
        alerts=Alerts(database, catalog, clock),
        broadcasts=broadcasts,
        messenger=messenger,
        languages=languages,
        ceilings=ceilings,
        countries=settings.countries,
        site=settings.otpbuddy_site,
        admin_ids=settings.admin_ids,
        deliver=announce if kind is Kind.WEB else deliveries.soon,
        list_drawn=keeper.list_drawn,
        bot=bot,
    )
    dispatcher = Dispatcher(application.process_update, lambda ids: updates.mark_handled(database, ids, clock()), flood(parts))
    intake = Intake(bot, database, vault, dispatcher, holder=holder, clock=clock)
    application.add_handlers(list(handlers(parts)))
    application.add_error_handler(failures(parts))
    return Bot(
        kind=kind,
        settings=settings,
        database=database,
        application=application,
        parts=parts,
        poller=poller,
        settlement=Settlement(database=database, accounts=accounts, backoff=backoff(), patience=patience, clock=clock, announce=announce),
        deliveries=deliveries,
        keeper=keeper,
        auto_cancel=AutoCancel(database, life, clock),
        notices=MoneyNotices(
            messenger=messenger,
            teller=Teller(accounts, backoff(), clock),
            database=database,
            accounts=accounts,
            languages=languages,
            clock=clock,
        ),
        alert_checks=AlertChecks(
            database=database,
            accounts=accounts,
            catalog=catalog,
            backoff=Backoff(clock, random.random, first=EVERY, longest=LONGEST_PAUSE),
            clock=clock,
            jitter=random.random,
        ),
        broadcaster=Broadcaster(
            messenger=messenger, broadcasts=broadcasts, accounts=accounts, languages=languages, leases=leases, clock=clock
        ),
        dispatcher=dispatcher,
        intake=intake,
        long_polling=LongPolling(bot, intake, dispatcher, allowed_updates=UPDATES),
        webhook=Webhook(intake, secret_of(settings.telegram_bot_token)),
        announcer=announcer,
        leases=leases,
        clock=clock,
    )
