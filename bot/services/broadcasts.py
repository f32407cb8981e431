"""A message from an admin to many chats: written down for each chat before it is sent, so that nothing is sent twice."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.services.admin.team import Team
from bot.services.errors import NotFound
from storage import audiences, broadcasts, removals
from storage.database import Database
from storage.models import Broadcast, BroadcastState, Outcome, Removal

REMOVABLE_FOR = timedelta(hours=48)
"""How long Telegram lets a bot delete its messages (https://core.telegram.org/bots/api#deletemessage)."""
MEASURED_OVER = timedelta(seconds=20)
DRAFTS_KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Progress:
    """A broadcast and how many of its chats had which outcome."""

    broadcast: Broadcast
    sent: int = 0
    blocked: int = 0
    failed: int = 0
    unclear: int = 0
    waiting: int = 0
    removed: int = 0
    refused: int = 0
    removal_unclear: int = 0
    queued: bool = False
    """Whether another one is being sent first."""
    rate: float = 0.0
    """Chats a second, as measured lately, or as Telegram allows where nothing was."""
    removable: bool = False
    """Whether it may still be deleted from the chats."""

    @property
    def total(self) -> int:
        """All recipients."""
        return self.sent + self.blocked + self.failed + self.unclear + self.waiting

    @property
    def left(self) -> timedelta:
        """How long it takes until nobody waits, at that rate."""
        return timedelta(seconds=self.waiting / self.rate) if self.rate else timedelta(0)


def bump() -> Any:
    """Make the version one more, so that the card is drawn anew."""
    return col(Broadcast.version) + 1


class Broadcasts:
    """What becomes of broadcasts once they are started or scheduled, row by row."""

    def __init__(
        self, database: Database, team: Team, clock: Callable[[], datetime], *, languages: Sequence[str], per_second: float
    ) -> None:
        """Take the codes of the languages that chats are written to in, the source first, and how many messages may leave in a second."""
        self.per_second = per_second
        self._database = database
        self._team = team
        self._clock = clock
        self._languages = languages

    async def progress(self, broadcast_id: str) -> Progress:
        """Count a broadcast's outcomes; raises `NotFound`."""
        now = self._clock()
        async with self._database.reading() as session:
            broadcast = await broadcasts.get(session, broadcast_id)
            if broadcast is None:
                raise NotFound
            tally = await broadcasts.tally(session, broadcast_id)
            sending = broadcast.state is BroadcastState.SENDING
            first = (await broadcasts.sending(session))[0].id if sending else broadcast_id
            lately = await broadcasts.recent(session, broadcast_id, now - MEASURED_OVER) if sending else 0
            gone = await removals.tally(session, broadcast_id) if broadcast.removing_at is not None else {}
        sent = tally.get(Outcome.SENT, 0)
        measured_for = min(MEASURED_OVER, now - broadcast.started_at) if broadcast.started_at is not None else MEASURED_OVER
        return Progress(
            broadcast,
            sent=sent,
            blocked=tally.get(Outcome.BLOCKED, 0),
            failed=tally.get(Outcome.FAILED, 0),
            unclear=tally.get(Outcome.UNCLEAR, 0),
            waiting=tally.get(None, 0),
            removed=gone.get(Removal.REMOVED, 0),
            refused=gone.get(Removal.REFUSED, 0),
            removal_unclear=gone.get(Removal.UNCLEAR, 0),
            queued=first != broadcast_id,
            rate=lately / max(measured_for.total_seconds(), 1.0) or self.per_second,
            removable=sent > 0 and may_be_removed(broadcast, now),
        )

    async def address(self, session: AsyncSession, broadcast: Broadcast) -> None:
        """Write the chats of its audience down, as it is now."""
        await broadcasts.address(session, broadcast.id, audiences.chosen(broadcast, self._clock(), self._languages))

    async def reach(self, broadcast: Broadcast) -> int:
        """Count the chats that it would be sent to now."""
        async with self._database.reading() as session:
            return await audiences.size(session, audiences.chosen(broadcast, self._clock(), self._languages))

    async def adopt(self) -> None:
        """At the start of the only process: what an earlier one had in hand may have been sent, and is not sent again."""
        async with self._database.writing("adopt broadcasts") as session:
            await broadcasts.give_up_attempts(session)

    async def sending(self) -> Sequence[Broadcast]:
        """Read the broadcasts that are being sent, oldest first; the first one's turn it is."""
        async with self._database.reading() as session:
            return await broadcasts.sending(session)

    async def removing(self) -> Sequence[Broadcast]:
        """Read the broadcasts that are being deleted from the chats."""
        async with self._database.reading() as session:
            return await removals.removing(session)

    async def start_due(self) -> None:
        """Start what was scheduled for now or earlier; of somebody who is no admin any more, it waits for an owner's word."""
        now = self._clock()
        async with self._database.reading() as session:
            due = await broadcasts.due(session, now)
        for broadcast_id in due:
            async with self._database.writing("start a scheduled broadcast") as session:
                begun = {"state": BroadcastState.SENDING, "started_at": now, "version": bump()}
                started = await broadcasts.change(session, broadcast_id, {BroadcastState.SCHEDULED}, **begun)
                if started is not None:
                    await self.address(session, started)
                    await self._heed_dismissal(session, started)

    async def _heed_dismissal(self, session: AsyncSession, broadcast: Broadcast) -> bool:
        """Pause what somebody sends who is no admin any more; whether that was so."""
        if await self._team.is_member(session, broadcast.author_id):
            return False
        paused = {"state": BroadcastState.PAUSED, "version": bump()}
        await broadcasts.change(session, broadcast.id, {BroadcastState.SENDING}, **paused)
        return True

    async def claim(self, broadcast_id: str, limit: int) -> list[int]:
        """Take the next chats, from now on attempted; none where it is not being sent. A broadcast without any left is done."""
        async with self._database.writing("claim recipients") as session:
            broadcast = await broadcasts.get(session, broadcast_id)
            if broadcast is None or broadcast.state is not BroadcastState.SENDING or await self._heed_dismissal(session, broadcast):
                return []
            while claimed := await broadcasts.claim(session, broadcast_id, limit, self._clock()):
                if willing := await broadcasts.drop_unwilling(session, broadcast_id, claimed):
                    return willing
            done = {"state": BroadcastState.DONE, "finished_at": self._clock(), "version": bump()}
            await broadcasts.change(session, broadcast_id, {BroadcastState.SENDING}, **done)
            return []

    async def languages(self, chat_ids: Sequence[int]) -> dict[int, str]:
        """Tell the languages of chats; one that was forgotten a moment ago has none."""
        async with self._database.reading() as session:
            return await broadcasts.languages(session, chat_ids)

    async def conclude(self, broadcast_id: str, results: Sequence[tuple[int, Outcome | None, int | None]]) -> None:
        """Write down what became of claimed chats: chat id, outcome (None puts it back in line), message id; the card is outdated then."""
        async with self._database.writing("conclude recipients") as session:
            for chat_id, outcome, message_id in results:
                if outcome is None:
                    await broadcasts.release(session, broadcast_id, chat_id)
                else:
                    await broadcasts.conclude(session, broadcast_id, chat_id, outcome, message_id)
            await broadcasts.change(session, broadcast_id, set(BroadcastState), version=bump())

    async def to_remove(self, broadcast_id: str, after: int, limit: int) -> list[tuple[int, int]]:
        """List the next chats, by id beyond `after`, that have a message to delete, with its id. Where none is left, that is noted."""
        async with self._database.writing("look for messages to delete") as session:
            found = await removals.left(session, broadcast_id, after, limit)
            if not found and not await removals.left(session, broadcast_id, 0, 1):
                await broadcasts.change(session, broadcast_id, broadcasts.OVER, removed_at=self._clock(), version=bump())
            return found

    async def conclude_removal(self, broadcast_id: str, results: Sequence[tuple[int, Removal | None]]) -> None:
        """Write down what became of deleting messages: chat id and outcome, None where it is tried again."""
        async with self._database.writing("conclude removals") as session:
            for chat_id, removal in results:
                if removal is not None:
                    await removals.conclude(session, broadcast_id, chat_id, removal)
            await broadcasts.change(session, broadcast_id, broadcasts.OVER, version=bump())

    async def undrawn(self) -> list[str]:
        """List the broadcasts whose card is outdated."""
        async with self._database.reading() as session:
            return await broadcasts.undrawn(session)

    async def drawn(self, progress: Progress, message_id: int | None = None) -> None:
        """Note that the author sees this progress, in another message where one is given."""
        async with self._database.writing("mark a broadcast as drawn") as session:
            moved = {} if message_id is None else {"card_message_id": message_id}
            await broadcasts.change(session, progress.broadcast.id, set(BroadcastState), card_version=progress.broadcast.version, **moved)

    async def orphans(self) -> Sequence[Broadcast]:
        """Read what is paused because its author was dismissed, as long as the owners were not told."""
        async with self._database.reading() as session:
            return await broadcasts.orphans(session, self._team.owners)

    async def told_of_orphan(self, broadcast_id: str) -> None:
        """Note that the owners were told; its card is nobody's from now on."""
        async with self._database.writing("mark a broadcast as told") as session:
            await broadcasts.change(session, broadcast_id, {BroadcastState.PAUSED}, card_message_id=None)

    async def forget_drafts(self) -> None:
        """Delete drafts that nobody sent within a day."""
        async with self._database.writing("forget drafts") as session:
            await broadcasts.forget_drafts(session, self._clock() - DRAFTS_KEPT_FOR)


def may_be_removed(broadcast: Broadcast, now: datetime) -> bool:
    """Whether a broadcast that is over may be deleted from the chats, as far as Telegram allows."""
    if broadcast.started_at is None or broadcast.finished_at is None or broadcast.removing_at is not None:
        return False
    return now - broadcast.finished_at < REMOVABLE_FOR
