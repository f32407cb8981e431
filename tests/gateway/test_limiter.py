"""Limits and priorities: who goes when."""

import asyncio
from collections import Counter

import pytest

from bot.gateway.limiter import Limits, Priority, shows_message
from tests.gateway.sender import Sender, hold
from tests.gateway.support import PATIENCE, VirtualTime


async def test_thirty_messages_go_out_in_a_second(sender: Sender) -> None:
    answers = await asyncio.gather(*(sender.send(str(chat), chat) for chat in range(1, 101)))
    assert answers == [{"sent": str(chat)} for chat in range(1, 101)]
    assert Counter(sender.times()) == {0.0: 30, 1.0: 30, 2.0: 30, 3.0: 10}
    assert sender.names() == [str(chat) for chat in range(1, 101)]


async def test_a_chat_gets_a_short_burst_and_then_one_a_second(sender: Sender) -> None:
    await asyncio.gather(*(sender.send(str(number)) for number in range(6)))
    assert sender.times() == [0, 0, 0, 1, 2, 3]


@pytest.mark.parametrize("chat", [-1001234567890, "-1001234567890", "@channel"])
async def test_a_group_gets_twenty_a_minute(sender: Sender, chat: int | str) -> None:
    await asyncio.gather(*(sender.send(str(number), chat) for number in range(23)))
    assert sender.times() == [0, 0, 0, *range(1, 18), 60, 60, 60]


async def test_the_most_urgent_goes_first_and_equals_by_arrival(sender: Sender) -> None:
    await hold(sender)
    waiting = [
        sender.start(f"{priority.name} {number}", 10 * priority + number, priority)
        for number in range(2)
        for priority in reversed(Priority)
    ]
    waiting.append(sender.start("unspecified", 1))
    sender.time.moving.set()
    await asyncio.gather(*waiting)
    assert sender.names() == [
        "first in line",
        *("TAP 0", "TAP 1", "CODE 0", "CODE 1", "MESSAGE 0", "MESSAGE 1", "unspecified"),
        *("CARD 0", "CARD 1", "BROADCAST 0", "BROADCAST 1"),
    ]


async def test_broadcasts_leave_a_share_and_wait_for_all_others(sender: Sender) -> None:
    broadcasts = [sender.send(f"b{chat}", chat, Priority.BROADCAST) for chat in range(100, 150)]
    messages = [sender.send(f"m{chat}", chat) for chat in range(1, 31)]
    await asyncio.gather(*broadcasts, *messages)
    at_once = [name for name, moment in sender.sent if moment == 0]
    assert Counter(name[0] for name in at_once) == {"b": 25, "m": 5}
    next_second = [name for name, moment in sender.sent if moment == 1]
    assert Counter(name[0] for name in next_second) == {"m": 25, "b": 5}
    assert max(sender.times()) == 2


async def test_a_chat_at_its_own_limit_does_not_hold_up_others(sender: Sender) -> None:
    busy = [sender.send("busy", -5, Priority.TAP) for _ in range(25)]
    await asyncio.gather(*busy, sender.send("broadcast", 6, Priority.BROADCAST), sender.send("late in a private chat", 7))
    assert ("broadcast", 0.0) in sender.sent
    assert ("late in a private chat", 0.0) in sender.sent


async def test_the_timer_is_set_forward_for_somebody_who_may_go_earlier(time: VirtualTime) -> None:
    sender = Sender(time, Limits(chat_interval=5, chat_burst=1))
    time.moving.clear()
    await sender.send("a", -1)
    await sender.send("b", 2)
    time.now += 3
    await sender.send("c", 3)
    waiting = [sender.start("again c", 3)]
    await asyncio.wait_for(time.asleep.wait(), PATIENCE)
    time.asleep.clear()
    waiting.append(sender.start("again b", 2))
    await asyncio.wait_for(time.asleep.wait(), PATIENCE)
    assert time.naps == [5, 2]
    waiting.append(sender.start("again a", -1))
    time.moving.set()
    await asyncio.gather(*waiting)
    assert sender.sent[3:] == [("again b", 5), ("again a", 5), ("again c", 8)]


async def test_what_shows_no_message_spends_nothing(sender: Sender) -> None:
    await asyncio.gather(*(sender.send("x", 1, Priority.TAP, "answerCallbackQuery") for _ in range(100)))
    await asyncio.gather(*(sender.send("x", 1, None, "sendChatAction") for _ in range(100)))
    await asyncio.gather(*(sender.send("message", chat) for chat in range(30)))
    assert set(sender.times()) == {0}


async def test_a_message_without_a_chat_spends_from_the_whole_only(sender: Sender) -> None:
    await asyncio.gather(*(sender.send("inline", None, Priority.CARD, "editMessageText") for _ in range(31)))
    assert Counter(sender.times()) == {0.0: 30, 1.0: 1}


async def test_deleting_a_broadcast_keeps_its_pace_and_lets_others_go_first(sender: Sender) -> None:
    erasing = [sender.send(f"erase {chat}", chat, Priority.BROADCAST, "deleteMessage") for chat in range(50)]
    await asyncio.gather(*erasing, *(sender.send("tap", 1000 + number, Priority.TAP) for number in range(5)))
    assert Counter(sender.times()) == {0.0: 30, 1.0: 25}
    assert sender.names().count("tap") == 5
    assert all(moment == 0.0 for name, moment in sender.sent if name == "tap")


def test_messages_are_told_from_other_calls() -> None:
    assert all(
        map(shows_message, ("sendMessage", "sendPhoto", "editMessageText", "editMessageReplyMarkup", "copyMessage", "forwardMessages"))
    )
    assert not any(map(shows_message, ("sendChatAction", "answerCallbackQuery", "getMe", "setMyCommands", "deleteMessage")))
