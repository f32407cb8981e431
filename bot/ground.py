"""What every part of a process stands on: its database, its way to Telegram and to the provider, its time and its words."""

import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from telegram.ext import ApplicationBuilder, ExtBot, JobQueue

from bot.gateway.limiter import Limiter, Limits, Priority
from bot.gateway.messenger import Messenger
from bot.gateway.pace import OwnPace, SharedPace
from bot.gateway.watched import WatchedRequest
from bot.jobs.teller import Teller
from bot.locales import Languages
from bot.otpbuddy import Client
from bot.process import App
from bot.services.access import Access
from bot.services.accounts import Accounts
from bot.services.admin.team import Team
from bot.services.backoff import FIRST, LONGEST, Backoff
from bot.services.catalog import Catalog
from bot.services.leases import Leases, Shared, Sole, new_holder
from bot.services.pulse import Pulse
from bot.settings import Settings
from storage.database import Database, Probe
from storage.vault import Vault, key_file, load_or_create_keys

CONNECTIONS = 16
"""To Telegram; the HTTP client's pool is slow when it is large."""
TELEGRAM_TIMEOUT = 15.0

# With this the library gives `retry_after` as a timedelta, without the warning that it will do so one day.
os.environ.setdefault("PTB_TIMEDELTA", "true")


@dataclass(frozen=True, slots=True)
class Ground:
    """The parts that nearly all others are given."""

    settings: Settings
    database: Database
    client: Client
    clock: Callable[[], datetime]
    vault: Vault
    leases: Leases
    application: App
    languages: Languages
    messenger: Messenger
    accounts: Accounts
    catalog: Catalog
    team: Team
    pulse: Pulse
    listeners: list[Callable[[str], None]] = field(default_factory=list)
    """Who is told of every activation whose change was committed."""

    @property
    def bot(self) -> ExtBot[Priority]:
        """Telegram, as it is spoken to."""
        bot: ExtBot[Priority] = self.application.bot
        return bot

    @property
    def holder(self) -> str | None:
        """The process's name where it may be one of several."""
        return self.leases.holder if isinstance(self.leases, Shared) else None

    @property
    def lifetime(self) -> timedelta:
        """How long a number lives."""
        return timedelta(seconds=self.settings.number_lifetime)

    def announce(self, activation_id: str) -> None:
        """Tell the listeners."""
        for hear in self.listeners:
            hear(activation_id)

    def backoff(self, first: timedelta = FIRST, longest: timedelta = LONGEST) -> Backoff:
        """Make one for a part of its own."""
        return Backoff(self.clock, random.random, first=first, longest=longest)

    def teller(self) -> Teller:
        """Make one for a part of its own."""
        return Teller(self.accounts, self.backoff(), self.clock)


def lay(
    settings: Settings, database: Database, client: Client, pulse: Pulse, clock: Callable[[], datetime], limits: Limits, probe: Probe
) -> Ground:
    """Put the ground together."""
    # An SQLite file belongs to one process; with PostgreSQL there may be others, now or later.
    leases: Leases = Sole() if database.is_sqlite else Shared(database, new_holder())
    pace = OwnPace() if database.is_sqlite else SharedPace(database, limits.per_second)
    application = _application(settings, Limiter(limits, pace=pace, probe=probe), pulse)
    vault = vault_of(settings)
    accounts = Accounts(database, vault, client, clock, Access(settings.admin_ids))
    return Ground(
        settings=settings,
        database=database,
        client=client,
        clock=clock,
        vault=vault,
        leases=leases,
        application=application,
        languages=Languages(settings.currency),
        messenger=Messenger(application.bot),
        accounts=accounts,
        catalog=Catalog(accounts, client, clock),
        team=Team(database, settings.admin_ids, clock),
        pulse=pulse,
    )


def vault_of(settings: Settings) -> Vault:
    """Make the vault from the configured keys, or from the key file beside the SQLite file."""
    if settings.token_keys:
        return Vault([key.get_secret_value() for key in settings.token_keys])
    database = settings.database_file
    assert database is not None  # noqa: S101 - the settings refuse PostgreSQL without keys.
    path = key_file(database)
    return Vault(load_or_create_keys(path), lambda: load_or_create_keys(path))


def _application(settings: Settings, limiter: Limiter, pulse: Pulse) -> App:
    def request(connections: int) -> WatchedRequest:
        return WatchedRequest(
            pulse.telegram,
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
        rate_limiter=limiter,
    )
    return ApplicationBuilder().bot(bot).updater(None).job_queue(JobQueue()).build()
