"""Questions that meet: a pause begins, a number ends or a token goes while others are under way."""

import asyncio
import logging
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.services.polling import Concurrency
from storage.models import State
from tests.services.world import ALICE, BOB, World


async def test_what_was_planned_before_a_pause_waits_for_its_end_and_holds_nobody_up(local: World) -> None:
    await local.connected()
    await local.connected(BOB)
    alices = [await local.holds("fb") for _ in range(2)]
    bobs = await local.holds("fb", BOB)
    poller = local.poller(schedule=lambda _age, _product: timedelta(seconds=0.4), concurrency=Concurrency(per_chat=1))
    failed = local.provider.faults.add("getSms", "code", code=205, count=1, label="Alice")
    await local.polled(poller)
    assert (failed.struck, local.polls(bobs), local.polls()) == (1, 1, 2)
    local.clock.advance(seconds=0.5)
    await local.polled(poller)
    assert (local.polls(bobs), local.polls()) == (2, 3)
    await local.passes(poller, 1)
    assert not any(map(local.polls, alices))
    await local.passes(poller, 1)
    assert all(map(local.polls, alices))


async def test_an_answer_to_what_was_asked_before_a_pause_does_not_end_it(local: World) -> None:
    await local.connected()
    held = [await local.holds("fb") for _ in range(2)]
    poller = local.poller()
    away = local.provider.faults.add("getSms", "http", status=429, retry_after="30", count=1)
    slow = local.provider.faults.add("getSms", "hold", count=1)
    await poller.tick()
    await local.struck(away)
    await local.struck(slow)
    local.clock.advance(seconds=1)
    slow.release()
    await poller.drain()
    asked = local.polls()
    await local.passes(poller, 28)
    assert local.polls() == asked
    await local.passes(poller, 3)
    assert all(map(local.polls, held))


async def test_an_answer_at_the_very_end_of_a_pause_lets_the_next_one_begin_anew(local: World) -> None:
    await local.connected()
    await local.holds()
    poller = local.poller()
    failures = local.provider.faults.add("getSms", "code", code=205, count=1)
    await local.polled(poller)
    local.clock.advance(seconds=2)
    await local.polled(poller)
    assert (failures.struck, local.polls()) == (1, 2)
    failures = local.provider.faults.add("getSms", "code", code=205)
    for _ in range(2):
        local.clock.advance(seconds=2)
        await local.polled(poller)
    assert failures.struck == 2


async def test_a_rejected_token_is_not_tried_again(local: World) -> None:
    await local.connected()
    await local.holds()
    local.provider.faults.add("getSms", "http", status=401)
    poller = local.poller()
    await local.passes(poller, 4)
    assert local.polls() == 1


async def test_a_failure_is_logged_with_its_cause(local: World, caplog: pytest.LogCaptureFixture) -> None:
    await local.connected()
    held = await local.holds()
    local.provider.faults.add("getSms", "code", code=205)
    with caplog.at_level(logging.INFO):
        await local.polled(local.poller())
    assert any(line.startswith(f"poll of {held.id} failed: ") and "205" in line for line in caplog.messages)


async def test_a_number_that_ends_is_left_alone_until_its_last_look_however_often_others_are_asked_for(local: World) -> None:
    await local.connected()
    held = await local.holds()
    local.clock.advance(minutes=20)
    poller = local.poller(schedule=lambda _age, _product: timedelta(seconds=1))
    await local.polled(poller)
    assert await local.state(held) is State.EXPIRED
    asked = local.polls()
    await local.passes(poller, 29.5)
    assert local.polls() == asked
    await local.passes(poller, 0.5)
    assert local.polls() == asked + 1


async def test_a_number_that_expires_while_it_is_asked_for_gets_its_last_look_half_a_minute_later(local: World) -> None:
    await local.connected()
    held = await local.holds()
    poller = local.poller()
    question = local.provider.faults.add("getSms", "hold", count=1)
    await poller.tick()
    await local.struck(question)
    await local.life.expire(held.id)
    poller.notice()
    await poller.tick()
    question.release()
    await poller.drain()
    asked = local.polls()
    await local.passes(poller, 29.5)
    assert local.polls() == asked
    await local.passes(poller, 0.5)
    assert local.polls() == asked + 1


async def test_a_number_that_comes_back_while_it_is_asked_for_is_not_asked_for_twice_at_once(local: World) -> None:
    await local.connected()
    await local.holds()
    poller = local.poller()
    question = local.provider.faults.add("getSms", "hold", count=1)
    await poller.tick()
    await local.struck(question)
    await local.accounts.disconnect(ALICE, abandon=True)
    poller.notice()
    await poller.tick()
    await local.connected()
    asked = local.polls()
    poller.notice()
    await poller.tick()
    question.release()
    await poller.drain()
    assert local.polls() == asked + 1


async def test_a_clock_that_is_set_back_after_a_while_makes_nobody_wait(local: World) -> None:
    await local.connected()
    held = await local.holds()
    poller = local.poller()
    await local.polled(poller)
    local.clock.advance(minutes=10)
    await local.polled(poller)
    local.clock.advance(minutes=-5)
    local.receives(held, "code")
    await local.polled(poller)
    assert await local.texts(held) == ["code"]


async def test_a_bug_in_one_question_comes_out_also_when_another_one_ends_well(local: World) -> None:
    await local.connected()
    await local.connected(BOB)
    broken, _ = await local.holds("fb"), await local.holds("fb", BOB)
    trigger = f"CREATE TRIGGER broken BEFORE INSERT ON sms WHEN new.activation_id = '{broken.id}' BEGIN SELECT RAISE(ABORT, 'broken'); END"
    async with local.database.writing() as session:
        await session.execute(text(trigger))
    local.receives(broken, "code")
    poller = local.poller()
    slow = local.provider.faults.add("getSms", "hold", label="Bob")
    await poller.tick()
    await local.struck(slow)
    await asyncio.wait([task for task in asyncio.all_tasks() if task.get_name() == f"poll {broken.id}"])
    slow.release()
    await poller.drain()
    with pytest.raises(IntegrityError, match="broken"):
        await poller.tick()
