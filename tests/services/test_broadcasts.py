"""Broadcasts: written down for each chat before they are sent, so that nobody gets a second copy."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.services.admin.conducting import Conductor
from bot.services.admin.drafts import Drafts
from bot.services.admin.team import Team
from bot.services.broadcasts import DRAFTS_KEPT_FOR, MEASURED_OVER, REMOVABLE_FOR, Broadcasts
from bot.services.errors import NotFound
from bot.services.letters import Letter
from storage import chats
from storage.database import Database
from storage.models import BroadcastState, Outcome, Removal
from tests.services.world import Clock

OWNER, ADMIN, OTHER = 9001, 9002, 9003
CODES = ("en", "hi", "ru")
CARD = 5


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def team(database: Database, clock: Clock) -> Team:
    return Team(database, frozenset({OWNER}), clock)


@pytest.fixture
def broadcasts(database: Database, team: Team, clock: Clock) -> Broadcasts:
    return Broadcasts(database, team, clock, languages=CODES, per_second=25)


@pytest.fixture
def drafts(database: Database, team: Team, broadcasts: Broadcasts, clock: Clock) -> Drafts:
    return Drafts(database, team, broadcasts, clock, CODES)


@pytest.fixture
def conductor(database: Database, team: Team, broadcasts: Broadcasts, clock: Clock) -> Conductor:
    return Conductor(database, team, broadcasts, clock)


@pytest.fixture
async def people(database: Database, clock: Clock) -> list[int]:
    """Seven chats, of which the last cannot be written to, and two admins who never want announcements."""
    async with database.writing() as session:
        for chat_id in (*range(1, 8), ADMIN, OTHER):
            await chats.ensure(session, chat_id, "en", clock())
        await chats.change(session, 7, unreachable_at=clock())
        for admin_id in (ADMIN, OTHER):
            await chats.change(session, admin_id, admin_at=clock(), mutes_broadcasts=True)
    return list(range(1, 7))


class Desk:
    """Everything that is done with broadcasts, in short."""

    def __init__(self, drafts: Drafts, conductor: Conductor, sending: Broadcasts) -> None:
        self.drafts = drafts
        self.conductor = conductor
        self.sending = sending

    async def draft(self, admin_id: int = ADMIN, text: str = "Hello") -> str:
        return (await self.drafts.write(admin_id, Letter(text))).broadcast.id

    async def started(self, admin_id: int = ADMIN) -> str:
        broadcast_id = await self.draft(admin_id)
        await self.conductor.start(admin_id, broadcast_id, CARD)
        return broadcast_id

    async def sent(self, admin_id: int = ADMIN) -> str:
        broadcast_id = await self.started(admin_id)
        while claimed := await self.sending.claim(broadcast_id, 100):
            await self.sending.conclude(broadcast_id, _sent(claimed))
        return broadcast_id

    async def state(self, broadcast_id: str) -> BroadcastState:
        return (await self.sending.progress(broadcast_id)).broadcast.state


@pytest.fixture
def desk(drafts: Drafts, conductor: Conductor, broadcasts: Broadcasts, people: list[int]) -> Desk:
    return Desk(drafts, conductor, broadcasts)


def _sent(claimed: list[int]) -> list[tuple[int, Outcome | None, int | None]]:
    return [(chat_id, Outcome.SENT, 100 + chat_id) for chat_id in claimed]


async def test_it_is_sent_to_every_reachable_chat_once_and_then_done(desk: Desk, people: list[int], clock: Clock) -> None:
    broadcast_id = await desk.draft()
    assert await desk.sending.claim(broadcast_id, 10) == []
    assert list(await desk.sending.sending()) == []
    assert await desk.sending.undrawn() == []
    progress = await desk.conductor.start(ADMIN, broadcast_id, CARD)
    assert (progress.broadcast.state, progress.waiting, progress.total) == (BroadcastState.SENDING, 6, 6)
    assert [sending.id for sending in await desk.sending.sending()] == [broadcast_id]
    first = await desk.sending.claim(broadcast_id, 4)
    await desk.sending.conclude(broadcast_id, _sent(first))
    second = await desk.sending.claim(broadcast_id, 4)
    await desk.sending.conclude(broadcast_id, [(second[0], Outcome.BLOCKED, None), (second[1], Outcome.FAILED, None)])
    assert sorted(first + second) == people
    assert await desk.sending.claim(broadcast_id, 4) == []
    progress = await desk.sending.progress(broadcast_id)
    assert (progress.sent, progress.blocked, progress.failed, progress.unclear, progress.waiting) == (4, 1, 1, 0, 0)
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
    "link": lambda desk, who, what: desk.drafts.link(who, what, ()),
    "aim": lambda desk, who, what: desk.drafts.aim(who, what, "all", ""),
    "again": lambda desk, who, what: desk.drafts.again(who, what),
    "unschedule": lambda desk, who, what: desk.drafts.unschedule(who, what),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
async def test_anothers_broadcast_is_not_there(desk: Desk, act: Callable[[Desk, int, str], Any]) -> None:
    broadcast_id = await desk.draft()
    for who, what in ((OTHER, broadcast_id), (1, broadcast_id), (4711, broadcast_id), (ADMIN, "no such id"), (OWNER, "no such id")):
        with pytest.raises(NotFound):
            await act(desk, who, what)
    assert await desk.state(broadcast_id) is BroadcastState.DRAFT


async def test_what_is_not_there_is_sent_to_nobody(broadcasts: Broadcasts) -> None:
    with pytest.raises(NotFound):
        await broadcasts.progress("no such id")
    assert await broadcasts.claim("no such id", 1) == []
    await broadcasts.conclude("no such id", [(1, Outcome.SENT, 5)])
    assert await broadcasts.undrawn() == []


async def test_a_stopped_broadcast_reaches_nobody_more_and_does_not_start_again(desk: Desk) -> None:
    broadcast_id = await desk.started()
    await desk.sending.conclude(broadcast_id, _sent(await desk.sending.claim(broadcast_id, 2)))
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
    paused = await desk.conductor.pause(ADMIN, broadcast_id)
    assert paused.broadcast.state is BroadcastState.PAUSED
    await desk.sending.conclude(broadcast_id, _sent(first))
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
    assert (progress.unclear, progress.waiting) == (2, 4)
    assert not set(await desk.sending.claim(broadcast_id, 10)) & set(in_hand)
    # The late word of a sender that was taken for dead changes nothing.
    await desk.sending.conclude(broadcast_id, _sent(in_hand))
    assert (await desk.sending.progress(broadcast_id)).unclear == 2


async def test_a_chat_for_which_nothing_left_is_in_line_again(desk: Desk) -> None:
    broadcast_id = await desk.started()
    claimed = await desk.sending.claim(broadcast_id, 10)
    await desk.sending.conclude(broadcast_id, [(claimed[0], None, None), *_sent(claimed[1:])])
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
    await desk.sending.conclude(broadcast_id, _sent(people[4:]))
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
    await desk.sending.conclude(broadcast_id, _sent(await desk.sending.claim(broadcast_id, 2)))
    progress = await desk.sending.progress(broadcast_id)
    assert (progress.rate, progress.left) == (0.5, timedelta(seconds=8))
    clock.advance(seconds=MEASURED_OVER.total_seconds() + 1)
    assert (await desk.sending.progress(broadcast_id)).rate == 25
    assert (await desk.sending.progress(await desk.draft())).left == timedelta(0)


async def test_a_card_is_outdated_until_it_is_drawn_as_it_is(desk: Desk) -> None:
    broadcast_id = await desk.started()
    assert await desk.sending.undrawn() == [broadcast_id]
    seen = await desk.sending.progress(broadcast_id)
    await desk.sending.drawn(seen)
    assert await desk.sending.undrawn() == []
    await desk.sending.conclude(broadcast_id, _sent(await desk.sending.claim(broadcast_id, 1)))
    await desk.sending.drawn(seen, 77)
    assert await desk.sending.undrawn() == [broadcast_id]
    assert (await desk.sending.progress(broadcast_id)).broadcast.card_message_id == 77


async def test_each_recipient_is_written_to_in_their_language(desk: Desk, database: Database) -> None:
    async with database.writing() as session:
        await chats.change(session, 1, language="hi")
        await chats.change(session, 2, language="hi", chosen_language="ru")
    assert await desk.sending.languages([1, 2, 3, 4711]) == {1: "hi", 2: "ru", 3: "en"}


# Dismissed authors


async def test_what_a_dismissed_admin_sends_is_paused_until_an_owner_takes_it_over(desk: Desk, team: Team, people: list[int]) -> None:
    broadcast_id = await desk.started()
    in_hand = await desk.sending.claim(broadcast_id, 2)
    await team.dismiss(OWNER, ADMIN)
    await desk.sending.conclude(broadcast_id, _sent(in_hand))
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
    assert (await desk.conductor.remove(ADMIN, broadcast_id)).broadcast.removing_at == clock.now
    assert [one.id for one in await desk.sending.removing()] == [broadcast_id]
    first = await desk.sending.to_remove(broadcast_id, 0, 4)
    assert first == [(chat_id, 100 + chat_id) for chat_id in people[:4]]
    results: list[tuple[int, Removal | None]] = [(1, Removal.REMOVED), (2, Removal.REFUSED), (3, Removal.UNCLEAR), (4, None)]
    await desk.sending.conclude_removal(broadcast_id, results)
    rest = await desk.sending.to_remove(broadcast_id, 4, 4)
    await desk.sending.conclude_removal(broadcast_id, [(chat_id, Removal.REMOVED) for chat_id, _ in rest])
    assert await desk.sending.to_remove(broadcast_id, 6, 4) == []
    assert (await desk.sending.progress(broadcast_id)).broadcast.removed_at is None, "one is left"
    assert await desk.sending.to_remove(broadcast_id, 0, 4) == [(4, 104)]
    await desk.sending.conclude_removal(broadcast_id, [(4, Removal.REMOVED)])
    assert await desk.sending.to_remove(broadcast_id, 0, 4) == []
    found = await desk.sending.progress(broadcast_id)
    assert (found.removed, found.refused, found.removal_unclear, found.broadcast.removed_at) == (4, 1, 1, clock.now)
    assert list(await desk.sending.removing()) == []


async def test_what_telegram_does_not_delete_any_more_is_not_asked_for(desk: Desk, clock: Clock) -> None:
    under_way, sent = await desk.started(), await desk.sent()
    clock.advance(seconds=REMOVABLE_FOR.total_seconds())
    assert not (await desk.sending.progress(sent)).removable
    for broadcast_id in (under_way, sent, await desk.draft()):
        with pytest.raises(NotFound):
            await desk.conductor.remove(ADMIN, broadcast_id)
    thrown = await desk.draft()
    await desk.conductor.stop(ADMIN, thrown)
    with pytest.raises(NotFound):
        await desk.conductor.remove(ADMIN, thrown)


# The list


async def test_admins_see_their_own_broadcasts_and_owners_all(desk: Desk, clock: Clock) -> None:
    mine, owners = [], []
    for _ in range(4):
        for author, found in ((ADMIN, mine), (OWNER, owners)):
            clock.advance(seconds=1)
            found.insert(0, await desk.draft(author))
    thrown = await desk.draft()
    await desk.conductor.stop(ADMIN, thrown)
    assert [one.id for one in (await desk.conductor.listed(ADMIN, 0)).broadcasts] == mine
    assert (await desk.conductor.listed(OTHER, 5)).broadcasts == []
    pages = [await desk.conductor.listed(OWNER, page) for page in (0, 1, 7)]
    assert [(page.page, page.pages, len(page.broadcasts)) for page in pages] == [(0, 2, 6), (1, 2, 2), (1, 2, 2)]


async def test_drafts_that_nobody_sent_are_forgotten_after_a_day(desk: Desk, clock: Clock, database: Database) -> None:
    old, thrown, scheduled, sent, stopped = [await desk.draft() for _ in range(3)] + [await desk.sent(), await desk.started()]
    await desk.conductor.stop(ADMIN, thrown)
    await desk.conductor.stop(ADMIN, stopped)
    await desk.drafts.schedule(ADMIN, scheduled, clock() + timedelta(days=2), CARD)
    clock.advance(seconds=DRAFTS_KEPT_FOR.total_seconds() + 1)
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
    for act in (desk.conductor.pause, desk.conductor.pause, desk.conductor.stop, desk.conductor.stop):
        await act(ADMIN, broadcast_id)
    entries = (await team.record(OWNER, 0)).entries
    assert [(entry.action.value, entry.subject) for entry in reversed(entries)] == [
        ("draft broadcast", broadcast_id),
        ("start broadcast", broadcast_id),
        ("pause broadcast", broadcast_id),
        ("stop broadcast", broadcast_id),
    ]
