"""Updates reach their handlers in order, once, within bounds."""

import asyncio
from functools import partial

import pytest
from sqlalchemy.exc import OperationalError

from bot.gateway.dispatch import Bounds
from tests.gateway.house import House, parsed
from tests.gateway.support import PATIENCE, VirtualTime, message, tapped


async def test_updates_of_one_chat_are_handled_in_order(house: House) -> None:
    gate = asyncio.Event()

    async def wait() -> None:
        await gate.wait()

    house.handlers[1] = wait
    await house.submit(1, 2, 3)
    await house.until("begin 1")
    await house.submit(4)
    gate.set()
    await house.until("end 4")
    assert house.done() == [f"{what} {number}" for number in range(1, 5) for what in ("begin", "end")]


async def test_updates_of_different_chats_are_handled_side_by_side(house: House) -> None:
    together = asyncio.Barrier(3)

    async def meet() -> None:
        await asyncio.wait_for(together.wait(), PATIENCE)

    house.handlers = dict.fromkeys((1, 2, 3), meet)
    for user in (1, 2, 3):
        await house.submit(user, user=user)
    await house.until("marked 3")


async def test_no_more_are_handled_side_by_side_than_allowed(time: VirtualTime) -> None:
    house = House(time, Bounds(concurrency=2))
    gates = {number: asyncio.Event() for number in range(1, 4)}
    for number, gate in gates.items():

        async def wait(gate: asyncio.Event = gate) -> None:
            await gate.wait()

        house.handlers[number] = wait
        await house.submit(number, user=number)
    await house.until("begin 2")
    gates[2].set()
    await house.until("begin 3")
    assert house.done() == ["begin 1", "begin 2", "end 2", "begin 3"]
    gates[1].set()
    gates[3].set()
    await house.until("marked 3")


async def test_an_update_is_marked_after_its_handler_has_ended(house: House) -> None:
    gate = asyncio.Event()

    async def wait() -> None:
        await gate.wait()

    house.handlers[1] = wait
    await house.submit(1)
    await house.submit(2, user=8)
    await house.until("marked 1")
    assert house.marked() == [2]
    gate.set()
    await house.until("marked 2")
    assert house.log.index("end 1") < house.log.index("marked 2")


async def test_the_same_update_is_handled_once_while_it_is_held(house: House) -> None:
    await house.submit(1, 1)
    await house.submit(1)
    await house.until("marked 1")
    assert house.done() == ["begin 1", "end 1"]


