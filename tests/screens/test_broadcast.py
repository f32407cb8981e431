"""A broadcast's screens: what can be decided when, and counts of what happened and nothing else."""

from datetime import timedelta
from typing import Any

import pytest

from bot.screens import broadcast as below
from bot.screens.admin import drafts, progress
from bot.screens.admin.callbacks_broadcast import (
    Aim,
    PauseBroadcast,
    RemoveBroadcast,
    ResumeBroadcast,
    SendBroadcast,
    StopBroadcast,
    Unschedule,
)
from bot.screens.callback import Callback
from bot.screens.callbacks import Mute
from bot.services.admin.drafts import Draft
from bot.services.broadcasts import Progress
from bot.services.letters import LinkButton
from storage.models import Audience, Broadcast, BroadcastState
from tests.screens.gallery import LANGUAGES, WORDS
from tests.screens.gallery_admin import NOON
from tests.screens.gallery_broadcast import CODES, LONGEST_ID, made
from tests.screens.test_number import buttons, text


def drawn(state: BroadcastState, count: int = 1, zone: str | None = None, **values: Any) -> Draft:
    return Draft(made(state, **values), count, 25, zone)


@pytest.mark.parametrize(("count", "words"), [(1, "1 chat "), (2, "2 chats ")])
def test_a_broadcast_is_confirmed_with_its_number_of_chats(count: int, words: str) -> None:
    screen = drafts.draft(WORDS, drawn(BroadcastState.DRAFT, count), NOON)
    assert words in text(screen)
    assert words.strip() in screen.rows[0][0].text
    assert {SendBroadcast(LONGEST_ID), StopBroadcast(LONGEST_ID)} <= set(buttons(screen))


def test_a_draft_for_nobody_cannot_be_sent() -> None:
    screen = drafts.draft(WORDS, drawn(BroadcastState.DRAFT, 0), NOON)
    assert "Nobody can be reached" in text(screen)
    assert SendBroadcast(LONGEST_ID) not in buttons(screen)


def test_the_expected_duration_is_that_of_the_pace() -> None:
    assert "Takes about 6 min, 40 sec" in text(drafts.draft(WORDS, drawn(BroadcastState.DRAFT, 10_000), NOON)).replace("min 40", "min, 40")
    assert "Takes about 1 sec." in text(drafts.draft(WORDS, drawn(BroadcastState.DRAFT, 1), NOON))


def test_a_scheduled_broadcast_tells_its_time_in_the_admins_zone() -> None:
    later = NOON + timedelta(days=1)
    screen = drafts.draft(WORDS, drawn(BroadcastState.SCHEDULED, zone="Asia/Kolkata", scheduled_at=later), NOON)
    assert "Fri, 6 Mar 2026, 17:30 (Asia/Kolkata)" in text(screen)
    assert {Unschedule(LONGEST_ID), SendBroadcast(LONGEST_ID), StopBroadcast(LONGEST_ID)} <= set(buttons(screen))
    assert "(UTC)" in text(drafts.draft(WORDS, drawn(BroadcastState.SCHEDULED, scheduled_at=later), NOON))


AUDIENCES = [
    (Audience.ALL, None, "everybody"),
    (Audience.ACTIVE, "1", "active within 1 day"),
    (Audience.ACTIVE, "30", "active within 30 days"),
    (Audience.LANGUAGE, "ru", "Русский"),
    (Audience.CONNECTED, None, "chats with a token"),
    (Audience.UNCONNECTED, None, "chats without a token"),
    (Audience.ONE, "1001", "chat 1001, as a test"),
]


@pytest.mark.parametrize(("kind", "value", "name"), AUDIENCES)
def test_every_audience_has_a_name_and_the_chosen_one_is_marked(kind: Audience, value: str | None, name: str) -> None:
    broadcast = made(BroadcastState.DRAFT, audience=kind, audience_value=value)
    assert drafts.audience(WORDS, broadcast) == name
    screen = drafts.ask_audience(WORDS, Draft(broadcast, 1, 25, None), CODES, 1001)
    [marked] = [key for row in screen.rows for key in row if key.text.startswith("✓")]
    assert marked.callback_data == Aim(LONGEST_ID, f"{kind}-{value}" if value else str(kind)).pack()


