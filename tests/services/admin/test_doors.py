"""Who may come in: the mode, and invitations."""

from datetime import timedelta

import pytest

from bot.services.admin.doors import Doors, state_of
from bot.services.admin.people import People
from bot.services.admin.team import Team
from bot.services.errors import Banned, Closed, InviteOver, NotFound, NotInvited
from storage import chats
from storage.models import Action, Mode
from tests.services.admin.conftest import ADMIN, NOBODY, OWNER, recorded
from tests.services.world import ALICE, BOB, TOKENS, World, together


@pytest.fixture
def doors(world: World, staff: Team) -> Doors:
    return Doors(world.database, staff, world.clock)


async def test_the_bot_is_open_until_an_admin_says_otherwise(world: World, staff: Team, doors: Doors) -> None:
    present = await doors.present()
    assert (present.mode, present.notice, present.changed_at) == (Mode.OPEN, None, world.clock.now)
    await doors.set_mode(ADMIN, Mode.OPEN)
    world.clock.advance(hours=1)
    await doors.set_notice(ADMIN, "  Back at noon. ")
    assert (await doors.present()).mode is Mode.OPEN
    await doors.set_mode(ADMIN, Mode.CLOSED)
    present = await doors.present()
    assert (present.mode, present.notice, present.changed_at) == (Mode.CLOSED, "Back at noon.", doors.now())
    await doors.set_notice(OWNER, "x" * 301)
    assert (await doors.present()).notice == "x" * 300
    for nothing in (None, "", " \x00 "):
        await doors.set_notice(OWNER, nothing)
        assert (await doors.present()).notice is None
    done = [entry[1:] for entry in await recorded(staff)][:2]
    assert done == [(Action.SET_MODE, "", "notice: Back at noon."), (Action.SET_MODE, "", "closed")], (
        "what changes nothing is not on record"
    )


async def test_while_it_is_closed_nothing_is_bought_and_what_is_held_goes_on(world: World, doors: Doors) -> None:
    await world.connected()
    number, offer = await world.holds("fb"), await world.offered("fb")
    await doors.set_notice(ADMIN, "Back at noon.")
    await doors.set_mode(ADMIN, Mode.CLOSED)
    for attempt in (lambda: world.purchases.buy(ALICE, offer.id, 1), lambda: world.offered("fb"), lambda: world.connected(BOB)):
        with pytest.raises(Closed) as refused:
            await attempt()
        assert refused.value.notice == "Back at noon."
    assert len(world.provider.charges) == 1
    assert (await world.chat(BOB)).token is None
    world.receives(number, "Your code is 123-456")
    await world.polled(world.poller())
    assert await world.texts(number) == ["Your code is 123-456"]
    await world.connected()
    await doors.set_mode(ADMIN, Mode.OPEN)
    await world.purchases.buy(ALICE, offer.id, 1)
    assert len(world.provider.charges) == 2


async def test_the_door_holds_also_between_the_look_at_the_price_and_the_purchase(world: World, doors: Doors) -> None:
    await world.connected()
    offer = await world.offered("fb")
    held = world.provider.faults.add("balance", "hold", count=1)

    async def close() -> None:
        await world.struck(held)
        await doors.set_mode(ADMIN, Mode.CLOSED)
        held.release()

    bought, _ = await together(lambda: world.purchases.buy(ALICE, offer.id, 1), close)
    assert isinstance(bought, Closed)
    assert world.provider.charges == []


async def test_a_chat_whose_account_is_checked_while_it_is_closed_is_not_connected(world: World, doors: Doors) -> None:
    held = world.provider.faults.add("balance", "hold", count=1)

    async def close() -> None:
        await world.struck(held)
        await doors.set_mode(ADMIN, Mode.CLOSED)
        held.release()

    connected, _ = await together(world.connected, close)
    assert isinstance(connected, Closed)
    assert (await world.chat()).token is None


async def test_those_who_run_the_bot_may_try_it_while_it_is_closed(world: World, doors: Doors) -> None:
    await doors.set_mode(ADMIN, Mode.CLOSED)
    for chat_id in (OWNER, ADMIN):
        assert await world.accounts.obstacle(chat_id) is None
        await world.connected(chat_id, TOKENS[ALICE])
    await world.holds("fb", OWNER)