async def test_an_update_without_a_chat_is_handled(house: House) -> None:
    user = {"id": 9, "is_bot": False, "first_name": "A"}
    poll = {"id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False, "is_anonymous": True, "type": "regular"}
    poll |= {"allows_multiple_answers": False, "allows_revoting": False, "members_only": False}
    await house.dispatcher.submit(parsed({"update_id": 1, "inline_query": {"id": "1", "from": user, "query": "", "offset": ""}}))
    await house.dispatcher.submit(parsed({"update_id": 2, "poll": poll}))
    await house.dispatcher.submit(parsed({"update_id": 3, "channel_post": message(3)["message"]}))
    await house.until("marked 3")
    assert {"end 1", "end 2", "end 3"} < set(house.log)


async def test_a_failed_handler_is_logged_and_its_update_marked(house: House, caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise ZeroDivisionError

    house.handlers[1] = fail
    await house.submit(1, 2)
    await house.until("end 2")
    await house.until("marked 2")
    assert "The handler of update 1 failed" in caplog.text
    assert "ZeroDivisionError" in caplog.text


async def test_a_handler_cancelled_from_within_stops_nobody_else(house: House, caplog: pytest.LogCaptureFixture) -> None:
    async def cancel_itself() -> None:
        raise asyncio.CancelledError

    house.handlers[1] = cancel_itself
    await house.submit(1, 2)
    await house.until("end 2")
    await house.until("marked 2")
    assert "The handler of update 1 was cancelled from within" in caplog.text


async def test_a_handler_that_never_returns_is_bounded(time: VirtualTime, caplog: pytest.LogCaptureFixture) -> None:
    house = House(time, Bounds(deadline=0.05))
    house.handlers[1] = asyncio.Event().wait  # type: ignore[assignment]  # What it would return does not matter: it never does.
    await house.submit(1, 2)
    await house.until("end 2")
    await house.until("marked 2")
    assert "The handler of update 1 was cancelled after 0.05 seconds" in caplog.text
    assert "end 1" not in house.log


async def test_a_flood_is_dropped_and_told_of_once(time: VirtualTime, caplog: pytest.LogCaptureFixture) -> None:
    house = House(time, Bounds(flood_updates=3, flood_period=10, notice_period=60))
    await house.submit(*range(1, 101))
    await house.submit(101, user=8)
    await house.until("marked 101")
    assert sorted(house.marked()) == list(range(1, 102))
    assert [entry for entry in house.done() if not entry.startswith("end")] == ["begin 1", "begin 2", "begin 3", "flood 4", "begin 101"]
    assert caplog.text.count("User 7 sends too many updates") == 1
    time.now += 10
    await house.submit(*range(201, 206))
    await house.until("marked 106")
    assert "begin 203" in house.log
    assert "begin 204" not in house.log
    assert not any(entry.startswith("flood 20") for entry in house.log)


async def test_a_tap_over_the_limit_is_answered_all_the_same_within_reason(time: VirtualTime) -> None:
    house = House(time, Bounds(flood_updates=3, flood_taps=5, flood_period=10))
    for update_id in range(1, 101):
        await house.dispatcher.submit(parsed(tapped(update_id)))
    await house.until("marked 100")
    assert [entry for entry in house.log if entry.startswith("flood")] == [f"flood {update_id}" for update_id in range(4, 9)]
    time.now += 10
    for update_id in range(201, 206):
        await house.dispatcher.submit(parsed(tapped(update_id)))
    await house.until("marked 105")
    assert house.done()[-2:] == ["flood 204", "flood 205"]


async def test_what_an_earlier_process_left_is_no_flood_and_noted_before_each_turn(time: VirtualTime) -> None:
    house = House(time, Bounds(flood_updates=2))
    for update_id in range(1, 11):
        await house.dispatcher.submit(parsed(message(update_id)), again=partial(house.note, f"again {update_id}"))
    await house.until("end 10")
    assert house.done() == [f"{what} {number}" for number in range(1, 11) for what in ("again", "begin", "end")]


async def test_what_cannot_be_noted_is_not_begun(house: House) -> None:
    async def fail() -> None:
        raise ZeroDivisionError

    await house.dispatcher.submit(parsed(message(1)), again=fail)
    with pytest.raises(RuntimeError):
        await asyncio.wait_for(house.dispatcher.watch(), PATIENCE)
    assert house.log == []


async def test_it_rests_when_nothing_is_in_hand_or_after_so_long(house: House) -> None:
    await house.dispatcher.rest(PATIENCE)
    gate = asyncio.Event()

    async def wait() -> None:
        await gate.wait()

    house.handlers[1] = wait
    await house.submit(1, 2)
    await house.until("begin 1")
    await house.dispatcher.rest(0)
    resting = asyncio.create_task(house.dispatcher.rest(PATIENCE))
    await house.submit(3)
    assert not resting.done()
    gate.set()
    await resting
    assert house.done()[-1] == "end 3"


async def test_no_more_is_taken_than_can_be_held(time: VirtualTime) -> None:
    house = House(time, Bounds(capacity=2))
    gate = asyncio.Event()

    async def wait() -> None:
        await gate.wait()

    house.handlers[1] = wait
    await house.submit(1, 2)
    third = asyncio.create_task(house.submit(3))
    await house.until("begin 1")
    assert not third.done()
    gate.set()
    await third
    await house.until("end 3")


async def test_marks_are_written_together_and_survive_an_outage(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.mark_errors = [OperationalError("UPDATE", {}, Exception("database is locked"))] * 3
    for user in range(1, 11):
        await house.submit(user, user=user)
    await house.until("marked 10")
    assert house.time.naps == [0.5, 1.0, 2.0]
    assert len(house.marks) < 5
    assert caplog.text.count("Could not mark updates as handled") == 3
    assert await house.dispatcher.drain(1) == 0


async def test_a_bug_in_the_marking_surfaces(house: House) -> None:
    house.mark_errors = [ZeroDivisionError()]
    await house.submit(1)
    with pytest.raises(RuntimeError, match="dispatcher") as caught:
        await asyncio.wait_for(house.dispatcher.watch(), PATIENCE)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
