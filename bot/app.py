"""Where all parts of a process are wired together; everything is an argument."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot import VERSION
from bot.gateway.dispatch import Dispatcher
from bot.gateway.limiter import Limits
from bot.gateway.receipt import Intake, LongPolling
from bot.gateway.webhook import Webhook, secret_of
from bot.ground import Ground, lay
from bot.handlers import handlers
from bot.handlers.failures import failures, flood
from bot.handlers.turn import Parts
from bot.jobs.alarms import AlarmTeller
from bot.jobs.announce import Announcer
from bot.jobs.broadcast import Broadcaster
from bot.jobs.deliver import Deliveries
from bot.jobs.holding import Keeper
from bot.jobs.notices import MoneyNotices
from bot.jobs.progress import Cards
from bot.jobs.usage import UsageNotices
from bot.otpbuddy import Client
from bot.process import Bot, Kind
from bot.services.activations import Activations
from bot.services.admin.alarms import Alarms
from bot.services.admin.conducting import Conductor
from bot.services.admin.doors import Doors
from bot.services.admin.drafts import Drafts
from bot.services.admin.health import Checkup, Identity
from bot.services.admin.people import People
from bot.services.admin.statistics import Reports
from bot.services.admin.usage import Usage
from bot.services.alerts import EVERY, LONGEST_PAUSE, AlertChecks, Alerts
from bot.services.broadcasts import Broadcasts
from bot.services.farewell import Farewell
from bot.services.holding import AutoCancel, Holding
from bot.services.lists import Lists
from bot.services.polling import Poller
from bot.services.preferences import Preferences
from bot.services.pulse import Pulse
from bot.services.purchases import Ceilings, Purchases
from bot.services.schedule import curve, longest_pause
from bot.services.settlement import Patience, Settlement
from bot.services.shelves import Shelves
from bot.services.spending import Spendings
from bot.services.statements import Statements
from bot.settings import Settings
from storage import updates
from storage.database import Database, Probe, no_probe

UPDATES = ("message", "edited_message", "callback_query", "inline_query", "my_chat_member")
TELEGRAMS_LIMITS = Limits(chat_burst=5)
"""A purchase redraws its card three times within a second, and a user who taps on should not wait for that."""
PATIENCE = Patience()


def utc_now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class _Domain:
    """The services that handlers and jobs share."""

    life: Activations
    lists: Lists
    broadcasts: Broadcasts
    checkup: Checkup
    usage: Usage


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
    pulse: Pulse | None = None,
) -> Bot:
    """Wire everything; nothing runs yet. `pulse` is what the client tells of its calls."""
    ground = lay(settings, database, client, pulse or Pulse(clock), clock, limits, probe)
    announce = ground.announce
    life = Activations(database=database, client=client, accounts=ground.accounts, clock=clock, announce=announce)
    domain = _Domain(
        life,
        Lists(database, settings.max_active_numbers),
        _broadcasts(ground, limits),
        _checkup(ground, kind),
        Usage(database, ground.team, clock),
    )
    poller, deliveries, keeper = _poller(ground, life), _deliveries(ground, life), _keeper(ground, domain)
    announcer = Announcer(database)
    # A web process leaves polling and drawing to the workers.
    ground.listeners.extend([announcer] if kind is Kind.WEB else [poller.notice, deliveries.soon])
    parts = _parts(ground, domain, keeper, deliver=announce if kind is Kind.WEB else deliveries.soon)
    application = ground.application
    application.add_handlers(list(handlers(parts)))
    application.add_error_handler(failures(parts))
    dispatcher = Dispatcher(application.process_update, lambda ids: updates.mark_handled(database, ids, clock()), flood(parts))
    intake = Intake(ground.bot, database, ground.vault, dispatcher, holder=ground.holder, clock=clock)
    return Bot(
        kind=kind,
        settings=settings,
        database=database,
        application=application,
        parts=parts,
        poller=poller,
        settlement=Settlement(
            database=database, accounts=ground.accounts, backoff=ground.backoff(), patience=patience, clock=clock, announce=announce
        ),
        deliveries=deliveries,
        keeper=keeper,
        auto_cancel=AutoCancel(database, life, clock),
        notices=_notices(ground),
        alert_checks=_alert_checks(ground),
        usage_notices=_usage_notices(ground, domain.usage),
        broadcaster=_broadcaster(ground, domain.broadcasts),
        checkup=domain.checkup,
        alarm_teller=_alarm_teller(ground, domain.checkup),
        dispatcher=dispatcher,
        intake=intake,
        long_polling=LongPolling(ground.bot, intake, dispatcher, allowed_updates=UPDATES),
        webhook=Webhook(intake, secret_of(settings.telegram_bot_token)),
        announcer=announcer,
        leases=ground.leases,
        clock=clock,
    )


def _parts(ground: Ground, domain: _Domain, keeper: Keeper, deliver: Callable[[str], None]) -> Parts:
    """Give the handlers what they may use."""
    settings, database, accounts, catalog, clock = ground.settings, ground.database, ground.accounts, ground.catalog, ground.clock
    ceilings = Ceilings(settings.max_active_numbers, settings.max_purchases_per_hour)
    return Parts(
        accounts=accounts,
        catalog=catalog,
        shelves=Shelves(database, catalog, clock),
        purchases=Purchases(
            database=database,
            client=ground.client,
            accounts=accounts,
            catalog=catalog,
            ceilings=ceilings,
            lifetime=ground.lifetime,
            leases=ground.leases,
            clock=clock,
            announce=ground.announce,
        ),
        life=domain.life,
        statements=Statements(database),
        spendings=Spendings(database, clock),
        lists=domain.lists,
        preferences=Preferences(
            database,
            languages=ground.languages.codes,
            countries=settings.countries,
            lifetime=ground.lifetime,
            currency=settings.currency,
        ),
        farewell=Farewell(database, accounts, clock),
        alerts=Alerts(database, catalog, clock),
        broadcasts=domain.broadcasts,
        drafts=Drafts(database, ground.team, domain.broadcasts, clock, ground.languages.codes),
        conductor=Conductor(database, ground.team, domain.broadcasts, clock),
        messenger=ground.messenger,
        languages=ground.languages,
        ceilings=ceilings,
        countries=settings.countries,
        site=settings.otpbuddy_site,
        team=ground.team,
        reports=Reports(database, clock),
        checkup=domain.checkup,
        people=People(database, ground.team, ceilings, clock),
        doors=Doors(database, ground.team, clock),
        usage=domain.usage,
        deliver=deliver,
        list_drawn=keeper.list_drawn,
        bot=ground.bot,
        now=clock,
    )


def _checkup(ground: Ground, kind: Kind) -> Checkup:
    holder = ground.holder or kind.value
    return Checkup(
        database=ground.database,
        pulse=ground.pulse,
        identity=Identity(holder, kind.value, VERSION, ground.clock()),
        longest_pause=longest_pause(timedelta(seconds=ground.settings.poll_interval_min)),
        clock=ground.clock,
    )


def _alarm_teller(ground: Ground, checkup: Checkup) -> AlarmTeller:
    return AlarmTeller(
        messenger=ground.messenger,
        teller=ground.teller(),
        alarms=Alarms(ground.database, checkup, ground.clock),
        accounts=ground.accounts,
        languages=ground.languages,
        team=ground.team,
    )


def _poller(ground: Ground, life: Activations) -> Poller:
    return Poller(
        database=ground.database,
        client=ground.client,
        accounts=ground.accounts,
        life=life,
        schedule=curve(timedelta(seconds=ground.settings.poll_interval_min)),
        backoff=ground.backoff(),
        leases=ground.leases,
        clock=ground.clock,
    )


def _deliveries(ground: Ground, life: Activations) -> Deliveries:
    return Deliveries(
        messenger=ground.messenger,
        database=ground.database,
        life=life,
        accounts=ground.accounts,
        languages=ground.languages,
        backoff=ground.backoff(),
        leases=ground.leases,
        clock=ground.clock,
        team=ground.team,
    )


def _keeper(ground: Ground, domain: _Domain) -> Keeper:
    return Keeper(
        messenger=ground.messenger,
        teller=ground.teller(),
        holding=Holding(ground.database, domain.life, ground.clock),
        lists=domain.lists,
        languages=ground.languages,
        leases=ground.leases,
        clock=ground.clock,
    )


def _notices(ground: Ground) -> MoneyNotices:
    return MoneyNotices(
        messenger=ground.messenger,
        teller=ground.teller(),
        database=ground.database,
        accounts=ground.accounts,
        languages=ground.languages,
        clock=ground.clock,
    )


def _alert_checks(ground: Ground) -> AlertChecks:
    return AlertChecks(
        database=ground.database,
        accounts=ground.accounts,
        catalog=ground.catalog,
        backoff=ground.backoff(first=EVERY, longest=LONGEST_PAUSE),
        clock=ground.clock,
        jitter=random.random,
    )


def _usage_notices(ground: Ground, usage: Usage) -> UsageNotices:
    return UsageNotices(messenger=ground.messenger, usage=usage, team=ground.team, accounts=ground.accounts, languages=ground.languages)


def _broadcasts(ground: Ground, limits: Limits) -> Broadcasts:
    codes, pace = ground.languages.codes, limits.broadcasts_per_second
    return Broadcasts(ground.database, ground.team, ground.clock, languages=codes, per_second=pace)


def _broadcaster(ground: Ground, broadcasts: Broadcasts) -> Broadcaster:
    shared: dict[str, Any] = {
        "messenger": ground.messenger,
        "broadcasts": broadcasts,
        "accounts": ground.accounts,
        "languages": ground.languages,
        "clock": ground.clock,
    }
    return Broadcaster(**shared, cards=Cards(**shared, team=ground.team), leases=ground.leases)
