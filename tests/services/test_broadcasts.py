"""Broadcasts: written down for each chat before they are sent, so that nobody gets a second copy."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from bot.services.broadcasts import Broadcasts
from bot.services.errors import NotFound
from storage import chats
from storage.database import Database
from storage.models import Broadcast, BroadcastState, Outcome
from tests.services.world import Clock

ADMIN, OTHER = 9001, 9002


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def broadcasts(database: Database, clock: Clock) -> Broadcasts:
    return Broadcasts(database, clock)


@pytest.fixture
async def people(database: Database, clock: Clock) -> list[int]:
    """Seven chats, of which the last cannot be written to."""
    async with database.writing() as session:
        for chat_id in range(1, 8):
            await chats.ensure(session, chat_id, "en", clock())
        await chats.change(session, 7, unreachable_at=clock())
    return list(range(1, 7))


async def _started(broadcasts: Broadcasts) -> Broadcast:
    draft, _ = await broadcasts.draft(ADMIN, "Hello", "[]")
    await broadcasts.start(ADMIN, draft.id, 5)
    return draft


def _sent(claimed: list[int]) -> list[tuple[int, Outcome | None, int | None]]:
    return [(chat_id, Outcome.SENT, 100 + chat_id) for chat_id in claimed]


async def test_a_draft_tells_whom_it_would_reach_and_is_sent_to_nobody(broadcasts: Broadcasts, people: list[int], clock: Clock) -> None:
    draft, reach = await broadcasts.draft(ADMIN, "Hello <b>", '[{"type": "bold"}]')
    assert (draft.state, draft.text, draft.entities, draft.created_at, reach) == (
        BroadcastState.DRAFT, "Hello <b>", '[{"type": "bold"}]', clock.now, 6,
    )  # fmt: skip
    assert await broadcasts.claim(draft.id, 10) == []
    assert list(await broadcasts.sending()) == []
    assert await broadcasts.undrawn() == []


async def test_it_is_sent_to_every_reachable_chat_once_and_then_done(broadcasts: Broadcasts, people: list[int], clock: Clock) -> None:
    draft, _ = await broadcasts.draft(ADMIN, "Hello", "[]")
    progress = await broadcasts.start(ADMIN, draft.id, 5)
    assert (progress.broadcast.state, progress.waiting, progress.total) == (BroadcastState.SENDING, 6, 6)
    assert [sending.id for sending in await broadcasts.sending()] == [draft.id]
    first = await broadcasts.claim(draft.id, 4)
    await broadcasts.conclude(draft.id, _sent(first))
    second = await broadcasts.claim(draft.id, 4)
    await broadcasts.conclude(draft.id, [(second[0], Outcome.BLOCKED, None), (second[1], Outcome.FAILED, None)])
    assert sorted(first + second) == people
    assert await broadcasts.claim(draft.id, 4) == []
    progress = await broadcasts.progress(draft.id)
    assert (progress.sent, progress.blocked, progress.failed, progress.unclear, progress.waiting) == (4, 1, 1, 0, 0)
    assert (progress.broadcast.state, progress.broadcast.finished_at) == (BroadcastState.DONE, clock.now)
    assert await broadcasts.claim(draft.id, 4) == []


async def test_a_second_start_changes_nothing(broadcasts: Broadcasts, people: list[int], clock: Clock) -> None:
    draft = await _started(broadcasts)
    claimed = await broadcasts.claim(draft.id, 2)
    clock.advance(minutes=1)
    again = await broadcasts.start(ADMIN, draft.id, 6)
    assert (again.total, again.broadcast.card_message_id) == (6, 5)
    assert not set(await broadcasts.claim(draft.id, 10)) & set(claimed)


async def test_ten_starts_at_once_address_everybody_once(broadcasts: Broadcasts, people: list[int]) -> None:
    draft, _ = await broadcasts.draft(ADMIN, "Hello", "[]")
    started = await asyncio.gather(*(broadcasts.start(ADMIN, draft.id, 5) for _ in range(10)))
    assert {progress.total for progress in started} == {6}


async def test_ten_who_claim_at_once_never_share_a_chat(broadcasts: Broadcasts, people: list[int]) -> None:
    draft = await _started(broadcasts)
    claims = await asyncio.gather(*(broadcasts.claim(draft.id, 1) for _ in range(6)))
    taken = [chat_id for claim in claims for chat_id in claim]
    assert len(taken) == len(set(taken))
    rest = await broadcasts.claim(draft.id, 10)
    assert sorted([*taken, *rest]) == people


@pytest.mark.parametrize("act", [lambda b, i: b.start(OTHER, i, 5), lambda b, i: b.stop(OTHER, i)])
async def test_anothers_broadcast_is_not_there(broadcasts: Broadcasts, act: Callable[[Broadcasts, str], Any]) -> None:
    draft, _ = await broadcasts.draft(ADMIN, "Hello", "[]")
    for broadcast_id in (draft.id, "no such id"):
        with pytest.raises(NotFound):
            await act(broadcasts, broadcast_id)
    with pytest.raises(NotFound):
        await broadcasts.progress("no such id")
    assert await broadcasts.claim("no such id", 1) == []
    assert (await broadcasts.progress(draft.id)).broadcast.state is BroadcastState.DRAFT


async def test_a_stopped_broadcast_reaches_nobody_more_and_does_not_start_again(broadcasts: Broadcasts, people: list[int]) -> None:
    draft = await _started(broadcasts)
    await broadcasts.conclude(draft.id, _sent(await broadcasts.claim(draft.id, 2)))
    stopped = await broadcasts.stop(ADMIN, draft.id)
    assert (stopped.broadcast.state, stopped.sent, stopped.waiting) == (BroadcastState.STOPPED, 2, 4)
    assert await broadcasts.claim(draft.id, 10) == []
    assert (await broadcasts.start(ADMIN, draft.id, 5)).broadcast.state is BroadcastState.STOPPED
    assert list(await broadcasts.sending()) == []


async def test_a_done_broadcast_stays_done(broadcasts: Broadcasts, clock: Clock) -> None:
    draft = await _started(broadcasts)
    assert await broadcasts.claim(draft.id, 10) == []
    clock.advance(minutes=1)
    stopped = await broadcasts.stop(ADMIN, draft.id)
    assert stopped.broadcast.state is BroadcastState.DONE
    assert stopped.broadcast.finished_at != clock.now


async def test_what_a_dead_process_had_in_hand_is_unclear_and_not_sent_again(broadcasts: Broadcasts, people: list[int]) -> None:
    draft = await _started(broadcasts)
    in_hand = await broadcasts.claim(draft.id, 2)
    await broadcasts.adopt()
    progress = await broadcasts.progress(draft.id)
    assert (progress.unclear, progress.waiting) == (2, 4)
    assert not set(await broadcasts.claim(draft.id, 10)) & set(in_hand)
    # The late word of a sender that was taken for dead changes nothing.
    await broadcasts.conclude(draft.id, _sent(in_hand))
    assert (await broadcasts.progress(draft.id)).unclear == 2


async def test_a_chat_for_which_nothing_left_is_in_line_again(broadcasts: Broadcasts, people: list[int]) -> None:
    draft = await _started(broadcasts)
    claimed = await broadcasts.claim(draft.id, 10)
    await broadcasts.conclude(draft.id, [(claimed[0], None, None), *_sent(claimed[1:])])
    assert await broadcasts.claim(draft.id, 10) == [claimed[0]]


async def test_a_card_is_outdated_until_it_is_drawn_as_it_is(broadcasts: Broadcasts, people: list[int]) -> None:
    draft = await _started(broadcasts)
    assert await broadcasts.undrawn() == [draft.id]
    seen = await broadcasts.progress(draft.id)
    await broadcasts.drawn(seen)
    assert await broadcasts.undrawn() == []
    await broadcasts.conclude(draft.id, _sent(await broadcasts.claim(draft.id, 1)))
    await broadcasts.drawn(seen)
    assert await broadcasts.undrawn() == [draft.id]


async def test_results_of_a_broadcast_that_is_gone_change_nothing(broadcasts: Broadcasts) -> None:
    await broadcasts.conclude("no such id", [(1, Outcome.SENT, 5)])
    assert await broadcasts.undrawn() == []
