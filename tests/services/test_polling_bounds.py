"""Where the poller's limits are, to the question and to the second."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from bot.services.polling import Concurrency
from storage.models import Activation, State
from tests.services.world import ALICE, LIFETIME, TOKENS, World

UNKNOWN = {"kind": "code", "code": 201}
NO = {"kind": "code", "code": 206}
CUT = {"kind": "cut"}


@pytest.mark.parametrize(("chats", "numbers", "expected"), [(1, 4, 3), (6, 3, 16)])
async def test_three_questions_of_a_chat_and_sixteen_in_all_are_under_way(local: World, chats: int, numbers: int, expected: int) -> None:
    await local.connected()
    held = await local.holds("fb")
    await local.edit(held, state=State.FINISHED)
    for chat_id in range(1, chats + 1):
        await local.connected(chat_id, TOKENS[ALICE])
    async with local.database.writing() as session:
        for chat_id in range(1, chats + 1):
            for number in range(numbers):
                session.add(Activation(**held.model_dump() | {"id": f"{chat_id}-{number}", "chat_id": chat_id}))
    await local.polled(local.poller())
    assert local.polls() == expected


async def test_a_number_that_waits_for_others_of_its_chat_is_asked_for_in_a_moment(local: World) -> None:
    await local.connected()
    held = [await local.holds("fb") for _ in range(2)]
    poller = local.poller(concurrency=Concurrency(per_chat=1))
    for seconds, expected in ((0, [0, 1]), (0.299, [0, 1]), (0.001, [1, 1])):
        local.clock.advance(seconds=seconds)
        await local.polled(poller)
        assert sorted(Counter(map(local.polls, held)).elements()) == expected


async def test_a_question_that_ends_makes_room_for_just_one_other_of_its_chat(local: World) -> None:
    await local.connected()
    for _ in range(4):
        await local.holds("fb")
    first, second, third = held = [local.provider.faults.add("getSms", "hold", count=1) for _ in range(3)]
    poller = local.poller(concurrency=Concurrency(per_chat=2))
    await poller.tick()
    await local.struck(first)
    await local.struck(second)
    first.release()
    while not third.struck:
        local.clock.advance(seconds=0.3)
        await poller.tick()
        await asyncio.sleep(0)
    assert len(poller._running) == 2
    for fault in held:
        fault.release()
    await poller.drain()


@pytest.mark.parametrize(
    ("fault", "age", "expected"),
    [
        (UNKNOWN, timedelta(minutes=1), State.ACTIVE),
        (UNKNOWN, timedelta(minutes=1, seconds=1), State.EXPIRED),
        (NO, LIFETIME - timedelta(seconds=1), State.ACTIVE),
        (NO, LIFETIME, State.EXPIRED),
        (CUT, LIFETIME + timedelta(hours=1), State.ACTIVE),
        (CUT, LIFETIME + timedelta(hours=1, seconds=1), State.EXPIRED),
    ],
)
async def test_a_failure_ends_a_number_from_just_that_age(local: World, fault: dict[str, Any], age: timedelta, expected: State) -> None:
    await local.connected()
    held = await local.holds()
    local.clock.now += age
    local.provider.faults.add("getSms", **fault)
    await local.polled(local.poller())
    assert await local.state(held) is expected


@pytest.mark.parametrize(("seconds", "expected"), [(29, False), (30, True), (599, True), (600, False)])
async def test_the_last_look_is_taken_from_half_a_minute_to_ten_minutes_after_the_end(local: World, seconds: int, expected: bool) -> None:
    await local.connected()
    held = await local.holds()
    await local.edit(held, state=State.EXPIRED, closed_at=local.clock.now)
    local.clock.advance(seconds=seconds)
    await local.polled(local.poller())
    assert bool(local.polls()) is expected
    assert ((await local.row(held)).grace_polled_at is not None) is expected


@pytest.mark.parametrize("seconds", [59, 60])
async def test_a_minute_of_failures_is_trouble(local: World, seconds: int) -> None:
    await local.connected()
    await local.holds()
    local.provider.faults.add("getSms", "cut")
    poller = local.poller()
    await local.polled(poller)
    local.clock.advance(seconds=seconds)
    await local.polled(poller)
    assert ((await local.chat()).troubled_at is not None) is (seconds == 60)
