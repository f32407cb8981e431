"""Asking for SMS: what is due and nothing else, within limits, one chat beside another."""

from datetime import timedelta

import pytest

from bot.services.polling import Concurrency
from bot.services.schedule import curve
from storage.models import Activation, State
from tests.services.world import ALICE, BOB, World

SECOND = timedelta(seconds=1)


async def _many(world: World, count: int, product: str = "fb") -> list[Activation]:
    return [await world.holds(product) for _ in range(count)]


async def test_a_new_number_is_asked_for_at_once_and_then_by_its_age(local: World) -> None:
    await local.connected()
    await local.holds()
    poller = local.poller(schedule=lambda age, _product: SECOND if age < 10 * SECOND else 5 * SECOND)
    await local.polled(poller)
    assert local.polls() == 1
    await local.polled(poller)
    assert local.polls() == 1
    await local.passes(poller, 9)
    assert local.polls() == 10
    await local.passes(poller, 21)
    assert local.polls() == 10 + 5


@pytest.mark.parametrize(("seconds", "age"), [(90, 90), (-5, 0)], ids=["older", "the clock was set back"])
async def test_the_schedule_learns_the_product_and_the_age(local: World, seconds: int, age: int) -> None:
    await local.connected()
    await local.holds("wa")
    asked: list[tuple[timedelta, str]] = []

    def schedule(age: timedelta, product_id: str) -> timedelta:
        asked.append((age, product_id))
        return SECOND

    local.clock.advance(seconds=seconds)
    await local.polled(local.poller(schedule=schedule))
    assert asked == [(timedelta(seconds=age), "wa")]


@pytest.mark.parametrize(("age", "factor"), [(0, 1), (59, 1), (60, 2), (179, 2), (180, 4), (599, 4), (600, 8), (10**6, 8)])
def test_the_curve_asks_often_while_a_number_is_young(age: int, factor: int) -> None:
    assert curve(timedelta(seconds=2))(timedelta(seconds=age), "wa") == factor * timedelta(seconds=2)


async def test_a_number_bought_meanwhile_is_found_by_a_notice_or_within_seconds(local: World) -> None:
    await local.connected()
    poller = local.poller()
    await local.polled(poller)
    first = await local.holds()
    await local.polled(poller)
    assert local.polls(first) == 0
    poller.notice(first.id)
    await local.polled(poller)
    assert local.polls(first) == 1
    second = await local.holds()
    await local.passes(poller, 4.5)
    assert local.polls(second) == 0
    await local.passes(poller, 0.5)
    assert local.polls(second) == 1


async def test_after_a_restart_everything_is_asked_for_at_once(world: World) -> None:
    await world.connected()
    held = await _many(world, 3)
    await world.polled(world.poller())
    for number in held:
        world.receives(number, f"code for {number.id}")
    await world.polled(world.replica().poller())
    for number in held:
        assert await world.texts(number) == [f"code for {number.id}"]


async def test_finished_and_cancelled_numbers_are_asked_for_no_more(local: World) -> None:
    await local.connected()
    done, cancelled = await _many(local, 2)
    await local.life.record(done.id, ["code"])
    await local.life.finish(ALICE, done.id)
    await local.life.cancel(ALICE, cancelled.id)
    before = local.polls()
    await local.passes(local.poller(), 10)
    assert local.polls() == before


async def test_a_number_that_ends_while_it_waits_for_its_turn_is_passed_over_and_holds_nobody_up(local: World) -> None:
    await local.connected()
    held = await local.holds()
    poller = local.poller()
    await local.polled(poller)
    local.clock.advance(seconds=1)
    later = await local.holds()
    poller.notice()
    await local.polled(poller)
    await local.life.record(held.id, ["code"])
    await local.life.finish(ALICE, held.id)
    poller.notice()
    local.clock.advance(seconds=2)
    await local.polled(poller)
    assert (local.polls(held), local.polls(later)) == (1, 2)
    await local.passes(poller, 10)
    assert local.polls(held) == 1


async def test_a_number_that_leaves_the_watch_and_comes_back_is_not_asked_for_twice_as_often(local: World) -> None:
    await local.connected()
    await local.holds()
    poller = local.poller(schedule=lambda _age, _product: 4 * SECOND)
    await local.polled(poller)
    for _ in range(3):
        token = (await local.accounts.token(ALICE)).get_secret_value()
        await local.accounts.disconnect(ALICE, abandon=True)
        poller.notice()
        await local.passes(poller, 1)
        await local.connected(token=token)
        poller.notice()
        await local.passes(poller, 1)
    before = local.polls()
    await local.passes(poller, 40)
    assert local.polls() - before == 10


async def test_a_number_that_ends_while_it_is_asked_for_is_not_asked_for_again(local: World) -> None:
    await local.connected()
    held = await local.holds()
    poller = local.poller()
    question = local.provider.faults.add("getSms", "hold", count=1)
    await poller.tick()
    await local.struck(question)
    await local.life.cancel(ALICE, held.id)
    assert await local.state(held) is State.CANCELLED
    poller.notice()
    await poller.tick()
    question.release()
    await poller.drain()
    asked = local.polls()
    await local.passes(poller, 60)
    assert local.polls() == asked


async def test_no_more_questions_are_under_way_than_allowed_in_all(local: World) -> None:
    await local.connected()
    await local.connected(BOB)
    await _many(local, 3)
    await local.holds("fb", BOB)
    poller = local.poller(concurrency=Concurrency(overall=2, per_chat=5))
    held = local.provider.faults.add("getSms", "hold")
    await poller.tick()
    await local.struck(held, 2)
    await poller.tick()
    assert held.struck == 2
    held.release()
    await poller.drain()
    await local.polled(poller)
    assert local.polls() >= 4


async def test_one_chat_cannot_starve_another(local: World) -> None:
    await local.connected()
    await local.connected(BOB)
    await _many(local, 5)
    poller = local.poller(concurrency=Concurrency(overall=16, per_chat=2))
    held = local.provider.faults.add("getSms", "hold", label="Alice")
    await poller.tick()
    await local.struck(held, 2)
    local.clock.advance(seconds=1)
    bobs = await local.holds("fb", BOB)
    local.receives(bobs, "for Bob")
    poller.notice()
    await poller.tick()
    await local.provider.until(lambda _: local.polls(bobs))
    assert held.struck == 2
    local.clock.advance(seconds=1)
    await poller.tick()
    assert held.struck == 2
    held.release()
    await poller.drain()
    assert await local.texts(bobs) == ["for Bob"]
    await local.passes(poller, 3)
    assert all(local.polls(row) for row in await _open(local))


async def _open(world: World) -> list[Activation]:
    from bot.services.statements import Statements

    return list(await Statements(world.database).held(ALICE))
