"""How a number ends: by the provider's word or by its time, after a last look, and never by an unclear answer alone."""

from datetime import timedelta
from typing import Any

import pytest

from bot.services.polling import GRACE_AFTER
from storage.models import State
from tests.services.world import ALICE, World, provider_id


async def test_the_providers_word_ends_a_number_and_shows_what_came_back(world: World) -> None:
    world.provider.configure(lifetime=300)
    await world.connected()
    held = await world.holds()
    await world.passes(world.poller(), 310, step=10)
    row = await world.row(held)
    assert row.state is State.EXPIRED
    assert row.closing_after == world.balance() == row.closing_before + row.price  # type: ignore[operator]  # Both were read.


async def test_at_its_last_moment_a_number_is_asked_for_once_more_and_a_code_found_there_is_shown(world: World) -> None:
    world.provider.configure(lifetime=3600)
    await world.connected()
    held = await world.holds()
    poller = world.poller(schedule=lambda _age, _product: timedelta(minutes=7))
    for _ in range(2):
        await world.polled(poller)
        world.clock.advance(minutes=7)
    await world.polled(poller)
    world.receives(held, "at the last moment")
    world.clock.advance(minutes=6)
    await world.polled(poller)
    assert await world.texts(held) == ["at the last moment"]
    assert await world.state(held) is State.EXPIRED


async def test_an_sms_after_the_end_is_found_by_the_last_look(world: World) -> None:
    world.provider.configure(lifetime=3600)
    await world.connected()
    held = await world.holds()
    poller = world.poller()
    world.clock.advance(minutes=20)
    await world.polled(poller)
    assert await world.state(held) is State.EXPIRED
    world.receives(held, "late")
    await world.passes(poller, GRACE_AFTER.total_seconds() - 1)
    assert await world.texts(held) == []
    await world.passes(poller, 2)
    assert await world.texts(held) == ["late"]
    row = await world.row(held)
    assert row.grace_polled_at is not None
    before = world.polls()
    await world.passes(poller, 60)
    assert world.polls() == before


async def test_a_last_look_that_fails_is_repeated_for_a_while_and_then_given_up(local: World) -> None:
    local.provider.configure(lifetime=3600)
    await local.connected()
    held = await local.holds()
    poller = local.poller()
    local.clock.advance(minutes=20)
    await local.polled(poller)
    fault = local.provider.faults.add("getSms", "cut")
    await local.passes(poller, 700, step=5)
    assert 3 < fault.struck < 20
    before = fault.struck
    await local.passes(poller, 300, step=5)
    assert fault.struck == before
    assert (await local.row(held)).grace_polled_at is None


async def test_a_process_that_starts_after_an_end_takes_the_last_look(local: World) -> None:
    local.provider.configure(lifetime=3600)
    await local.connected()
    held = await local.holds()
    local.receives(held, "late")
    await local.edit(held, state=State.EXPIRED, closed_at=local.clock.now)
    poller = local.poller()
    await local.polled(poller)
    assert await local.texts(held) == []
    local.clock.now += GRACE_AFTER
    await local.polled(poller)
    assert await local.texts(held) == ["late"]


async def test_a_number_that_the_provider_does_not_know_yet_is_given_a_minute(local: World) -> None:
    await local.connected()
    held = await local.holds()
    theirs = local.provider.activations.pop(provider_id(held))
    poller = local.poller()
    await local.passes(poller, 50)
    assert await local.state(held) is State.ACTIVE
    local.provider.activations[theirs.id] = theirs
    local.provider.send_sms(theirs.id, "code")
    await local.passes(poller, 40)
    assert await local.texts(held) == ["code"]
    del local.provider.activations[theirs.id]
    await local.passes(poller, 10)
    assert await local.state(held) is State.EXPIRED


@pytest.mark.parametrize(
    ("fault", "minutes", "expected"),
    [
        ({"kind": "code", "code": 206}, 19, State.ACTIVE),
        ({"kind": "code", "code": 206}, 23, State.EXPIRED),
        ({"kind": "code", "code": 202}, 23, State.EXPIRED),
        ({"kind": "http", "status": 404}, 70, State.ACTIVE),
        ({"kind": "code", "code": 205}, 70, State.ACTIVE),
        ({"kind": "garbage"}, 70, State.ACTIVE),
        ({"kind": "cut"}, 70, State.ACTIVE),
        ({"kind": "http", "status": 404}, 90, State.EXPIRED),
        ({"kind": "code", "code": 205}, 90, State.EXPIRED),
        ({"kind": "garbage"}, 90, State.EXPIRED),
        ({"kind": "cut"}, 90, State.EXPIRED),
    ],
)
async def test_no_number_is_endless_and_none_ends_by_an_unclear_answer_alone(
    local: World, fault: dict[str, Any], minutes: int, expected: State
) -> None:
    await local.connected()
    held = await local.holds()
    local.provider.faults.add("getSms", **fault)
    await local.passes(local.poller(), minutes * 60, step=30)
    assert await local.state(held) is expected


async def test_a_clock_that_jumps_back_an_hour_ends_nothing_early_makes_nobody_wait_and_nothing_endless(local: World) -> None:
    await local.connected()
    held, failing = await local.holds(), await local.holds("tg")
    poller = local.poller()
    await local.polled(poller)
    local.provider.faults.add("getSms", "code", code=205, count=1)
    await local.passes(poller, 3)
    local.clock.advance(hours=-1)
    for number in (held, failing):
        local.receives(number, "code")
    await local.polled(poller)
    for number in (held, failing):
        assert await local.texts(number) == ["code"]
        assert await local.state(number) is State.ACTIVE
    local.provider.faults.add("getSms", "code", code=204)
    await local.passes(poller, 5)
    assert await local.state(held) is State.EXPIRED


async def test_a_word_that_ends_a_number_ends_the_trouble_as_well(local: World) -> None:
    await local.connected()
    held = await local.holds()
    await local.accounts.note_trouble(ALICE)
    local.provider.faults.add("getSms", "code", code=204)
    await local.polled(local.poller())
    assert (await local.state(held), (await local.chat()).troubled_at) == (State.EXPIRED, None)
