"""The screens of broadcasts, in every state."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any

from bot.locales import Languages, Words
from bot.screens import broadcast as below
from bot.screens.admin import drafts, progress
from bot.screens.screen import Screen, html
from bot.services.admin.conducting import PAGE, Listed
from bot.services.admin.drafts import Draft
from bot.services.broadcasts import Progress
from bot.services.letters import LinkButton, write_buttons
from bot.services.zones import suggestions, zone
from storage.models import Audience, Broadcast, BroadcastState, Content
from tests.screens.gallery_admin import LARGEST_ID, NOON

LONGEST_ID = "Zz_-" * 6
CODES = Languages("INR").codes
LINKS = ((LinkButton("x" * 48, "https://example.org/"), LinkButton("y", "tg://resolve?domain=x")),)
VALUES = {Audience.ACTIVE: "999", Audience.LANGUAGE: "hi", Audience.ONE: str(LARGEST_ID)}
ZONES = (None, "America/Argentina/ComodRivadavia", "UTC+05:30")


def made(state: BroadcastState, text: str = "x", **values: Any) -> Broadcast:
    return Broadcast(id=LONGEST_ID, author_id=LARGEST_ID, text=text, state=state, created_at=NOON, **values)


def composing(outside: str, words: Words) -> Iterator[tuple[str, Screen]]:
    yield "write a broadcast", drafts.ask_message(words)
    yield "an unsupported message", drafts.unsupported(words)
    yield "a refused message", drafts.refused(words, outside)
    for state, audience, count in product((BroadcastState.DRAFT, BroadcastState.SCHEDULED), Audience, (0, 1, 10**9)):
        value = VALUES.get(audience)
        broadcast = made(state, outside, audience=audience, audience_value=value, scheduled_at=NOON + timedelta(days=300))
        for name in ZONES:
            drawn = drafts.draft(words, Draft(broadcast, count, 25, name), NOON)
            yield f"confirm {state} for {count}, {audience}, {name}", drawn
        yield f"audience {audience} {state} {count}", drafts.ask_audience(words, Draft(broadcast, count, 25, None), CODES, LARGEST_ID)
    for buttons, wrong in product(("[]", write_buttons(LINKS)), (None, "", outside)):
        draft = Draft(made(BroadcastState.DRAFT, buttons=buttons), 1, 25, None)
        yield f"buttons of a broadcast, {buttons}, {bool(wrong)}", drafts.ask_buttons(words, draft, wrong)
    for name, again in product(ZONES, (False, True)):
        draft = Draft(made(BroadcastState.DRAFT), 1, 25, name)
        yield f"time of a broadcast, {name}, {again}", drafts.ask_time(words, draft, NOON, suggestions(NOON, zone(name)), wrong=again)
        yield f"time zone, {again}", drafts.ask_zone(words, LONGEST_ID, wrong=again)
    yield "below a broadcast", Screen(html("x"), below.keyboard(words, LINKS).inline_keyboard)
    shown = below.turned(words, below.keyboard(words, LINKS).inline_keyboard, muted=True)
    yield "below a broadcast, muted", Screen(html("x"), shown.inline_keyboard)


def conducting(outside: str, words: Words) -> Iterator[tuple[str, Screen]]:
    for state, started, queued, content in product(BroadcastState, (None, NOON), (False, True), Content):
        broadcast = made(state, outside if content is Content.TEXT else "", content=content, started_at=started, finished_at=started)
        for counts in ((0, 0, 0, 0, 0), (1, 0, 0, 0, 0), (7, 1, 1, 1, 0), (10**9,) * 5):
            sent, blocked, failed, unclear, waiting = counts
            tally = {"sent": sent, "blocked": blocked, "failed": failed, "unclear": unclear, "waiting": waiting}
            shown = Progress(broadcast, **tally, queued=queued, rate=25.0, removable=queued)
            yield f"progress {state}, {started}, {counts}, {queued}, {content}", progress.progress(words, shown)
        yield f"progress {state}, {started}, without controls", progress.progress(words, Progress(broadcast), controls=False)
    for removed_at, gone in product((None, NOON), ((0, 0, 0), (5, 4, 3))):
        broadcast = made(BroadcastState.DONE, outside, started_at=NOON, finished_at=NOON, removing_at=NOON, removed_at=removed_at)
        removed, refused, left = gone
        shown = Progress(broadcast, sent=20, removed=removed, refused=refused, removal_unclear=left)
        yield f"progress of a removal {removed_at}, {gone}", progress.progress(words, shown)
        yield f"confirm a removal {removed_at}, {gone}", progress.confirm_removal(words, shown)
    yield "no broadcasts", progress.listed(words, Listed([], 0, 1))
    for page in range(3):
        some = [made(state, outside) for state in BroadcastState][:PAGE]
        yield f"broadcasts, page {page}", progress.listed(words, Listed(some, page, 3))
    yield "progress of nobody's", progress.orphan(words, made(BroadcastState.PAUSED, outside))


def broadcasts(outside: str, words: Words) -> Iterator[tuple[str, Screen]]:
    """Draw them all, with a text from outside wherever one is shown."""
    yield from composing(outside, words)
    yield from conducting(outside, words)
