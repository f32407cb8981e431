"""Pauses that Telegram asks for, and what is sent again after them."""

import asyncio
from collections import Counter

import pytest
from telegram.error import RetryAfter

from bot.gateway.limiter import Limits, Priority
from tests.gateway.sender import Sender, hold, refuse
from tests.gateway.support import PATIENCE, VirtualTime


async def test_nothing_goes_out_before_a_pause_has_ended(sender: Sender) -> None:
    sender.on_send["refused"] = iter([refuse(7)])
    await asyncio.gather(
        sender.send("refused", 1),
        sender.send("another chat", 2, Priority.TAP),
        sender.send("a call", 3, endpoint="answerCallbackQuery"),
        sender.send("same chat", 1),
        sender.send("same chat, urgent", 1, Priority.CODE),
    )
    assert sender.sent == [
        ("refused", 0),
        ("a call", 7),
        ("another chat", 7),
        ("same chat, urgent", 7),
        ("refused", 7),
        ("same chat", 7),
    ]


async def test_a_call_refused_is_sent_again_too(sender: Sender) -> None:
    sender.on_send["call"] = iter([refuse(3)])
    assert await sender.send("call", endpoint="deleteMessage") == {"sent": "call"}
    assert sender.sent == [("call", 0), ("call", 3)]


async def test_the_longest_of_two_pauses_counts(sender: Sender) -> None:
    both_out = asyncio.Barrier(2)
    order = asyncio.Event()
    answers = iter([RetryAfter(9), RetryAfter(2)])

    async def refused_once(*, last: bool) -> bool:
        async with asyncio.timeout(PATIENCE):
            if (answer := next(answers, None)) is None:
                return True
            await both_out.wait()
            if last:
                await order.wait()
            order.set()
        raise answer

    await asyncio.gather(
        sender.limiter.process_request(refused_once, (), {"last": False}, "sendMessage", {"chat_id": 1}, None),
        sender.limiter.process_request(refused_once, (), {"last": True}, "sendMessage", {"chat_id": 2}, None),
    )
    assert sender.time.now - sender.started == 9


async def test_a_turn_that_the_pause_overtakes_is_given_back(sender: Sender) -> None:
    await hold(sender)
    sender.on_send["first in line"] = iter([refuse(4)])
    granted_too = [sender.start(f"granted {chat}", chat) for chat in range(1, 30)]
    later = [sender.start(f"later {chat}", chat) for chat in range(30, 40)]
    sender.time.moving.set()
    await asyncio.gather(*granted_too, *later)
    assert sender.names() == [
        "first in line",
        "first in line",
        *(f"granted {chat}" for chat in range(1, 30)),
        *(f"later {chat}" for chat in range(30, 40)),
    ]
    assert Counter(sender.times()) == {1.0: 1, 5.0: 30, 6.0: 10}


async def test_a_turn_that_was_given_back_is_not_paid_for(time: VirtualTime) -> None:
    sender = Sender(time, Limits(chat_interval=10, chat_burst=1))
    sender.on_send["refused"] = iter([refuse(2)])
    time.moving.clear()
    await sender.send("earlier", 1)
    await sender.send("earlier", 2)
    waiting = [sender.start("refused", 1), sender.start("overtaken", 2)]
    await asyncio.wait_for(time.asleep.wait(), PATIENCE)
    time.moving.set()
    await asyncio.gather(*waiting)
    assert ("overtaken", 12) in sender.sent


async def test_what_is_sent_again_goes_before_its_equals(time: VirtualTime) -> None:
    sender = Sender(time, Limits(per_second=1))
    sender.on_send["first"] = iter([refuse(4)])
    await asyncio.gather(*(sender.send(name, chat) for chat, name in enumerate(("before", "first", "second"), 1)))
    assert sender.sent == [("before", 0), ("first", 1), ("first", 5), ("second", 6)]


async def test_broadcasts_that_are_sent_again_stay_within_their_share(sender: Sender) -> None:
    sender.on_send["b1"] = iter([refuse(2)])
    await asyncio.gather(*(sender.send(f"b{chat}", chat, Priority.BROADCAST) for chat in range(27)))
    assert Counter(sender.times()) == {0.0: 2, 2.0: 25, 3.0: 1}


async def test_after_the_last_attempt_the_error_is_the_callers(time: VirtualTime) -> None:
    sender = Sender(time, Limits(attempts=3))
    sender.on_send["refused"] = iter([refuse(1), refuse(2), refuse(5)])
    with pytest.raises(RetryAfter):
        await sender.send("refused")
    assert sender.times() == [0, 1, 3]
    await sender.send("next")
    assert sender.times()[-1] == 8


async def test_at_least_one_attempt_is_needed(time: VirtualTime) -> None:
    with pytest.raises(ValueError, match="attempt"):
        await Sender(time, Limits(attempts=0)).send("never")
