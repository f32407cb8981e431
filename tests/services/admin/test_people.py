"""Finding people, and what admins do to them."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bot.services.admin.people import Found, Limit, People
from bot.services.admin.team import Team
from bot.services.errors import Banned, IsAdmin, IsBanned, NotFound, TooManyActive, TooManyPurchases
from bot.services.purchases import Ceilings
from storage import chats
from storage.house import change as change_house
from storage.models import Action, Mode, State
from tests.services.admin.conftest import ADMIN, NOBODY, OWNER, recorded
from tests.services.world import ALICE, BOB, World, together


@pytest.fixture
def people(world: World, staff: Team) -> People:
    return People(world.database, staff, world.ceilings, world.clock)


async def found(people: People, query: str) -> list[int]:
    return [chat.id for chat in (await people.find(query, 0)).people]


@pytest.mark.parametrize(
    ("query", "whom"),
    [
        (str(ALICE), [ALICE]),
        (f"@{ALICE}", [ALICE]),
        ("ALICE", [ALICE]),
        ("smith", [ALICE]),
        ("  alice   SMITH ", [ALICE]),
        ("@User_1001", [ALICE]),
        ("БОБ", [BOB]),
        ("adam", [ADMIN]),
        ("user_100", [ALICE, BOB]),
        ("Mallory", []),
        ("100", [ALICE, BOB]),
    ],
)
async def test_somebody_is_found_by_id_name_or_username_whatever_the_case(people: People, query: str, whom: list[int]) -> None:
    assert await found(people, query) == whom


async def test_the_best_match_comes_first_and_of_equal_ones_whoever_was_here_last(world: World, people: People) -> None:
    for chat_id, name in ((22, "Ana"), (23, "Anatole"), (24, "Anabel"), (21, "Liana")):
        world.clock.advance(hours=2)
        await world.accounts.enter(chat_id, "en", name=name)
    await world.accounts.enter(22 * 10**6, "en")
    assert await found(people, "ana") == [22, 24, 23, 21]
    assert await found(people, "22") == [22]


async def test_without_a_name_all_are_listed_by_page(world: World, people: People) -> None:
    for chat_id in range(100, 108):
        await world.accounts.enter(chat_id, "en")
    first, last = await people.find(" ", 0), await people.find("", 99)
    assert (first.query, first.total, first.page, first.pages, len(first.people)) == ("", 12, 0, 2, 8)
    assert (last.page, len(last.people)) == (1, 4)
    assert {chat.id for chat in (*first.people, *last.people)} == {OWNER, ADMIN, ALICE, BOB, *range(100, 108)}


async def test_what_a_name_finds_is_listed_by_page(world: World, people: People) -> None:
    for chat_id in range(100, 109):
        await world.accounts.enter(chat_id, "en", name="Zoë")
    first, last = await people.find("zoe", 0), await people.find("zoe", 99)
    assert [(found.query, found.total, found.page, found.pages) for found in (first, last)] == [("zoe", 9, 0, 2), ("zoe", 9, 1, 2)]
    assert sorted(chat.id for chat in (*first.people, *last.people)) == [*range(100, 109)]
    nobody = await people.find("Mallory", 1)
    assert nobody == Found("Mallory", [], 0, 0, 1)
    assert await people.find(str(ALICE), 5) == Found(str(ALICE), [await world.chat()], 1, 0, 1)


async def test_a_card_shows_how_a_chat_uses_the_bot_against_its_limits(world: World, people: People) -> None:
    await world.connected()
    await world.life.cancel(ALICE, (await world.holds("fb")).id)
    kept = await world.holds("fb")
    await people.limit(ADMIN, ALICE, Limit.ACTIVE, 3)
    shown = await people.look(ADMIN, ALICE)
    assert (shown.chat.id, shown.owner, shown.uninvited) == (ALICE, False, False)
    assert (shown.active, shown.last_hour, shown.ceilings) == (1, 2, Ceilings(3, 20))
    assert (shown.spending.purchases, shown.spending.spent, shown.cancels) == (2, kept.price, 1)
    assert (await people.look(ADMIN, OWNER)).owner
    _, numbers = await people.held(ADMIN, ALICE)
    assert [number.id for number in numbers] == [kept.id]
    chat, history = await people.history(ADMIN, ALICE, 0)
    assert (chat.id, history.total) == (ALICE, 2)


async def test_who_waits_for_an_invitation_is_shown_so(world: World, people: People) -> None:
    async with world.database.writing() as session:
        await change_house(session, world.clock.now, mode=Mode.INVITE)
    await world.accounts.enter(NOBODY, "en")
    assert (await people.look(ADMIN, NOBODY)).uninvited
    assert not (await people.look(ADMIN, ALICE)).uninvited


async def test_whose_card_was_looked_at_is_on_record_once_for_a_while(world: World, staff: Team, people: People) -> None:
    await people.look(ADMIN, ALICE)
    await people.held(ADMIN, ALICE)
    await people.history(ADMIN, ALICE, 0)
    assert await recorded(staff) == [(ADMIN, Action.LOOK_UP, str(ALICE), "")]
    await people.look(OWNER, ALICE)
    await people.look(ADMIN, BOB)
    world.clock.advance(minutes=10, seconds=-1)
    await people.look(ADMIN, ALICE)
    assert len(await recorded(staff)) == 3
    world.clock.advance(seconds=1)
    await people.look(ADMIN, ALICE)
    assert [(entry[0], entry[2]) for entry in await recorded(staff)] == [
        (ADMIN, str(ALICE)),
        (OWNER, str(ALICE)),
        (ADMIN, str(BOB)),
        (ADMIN, str(ALICE)),
    ]


async def test_a_banned_chat_buys_no_more_and_its_numbers_go_on(world: World, staff: Team, people: People) -> None:
    await world.connected()
    number, offer = await world.holds("fb"), await world.offered("fb")
    chat, done = await people.ban(ADMIN, ALICE, "  sold\n accounts " + "x" * 300)
    assert done
    assert (chat.banned_at, chat.ban_reason) == (world.clock.now, "sold accounts ".ljust(300, "x"))
    for attempt in (lambda: world.purchases.buy(ALICE, offer.id, 1), lambda: world.offered("fb"), lambda: world.catalog.products(ALICE)):
        with pytest.raises(Banned) as refused:
            await attempt()
        assert refused.value.reason == chat.ban_reason
    assert len(world.provider.charges) == 1
    world.receives(number, "Your code is 123-456")
    await world.polled(world.poller())
    assert await world.texts(number) == ["Your code is 123-456"]
    assert await people.ban(OWNER, ALICE, "something else") == (await world.chat(), False)
    assert (await world.chat()).ban_reason == chat.ban_reason

    _, done = await people.unban(OWNER, ALICE)
    assert done
    assert not (await people.unban(OWNER, ALICE))[1]
    assert (await world.chat()).ban_reason is None
    assert (await world.holds("fb")).state is State.ACTIVE
    assert [entry[1] for entry in await recorded(staff)] == [Action.BAN, Action.UNBAN]


async def test_whoever_runs_the_bot_is_dismissed_before_they_are_banned(world: World, staff: Team, people: People) -> None:
    for somebody in (OWNER, ADMIN):
        with pytest.raises(IsAdmin):
            await people.ban(ADMIN, somebody, "spam")
        assert (await world.chat(somebody)).banned_at is None
    await staff.dismiss(OWNER, ADMIN)
    await people.ban(OWNER, ADMIN, "spam")
    with pytest.raises(IsBanned):
        await staff.name(OWNER, ADMIN)
    assert (await world.chat(ADMIN)).admin_at is None


async def test_naming_and_banning_at_once_does_one_of_them(world: World, staff: Team, people: People) -> None:
    for _ in range(5):
        await together(lambda: staff.name(OWNER, ALICE), lambda: people.ban(ADMIN, ALICE, "spam"))
        alice = await world.chat()
        assert (alice.admin_at is None) != (alice.banned_at is None)
        await staff.dismiss(OWNER, ALICE)
        await people.unban(OWNER, ALICE)


async def test_limits_of_ones_own_hold_until_they_are_taken_back(world: World, staff: Team, people: People) -> None:
    await world.connected()
    await people.limit(ADMIN, ALICE, Limit.ACTIVE, 1)
    await world.holds("fb")
    with pytest.raises(TooManyActive):
        await world.buys("fb")
    await people.limit(ADMIN, ALICE, Limit.ACTIVE, None)
    await people.limit(ADMIN, ALICE, Limit.PER_HOUR, 1)
    with pytest.raises(TooManyPurchases):
        await world.buys("fb")
    await people.limit(ADMIN, ALICE, Limit.PER_HOUR, None)
    await world.holds("fb")
    assert [entry[3] for entry in await recorded(staff)] == ["active: 1", "active: default", "hour: 1", "hour: default"]
    for impossible in (-1, 1000):
        with pytest.raises(NotFound):
            await people.limit(ADMIN, ALICE, Limit.ACTIVE, impossible)
    await people.limit(ADMIN, ALICE, Limit.ACTIVE, 999)
    await people.limit(ADMIN, ALICE, Limit.PER_HOUR, 0)
    assert (await people.look(ADMIN, ALICE)).ceilings == Ceilings(999, 0)


async def test_what_is_written_to_a_chat_is_on_record_as_far_as_it_fits(staff: Team, people: People) -> None:
    assert (await people.write(ADMIN, ALICE, "Hello!\x00" + "x" * 1000)).id == ALICE
    assert await recorded(staff) == [(ADMIN, Action.WRITE, str(ALICE), "Hello!".ljust(1000, "x"))]


async def test_strangers_and_dismissed_admins_do_nothing_and_nothing_is_done_to_nobody(world: World, staff: Team, people: People) -> None:
    await staff.dismiss(OWNER, ADMIN)
    for somebody, whom in ((ADMIN, BOB), (ALICE, BOB), (NOBODY, BOB), (OWNER, NOBODY)):
        for attempt in (
            people.look(somebody, whom),
            people.held(somebody, whom),
            people.history(somebody, whom, 0),
            people.ban(somebody, whom, "spam"),
            people.unban(somebody, whom),
            people.limit(somebody, whom, Limit.ACTIVE, 1),
            people.write(somebody, whom, "Hello!"),
        ):
            with pytest.raises(NotFound):
                await attempt
    bob = await world.chat(BOB)
    assert (bob.banned_at, bob.max_active) == (None, None)
    assert [entry[1] for entry in await recorded(staff)] == [Action.DISMISS_ADMIN]


async def test_a_ban_waits_for_a_purchase_that_is_being_claimed_or_comes_before_it(world: World, people: People) -> None:
    await world.connected()
    offer = await world.offered("fb")
    bought, banned = await together(lambda: world.purchases.buy(ALICE, offer.id, 1), lambda: people.ban(ADMIN, ALICE, "spam"))
    assert not isinstance(banned, Exception)
    went_through = not isinstance(bought, Banned)
    assert len(world.provider.charges) == int(went_through)
    assert (await world.chat()).banned_at is not None


async def test_a_long_past_counts_for_thirty_days(world: World, people: People) -> None:
    await world.connected()
    await world.life.cancel(ALICE, (await world.holds("fb")).id)
    world.clock.advance(days=31)
    shown = await people.look(ADMIN, ALICE)
    assert (shown.spending.purchases, shown.spending.spent, shown.cancels, shown.last_hour) == (0, Decimal(0), 0, 0)
    assert timedelta(days=30) < world.clock.now - shown.chat.created_at


async def test_a_chat_that_was_forgotten_meanwhile_is_no_more_listed(world: World, people: People) -> None:
    async with world.database.writing() as session:
        await chats.change(session, ALICE, name=None, username=None)
    assert await found(people, "alice") == []
    assert await found(people, str(ALICE)) == [ALICE]
