"""Counts over all chats: how the house is doing, for whoever watches it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import col

from storage import leases
from storage.database import Database
from storage.models import Activation, Broadcast, BroadcastRecipient, BroadcastState, Chat, Lease, Sms, State, UpdateReceipt
from storage.updates import PROCESS


@dataclass(frozen=True, slots=True)
class Census:
    """What there is, and what is still to be done."""

    chats: int
    connected: int
    unreachable: int
    activations: dict[State, int]
    undelivered: int
    """SMS that are still to be pushed to chats that can be reached."""
    oldest_undelivered_at: datetime | None
    unhandled: int
    """Updates that are stored and not handled."""
    oldest_unhandled_at: datetime | None
    recipients_waiting: int
    """Chats that a broadcast which is under way is still to be sent to; one that was paused or stopped leaves its own alone."""
    processes: int
    """Processes that share the database; a single one is not counted."""


async def take(db: Database) -> Census:
    """Count."""
    waiting = (col(Sms.delivered_at).is_(None), col(Chat.unreachable_at).is_(None))
    pushed = (
        select(func.count(), func.min(Sms.received_at))
        .join(Activation, col(Activation.id) == col(Sms.activation_id))
        .join(Chat, col(Chat.id) == col(Activation.chat_id))
        .where(*waiting)
    )
    everybody = select(func.count(), func.count(col(Chat.token)), func.count(col(Chat.unreachable_at))).select_from(Chat)
    async with db.reading() as session:
        chats, connected, unreachable = (await session.execute(everybody)).one()
        by_state = select(col(Activation.state), func.count()).group_by(col(Activation.state))
        states = {state: count for state, count in await session.execute(by_state)}  # noqa: C416 - rows are tuples, not pairs, to mypy.
        undelivered, oldest = (await session.execute(pushed)).one()
        unhandled = select(func.count(), func.min(col(UpdateReceipt.received_at))).where(col(UpdateReceipt.handled_at).is_(None))
        left, oldest_left = (await session.execute(unhandled)).one()
        sending = select(col(Broadcast.id)).where(col(Broadcast.state) == BroadcastState.SENDING)
        recipients = (
            select(func.count())
            .select_from(BroadcastRecipient)
            .where(col(BroadcastRecipient.broadcast_id).in_(sending), col(BroadcastRecipient.outcome).is_(None))
        )
        there = (col(Lease.name).like(PROCESS.format("%")), col(Lease.until) > leases.now(session))
        processes = select(func.count()).select_from(Lease).where(*there)
        return Census(
            chats=chats,
            connected=connected,
            unreachable=unreachable,
            activations=states,
            undelivered=undelivered,
            oldest_undelivered_at=oldest,
            unhandled=left,
            oldest_unhandled_at=oldest_left,
            recipients_waiting=(await session.execute(recipients)).scalar_one(),
            processes=(await session.execute(processes)).scalar_one(),
        )
