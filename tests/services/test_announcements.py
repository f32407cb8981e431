"""Every change of a number is announced once it is committed, so that its card is drawn anew; and what is over is taken off."""

import asyncio
from collections.abc import Awaitable

from bot.services.activations import Cancelling
from storage.models import State
from tests.services.world import ALICE, World


async def told(world: World, change: Awaitable[object]) -> list[str]:
    """Make a change and give what was announced of it."""
    before = len(world.announced)
    await change
    return world.announced[before:]


async def test_a_question_an_sms_and_an_end_by_its_owner_are_announced(local: World) -> None:
    await local.connected()
    held = await local.holds()
    assert await told(local, local.life.ask(ALICE, held.id, asking=True)) == [held.id]
    assert await told(local, local.life.record(held.id, ["code"])) == [held.id]
    assert await told(local, local.life.record(held.id, ["code"])) == []
    assert await told(local, local.life.finish(ALICE, held.id)) == [held.id]
    assert await told(local, local.life.finish(ALICE, held.id)) == []
    assert await told(local, local.life.ask(ALICE, held.id, asking=True)) == []


async def test_a_refused_a_lost_and_a_granted_cancellation_are_announced(local: World) -> None:
    await local.connected()
    held = await local.holds()
    local.provider.configure(cancel_policy="refuse")
    assert await told(local, local.life.cancel(ALICE, held.id)) == [held.id]
    local.provider.configure(cancel_policy="refund")
    local.provider.faults.add("cancelNumber", "cut", count=1)
    assert await told(local, local.life.cancel(ALICE, held.id)) == [held.id]
    assert await told(local, local.life.cancel(ALICE, held.id)) == [held.id]
    assert await told(local, local.life.cancel(ALICE, held.id)) == []


async def test_an_expiry_and_the_look_after_it_are_announced(local: World) -> None:
    await local.connected()
    held = await local.holds()
    assert await told(local, local.life.expire(held.id)) == [held.id]
    assert await told(local, local.life.expire(held.id)) == []
    assert await told(local, local.life.grace(held.id)) == [held.id]


async def test_a_cancellation_that_begins_takes_off_the_question_and_an_earlier_refusal(local: World) -> None:
    await local.connected()
    held = await local.holds()
    local.provider.configure(cancel_policy="refuse")
    assert await local.life.cancel(ALICE, held.id) is Cancelling.REFUSED
    await local.life.ask(ALICE, held.id, asking=True)
    assert (await local.row(held)).reason is not None
    local.provider.configure(cancel_policy="refund")
    fault = local.provider.faults.add("cancelNumber", "hold", count=1)
    cancelling = asyncio.create_task(local.life.cancel(ALICE, held.id))
    await local.struck(fault)
    row = await local.row(held)
    assert (row.state, row.asking, row.reason, row.automatic) == (State.CANCELLING, False, None, False)
    fault.release()
    assert await cancelling is Cancelling.CANCELLED
    assert (await local.row(held)).closed_at == local.clock.now


async def test_an_end_takes_off_what_was_unclear_before(local: World) -> None:
    await local.connected()
    held = await local.holds()
    local.provider.faults.add("cancelNumber", "cut", count=1)
    assert await local.life.cancel(ALICE, held.id) is Cancelling.UNCLEAR
    assert (await local.row(held)).reason is not None
    await local.life.expire(held.id)
    assert (await local.row(held)).reason is None
