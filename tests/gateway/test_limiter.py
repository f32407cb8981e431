import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram.error import RetryAfter
from telegram.warnings import PTBDeprecationWarning

from bot.gateway.limiter import Answer, Limiter, Limits, NotSentError, Priority, seconds, shows_message
from tests.gateway.support import PATIENCE, Telegram, VirtualTime, refusal


class Sender:
    """Sends through a limiter and keeps when what went out, in seconds since its start."""

    def __init__(self, time: VirtualTime, limits: Limits | None = None) -> None:
        self.time = time
        self.started = time.now
        self.limiter = Limiter(limits, clock=time.clock, sleep=time.sleep)
        self.sent: list[tuple[str, float]] = []
        self.on_send: dict[str, Iterator[Callable[[], object]]] = {}

    async def send(self, name: str, chat: int | str | None = 1, priority: Priority | None = None, endpoint: str = "sendMessage") -> Answer:
        async def callback(sent: str, *, read_timeout: float) -> dict[str, Any]:
            assert read_timeout == 5
            self.sent.append((sent, round(self.time.now - self.started, 6)))
            for act in self.on_send.get(name, iter(())):
                act()
                break
            return {"sent": sent}

        data = {} if chat is None else {"chat_id": chat}
        return await self.limiter.process_request(callback, (name,), {"read_timeout": 5}, endpoint, data, priority)

    def start(self, name: str, chat: int | str | None = 1, priority: Priority | None = None) -> asyncio.Task[Answer]:
        return asyncio.create_task(self.send(name, chat, priority))

    def times(self) -> list[float]:
        return [moment for _, moment in self.sent]

    def names(self) -> list[str]:
        return [name for name, _ in self.sent]


def refuse(retry_after: int) -> Callable[[], object]:
    def act() -> None:
        raise RetryAfter(retry_after)

    return act


@pytest.fixture
def sender(time: VirtualTime) -> Sender:
    return Sender(time)


async def hold(sender: Sender) -> None:
    """Spend this second's budget and stop the clock while one more waits."""
    sender.time.moving.clear()
    for number in range(30):
        await sender.send("filler", 1000 + number)
    sender.start("first in line", 2000, Priority.TAP)
    await asyncio.wait_for(sender.time.asleep.wait(), PATIENCE)
    sender.sent.clear()


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


def test_messages_are_told_from_other_calls() -> None:
    assert all(
        map(shows_message, ("sendMessage", "sendPhoto", "editMessageText", "editMessageReplyMarkup", "copyMessage", "forwardMessages"))
    )
    assert not any(map(shows_message, ("sendChatAction", "answerCallbackQuery", "getMe", "setMyCommands", "deleteMessage")))


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


async def test_whoever_is_cancelled_in_line_leaves_no_hole(sender: Sender) -> None:
    sender.time.moving.clear()
    for _ in range(3):
        await sender.send("burst")
    cancelled, kept = sender.start("cancelled"), sender.start("kept")
    await asyncio.wait_for(sender.time.asleep.wait(), PATIENCE)
    sender.time.now += 1
    cancelled.cancel()
    # This request looks through the line before the cancelled task, whose turn it would be, has left it.
    await sender.send("at once", 2)
    await kept
    assert cancelled.cancelled()
    assert sender.sent[3:] == [("at once", 1), ("kept", 1)]


async def test_a_turn_of_somebody_cancelled_goes_to_the_next(sender: Sender) -> None:
    await hold(sender)
    granted = [sender.start(f"granted {chat}", chat) for chat in range(1, 30)]
    next_one = sender.start("next", 50)
    sender.on_send["first in line"] = iter([granted[0].cancel])
    sender.time.step()
    await next_one
    assert granted[0].cancelled()
    assert ("next", 1) in sender.sent
    assert "granted 1" not in sender.names()


async def test_a_shutdown_fails_what_waits_and_what_comes_later(sender: Sender) -> None:
    await hold(sender)
    waiting = sender.start("waiting", 3)
    cancelled = sender.start("cancelled", 4)
    await sender.send("call", endpoint="getMe")
    cancelled.cancel()
    await sender.limiter.shutdown()
    for task in (waiting, sender.start("late", 5)):
        with pytest.raises(NotSentError):
            await task
    await sender.limiter.shutdown()
    await sender.limiter.initialize()
    sender.time.moving.set()
    await sender.send("reopened", 6)
    assert sender.names() == ["call", "reopened"]


async def test_a_broken_timer_is_not_waited_for(time: VirtualTime) -> None:
    async def broken(_seconds: float) -> None:
        # Cancelled just before its failure is handled, and still in line then.
        asyncio.get_running_loop().call_soon(tasks[3].cancel)
        raise ZeroDivisionError

    sender = Sender(time)
    sender.limiter = Limiter(clock=time.clock, sleep=broken)
    tasks = [sender.start(str(number)) for number in range(5)]
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in results] == [dict, dict, dict, asyncio.CancelledError, ZeroDivisionError]


def test_both_forms_of_a_pause_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert seconds(RetryAfter(4)) == 4
    monkeypatch.setenv("PTB_TIMEDELTA", "false")
    with pytest.warns(PTBDeprecationWarning):
        assert seconds(RetryAfter(4)) == 4


async def test_priorities_and_pauses_reach_the_limiter_through_the_library(telegram: Telegram, time: VirtualTime) -> None:
    limiter = Limiter(Limits(per_second=1), clock=time.clock, sleep=time.sleep)
    telegram.reply("sendMessage", refusal(429, "Too Many Requests: retry after 30", retry_after=30))
    async with telegram.bot(limiter) as bot:
        started = time.now
        await bot.send_message(1, "refused")
        assert time.now - started == 30
        time.moving.clear()
        time.asleep.clear()
        waiting = asyncio.gather(
            bot.send_message(2, "announcement", rate_limit_args=Priority.BROADCAST),
            bot.send_message(3, "code", rate_limit_args=Priority.CODE),
        )
        assert await bot.answer_callback_query("1")
        await asyncio.wait_for(time.asleep.wait(), PATIENCE)
        time.step()
        sent = await telegram.called("sendMessage", 3)
        assert [message["text"] for message in sent] == ["refused", "refused", "code"]
        time.moving.set()
        await waiting


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(-2, 6), st.sampled_from(Priority)), max_size=200))
def test_whatever_is_sent_goes_out_once_and_within_the_limits(requests: list[tuple[int, Priority]]) -> None:
    async def send_all() -> Sender:
        sender = Sender(VirtualTime())
        await asyncio.gather(
            *(sender.send(f"{number}:{chat}:{priority.name}", chat, priority) for number, (chat, priority) in enumerate(requests))
        )
        return sender

    sender = asyncio.run(send_all())
    assert sorted(sender.names()) == sorted(f"{number}:{chat}:{priority.name}" for number, (chat, priority) in enumerate(requests))
    assert most_in(1.0, sender.times()) <= 30
    assert most_in(1.0, [moment for name, moment in sender.sent if name.endswith("BROADCAST")]) <= 25
    for chat in range(-2, 7):
        times = [moment for name, moment in sender.sent if f":{chat}:" in name]
        assert all(later - earlier >= 1 - 1e-6 for earlier, later in zip(times, times[3:], strict=False))
        assert chat >= 0 or most_in(60.0, times) <= 20


def most_in(period: float, times: list[float]) -> int:
    return max((sum(start <= moment < start + period - 1e-6 for moment in times) for start in times), default=0)
