"""Whoever is cancelled or shut down leaves no hole, and the library passes all of it on."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram.error import RetryAfter
from telegram.warnings import PTBDeprecationWarning

from bot.gateway.limiter import Limiter, Limits, NotSentError, Priority, seconds
from tests.gateway.sender import Sender, hold
from tests.gateway.support import PATIENCE, Telegram, VirtualTime, refusal


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
