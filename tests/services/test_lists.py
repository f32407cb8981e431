"""Lists of active numbers: what outdates one, and which message counts."""

from typing import Any

import pytest

from bot.services.errors import NotFound
from bot.services.lists import Lists
from storage import chats
from tests.services.world import ALICE, BOB, World


def lists(world: World) -> Lists:
    return Lists(world.database, 5)


async def wishes(world: World, **values: Any) -> None:
    async with world.database.writing() as session:
        await chats.change(session, ALICE, **values)


async def test_a_list_is_outdated_by_every_change_of_what_is_held_and_by_nothing_else(world: World) -> None:
    await world.connected()
    await world.connected(BOB)
    one = await world.holds()
    shown = lists(world)
    assert await shown.outdated() == [], "nobody has a list"
    listing = await shown.read(ALICE)
    assert ([held.activation.id for held in listing.numbers], listing.limit) == ([one.id], 5)
    await shown.shown(listing, 11)
    assert await shown.outdated() == []

    world.receives(one, "Your code is 123456")
    await world.polled(world.poller())
    assert await shown.outdated() == [ALICE]
    listing = await shown.read(ALICE)
    assert [sms.text for held in listing.numbers for sms in held.messages] == ["Your code is 123456"]
    await shown.redrawn(listing, 11)
    assert await shown.outdated() == []

    two = await world.holds("tg")
    assert await shown.outdated() == [ALICE]
    await shown.redrawn(await shown.read(ALICE), 11)
    await world.life.finish(ALICE, one.id)
    assert await shown.outdated() == [ALICE]
    listing = await shown.read(ALICE)
    assert [held.activation.id for held in listing.numbers] == [two.id]
    await shown.redrawn(listing, 11)
    assert await shown.outdated() == []
    assert (await world.row(one)).listed_version == -1


async def test_a_change_while_a_list_is_drawn_outdates_it_again(world: World) -> None:
    await world.connected()
    held = await world.holds()
    shown = lists(world)
    listing = await shown.read(ALICE)
    await world.life.ask(ALICE, held.id, asking=True)
    await shown.shown(listing, 11)
    assert await shown.outdated() == [ALICE]


async def test_only_the_newest_list_is_kept_up_to_date(world: World) -> None:
    await world.connected()
    held = await world.holds()
    shown = lists(world)
    listing = await shown.read(ALICE)
    await shown.shown(listing, 11)
    await shown.shown(listing, 12)
    await world.life.ask(ALICE, held.id, asking=True)
    await shown.redrawn(await shown.read(ALICE), 11)
    assert await shown.outdated() == [ALICE], "the older one counts no more"
    await shown.forget(ALICE, 11)
    assert (await world.chat()).list_message_id == 12
    await wishes(world, unreachable_at=world.clock.now)
    assert await shown.outdated() == []
    await wishes(world, unreachable_at=None)
    await shown.forget(ALICE, 12)
    assert await shown.outdated() == []


async def test_a_list_of_a_chat_that_is_not_there_is_not_found(local: World) -> None:
    with pytest.raises(NotFound):
        await lists(local).read(BOB)


async def test_a_chats_own_ceiling_counts(local: World) -> None:
    await local.connected()
    await wishes(local, max_active=3)
    assert (await lists(local).read(ALICE)).limit == 3
