"""The life of a number: what it receives, who may look, being done, and running out."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.services.activations import Cancelling, refund
from bot.services.errors import NotFound
from storage.models import CLOSED, OPEN, State
from tests.services.world import ALICE, BOB, CARD, World

FULL, LESS = Decimal(500), Decimal("461.50")


async def test_the_same_sms_counts_once_and_different_ones_keep_their_order(world: World) -> None:
    await world.connected()
    held = await world.holds()
    assert await world.life.record(held.id, ["first"])
    assert not await world.life.record(held.id, ["first"])
    assert await world.life.record(held.id, ["first", "second"])
    assert not await world.life.record(held.id, ["first"])
    assert [(sms.position, sms.text) for sms in await world.sms(held)] == [(1, "first"), (2, "second")]


async def test_every_new_sms_is_announced_and_outdates_the_card(local: World) -> None:
    await local.connected()
    held = await local.holds()
    local.announced.clear()
    await local.life.record(held.id, ["first"])
    await local.life.record(held.id, ["first"])
    assert local.announced == [held.id]
    assert (await local.row(held)).version == held.version + 1


async def test_different_sms_recorded_at_once_are_all_kept(world: World) -> None:
    await world.connected()
    held = await world.holds()
    texts = [f"code {number}" for number in range(20)]
    other = world.replica().life
    recorded = await asyncio.gather(*((world.life, other)[n % 2].record(held.id, [text]) for n, text in enumerate(texts)))
    assert all(recorded)
    assert sorted(sms.position for sms in await world.sms(held)) == list(range(1, 21))
    assert set(await world.texts(held)) == set(texts)


async def test_one_sms_recorded_fifty_times_at_once_is_kept_once(world: World) -> None:
    await world.connected()
    held = await world.holds()
    recorded = await asyncio.gather(*(world.life.record(held.id, ["the code"]) for _ in range(50)))
    assert sum(recorded) == 1
    assert await world.texts(held) == ["the code"]


@pytest.mark.parametrize("state", sorted(OPEN | CLOSED))
async def test_an_sms_is_kept_and_shown_whatever_has_become_of_the_number(local: World, state: State) -> None:
    await local.connected()
    held = await local.holds()
    await local.edit(held, state=state)
    assert await local.life.record(held.id, ["late"])
    assert (await local.row(held)).version == held.version + 1


async def test_what_a_database_cannot_hold_is_taken_out_of_a_text(world: World) -> None:
    await world.connected()
    held = await world.holds()
    await world.life.record(held.id, ["a\x00b\ud83d'; DROP TABLE sms; --"])
    assert await world.texts(held) == ["ab?'; DROP TABLE sms; --"]


async def test_only_the_chat_that_bought_a_number_sees_it_or_does_anything_with_it(world: World) -> None:
    await world.connected()
    await world.connected(BOB)
    held = await world.holds()
    await world.life.record(held.id, ["secret"])
    for attempt in (world.life.look(held.id, BOB), world.life.cancel(BOB, held.id), world.life.look("no such id")):
        with pytest.raises(NotFound):
            await attempt
    assert not await world.life.finish(BOB, held.id)
    assert await world.state(held) is State.ACTIVE
    looked = await world.life.look(held.id, ALICE)
    assert [sms.text for sms in looked.messages] == ["secret"]


async def test_a_card_is_known_as_one_in_its_own_chat_only(local: World) -> None:
    await local.connected()
    held = await local.holds()
    assert await local.life.is_card(ALICE, CARD)
    assert not await local.life.is_card(BOB, CARD)
    await local.life.card_is(held, 99)
    row = await local.row(held)
    assert (row.card_message_id, row.card_version, row.version) == (99, held.version, held.version)


async def test_the_question_before_a_cancellation_is_put_by_the_owner_and_taken_off_by_an_answer_or_an_sms(world: World) -> None:
    await world.connected()
    await world.connected(BOB)
    held = await world.holds()

    async def asking() -> bool:
        return (await world.row(held)).asking

    await world.life.ask(BOB, held.id, asking=True)
    assert not await asking()
    await world.life.ask(ALICE, held.id, asking=True)
    assert await asking()
    await world.life.ask(ALICE, held.id, asking=False)
    assert not await asking()
    await world.life.ask(ALICE, held.id, asking=True)
    await world.life.record(held.id, ["code"])
    assert not await asking()


async def test_a_card_asks_no_longer_when_the_last_look_found_what_is_known(world: World) -> None:
    await world.connected()
    held = await world.holds()
    world.receives(held, "code")
    await world.life.record(held.id, ["code"])
    await world.life.ask(ALICE, held.id, asking=True)
    assert await world.life.cancel(ALICE, held.id) is Cancelling.CODE_ARRIVED
    assert not (await world.row(held)).asking


async def test_a_number_is_finished_by_its_owner_once_it_has_received_something(world: World) -> None:
    await world.connected()
    held = await world.holds()
    assert not await world.life.finish(ALICE, held.id)
    await world.life.record(held.id, ["code"])
    assert await world.life.finish(ALICE, held.id)
    row = await world.row(held)
    assert (row.state, row.closed_at) == (State.FINISHED, world.clock.now)
    assert not await world.life.finish(ALICE, held.id)


async def test_an_expiry_is_measured_against_the_balance_as_it_was_last_read(world: World) -> None:
    await world.connected()
    held = await world.holds()
    world.clock.advance(minutes=20)
    world.provider.settle()
    await world.life.expire(held.id)
    row = await world.row(held)
    assert (row.state, row.closing_before, row.closing_after) == (State.EXPIRED, LESS, FULL)
    await world.life.expire(held.id)
    await world.life.expire("no such id")


async def test_the_balance_of_a_refused_cancellation_is_no_witness_of_a_later_expiry(local: World) -> None:
    local.provider.configure(cancel_policy="refuse")
    await local.connected()
    held = await local.holds()
    await local.life.cancel(ALICE, held.id)
    await local.holds("fb")
    local.clock.advance(minutes=20)
    local.provider.activations[held.provider_id or ""].expires_at = local.clock.now
    local.provider.activations[(await local.row(local.announced[-1])).provider_id or ""].expires_at += timedelta(hours=1)
    local.provider.settle()
    await local.life.expire(held.id)
    assert refund(await local.row(held)) == held.price


async def test_a_refund_that_comes_a_little_late_is_shown_by_the_last_look(world: World) -> None:
    await world.connected()
    held = await world.holds()
    await world.life.expire(held.id)
    assert refund(await world.row(held)) == 0
    world.clock.advance(minutes=20)
    world.provider.settle()
    before = (await world.row(held)).version
    await world.life.grace(held.id)
    row = await world.row(held)
    assert (refund(row), row.grace_polled_at, row.version) == (row.price, world.clock.now, before + 1)


async def test_a_purchase_before_the_last_look_does_not_hide_what_came_back(local: World) -> None:
    await local.connected()
    held = await local.holds()
    local.clock.advance(minutes=20)
    local.provider.settle()
    await local.life.expire(held.id)
    await local.holds("tg")
    await local.life.grace(held.id)
    row = await local.row(held)
    assert refund(row) == row.price


async def test_a_purchase_before_the_last_look_is_not_taken_for_money_that_went(local: World) -> None:
    await local.connected()
    held = await local.holds()
    await local.life.expire(held.id)
    await local.holds("tg")
    before = (await local.row(held)).version
    await local.life.grace(held.id)
    row = await local.row(held)
    assert (refund(row), row.version) == (Decimal(0), before)


async def test_a_balance_that_was_unreadable_at_the_end_is_read_by_the_last_look(local: World) -> None:
    await local.connected()
    held = await local.holds()
    local.provider.faults.add("getBalance", "cut", count=1)
    await local.life.expire(held.id)
    assert refund(await local.row(held)) is None
    await local.life.grace(held.id)
    assert (await local.row(held)).closing_after == LESS


async def test_a_balance_that_stays_unreadable_is_left_open(local: World) -> None:
    await local.connected()
    held = await local.holds()
    local.provider.faults.add("getBalance", "cut", count=2)
    await local.life.expire(held.id)
    await local.life.grace(held.id)
    row = await local.row(held)
    assert (row.closing_after, row.grace_polled_at) == (None, local.clock.now)
