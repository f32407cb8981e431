"""Queries of a chat's purchases for its owner's eyes: in a list, page by page, and all of them in a file."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.activations import PAST
from storage.models import Activation, Sms, State


@dataclass(frozen=True, slots=True)
class Line:
    """What a purchase cost, and what came of it."""

    id: str
    state: State
    price: Decimal
    closing_before: Decimal | None
    closing_after: Decimal | None
    answered: bool
    product_id: str
    product_name: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A purchase with how many SMS it brought, and when the first one came."""

    purchase: Activation
    sms: int
    first_sms_at: datetime | None


def _mine(chat_id: int) -> Sequence[Any]:
    return col(Activation.chat_id) == chat_id, col(Activation.state).in_(PAST)


async def ledger(session: AsyncSession, chat_id: int) -> list[Line]:
    """List a chat's purchases in short, newest first."""
    statement = (
        select(
            col(Activation.id),
            col(Activation.state),
            col(Activation.price),
            col(Activation.closing_before),
            col(Activation.closing_after),
            exists().where(col(Sms.activation_id) == col(Activation.id)),
            col(Activation.product_id),
            col(Activation.product_name),
        )
        .where(*_mine(chat_id))
        .order_by(col(Activation.requested_at).desc(), col(Activation.id))
    )
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return [Line(*row) for row in rows]


async def of_ids(session: AsyncSession, ids: Collection[str]) -> list[Activation]:
    """Read purchases in the order of their ids as they are given."""
    found = (await session.execute(select(Activation).where(col(Activation.id).in_(ids)))).scalars().all()
    order = {activation_id: place for place, activation_id in enumerate(ids)}
    return sorted(found, key=lambda activation: order[activation.id])


async def entries(session: AsyncSession, chat_id: int) -> list[Entry]:
    """Read all of a chat's purchases with their SMS counted, oldest first."""
    of_this = col(Sms.activation_id) == col(Activation.id)
    count = select(func.count()).select_from(Sms).where(of_this).correlate(Activation).scalar_subquery()
    first = select(func.min(col(Sms.received_at))).where(of_this).correlate(Activation).scalar_subquery()
    statement = select(Activation, count, first).where(*_mine(chat_id)).order_by(col(Activation.requested_at), col(Activation.id))
    return [Entry(*row) for row in await session.execute(statement)]
