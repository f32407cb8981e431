"""Queries of activations; every change of state is one conditional UPDATE from named states."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import CLOSED, IN_FLIGHT, OPEN, Activation, Chat, Sms, State
from storage.sql import affected


@dataclass(frozen=True, slots=True)
class Watched:
    """What the poller needs to know of an activation."""

    id: str
    chat_id: int
    provider_id: str
    product_id: str
    state: State
    purchased_at: datetime
    expires_at: datetime
    closed_at: datetime | None


async def get(session: AsyncSession, activation_id: str, chat_id: int | None = None) -> Activation | None:
    """Read one activation; with a chat id, only if it belongs to that chat."""
    statement = select(Activation).where(col(Activation.id) == activation_id)
    if chat_id is not None:
        statement = statement.where(col(Activation.chat_id) == chat_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def change(
    session: AsyncSession, activation_id: str, states: Collection[State], *conditions: Any, redraw: bool = True, **values: Any
) -> Activation | None:
    """Change an activation that is in one of the states, where the conditions hold, and return it as it is then.

    None says that it was not so, and nothing changed. With `redraw` the card counts as outdated.
    """
    if redraw:
        values["version"] = col(Activation.version) + 1
    statement = (
        update(Activation)
        .where(col(Activation.id) == activation_id, col(Activation.state).in_(states), *conditions)
        .values(**values)
        .returning(Activation)
        .execution_options(populate_existing=True, synchronize_session=False)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def outdate_open(session: AsyncSession, chat_id: int) -> None:
    """Have the cards of all numbers that a chat holds drawn anew: they are to be written in another language."""
    mine = (col(Activation.chat_id) == chat_id, col(Activation.state).in_(OPEN | IN_FLIGHT))
    await session.execute(update(Activation).where(*mine).values(version=col(Activation.version) + 1))


async def count_open(session: AsyncSession, chat_id: int) -> int:
    """Count the numbers that a chat holds, or may be about to."""
    statement = select(func.count()).where(col(Activation.chat_id) == chat_id, col(Activation.state).in_(OPEN | IN_FLIGHT))
    return (await session.execute(statement)).scalar_one()


async def in_flight(session: AsyncSession, chat_id: int) -> bool:
    """Whether a purchase of the chat has an outcome that is not known yet."""
    statement = select(exists().where(col(Activation.chat_id) == chat_id, col(Activation.state).in_(IN_FLIGHT)))
    return bool((await session.execute(statement)).scalar_one())


async def requested_since(session: AsyncSession, chat_id: int, since: datetime) -> list[datetime]:
    """List when the chat's purchases since that time were requested, oldest first; definite refusals do not count."""
    statement = (
        select(col(Activation.requested_at))
        .where(
            col(Activation.chat_id) == chat_id,
            col(Activation.requested_at) > since,
            col(Activation.state).not_in({State.REJECTED, State.NOT_CHARGED}),
        )
        .order_by(col(Activation.requested_at))
    )
    return [moment for moment in (await session.execute(statement)).scalars() if moment is not None]


async def held(session: AsyncSession, chat_id: int) -> Sequence[Activation]:
    """List the numbers that a chat holds, newest first."""
    statement = (
        select(Activation)
        .where(col(Activation.chat_id) == chat_id, col(Activation.state).in_(OPEN | IN_FLIGHT))
        .order_by(col(Activation.offered_at).desc())
    )
    return (await session.execute(statement)).scalars().all()


PAST = CLOSED | OPEN | IN_FLIGHT | {State.CHARGED, State.UNRESOLVED}
"""States of purchases that took money or may have."""


async def ended_since(session: AsyncSession, since: datetime, lost_since: datetime, now: datetime) -> Sequence[Activation]:
    """Read the numbers of all chats whose money may have come back since that time: they ended without being finished, or may have by now.

    A purchase whose number was never received ends unseen; the later time says from when on they may not have ended yet.
    """
    time = or_(col(Activation.closed_at) >= since, col(Activation.expires_at) >= since)
    ended = col(Activation.state).in_({State.CANCELLED, State.EXPIRED}) & time
    unnoticed = (col(Activation.state) == State.ACTIVE) & (col(Activation.expires_at) <= now)
    lost = col(Activation.state).in_({State.UNKNOWN, State.CHARGED, State.UNRESOLVED}) & (col(Activation.requested_at) >= lost_since)
    statement = select(Activation).where(or_(ended, unnoticed, lost, col(Activation.state) == State.CANCELLING))
    return (await session.execute(statement)).scalars().all()


async def bought_since(session: AsyncSession, since: datetime) -> Sequence[Activation]:
    """Read the purchases of all chats that may have taken money since that time, by when they were asked for or came through."""
    recent = or_(col(Activation.requested_at) >= since, col(Activation.purchased_at) >= since)
    statement = select(Activation).where(recent, col(Activation.state).in_(PAST))
    return (await session.execute(statement)).scalars().all()


