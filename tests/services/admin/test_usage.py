"""Unusual use: noted once in a period, and not again for a while after an admin judged it fine."""

from datetime import timedelta
from typing import Any

import pytest

from bot.services.admin.people import People
from bot.services.admin.team import Team
from bot.services.admin.usage import PURCHASES, Usage
from bot.services.errors import NotFound
from bot.services.farewell import Farewell
from storage import usage as queries
from storage.models import Action, Activation, State
from tests.services.admin.conftest import ADMIN, NOBODY, OWNER, recorded
from tests.services.world import ALICE, BOB, World


@pytest.fixture
def usage(world: World, staff: Team) -> Usage:
    return Usage(world.database, staff, world.clock)


async def bought(world: World, chat_id: int, count: int, state: State = State.FINISHED) -> None:
    """Leave so many purchases behind, all made now."""
    now = world.clock.now
    values: dict[str, Any] = {"product_id": "wa", "product_name": "WhatsApp", "country": "in", "price": 1, "offered_at": now}
    values |= {"chat_id": chat_id, "state": state, "requested_at": now, "purchased_at": now}
    async with world.database.writing() as session:
        first = len(await queries.since(session, now)) + now.timestamp()
        session.add_all(Activation.model_validate(values | {"id": f"{chat_id}-{state[:3]}-{first:.0f}-{n}"}) for n in range(count))


async def untold(usage: Usage) -> list[tuple[int, int, int]]:
    return [(noted.chat.id, noted.use.purchases, noted.use.cancels) for noted in await usage.untold()]


async def test_many_purchases_and_many_cancellations_stand_out_and_a_few_do_not(world: World, usage: Usage) -> None:
    await bought(world, ALICE, 29)
    await bought(world, BOB, 14, State.CANCELLED)
    await usage.sweep()
    assert await untold(usage) == []
    await bought(world, ALICE, 1, State.EXPIRED)
    await bought(world, BOB, 1, State.CHARGED)
    await bought(world, ADMIN, 15, State.CANCELLED)
    await bought(world, OWNER, PURCHASES, State.REJECTED)
    await usage.sweep()
    assert await untold(usage) == [(ADMIN, 15, 15), (ALICE, 30, 0)]


async def test_the_same_chat_is_shown_once_in_a_period_and_again_where_it_goes_on(world: World, usage: Usage) -> None:
    await bought(world, ALICE, PURCHASES)
    await usage.sweep()
    (noted,) = await usage.untold()
    await usage.told(noted)
    world.clock.advance(hours=23)
    await bought(world, ALICE, PURCHASES + 1)
    await usage.sweep()
    assert await untold(usage) == []
    world.clock.advance(hours=1)
    await usage.sweep()
    assert await untold(usage) == [(ALICE, PURCHASES + 1, 0)]
    await usage.told(noted)
    assert len(await usage.untold()) == 1, "what was told was told of the earlier use"
    world.clock.advance(days=2)
    (noted,) = await usage.untold()
    await usage.told(noted)
    await usage.sweep()
    assert await untold(usage) == []


async def test_what_an_admin_judges_fine_is_not_shown_again_for_a_week(world: World, staff: Team, usage: Usage) -> None:
    await bought(world, ALICE, PURCHASES)
    await usage.sweep()
    (noted,) = await usage.untold()
    await usage.told(noted)
    judged = await usage.fine(ADMIN, ALICE)
    assert (judged.chat.id, judged.use.quiet_until) == (ALICE, world.clock.now + timedelta(days=7))
    assert [one.chat.id for one in await usage.lately()] == [ALICE]
    for _ in range(6):
        world.clock.advance(days=1)
        await bought(world, ALICE, PURCHASES)
        await usage.sweep()
    assert await untold(usage) == []
    world.clock.advance(days=1)
    await usage.sweep()
    assert await usage.lately() == []
    await bought(world, ALICE, PURCHASES)
    await usage.sweep()
    assert len(await usage.untold()) == 1
    assert await recorded(staff) == [(ADMIN, Action.JUDGE_USE, str(ALICE), "fine")]


async def test_a_banned_chat_has_been_decided_about(world: World, staff: Team, usage: Usage) -> None:
    await bought(world, ALICE, PURCHASES)
    await People(world.database, staff, world.ceilings, world.clock).ban(ADMIN, ALICE, "bulk")
    await usage.sweep()
    assert await untold(usage) == []


async def test_only_admins_judge_and_only_what_was_noted(world: World, usage: Usage) -> None:
    await bought(world, BOB, PURCHASES)
    await usage.sweep()
    for somebody, whom in ((NOBODY, BOB), (ALICE, BOB), (ADMIN, ALICE)):
        with pytest.raises(NotFound):
            await usage.fine(somebody, whom)
    (noted,) = await usage.untold()
    assert noted.use.quiet_until == world.clock.now + timedelta(days=1)


async def test_what_was_noted_of_a_chat_is_forgotten_with_it(world: World, usage: Usage) -> None:
    await bought(world, ALICE, PURCHASES)
    await usage.sweep()
    await Farewell(world.database, world.accounts, world.clock).forget(ALICE)
    assert await untold(usage) == []
    await usage.sweep()
    assert await usage.lately() == []


async def test_a_chat_that_is_forgotten_before_its_use_is_noted_is_left_alone(world: World, usage: Usage) -> None:
    async with world.database.writing() as session:
        assert not await queries.note(session, queries.Use(NOBODY, PURCHASES, 0), world.clock.now, world.clock.now)
    assert await untold(usage) == []