async def test_whoever_was_here_stays_and_newcomers_need_an_invitation(world: World, doors: Doors) -> None:
    await doors.set_mode(ADMIN, Mode.INVITE)
    await world.connected(ALICE)
    for attempt in (lambda: world.connected(NOBODY, TOKENS[BOB]), lambda: world.catalog.products(NOBODY + 1)):
        with pytest.raises(NotInvited):
            await attempt()
    made = await doors.invite(ADMIN, 1, 7)
    assert await doors.enter(NOBODY, made.id)
    newcomer = await world.chat(NOBODY)
    assert (newcomer.admitted_at, newcomer.invite_id) == (world.clock.now, made.id)
    await world.connected(NOBODY, TOKENS[BOB])
    assert not await doors.enter(NOBODY, made.id), "who is in uses nothing up"
    assert not await doors.enter(ALICE, made.id)


async def test_those_who_run_the_bot_need_no_invitation(world: World, doors: Doors) -> None:
    async with world.database.writing() as session:
        for chat_id in (OWNER, ADMIN):
            await chats.change(session, chat_id, admitted_at=None)
    made = await doors.invite(ADMIN, 1, 1)
    for chat_id in (OWNER, ADMIN):
        assert not await doors.enter(chat_id, made.id)
    assert (await doors.look(made.id)).uses == 0


async def test_who_comes_while_it_is_closed_is_admitted_once_it_is_open(world: World, doors: Doors) -> None:
    await doors.set_mode(ADMIN, Mode.CLOSED)
    await world.accounts.enter(NOBODY, "en")
    assert (await world.chat(NOBODY)).admitted_at is None
    await doors.set_mode(ADMIN, Mode.OPEN)
    await world.accounts.enter(NOBODY, "en")
    await doors.set_mode(ADMIN, Mode.INVITE)
    assert await world.accounts.obstacle(NOBODY) is None


async def test_who_was_not_invited_may_buy_once_it_is_open_to_all(world: World, doors: Doors) -> None:
    await doors.set_mode(ADMIN, Mode.INVITE)
    await world.accounts.enter(NOBODY, "en")
    assert isinstance(await world.accounts.obstacle(NOBODY), NotInvited)
    await doors.set_mode(ADMIN, Mode.OPEN)
    assert await world.accounts.obstacle(NOBODY) is None


async def test_of_newcomers_that_use_the_last_invitation_at_once_one_gets_in(world: World, doors: Doors) -> None:
    await doors.set_mode(ADMIN, Mode.INVITE)
    newcomers = range(500, 506)
    for chat_id in newcomers:
        await world.accounts.enter(chat_id, "en")
    once, twice = await doors.invite(ADMIN, 1, 1), await doors.invite(ADMIN, 2, 0)
    came = await together(*(lambda chat_id=chat_id: doors.enter(chat_id, once.id) for chat_id in newcomers))
    assert sorted(str(outcome) for outcome in came) == ["True", *["used"] * 5]
    again = await together(*(lambda chat_id=chat_id: doors.enter(chat_id, twice.id) for chat_id in newcomers))
    assert sorted(str(outcome) for outcome in again) == ["False", "True", "True", *["used"] * 3]
    assert [(await doors.look(made.id)).uses for made in (once, twice)] == [1, 2]
    assert sum([(await world.chat(chat_id)).admitted_at is not None for chat_id in newcomers]) == 3


async def test_the_same_newcomer_tapping_twice_uses_one(world: World, doors: Doors) -> None:
    await doors.set_mode(ADMIN, Mode.INVITE)
    await world.accounts.enter(NOBODY, "en")
    made = await doors.invite(ADMIN, 0, 0)
    came = await together(*[lambda: doors.enter(NOBODY, made.id)] * 3)
    assert sorted(came) == [False, False, True]
    assert (await doors.look(made.id)).uses == 1


