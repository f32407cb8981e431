"""Broadcasts: written down for each chat before they are sent, so that nobody gets a second copy."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.services.broadcasts import Broadcasts, Progress
from bot.services.errors import NotFound
from bot.services.letters import LinkButton
from storage import chats
from storage.database import Database
from storage.models import BroadcastState, Outcome
from tests.services.desk import ADMIN, CARD, OTHER, OWNER, Desk, broadcasts, clock, conductor, desk, drafts, people, sent, team
from tests.services.world import START, Clock

__all__ = ["broadcasts", "clock", "conductor", "desk", "drafts", "people", "team"]


async def test_it_is_sent_to_every_reachable_chat_once_and_then_done(desk: Desk, people: list[int], clock: Clock) -> None:
    broadcast_id = await desk.draft()
    assert await desk.sending.claim(broadcast_id, 10) == []
    assert list(await desk.sending.sending()) == []
    assert await desk.sending.undrawn() == []
    progress = await desk.conductor.start(ADMIN, broadcast_id, CARD)
    assert (progress.broadcast.state, progress.waiting, progress.total) == (BroadcastState.SENDING, 6, 6)
    assert [sending.id for sending in await desk.sending.sending()] == [broadcast_id]
    first = await desk.sending.claim(broadcast_id, 4)
    await desk.sending.conclude(broadcast_id, sent(first))
    second = await desk.sending.claim(broadcast_id, 4)
    await desk.sending.conclude(broadcast_id, [(second[0], Outcome.BLOCKED, None), (second[1], Outcome.FAILED, None)])
    assert sorted(first + second) == people
    assert await desk.sending.claim(broadcast_id, 4) == []
    progress = await desk.sending.progress(broadcast_id)
    assert (progress.sent, progress.blocked, progress.failed, progress.unclear, progress.waiting, progress.total) == (4, 1, 1, 0, 0, 6)
    assert (progress.broadcast.state, progress.broadcast.finished_at) == (BroadcastState.DONE, clock.now)
    assert await desk.sending.claim(broadcast_id, 4) == []


async def test_a_second_start_changes_nothing(desk: Desk, clock: Clock) -> None:
    broadcast_id = await desk.started()
    claimed = await desk.sending.claim(broadcast_id, 2)
    clock.advance(minutes=1)
    again = await desk.conductor.start(ADMIN, broadcast_id, 6)
    assert (again.total, again.broadcast.card_message_id) == (6, CARD)
    assert not set(await desk.sending.claim(broadcast_id, 10)) & set(claimed)


async def test_ten_starts_at_once_address_everybody_once(desk: Desk) -> None:
    broadcast_id = await desk.draft()
    started = await asyncio.gather(*(desk.conductor.start(ADMIN, broadcast_id, CARD) for _ in range(10)))
    assert {progress.total for progress in started} == {6}


async def test_ten_who_claim_at_once_never_share_a_chat(desk: Desk, people: list[int]) -> None:
    broadcast_id = await desk.started()
    claims = await asyncio.gather(*(desk.sending.claim(broadcast_id, 1) for _ in range(6)))
    taken = [chat_id for claim in claims for chat_id in claim]
    assert len(taken) == len(set(taken))
    rest = await desk.sending.claim(broadcast_id, 10)
    assert sorted([*taken, *rest]) == people


ACTS: dict[str, Callable[[Desk, int, str], Any]] = {
    "start": lambda desk, who, what: desk.conductor.start(who, what, CARD),
    "pause": lambda desk, who, what: desk.conductor.pause(who, what),
    "resume": lambda desk, who, what: desk.conductor.resume(who, what, CARD),
    "stop": lambda desk, who, what: desk.conductor.stop(who, what),
    "remove": lambda desk, who, what: desk.conductor.remove(who, what),
    "read": lambda desk, who, what: desk.conductor.read(who, what),
    "look": lambda desk, who, what: desk.drafts.read(who, what),
    "link": lambda desk, who, what: desk.drafts.link(who, what, ((LinkButton("News", "https://example.org"),),)),
    "aim": lambda desk, who, what: desk.drafts.aim(who, what, "connected", ""),
    "schedule": lambda desk, who, what: desk.drafts.schedule(who, what, START + timedelta(hours=2), CARD),
    "again": lambda desk, who, what: desk.drafts.again(who, what),
    "unschedule": lambda desk, who, what: desk.drafts.unschedule(who, what),
}


@pytest.mark.parametrize("scheduled", [False, True])
@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
async def test_anothers_broadcast_is_not_there(desk: Desk, act: Callable[[Desk, int, str], Any], scheduled: bool) -> None:
    broadcast_id = await desk.draft()
    if scheduled:
        await desk.drafts.schedule(ADMIN, broadcast_id, START + timedelta(hours=1), CARD)
    before = await desk.sending.progress(broadcast_id)
    for who, what in ((OTHER, broadcast_id), (1, broadcast_id), (4711, broadcast_id), (ADMIN, "no such id"), (OWNER, "no such id")):
        with pytest.raises(NotFound):
            await act(desk, who, what)
    assert await desk.sending.progress(broadcast_id) == before


async def test_what_is_not_there_is_sent_to_nobody(broadcasts: Broadcasts) -> None:
    with pytest.raises(NotFound):
        await broadcasts.progress("no such id")
    assert await broadcasts.claim("no such id", 1) == []
    await broadcasts.conclude("no such id", [(1, Outcome.SENT, 5)])
    assert await broadcasts.undrawn() == []


async def test_a_stopped_broadcast_reaches_nobody_more_and_does_not_start_again(desk: Desk) -> None:
    broadcast_id = await desk.started()
    await desk.sending.conclude(broadcast_id, sent(await desk.sending.claim(broadcast_id, 2)))
    stopped = await desk.conductor.stop(ADMIN, broadcast_id)
    assert (stopped.broadcast.state, stopped.sent, stopped.waiting) == (BroadcastState.STOPPED, 2, 4)
    assert await desk.sending.claim(broadcast_id, 10) == []
    for _ in range(2):
        assert (await desk.conductor.start(ADMIN, broadcast_id, CARD)).broadcast.state is BroadcastState.STOPPED
        assert (await desk.conductor.resume(ADMIN, broadcast_id, CARD)).broadcast.state is BroadcastState.STOPPED
    assert list(await desk.sending.sending()) == []


async def test_a_paused_broadcast_reaches_nobody_until_it_is_resumed(desk: Desk, people: list[int]) -> None:
    broadcast_id = await desk.started()
    first = await desk.sending.claim(broadcast_id, 2)
    await desk.sending.drawn(await desk.sending.progress(broadcast_id))
    paused = await desk.conductor.pause(ADMIN, broadcast_id)
    assert paused.broadcast.state is BroadcastState.PAUSED
    assert await desk.sending.undrawn() == [broadcast_id]
    await desk.sending.conclude(broadcast_id, sent(first))
    assert await desk.sending.claim(broadcast_id, 10) == []
    assert (await desk.conductor.pause(ADMIN, broadcast_id)).sent == 2
    assert await desk.sending.undrawn() == [broadcast_id]
    resumed = await desk.conductor.resume(ADMIN, broadcast_id, 6)
    assert (resumed.broadcast.state, resumed.broadcast.card_message_id) == (BroadcastState.SENDING, 6)
    assert sorted(first + await desk.sending.claim(broadcast_id, 10)) == people


async def test_a_done_broadcast_stays_done(desk: Desk, clock: Clock) -> None:
    broadcast_id = await desk.sent()
    clock.advance(minutes=1)
    stopped = await desk.conductor.stop(ADMIN, broadcast_id)
    assert stopped.broadcast.state is BroadcastState.DONE
    assert stopped.broadcast.finished_at != clock.now


async def test_what_a_dead_process_had_in_hand_is_unclear_and_not_sent_again(desk: Desk) -> None:
    broadcast_id = await desk.started()
    in_hand = await desk.sending.claim(broadcast_id, 2)
    await desk.sending.adopt()
    progress = await desk.sending.progress(broadcast_id)
    assert (progress.unclear, progress.waiting, progress.total) == (2, 4, 6)
    assert not set(await desk.sending.claim(broadcast_id, 10)) & set(in_hand)
    # The late word of a sender that was taken for dead changes nothing.
    await desk.sending.conclude(broadcast_id, sent(in_hand))
    assert (await desk.sending.progress(broadcast_id)).unclear == 2


async def test_a_chat_for_which_nothing_left_is_in_line_again(desk: Desk) -> None:
    broadcast_id = await desk.started()
    claimed = await desk.sending.claim(broadcast_id, 10)
    await desk.sending.conclude(broadcast_id, [(claimed[0], None, None), *sent(claimed[1:])])
    assert await desk.sending.claim(broadcast_id, 10) == [claimed[0]]


@pytest.mark.parametrize("change", [{"mutes_broadcasts": True}, {"banned_at": timedelta(0)}])
async def test_who_mutes_or_is_banned_before_their_turn_is_left_out(
    desk: Desk, database: Database, clock: Clock, people: list[int], change: dict[str, Any]
) -> None:
    broadcast_id = await desk.started()
    values = {name: clock() if isinstance(value, timedelta) else value for name, value in change.items()}
    async with database.writing() as session:
        for chat_id in people[:4]:
            await chats.change(session, chat_id, **values)
    assert await desk.sending.claim(broadcast_id, 2) == people[4:]
    await desk.sending.conclude(broadcast_id, sent(people[4:]))
    assert await desk.sending.claim(broadcast_id, 2) == []
    assert (await desk.sending.progress(broadcast_id)).total == 2


async def test_a_second_broadcast_waits_for_the_first_and_says_so(desk: Desk, clock: Clock) -> None:
    first = await desk.started()
    clock.advance(seconds=1)
    second = await desk.started(OWNER)
    assert [one.id for one in await desk.sending.sending()] == [first, second]
    assert not (await desk.sending.progress(first)).queued
    assert (await desk.sending.progress(second)).queued
    await desk.conductor.pause(ADMIN, first)
    assert not (await desk.sending.progress(second)).queued, "a paused one keeps nobody waiting"


async def test_the_rate_is_measured_and_says_how_long_it_still_takes(desk: Desk, clock: Clock) -> None:
    broadcast_id = await desk.started()
    progress = await desk.sending.progress(broadcast_id)
    assert (progress.rate, progress.left) == (25, timedelta(seconds=6 / 25)), "nothing was measured yet"
    clock.advance(seconds=4)
    await desk.sending.conclude(broadcast_id, sent(await desk.sending.claim(broadcast_id, 2)))
    progress = await desk.sending.progress(broadcast_id)
    assert (progress.rate, progress.left) == (0.5, timedelta(seconds=8))
    clock.advance(seconds=20)
    assert (await desk.sending.progress(broadcast_id)).rate == 0.1, "the last twenty seconds count"
    clock.advance(seconds=1)
    assert (await desk.sending.progress(broadcast_id)).rate == 25
    draft = await desk.sending.progress(await desk.draft())
    assert draft == Progress(draft.broadcast, rate=25)
    assert draft.left == timedelta(0)
    assert Progress(draft.broadcast, waiting=6).left == timedelta(0), "without a rate nobody can say"


async def test_a_broadcast_of_a_moment_ago_is_measured_over_a_second(desk: Desk, clock: Clock) -> None:
    broadcast_id = await desk.started()
    clock.advance(seconds=0.1)
    await desk.sending.conclude(broadcast_id, sent(await desk.sending.claim(broadcast_id, 3)))
    assert (await desk.sending.progress(broadcast_id)).rate == 3
    await desk.conductor.pause(ADMIN, broadcast_id)
    assert (await desk.sending.progress(broadcast_id)).rate == 25, "nothing is sent meanwhile"


async def test_a_card_is_outdated_until_it_is_drawn_as_it_is(desk: Desk) -> None:
    broadcast_id = await desk.draft()
    await desk.sending.drawn(await desk.sending.progress(broadcast_id))
    await desk.conductor.start(ADMIN, broadcast_id, CARD)
    assert await desk.sending.undrawn() == [broadcast_id]
    seen = await desk.conductor.read(ADMIN, broadcast_id)
    await desk.sending.drawn(seen)
    assert await desk.sending.undrawn() == []
    await desk.sending.conclude(broadcast_id, sent(await desk.sending.claim(broadcast_id, 1)))
    await desk.sending.drawn(seen, 77)
    assert await desk.sending.undrawn() == [broadcast_id]
    assert (await desk.sending.progress(broadcast_id)).broadcast.card_message_id == 77


async def test_each_recipient_is_written_to_in_their_language(desk: Desk, database: Database) -> None:
    async with database.writing() as session:
        await chats.change(session, 1, language="hi")
        await chats.change(session, 2, language="hi", chosen_language="ru")
    assert await desk.sending.languages([1, 2, 3, 4711]) == {1: "hi", 2: "ru", 3: "en"}
