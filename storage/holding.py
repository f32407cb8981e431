"""Queries of the numbers that are held: who waits for too long, whose time is nearly over, and what a chat's list of them shows."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage import activations, chats
from storage.models import IN_FLIGHT, OPEN, Activation, Chat, Sms, State


@dataclass(frozen=True, slots=True)
class Silent:
    """An active number without an SMS, and after how many minutes its chat gives up on it."""

    id: str
    chat_id: int
    purchased_at: datetime
    expires_at: datetime
    auto_cancel_minutes: int | None


def silent() -> ColumnElement[bool]:
    """State that a number is active and has received nothing."""
    return (col(Activation.state) == State.ACTIVE) & ~exists().where(col(Sms.activation_id) == col(Activation.id))


async def _select(session: AsyncSession, *conditions: ColumnElement[bool]) -> list[Silent]:
    statement = (
        select(
            col(Activation.id),
            col(Activation.chat_id),
            col(Activation.purchased_at),
            col(Activation.expires_at),
            col(Chat.auto_cancel_minutes),
        )
        .join(Chat, col(Chat.id) == col(Activation.chat_id))
        .where(silent(), *conditions)
        .order_by(col(Activation.expires_at))
    )
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return [Silent(*row) for row in rows]


async def unwarned(session: AsyncSession, now: datetime, until: datetime) -> list[Silent]:
    """List the silent numbers that end after `now` and not after `until`, and whose chats want to be told of it and were not."""
    wanted = col(Chat.warn_before_expiry) & col(Chat.unreachable_at).is_(None)
    return await _select(
        session, wanted, col(Activation.warned_at).is_(None), col(Activation.expires_at) > now, col(Activation.expires_at) <= until
    )


def _may_try(before: datetime, refusals: int) -> ColumnElement[bool]:
    waited = or_(col(Activation.auto_cancel_at).is_(None), col(Activation.auto_cancel_at) <= before)
    return waited & (col(Activation.auto_cancel_refusals) < refusals)


async def impatient(session: AsyncSession, before: datetime, refusals: int) -> list[Silent]:
    """List the silent numbers of chats that give up on a number after some time.

    Left out is what was tried after `before`, or refused `refusals` times, and what hangs on a token that is missing or refused.
    """
    able = col(Chat.auto_cancel_minutes).is_not(None) & col(Chat.token).is_not(None) & col(Chat.rejected_at).is_(None)
    return await _select(session, able, _may_try(before, refusals))


async def claim(session: AsyncSession, activation_id: str, before: datetime, refusals: int, now: datetime) -> bool:
    """Note that a silent number is being cancelled by itself now; False where that is not due any more, or another process does it."""
    may = (silent(), _may_try(before, refusals))
    return await activations.change(session, activation_id, {State.ACTIVE}, *may, redraw=False, auto_cancel_at=now) is not None


async def ended_untold(session: AsyncSession) -> list[tuple[str, int]]:
    """List the numbers that were cancelled by themselves and whose chats, which can be written to, were not told: id and chat id."""
    statement = (
        select(col(Activation.id), col(Activation.chat_id))
        .join(Chat, col(Chat.id) == col(Activation.chat_id))
        .where(
            col(Activation.automatic),
            col(Activation.end_told_at).is_(None),
            col(Activation.state) == State.CANCELLED,
            col(Chat.unreachable_at).is_(None),
        )
        .order_by(col(Activation.closed_at))
    )
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return [(row[0], row[1]) for row in rows]


async def messages_of(session: AsyncSession, activation_ids: Sequence[str]) -> Mapping[str, list[Sms]]:
    """Read the SMS of several activations, each in the order in which they came."""
    statement = select(Sms).where(col(Sms.activation_id).in_(activation_ids)).order_by(col(Sms.activation_id), col(Sms.position))
    found: defaultdict[str, list[Sms]] = defaultdict(list)
    for sms in (await session.execute(statement)).scalars():
        found[sms.activation_id].append(sms)
    return found


async def outdated_lists(session: AsyncSession) -> list[int]:
    """List the reachable chats whose list of active numbers lacks one, still has one that ended, or shows one as it is no more."""
    belongs = or_(col(Activation.state).in_(OPEN | IN_FLIGHT), col(Activation.listed_version) >= 0)
    statement = (
        select(col(Chat.id))
        .join(Activation, col(Activation.chat_id) == col(Chat.id))
        .where(
            col(Chat.list_message_id).is_not(None),
            col(Chat.unreachable_at).is_(None),
            belongs,
            col(Activation.listed_version) < col(Activation.version),
        )
        .distinct()
    )
    return list((await session.execute(statement)).scalars())


async def mark_listed(session: AsyncSession, chat_id: int, message_id: int, shown: Mapping[str, int]) -> None:
    """Note that a message lists these numbers of a chat in these versions, and no others."""
    await chats.change(session, chat_id, list_message_id=message_id)
    others = (col(Activation.chat_id) == chat_id, col(Activation.listed_version) >= 0, col(Activation.id).not_in(shown))
    await session.execute(update(Activation).where(*others).values(listed_version=-1))
    for activation_id, version in shown.items():
        mine = (col(Activation.id) == activation_id, col(Activation.chat_id) == chat_id)
        await session.execute(update(Activation).where(*mine).values(listed_version=version))


async def count_refusal(session: AsyncSession, activation_id: str) -> None:
    """Note that the provider refused to cancel a number that was to be cancelled by itself."""
    more = {"auto_cancel_refusals": col(Activation.auto_cancel_refusals) + 1}
    await activations.change(session, activation_id, set(State), redraw=False, **more)