@pytest.mark.parametrize(("waiting", "filled"), [(10, 0), (9, 1), (1, 9), (0, 10)])
def test_the_bar_is_full_when_all_chats_have_an_outcome(waiting: int, filled: int) -> None:
    shown = text(progress.progress(WORDS, Progress(started(BroadcastState.SENDING), sent=10 - waiting, waiting=waiting)))
    assert "▰" * filled + "▱" * (10 - filled) + f" {10 * filled}%" in shown
    assert f"{10 - waiting} of 10 chats" in shown


def started(state: BroadcastState, **values: Any) -> Broadcast:
    return made(state, started_at=NOON, **values)


def test_only_what_happened_is_counted() -> None:
    shown = text(progress.progress(WORDS, Progress(started(BroadcastState.DONE), sent=5, blocked=4, failed=3, unclear=2)))
    assert "14 of 14 chats\nDelivered: 5\nBlocked the bot: 4\nFailed: 3\nUnclear, not sent again: 2" in shown
    shown = text(progress.progress(WORDS, Progress(started(BroadcastState.DONE), sent=5)))
    assert not [words for words in ("Blocked", "Failed", "Unclear") if words in shown]
    assert "▱" not in text(progress.progress(WORDS, Progress(started(BroadcastState.STOPPED))))


def test_the_pace_and_the_time_left_are_told_while_it_is_sent() -> None:
    shown = Progress(started(BroadcastState.SENDING), sent=10, waiting=100, rate=25.0)
    assert "25 chats a second · about 4 sec left" in text(progress.progress(WORDS, shown))
    queued = Progress(started(BroadcastState.SENDING), waiting=100, queued=True)
    assert "Waiting for its turn" in text(progress.progress(WORDS, queued))
    assert "Another broadcast is sent first" in text(progress.progress(WORDS, queued))
    done = Progress(started(BroadcastState.DONE, finished_at=NOON + timedelta(seconds=90)), sent=1)
    assert "Took 1 min 30 sec" in text(progress.progress(WORDS, done)).replace("min, 30", "min 30")


DECISIONS: dict[BroadcastState, set[type[Callback]]] = {
    BroadcastState.DRAFT: set(),
    BroadcastState.SCHEDULED: set(),
    BroadcastState.SENDING: {PauseBroadcast, StopBroadcast},
    BroadcastState.PAUSED: {ResumeBroadcast, StopBroadcast},
    BroadcastState.DONE: set(),
    BroadcastState.STOPPED: set(),
}


@pytest.mark.parametrize(("state", "decisions"), DECISIONS.items())
def test_only_what_the_state_allows_can_be_decided(state: BroadcastState, decisions: set[type[Callback]]) -> None:
    shown = {type(tapped) for tapped in buttons(progress.progress(WORDS, Progress(started(state), waiting=1)))}
    assert shown & {PauseBroadcast, ResumeBroadcast, StopBroadcast, RemoveBroadcast} == decisions
    assert not buttons(progress.progress(WORDS, Progress(started(state), waiting=1), controls=False))


def test_what_may_be_deleted_can_be_and_what_was_is_counted() -> None:
    removable = Progress(started(BroadcastState.DONE), sent=5, removable=True)
    assert RemoveBroadcast(LONGEST_ID, 0) in buttons(progress.progress(WORDS, removable))
    assert RemoveBroadcast(LONGEST_ID, 1) in buttons(progress.confirm_removal(WORDS, removable))
    removing = started(BroadcastState.DONE, removing_at=NOON)
    shown = text(progress.progress(WORDS, Progress(removing, sent=10, removed=3, refused=1, removal_unclear=1)))
    assert "Deleting for everyone" in shown
    assert "▰" * 5 + "▱" * 5 + " 50%" in shown
    assert "Deleted: 3 of 10\nNot allowed by Telegram any more: 1\nUnclear: 1" in shown


def test_a_draft_that_is_thrown_away_says_that_nobody_received_it() -> None:
    assert "Nobody received it" in text(progress.progress(WORDS, Progress(made(BroadcastState.STOPPED))))


def test_the_button_that_mutes_is_turned_over_and_the_others_stay() -> None:
    keys = below.keyboard(LANGUAGES.words("ru"), ((LinkButton("News", "https://example.org/"),),)).inline_keyboard
    assert keys[0][0].url == "https://example.org/"
    assert keys[-1][0].callback_data == Mute(1).pack()
    muted = below.turned(WORDS, keys, muted=True).inline_keyboard
    assert muted[0] == keys[0]
    assert muted[-1][0].callback_data == Mute(0).pack()
    assert below.turned(LANGUAGES.words("ru"), muted, muted=False).inline_keyboard == keys
