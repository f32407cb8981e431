"""A broadcast before it is sent: for whom it is, and when it leaves."""

import asyncio
from datetime import timedelta

import pytest

from bot.services.admin.drafts import DAYS, BadTimeError, Drafts
from bot.services.admin.team import Team
from bot.services.broadcasts import Broadcasts
from bot.services.errors import NotFound
from bot.services.letters import Letter, LinkButton
from storage import chats
from storage.database import Database
from storage.models import Audience, BroadcastState, Content
from tests.services.world import Clock

OWNER, ADMIN = 9001, 9002
CODES = ("en", "hi", "ru")
LINKS = ((LinkButton("News", "https://example.org/"),),)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def team(database: Database, clock: Clock) -> Team:
    return Team(database, frozenset({OWNER}), clock)


@pytest.fixture
def sending(database: Database, team: Team, clock: Clock) -> Broadcasts:
    return Broadcasts(database, team, clock, languages=CODES, per_second=25)


@pytest.fixture
async def drafts(database: Database, team: Team, sending: Broadcasts, clock: Clock) -> Drafts:
    """Chats 1 to 6 speak English, Hindi (two of a kind), Russian, French and Russian by choice; the last two were never seen."""
    spoken = {1: "en", 2: "hi", 3: "hi-IN", 4: "RU", 5: "fr", 6: "hi"}
    async with database.writing() as session:
        for chat_id, language in spoken.items():
            await chats.ensure(session, chat_id, language, clock())
            await chats.change(session, chat_id, seen_at=clock() - timedelta(days=10 * chat_id - 9) if chat_id < 5 else None)
        await chats.change(session, 6, chosen_language="ru")
        await chats.change(session, 1, token="sealed")  # No secret: it is never opened.
        await chats.ensure(session, ADMIN, "en", clock())
        await chats.change(session, ADMIN, admin_at=clock(), mutes_broadcasts=True)
    return Drafts(database, team, sending, clock, CODES)


async def draft(drafts: Drafts) -> str:
    return (await drafts.write(ADMIN, Letter("Hello"))).broadcast.id


async def test_a_draft_keeps_what_is_said_and_tells_whom_it_would_reach(drafts: Drafts, clock: Clock) -> None:
    letter = Letter("Hello\0 <b>", '[{"type": "bold"}]', Content.PHOTO, "file", LINKS)
    written = await drafts.write(ADMIN, letter)
    assert Letter.of(written.broadcast) == Letter("Hello <b>", '[{"type": "bold"}]', Content.PHOTO, "file", LINKS)
    assert (written.broadcast.state, written.broadcast.created_at, written.reach) == (BroadcastState.DRAFT, clock.now, 6)
    assert written.takes == timedelta(seconds=6 / 25)
    again = await drafts.again(OWNER, written.broadcast.id)
    assert again.broadcast.id != written.broadcast.id
    assert (again.broadcast.author_id, Letter.of(again.broadcast)) == (OWNER, Letter.of(written.broadcast))
    assert Letter.of((await drafts.link(ADMIN, written.broadcast.id, ())).broadcast).buttons == ()


AIMS = [
    ("all", "", 6),
    ("active", "1", 1),
    ("active", "11", 2),
    ("active", "999", 4),
    ("language", "en", 2),
    ("language", "hi", 2),
    ("language", "ru", 2),
    ("connected", "", 1),
    ("unconnected", "", 5),
    ("one", "1", 1),
    ("one", "3", 1),
    ("one", "4711", 0),
    ("one", str(ADMIN), 0),
    ("one", str(2**52 - 1), 0),
]


@pytest.mark.parametrize(("audience", "value", "reach"), AIMS)
async def test_an_audience_is_who_it_says_and_those_who_muted_are_not(
    drafts: Drafts, sending: Broadcasts, audience: str, value: str, reach: int
) -> None:
    aimed = await drafts.aim(ADMIN, await draft(drafts), audience, value)
    assert (aimed.broadcast.audience, aimed.broadcast.audience_value, aimed.reach) == (Audience(audience), value or None, reach)


def test_a_day_a_week_a_month_and_a_quarter_are_offered() -> None:
    assert DAYS == (1, 7, 30, 90)


NO_AUDIENCES = [
    ("some", ""),
    ("active", ""),
    ("active", "0"),
    ("active", "1000"),
    ("active", "٣"),
    ("language", "xx"),
    ("one", ""),
    ("one", "0"),
    ("one", "-5"),
    ("one", "٣"),
    ("one", "Alice"),
    ("one", str(2**52)),
]


