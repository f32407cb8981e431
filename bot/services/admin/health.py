"""How the bot is doing right now, seen over all of its processes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.services.pulse import Counts, Pulse
from storage import activations, alarms, beats, census, size
from storage.census import Census
from storage.database import Database
from storage.models import Alarm, ProcessBeat
from storage.size import Disk

ALIVE_FOR = timedelta(seconds=45)
"""Age of its last sign of life at which a process is taken for ended."""
KEPT_FOR = timedelta(days=1)
WEB = "web"
"""The kind of process that leaves polling to others."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a process is: its name among the others, its kind, the program's version, and since when it runs."""

    holder: str
    kind: str
    version: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Health:
    """What can be said at one moment."""

    now: datetime
    processes: Sequence[ProcessBeat]
    """Those that are alive, the oldest first."""
    counts: Counts
    """What they saw in the last minutes."""
    asked_at: datetime | None
    """When a process last asked for an SMS."""
    answered_at: datetime | None
    """When one last got an answer to that."""
    waiting: int
    """Numbers that are to be asked for."""
    waiting_since: datetime | None
    """When the oldest of them was bought."""
    longest_pause: timedelta
    """Between two questions for one number."""
    census: Census
    database_bytes: int
    disk: Disk | None
    """None with PostgreSQL, whose disk cannot be seen from here."""
    alarms: Sequence[Alarm]
    """Those that are on."""

    @property
    def up_since(self) -> datetime:
        """Since when there is a process: what is older waited for one, and is not late."""
        return min((process.started_at for process in self.processes), default=self.now)


class Checkup:
    """Leaves this process's signs of life, and reads all of them."""

    def __init__(
        self,
        *,
        database: Database,
        pulse: Pulse,
        identity: Identity,
        longest_pause: timedelta,
        clock: Callable[[], datetime],
        disk: Callable[[Database], Disk | None] = size.disk,
    ) -> None:
        self._database = database
        self._pulse = pulse
        self._identity = identity
        self._longest_pause = longest_pause
        self._clock = clock
        self._disk = disk

    async def beat(self) -> None:
        """Leave a sign of life."""
        async with self._database.writing("leave a sign of life") as session:
            await beats.leave(session, self._beat())

    async def forget(self) -> None:
        """Forget processes that ended long ago."""
        async with self._database.writing("forget processes") as session:
            await beats.forget_before(session, self._clock() - KEPT_FOR)

    async def read(self) -> Health:
        """Look at everything; nothing is written, so that it works where nothing can be."""
        own = self._beat()
        async with self._database.reading() as session:
            every = [own, *(beat for beat in await beats.every(session) if beat.holder != own.holder)]
            waiting, waiting_since = await activations.to_be_polled(session)
            on = await alarms.on(session)
            taken = await size.database_bytes(session)
        alive = [beat for beat in every if own.beat_at - beat.beat_at < ALIVE_FOR]
        counts = Counts()
        for beat in alive:
            counts.add(_counts(beat))
        pollers = [beat for beat in every if beat.kind != WEB]
        return Health(
            now=own.beat_at,
            processes=sorted(alive, key=lambda beat: beat.started_at),
            counts=counts,
            asked_at=max((beat.asked_at for beat in pollers if beat.asked_at is not None), default=None),
            answered_at=max((beat.answered_at for beat in pollers if beat.answered_at is not None), default=None),
            waiting=waiting,
            waiting_since=waiting_since,
            longest_pause=self._longest_pause,
            census=await census.take(self._database),
            database_bytes=taken,
            disk=self._disk(self._database),
            alarms=on,
        )

    def _beat(self) -> ProcessBeat:
        identity, counts = self._identity, self._pulse.counts()
        return ProcessBeat(
            holder=identity.holder,
            kind=identity.kind,
            version=identity.version,
            started_at=identity.started_at,
            beat_at=self._clock(),
            asked_at=self._pulse.asked_at,
            answered_at=self._pulse.answered_at,
            provider_calls=counts.provider_calls,
            provider_failures=counts.provider_failures,
            provider_slow=counts.provider_slow,
            provider_seconds=counts.provider_seconds,
            telegram_calls=counts.telegram_calls,
            telegram_failures=counts.telegram_failures,
        )


def _counts(beat: ProcessBeat) -> Counts:
    return Counts(
        beat.provider_calls,
        beat.provider_failures,
        beat.provider_slow,
        beat.provider_seconds,
        beat.telegram_calls,
        beat.telegram_failures,
    )