async def watched(session: AsyncSession, grace_since: datetime) -> list[Watched]:
    """List what is to be polled: open numbers, and numbers that expired since that time and had no last look yet.

    The numbers of chats whose token is missing or refused wait.
    """
    statement = (
        select(
            col(Activation.id),
            col(Activation.chat_id),
            col(Activation.provider_id),
            col(Activation.product_id),
            col(Activation.state),
            col(Activation.purchased_at),
            col(Activation.expires_at),
            col(Activation.closed_at),
        )
        .join(Chat, col(Chat.id) == col(Activation.chat_id))
        .where(
            col(Chat.token).is_not(None),
            col(Chat.rejected_at).is_(None),
            or_(
                col(Activation.state).in_(OPEN),
                (col(Activation.state) == State.EXPIRED)
                & col(Activation.grace_polled_at).is_(None)
                & (col(Activation.closed_at) > grace_since),
            ),
        )
    )
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return [Watched(*row) for row in rows]


async def to_be_polled(session: AsyncSession) -> tuple[int, datetime | None]:
    """Count the open numbers that are to be polled, and say when the oldest of them was bought."""
    statement = (
        select(func.count(), func.min(col(Activation.purchased_at)))
        .join(Chat, col(Chat.id) == col(Activation.chat_id))
        .where(col(Activation.state).in_(OPEN), col(Chat.token).is_not(None), col(Chat.rejected_at).is_(None))
    )
    count, oldest = (await session.execute(statement)).one()
    return count, oldest


async def later_owners(session: AsyncSession, watched: Watched | Activation) -> Sequence[int]:
    """List the chats whose later purchase carries the same provider id: an SMS found under it may not be this one's."""
    statement = select(col(Activation.chat_id)).where(
        col(Activation.provider_id) == watched.provider_id,
        col(Activation.id) != watched.id,
        col(Activation.purchased_at) > watched.purchased_at,
    )
    return (await session.execute(statement)).scalars().all()


async def products(session: AsyncSession, chat_id: int) -> list[tuple[str, str]]:
    """List the products that a chat bought or was offered, each an id with a name that it had."""
    statement = select(col(Activation.product_id), func.max(col(Activation.product_name))).where(col(Activation.chat_id) == chat_id)
    return [(product_id, name) for product_id, name in await session.execute(statement.group_by(col(Activation.product_id)))]


async def is_card(session: AsyncSession, chat_id: int, message_id: int) -> bool:
    """Whether a message of the chat is an activation's card."""
    mine = (col(Activation.chat_id) == chat_id, col(Activation.card_message_id) == message_id)
    return bool((await session.execute(select(exists().where(*mine)))).scalar_one())


async def abandoned(session: AsyncSession, before: datetime) -> list[str]:
    """List the purchases that were requested before that time and have no outcome: their process died."""
    statement = select(col(Activation.id)).where(col(Activation.state) == State.REQUESTED, col(Activation.requested_at) < before)
    return list((await session.execute(statement)).scalars())


async def of_state(session: AsyncSession, state: State) -> Sequence[Activation]:
    """Read every activation of one state, oldest first."""
    statement = select(Activation).where(col(Activation.state) == state).order_by(col(Activation.offered_at))
    return (await session.execute(statement)).scalars().all()


async def undrawn(session: AsyncSession, limit: int) -> list[str]:
    """List activations that a reachable chat sees outdated, or whose SMS are still to be pushed; SMS first."""
    waiting = exists().where(col(Sms.activation_id) == col(Activation.id), col(Sms.delivered_at).is_(None))
    outdated = (col(Activation.state) != State.OFFERED) & (col(Activation.card_version) < col(Activation.version))
    statement = (
        select(col(Activation.id))
        .join(Chat, col(Chat.id) == col(Activation.chat_id))
        .where(col(Chat.unreachable_at).is_(None), or_(waiting, outdated))
        .order_by(waiting.desc(), col(Activation.offered_at))
        .limit(limit)
    )
    return list((await session.execute(statement)).scalars())


async def forget_offer(session: AsyncSession, offer_id: str, chat_id: int) -> None:
    """Delete an offer of a chat, unless it is none any more."""
    mine = (col(Activation.id) == offer_id, col(Activation.chat_id) == chat_id)
    await session.execute(delete(Activation).where(*mine, col(Activation.state) == State.OFFERED))


async def forget_offers(session: AsyncSession, before: datetime) -> int:
    """Delete the offers that were left alone since before that time."""
    statement = delete(Activation).where(col(Activation.state) == State.OFFERED, col(Activation.offered_at) < before)
    return await affected(session, statement)