@pytest.mark.parametrize(("audience", "value"), NO_AUDIENCES)
async def test_what_is_no_audience_is_refused(drafts: Drafts, audience: str, value: str) -> None:
    broadcast_id = await draft(drafts)
    with pytest.raises(NotFound):
        await drafts.aim(ADMIN, broadcast_id, audience, value)
    assert (await drafts.read(ADMIN, broadcast_id)).reach == 6


async def test_who_cannot_be_written_to_muted_or_is_banned_is_not_reached(drafts: Drafts, database: Database, clock: Clock) -> None:
    async with database.writing() as session:
        await chats.change(session, 1, unreachable_at=clock())
        await chats.change(session, 2, mutes_broadcasts=True)
        await chats.change(session, 3, banned_at=clock())
    assert (await drafts.read(ADMIN, await draft(drafts))).reach == 3


async def test_it_leaves_at_its_time_also_where_nobody_was_there_then(drafts: Drafts, sending: Broadcasts, clock: Clock) -> None:
    first, second, later = [await draft(drafts) for _ in range(3)]
    await drafts.schedule(ADMIN, second, clock() + timedelta(minutes=20), 5)
    await drafts.schedule(ADMIN, first, clock() + timedelta(minutes=10), 5)
    scheduled = await drafts.schedule(ADMIN, later, clock() + timedelta(days=2), 5)
    assert (scheduled.broadcast.state, scheduled.broadcast.card_message_id) == (BroadcastState.SCHEDULED, 5)
    await sending.start_due()
    assert list(await sending.sending()) == []
    assert await sending.undrawn() == []
    clock.advance(days=1)
    await asyncio.gather(*(sending.start_due() for _ in range(3)))
    assert {one.id for one in await sending.sending()} == {first, second}
    assert (await sending.progress(first)).total == 6
    assert set(await sending.undrawn()) == {first, second}
    with pytest.raises(NotFound):
        await drafts.schedule(ADMIN, first, clock() + timedelta(hours=1), 5)
    with pytest.raises(NotFound):
        await drafts.link(ADMIN, first, ())
    assert (await drafts.unschedule(ADMIN, first)).broadcast.state is BroadcastState.SENDING


async def test_a_time_can_be_changed_and_taken_back(drafts: Drafts, sending: Broadcasts, clock: Clock) -> None:
    broadcast_id = await draft(drafts)
    await drafts.schedule(ADMIN, broadcast_id, clock() + timedelta(hours=1), 5)
    await drafts.schedule(ADMIN, broadcast_id, clock() + timedelta(hours=3), 6)
    clock.advance(hours=2)
    await sending.start_due()
    again = await drafts.unschedule(ADMIN, broadcast_id)
    assert (again.broadcast.state, again.broadcast.scheduled_at, again.broadcast.created_at) == (BroadcastState.DRAFT, None, clock.now)
    clock.advance(hours=2)
    await sending.start_due()
    assert list(await sending.sending()) == []


async def test_a_time_is_ahead_and_within_a_year(drafts: Drafts, clock: Clock) -> None:
    broadcast_id = await draft(drafts)
    longest = timedelta(days=366)
    for wrong in (timedelta(0), -timedelta(hours=1), longest + timedelta(seconds=1)):
        with pytest.raises(BadTimeError):
            await drafts.schedule(ADMIN, broadcast_id, clock() + wrong, 5)
    await drafts.schedule(ADMIN, broadcast_id, clock() + longest, 5)


async def test_what_is_changed_is_on_record_and_what_changed_nothing_is_not(drafts: Drafts, team: Team, clock: Clock) -> None:
    broadcast_id = (await drafts.write(ADMIN, Letter("x" * 99))).broadcast.id
    await drafts.link(ADMIN, broadcast_id, LINKS)
    await drafts.aim(ADMIN, broadcast_id, "all", "")
    await drafts.aim(ADMIN, broadcast_id, "active", "7")
    await drafts.schedule(ADMIN, broadcast_id, clock() + timedelta(hours=1), 5)
    for _ in range(2):
        await drafts.unschedule(ADMIN, broadcast_id)
        entries = (await team.record(OWNER, 0)).entries
        assert [entry.detail for entry in reversed(entries)] == [
            "x" * 60,
            "buttons",
            "for all",
            "for active 7",
            "2026-03-01 13:00 UTC",
            "no more",
        ]


async def test_an_admins_zone_is_kept(drafts: Drafts) -> None:
    broadcast_id = await draft(drafts)
    assert (await drafts.read(ADMIN, broadcast_id)).time_zone is None
    await drafts.live_in(ADMIN, "Asia/Kolkata")
    assert (await drafts.read(ADMIN, broadcast_id)).time_zone == "Asia/Kolkata"
    assert (await drafts.read(OWNER, broadcast_id)).time_zone is None, "an owner who never wrote has none"
