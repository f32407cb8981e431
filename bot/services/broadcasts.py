"""A message from an admin to every reachable chat: written down for each chat before it is sent, so that nothing is sent twice."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.services.errors import NotFound
from bot.services.purchases import new_id
from storage import broadcasts, chats
from storage.database import Database
from storage.models import Broadcast, BroadcastState, Outcome


@dataclass(frozen=True, slots=True)
class Progress:
    """A broadcast and how many of its chats had which outcome."""

    broadcast: Broadcast
    sent: int = 0
    blocked: int = 0
    failed: int = 0
    unclear: int = 0
    waiting: int = 0

    @property
    def total(self) -> int:
        """All recipients."""
        return self.sent + self.blocked + self.failed + self.unclear + self.waiting


class Broadcasts:
    """The life of a broadcast: draft, sending, done or stopped."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def draft(self, author_id: int, text: str, entities: str) -> tuple[Broadcast, int]:
        """Write a broadcast down; returns it with the number of chats that it would reach now."""
        broadcast = Broadcast(
            id=new_id(), author_id=author_id, text=text, entities=entities, state=BroadcastState.DRAFT, created_at=self._clock()
        )
        async with self._database.writing("draft a broadcast") as session:
            session.add(broadcast)
            return broadcast, len(await chats.addressable(session))

    async def start(self, author_id: int, broadcast_id: str, card_message_id: int) -> Progress:
        """Address the reachable chats and start; a second call changes nothing. Raises `NotFound` for another's."""
        async with self._database.writing("start a broadcast") as session:
            if await broadcasts.get(session, broadcast_id, author_id) is None:
                raise NotFound
            started = await broadcasts.change(
                session,
                broadcast_id,
                {BroadcastState.DRAFT},
                state=BroadcastState.SENDING,
                started_at=self._clock(),
                card_message_id=card_message_id,
                version=1,
            )
            if started is not None:
                await broadcasts.address(session, broadcast_id)
        return await self.progress(broadcast_id)

    async def stop(self, author_id: int, broadcast_id: str) -> Progress:
        """Send to nobody any more, or throw a draft away; raises `NotFound` for another's."""
        async with self._database.writing("stop a broadcast") as session:
            broadcast = await broadcasts.get(session, broadcast_id, author_id)
            if broadcast is None:
                raise NotFound
            states = {BroadcastState.DRAFT, BroadcastState.SENDING}
            await broadcasts.change(
                session,
                broadcast_id,
                states,
                state=BroadcastState.STOPPED,
                finished_at=self._clock(),
                version=broadcast.version + 1,
            )
        return await self.progress(broadcast_id)

    async def progress(self, broadcast_id: str) -> Progress:
        """Count a broadcast's outcomes; raises `NotFound`."""
        async with self._database.reading() as session:
            broadcast = await broadcasts.get(session, broadcast_id)
            if broadcast is None:
                raise NotFound
            tally = await broadcasts.tally(session, broadcast_id)
        return Progress(
            broadcast,
            sent=tally.get(Outcome.SENT, 0),
            blocked=tally.get(Outcome.BLOCKED, 0),
            failed=tally.get(Outcome.FAILED, 0),
            unclear=tally.get(Outcome.UNCLEAR, 0),
            waiting=tally.get(None, 0),
        )

    async def adopt(self) -> None:
        """At the start of the only process: what an earlier one had in hand may have been sent, and is not sent again."""
        async with self._database.writing("adopt broadcasts") as session:
            await broadcasts.give_up_attempts(session)

    async def sending(self) -> Sequence[Broadcast]:
        """Read the broadcasts that are being sent, oldest first."""
        async with self._database.reading() as session:
            return await broadcasts.sending(session)

    async def claim(self, broadcast_id: str, limit: int) -> list[int]:
        """Take the next chats, from now on attempted; none where it is done or stopped. A broadcast without any left is done."""
        async with self._database.writing("claim recipients") as session:
            broadcast = await broadcasts.get(session, broadcast_id)
            if broadcast is None or broadcast.state is not BroadcastState.SENDING:
                return []
            claimed = await broadcasts.claim(session, broadcast_id, limit, self._clock())
            if not claimed:
                await broadcasts.change(
                    session,
                    broadcast_id,
                    {BroadcastState.SENDING},
                    state=BroadcastState.DONE,
                    finished_at=self._clock(),
                    version=broadcast.version + 1,
                )
            return claimed

    async def conclude(self, broadcast_id: str, results: Sequence[tuple[int, Outcome | None, int | None]]) -> None:
        """Write down what became of claimed chats: chat id, outcome (None puts it back in line), message id; the card is outdated then."""
        async with self._database.writing("conclude recipients") as session:
            for chat_id, outcome, message_id in results:
                if outcome is None:
                    await broadcasts.release(session, broadcast_id, chat_id)
                else:
                    await broadcasts.conclude(session, broadcast_id, chat_id, outcome, message_id)
            broadcast = await broadcasts.get(session, broadcast_id)
            if broadcast is not None:
                await broadcasts.change(session, broadcast_id, set(BroadcastState), version=broadcast.version + 1)

    async def undrawn(self) -> list[str]:
        """List the broadcasts whose card is outdated."""
        async with self._database.reading() as session:
            return await broadcasts.undrawn(session)

    async def drawn(self, progress: Progress) -> None:
        """Note that the author sees this progress."""
        async with self._database.writing("mark a broadcast as drawn") as session:
            version = progress.broadcast.version
            await broadcasts.change(session, progress.broadcast.id, set(BroadcastState), card_version=version)
