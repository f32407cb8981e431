"""What a process counts of the provider and of Telegram."""

from datetime import timedelta

from bot.services.pulse import WINDOW, Counts, Pulse
from tests.services.world import START, Clock


def test_calls_are_counted_by_how_they_went() -> None:
    pulse = Pulse(Clock())
    assert pulse.counts() == Counts()
    pulse.provider("balance", 0.25, failed=False)
    pulse.provider("buy", 5.5, failed=False)
    pulse.provider("buy", 5.0, failed=False)
    pulse.provider("buy", 30.0, failed=True)
    pulse.telegram(failed=False)
    pulse.telegram(failed=True)
    assert pulse.counts() == Counts(4, 1, 1, 0.25 + 5.5 + 5.0, 2, 1)


def test_what_is_older_than_the_window_counts_no_more() -> None:
    clock = Clock()
    pulse = Pulse(clock)
    pulse.telegram(failed=True)
    clock.advance(minutes=2)
    pulse.telegram(failed=False)
    clock.advance(minutes=2, seconds=59)
    assert (pulse.counts().telegram_calls, pulse.counts().telegram_failures) == (2, 1)
    clock.advance(seconds=1)
    assert (pulse.counts().telegram_calls, pulse.counts().telegram_failures) == (1, 0)
    clock.advance(seconds=WINDOW.total_seconds())
    assert pulse.counts() == Counts()
    assert not pulse._buckets, "nothing piles up"
    for _ in range(100):
        clock.advance(seconds=10)
        pulse.telegram(failed=False)
    assert len(pulse._buckets) == 30, "whether or not somebody asks"


def test_a_clock_that_is_set_back_begins_anew() -> None:
    clock = Clock()
    pulse = Pulse(clock)
    pulse.telegram(failed=True)
    clock.advance(hours=-1)
    pulse.telegram(failed=False)
    assert (pulse.counts().telegram_calls, pulse.counts().telegram_failures) == (1, 0)


def test_it_knows_when_an_sms_was_last_asked_for_and_when_that_was_answered() -> None:
    clock = Clock()
    pulse = Pulse(clock)
    pulse.provider("balance", 0.1, failed=False)
    assert (pulse.asked_at, pulse.answered_at) == (None, None)
    pulse.provider("sms", 0.1, failed=False)
    clock.advance(seconds=5)
    pulse.provider("sms", 0.1, failed=True)
    assert (pulse.asked_at, pulse.answered_at) == (START + timedelta(seconds=5), START)