async def test_an_invitation_that_is_over_admits_nobody_and_says_why(world: World, staff: Team, doors: Doors) -> None:
    await doors.set_mode(ADMIN, Mode.INVITE)
    await world.accounts.enter(NOBODY, "en")
    short, revoked, endless = await doors.invite(ADMIN, 1, 1), await doors.invite(ADMIN, 5, 0), await doors.invite(ADMIN, 0, 0)
    assert (short.expires_at, short.max_uses) == (world.clock.now + timedelta(days=1), 1)
    assert (endless.expires_at, endless.max_uses) == (None, None)
    assert (await doors.revoke(OWNER, revoked.id)).revoked_at == world.clock.now
    await doors.revoke(OWNER, revoked.id)
    world.clock.advance(days=1, seconds=-1)
    assert state_of(short, world.clock.now) == "valid"
    world.clock.advance(seconds=1)
    for invite_id, why in ((short.id, "expired"), (revoked.id, "revoked"), ("made-up", "unknown")):
        with pytest.raises(InviteOver) as refused:
            await doors.enter(NOBODY, invite_id)
        assert refused.value.why == why
    assert state_of(endless, world.clock.now) == "valid"
    assert await doors.enter(NOBODY, endless.id)
    assert [entry[1] for entry in await recorded(staff)].count(Action.REVOKE_INVITE) == 1


async def test_a_banned_newcomer_uses_nothing_up(world: World, staff: Team, doors: Doors) -> None:
    await doors.set_mode(ADMIN, Mode.INVITE)
    await world.accounts.enter(NOBODY, "en")
    await People(world.database, staff, world.ceilings, world.clock).ban(ADMIN, NOBODY, "spam")
    made = await doors.invite(ADMIN, 1, 1)
    with pytest.raises(Banned):
        await doors.enter(NOBODY, made.id)
    assert (await doors.look(made.id)).uses == 0


async def test_an_invitation_is_within_bounds_and_cannot_be_guessed(staff: Team, doors: Doors) -> None:
    for uses, days in ((-1, 0), (0, -1), (10_001, 1), (1, 3_651)):
        with pytest.raises(NotFound):
            await doors.invite(ADMIN, uses, days)
    made = [await doors.invite(ADMIN, uses, days) for uses, days in ((10_000, 3_650), (0, 0))]
    assert [len(invite.id) for invite in made] == [16, 16], "96 random bits"
    assert await recorded(staff) == [
        (ADMIN, Action.INVITE, made[0].id, "10000 × 3650 d"),
        (ADMIN, Action.INVITE, made[1].id, "∞ × ∞ d"),
    ]


async def test_invitations_are_listed_by_page_the_newest_first(world: World, doors: Doors) -> None:
    assert (await doors.invites(5)).pages == 1
    made = []
    for _ in range(7):
        world.clock.advance(seconds=1)
        made.append((await doors.invite(ADMIN, 1, 1)).id)
    first, last = await doors.invites(0), await doors.invites(9)
    assert [invite.id for invite in (*first.invites, *last.invites)] == made[::-1]
    assert (first.page, first.pages, len(first.invites), last.page, last.now) == (0, 2, 6, 1, world.clock.now)


async def test_strangers_and_dismissed_admins_open_nothing(world: World, staff: Team, doors: Doors) -> None:
    made = await doors.invite(ADMIN, 1, 1)
    await staff.dismiss(OWNER, ADMIN)
    for stranger in (ADMIN, ALICE, NOBODY):
        for attempt in (
            doors.set_mode(stranger, Mode.CLOSED),
            doors.set_notice(stranger, "x"),
            doors.invite(stranger, 1, 1),
            doors.revoke(stranger, made.id),
        ):
            with pytest.raises(NotFound):
                await attempt
    assert (await doors.present()).mode is Mode.OPEN
    assert len((await doors.invites(0)).invites) == 1


async def test_an_invitation_that_is_not_there_is_refused(doors: Doors) -> None:
    for attempt in (doors.look("made-up"), doors.revoke(ADMIN, "made-up"), doors.enter(NOBODY, "made-up")):
        with pytest.raises(NotFound):
            await attempt
