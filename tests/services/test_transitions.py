"""Every act on a number in every state: what changes, and that nothing else does."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.services.errors import NotFound
from storage.models import CLOSED, IN_FLIGHT, OPEN, State
from tests.services.world import ALICE, CARD, World

ACTS: dict[str, Callable[[World, str], Awaitable[Any]]] = {
    "cancel": lambda world, number: world.life.cancel(ALICE, number),
    "finish": lambda world, number: world.life.finish(ALICE, number),
    "expire": lambda world, number: world.life.expire(number),
    "grace": lambda world, number: world.life.grace(number),
    "buy": lambda world, number: world.purchases.buy(ALICE, number, CARD),
    "decline": lambda world, number: world.purchases.decline(ALICE, number),
    "settle": lambda world, _: world.settlement.sweep(),
    "adopt": lambda world, _: world.settlement.adopt(),
}
MOVES = {
    ("cancel", State.ACTIVE): State.CANCELLED,
    ("cancel", State.CANCELLING): State.CANCELLED,
    ("finish", State.ACTIVE): State.FINISHED,
    ("finish", State.CANCELLING): State.FINISHED,
    ("expire", State.ACTIVE): State.EXPIRED,
    ("expire", State.CANCELLING): State.EXPIRED,
    ("buy", State.OFFERED): State.ACTIVE,
    ("decline", State.OFFERED): None,
    # The row was requested before an hour that has passed, and the balance lacks neither nothing nor the price.
    ("settle", State.REQUESTED): State.UNRESOLVED,
    ("settle", State.UNKNOWN): State.UNRESOLVED,
    ("adopt", State.REQUESTED): State.UNKNOWN,
}
"""Every way from one state to another; None: the row is deleted. Whatever is not here changes nothing."""


@pytest.mark.parametrize("act", sorted(ACTS))
async def test_states_change_only_as_the_table_says(local: World, act: str) -> None:
    await local.connected()
    for state in State:
        local.provider.add_account("demo-token-alice", Decimal(500))
        held = await local.holds()
        charges = len(local.provider.charges)
        if act == "finish":
            await local.life.record(held.id, ["code"])
        closed = local.clock.now if state in CLOSED else None
        await local.edit(
            held, state=state, closed_at=closed, requested_at=local.clock.now - timedelta(hours=2), balance_before=Decimal(1000)
        )
        await ACTS[act](local, held.id)
        expected = MOVES.get((act, state), state)
        if expected is None:
            with pytest.raises(NotFound):
                await local.life.look(held.id)
        else:
            assert await local.state(held) is expected, state
            await local.edit(held, state=State.REJECTED)
        assert len(local.provider.charges) - charges == ((act, state) == ("buy", State.OFFERED))


def test_every_state_is_in_no_more_than_one_group() -> None:
    groups = (OPEN, IN_FLIGHT, CLOSED)
    assert sum(map(len, groups)) == len(frozenset().union(*groups))
