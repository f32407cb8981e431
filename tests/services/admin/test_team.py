"""Who runs the bot, and the record of it."""

import asyncio
from contextlib import suppress

import pytest

from bot.services.admin.team import Record, Team
from bot.services.errors import NotFound
from storage import chats
from storage.models import Action
from tests.services.test_purchase_races import someone_waits
from tests.services.world import ALICE, BOB, World

OWNER, NOBODY = 7, 4711


@pytest.fixture
async def team(world: World) -> Team:
    for chat_id in (ALICE, BOB):
        await world.accounts.enter(chat_id, "en")
    return Team(world.database, frozenset({OWNER}), world.clock)


async def done(team: Team) -> list[tuple[int, Action, str, str]]:
    """Read what is on record, the oldest entry first."""
    record = await team.record(OWNER, 0)
    return [(entry.admin_id, entry.action, entry.subject, entry.detail) for entry in reversed(record.entries)]


async def test_owners_are_whom_the_settings_name_and_admins_whom_owners_name(world: World, team: Team) -> None:
    assert team.is_owner(OWNER)
    assert not team.is_admin(await world.chat())
    named = await team.name(OWNER, ALICE)
    alice = await world.chat()
    assert alice == named
    assert team.is_admin(alice)
    assert not team.is_owner(ALICE)
    assert (alice.admin_at, alice.admin_by) == (world.clock.now, OWNER)
    assert [member.id for member in await team.members()] == [ALICE]
    assert await team.ids() == [OWNER, ALICE]
    await world.accounts.enter(OWNER, "en")
    assert team.is_admin(await world.chat(OWNER))
    assert {member.id for member in await team.members()} == {OWNER, ALICE}
    dismissed = await team.dismiss(OWNER, ALICE)
    alice = await world.chat()
    assert alice == dismissed
    assert (alice.admin_at, alice.admin_by) == (None, None)
    assert await done(team) == [(OWNER, Action.NAME_ADMIN, str(ALICE), ""), (OWNER, Action.DISMISS_ADMIN, str(ALICE), "")]


async def test_an_admin_who_was_forgotten_is_none(world: World, team: Team) -> None:
    await team.name(OWNER, ALICE)
    async with world.database.reading() as session:
        assert [await team.is_member(session, user_id) for user_id in (OWNER, ALICE, BOB, NOBODY)] == [True, True, False, False]


async def test_what_changes_nothing_is_not_recorded(team: Team) -> None:
    for _ in range(2):
        await team.name(OWNER, ALICE)
    for _ in range(2):
        await team.dismiss(OWNER, ALICE)
    assert len(await done(team)) == 2


async def test_only_owners_name_and_dismiss_and_read_the_record(world: World, team: Team) -> None:
    await team.name(OWNER, ALICE)
    for stranger in (ALICE, BOB, NOBODY):
        with pytest.raises(NotFound):
            await team.name(stranger, BOB)
        with pytest.raises(NotFound):
            await team.dismiss(stranger, ALICE)
        with pytest.raises(NotFound):
            await team.record(stranger, 0)
    assert not team.is_admin(await world.chat(BOB))
    assert team.is_admin(await world.chat())
    assert len(await done(team)) == 1


async def test_somebody_without_a_chat_cannot_be_an_admin(team: Team) -> None:
    for change in (team.name, team.dismiss):
        with pytest.raises(NotFound):
            await change(OWNER, NOBODY)
    assert await done(team) == []


async def test_an_action_is_done_and_recorded_or_neither(world: World, team: Team) -> None:
    await team.name(OWNER, ALICE)
    async with team.acting(ALICE, Action.BAN, BOB, "spam") as deed:
        await chats.change(deed.session, BOB, ban_reason="spam")
    with suppress(ZeroDivisionError):
        async with team.acting(ALICE, Action.UNBAN, BOB) as deed:
            await chats.change(deed.session, BOB, ban_reason=None)
            raise ZeroDivisionError
    async with team.acting(ALICE, Action.UNBAN, BOB) as deed:
        deed.done = False
    assert (await world.chat(BOB)).ban_reason == "spam"
    assert await done(team) == [(OWNER, Action.NAME_ADMIN, str(ALICE), ""), (ALICE, Action.BAN, str(BOB), "spam")]


async def test_an_admin_who_is_dismissed_in_the_middle_does_not_finish(world: World, team: Team) -> None:
    await team.name(OWNER, ALICE)
    await team.dismiss(OWNER, ALICE)
    for stranger in (ALICE, NOBODY):
        with pytest.raises(NotFound):
            async with team.acting(stranger, Action.BAN, BOB) as deed:
                await chats.change(deed.session, BOB, ban_reason="spam")
    assert (await world.chat(BOB)).ban_reason is None


async def test_a_dismissal_waits_for_what_the_admin_is_doing(world: World, team: Team) -> None:
    await team.name(OWNER, ALICE)
    async with asyncio.timeout(20), world.database.engine.connect() as watching, team.acting(ALICE, Action.BAN, BOB) as deed:
        dismissal = asyncio.create_task(team.dismiss(OWNER, ALICE))
        if not world.database.is_sqlite:
            await someone_waits(watching)
        await chats.change(deed.session, BOB, ban_reason="spam")
        assert not dismissal.done()
    await dismissal
    assert [entry[1] for entry in await done(team)] == [Action.NAME_ADMIN, Action.BAN, Action.DISMISS_ADMIN]


async def test_the_record_is_read_by_page_and_keeps_what_fits(world: World, team: Team) -> None:
    assert await team.record(OWNER, 9) == Record([], 0, 1)
    for number in range(11):
        world.clock.advance(seconds=1)
        async with team.acting(OWNER, Action.WRITE) as deed:
            deed.subject, deed.detail = f"{number}".ljust(65, "-"), str(number)
    newest, rest = await team.record(OWNER, 0), await team.record(OWNER, 9)
    assert [entry.detail for entry in newest.entries] == [str(number) for number in range(10, 0, -1)]
    assert [entry.detail for entry in rest.entries] == ["0"]
    assert (newest.page, newest.pages, rest.page, rest.pages) == (0, 2, 1, 2)
    assert len(rest.entries[0].subject) == 64
    assert rest.entries[0].at < newest.entries[-1].at
