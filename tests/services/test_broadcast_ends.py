"""How broadcasts end: for who is no admin any more, deleted again, listed, and forgotten."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.services.admin.conducting import Listed
from bot.services.admin.team import Team
from bot.services.errors import NotFound
from storage.database import Database
from storage.models import Action, BroadcastState, Outcome, Removal
from tests.services.desk import ADMIN, CARD, OTHER, OWNER, Desk, broadcasts, clock, conductor, desk, drafts, people, sent, team
from tests.services.world import Clock

__all__ = ["broadcasts", "clock", "conductor", "desk", "drafts", "people", "team"]

# Dismissed authors


async def test_what_a_dismissed_admin_sends_is_paused_until_an_owner_takes_it_over(desk: Desk, team: Team, people: list[int]) -> None:
    broadcast_id = await desk.started()
    in_hand = await desk.sending.claim(broadcast_id, 2)
    await team.dismiss(OWNER, ADMIN)
    await desk.sending.conclude(broadcast_id, sent(in_hand))
    assert await desk.sending.claim(broadcast_id, 10) == []
    assert await desk.state(broadcast_id) is BroadcastState.PAUSED
    assert [one.id for one in await desk.sending.orphans()] == [broadcast_id]
    await desk.sending.told_of_orphan(broadcast_id)
    assert list(await desk.sending.orphans()) == []
    with pytest.raises(NotFound):
        await desk.conductor.resume(ADMIN, broadcast_id, CARD)
    resumed = await desk.conductor.resume(OWNER, broadcast_id, 8)
    assert (resumed.broadcast.author_id, resumed.broadcast.card_message_id) == (OWNER, 8)
    assert sorted(in_hand + await desk.sending.claim(broadcast_id, 10)) == people


async def test_an_owner_stops_and_resumes_what_an_admin_sends_and_it_stays_the_admins(desk: Desk) -> None:
    broadcast_id = await desk.started()
    await desk.conductor.pause(OWNER, broadcast_id)
    resumed = await desk.conductor.resume(OWNER, broadcast_id, 8)
    assert (resumed.broadcast.author_id, resumed.broadcast.card_message_id) == (ADMIN, CARD)
    assert (await desk.conductor.stop(OWNER, broadcast_id)).broadcast.state is BroadcastState.STOPPED


async def test_an_owner_answers_for_what_they_start_of_an_admin(desk: Desk) -> None:
    started = await desk.conductor.start(OWNER, await desk.draft(), 8)
    assert (started.broadcast.author_id, started.broadcast.card_message_id) == (OWNER, 8)


async def test_what_a_dismissed_admin_scheduled_waits_for_an_owner_too(desk: Desk, team: Team, clock: Clock) -> None:
    broadcast_id = await desk.draft()
    await desk.drafts.schedule(ADMIN, broadcast_id, clock() + timedelta(hours=1), CARD)
    await team.dismiss(OWNER, ADMIN)
    clock.advance(hours=1)
    await desk.sending.start_due()
    assert await desk.state(broadcast_id) is BroadcastState.PAUSED
    assert [one.id for one in await desk.sending.orphans()] == [broadcast_id]


# Deleting


async def test_a_broadcast_is_deleted_from_every_chat_that_received_it(desk: Desk, people: list[int], clock: Clock) -> None:
    broadcast_id = await desk.sent()
    assert (await desk.sending.progress(broadcast_id)).removable
    removing = await desk.conductor.remove(ADMIN, broadcast_id)
    assert (removing.broadcast.removing_at, removing.removable) == (clock.now, False)
    assert (removing.removed, removing.refused, removing.removal_unclear) == (0, 0, 0)
    assert (await desk.conductor.remove(ADMIN, broadcast_id)).broadcast.removing_at == clock.now
    assert [one.id for one in await desk.sending.removing()] == [broadcast_id]
    first = await desk.sending.to_remove(broadcast_id, 0, 4)
    assert first == [(chat_id, 100 + chat_id) for chat_id in people[:4]]
    await desk.sending.drawn(await desk.sending.progress(broadcast_id))
    results: list[tuple[int, Removal | None]] = [(1, None), (2, Removal.REFUSED), (3, Removal.UNCLEAR), (4, Removal.REMOVED)]
    await desk.sending.conclude_removal(broadcast_id, results)
    assert await desk.sending.undrawn() == [broadcast_id]
    rest = await desk.sending.to_remove(broadcast_id, 4, 4)
    await desk.sending.conclude_removal(broadcast_id, [(chat_id, Removal.REMOVED) for chat_id, _ in rest])
    assert await desk.sending.to_remove(broadcast_id, 6, 4) == []
    assert (await desk.sending.progress(broadcast_id)).broadcast.removed_at is None, "one is left"
    assert await desk.sending.to_remove(broadcast_id, 0, 4) == [(1, 101)]
    await desk.sending.conclude_removal(broadcast_id, [(1, Removal.REMOVED)])
    await desk.sending.drawn(await desk.sending.progress(broadcast_id))
    assert await desk.sending.to_remove(broadcast_id, 0, 4) == []
    assert await desk.sending.undrawn() == [broadcast_id]
    found = await desk.sending.progress(broadcast_id)
    assert (found.removed, found.refused, found.removal_unclear, found.broadcast.removed_at) == (4, 1, 1, clock.now)
    assert list(await desk.sending.removing()) == []


async def test_what_telegram_does_not_delete_any_more_is_not_asked_for(desk: Desk, clock: Clock) -> None:
    under_way, sent = await desk.started(), await desk.sent()
    clock.advance(hours=48, seconds=-1)
    assert (await desk.sending.progress(sent)).removable
    clock.advance(seconds=1)
    assert not (await desk.sending.progress(sent)).removable
    for broadcast_id in (under_way, sent, await desk.draft()):
        with pytest.raises(NotFound):
            await desk.conductor.remove(ADMIN, broadcast_id)
    thrown = await desk.draft()
    assert not (await desk.conductor.stop(ADMIN, thrown)).removable
    with pytest.raises(NotFound):
        await desk.conductor.remove(ADMIN, thrown)
    unread, read = await desk.started(), await desk.started()
    await desk.sending.conclude(read, [(1, Outcome.SENT, 101)])
    assert not (await desk.conductor.stop(ADMIN, unread)).removable, "nobody received it"
    assert (await desk.conductor.stop(ADMIN, read)).removable


# The list


async def test_admins_see_their_own_broadcasts_and_owners_all(desk: Desk, clock: Clock) -> None:
    mine: list[str] = []
    owners: list[str] = []
    for _ in range(4):
        for author, found in ((ADMIN, mine), (OWNER, owners)):
            clock.advance(seconds=1)
            found.insert(0, await desk.draft(author))
    thrown = await desk.draft()
    await desk.conductor.stop(ADMIN, thrown)
    assert [one.id for one in (await desk.conductor.listed(ADMIN, 0)).broadcasts] == mine
    assert await desk.conductor.listed(OTHER, 5) == Listed([], 0, 1)
    pages = [await desk.conductor.listed(OWNER, page) for page in (0, 1, 7)]
    assert [(page.page, page.pages, len(page.broadcasts)) for page in pages] == [(0, 2, 6), (1, 2, 2), (1, 2, 2)]


async def test_drafts_that_nobody_sent_are_forgotten_after_a_day(desk: Desk, clock: Clock, database: Database) -> None:
    old, thrown, scheduled, sent, stopped = [await desk.draft() for _ in range(3)] + [await desk.sent(), await desk.started()]
    await desk.conductor.stop(ADMIN, thrown)
    await desk.conductor.stop(ADMIN, stopped)
    await desk.drafts.schedule(ADMIN, scheduled, clock() + timedelta(days=2), CARD)
    clock.advance(days=1)
    await desk.sending.forget_drafts()
    assert await desk.state(old) is BroadcastState.DRAFT
    clock.advance(seconds=1)
    new = await desk.draft()
    await desk.sending.forget_drafts()
    for broadcast_id in (old, thrown):
        with pytest.raises(NotFound):
            await desk.sending.progress(broadcast_id)
    for broadcast_id in (new, scheduled, sent, stopped):
        await desk.sending.progress(broadcast_id)
    await desk.drafts.unschedule(ADMIN, scheduled)
    await desk.sending.forget_drafts()
    assert await desk.state(scheduled) is BroadcastState.DRAFT, "it is as new as one that was just written"


async def test_what_admins_did_is_on_record_and_what_changed_nothing_is_not(desk: Desk, team: Team) -> None:
    broadcast_id = await desk.started()
    await desk.sending.conclude(broadcast_id, sent(await desk.sending.claim(broadcast_id, 1)))
    acts: list[tuple[Action, Callable[[], Awaitable[object]]]] = [
        (Action.START_BROADCAST, lambda: desk.conductor.start(ADMIN, broadcast_id, CARD)),
        (Action.PAUSE_BROADCAST, lambda: desk.conductor.pause(ADMIN, broadcast_id)),
        (Action.RESUME_BROADCAST, lambda: desk.conductor.resume(ADMIN, broadcast_id, CARD)),
        (Action.STOP_BROADCAST, lambda: desk.conductor.stop(ADMIN, broadcast_id)),
        (Action.REMOVE_BROADCAST, lambda: desk.conductor.remove(ADMIN, broadcast_id)),
    ]
    for number, (action, act) in enumerate(acts):
        for _ in range(2):
            await act()
            entries = (await team.record(OWNER, 0)).entries
            assert (len(entries), entries[0].action, entries[0].subject) == (number + 2, action, broadcast_id)
