"""What was spent: exact, by day and by product, with how often and how soon a code came."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.spending import DAYS, Day, Share, Spending, Spendings, Waits, percentile
from storage import chats
from storage.models import Activation, State
from tests.services.world import ALICE, BOB, START, World

D = Decimal
TODAY = START.date()


async def read(world: World, chat_id: int | None = ALICE, days: int = DAYS) -> Spending:
    return await Spendings(world.database, world.clock).read(chat_id, days)


async def bought(world: World, number: int, *, chat_id: int = ALICE, waited: float | None = None, ago: float = 0, **values: object) -> str:
    """Write a purchase as it would be some days later, with its first SMS after so many seconds."""
    asked_at = world.clock() - timedelta(days=ago)
    row = {
        "id": f"{chat_id}-{number}",
        "chat_id": chat_id,
        "state": State.FINISHED if waited is not None else State.EXPIRED,
        "product_id": "wa",
        "product_name": "WhatsApp",
        "country": "in",
        "price": D("38.50"),
        "offered_at": asked_at,
        "requested_at": asked_at,
        "purchased_at": asked_at,
        "closed_at": asked_at + timedelta(minutes=20),
    } | values
    async with world.database.writing() as session:
        await chats.ensure(session, chat_id, "en", asked_at)
        session.add(Activation.model_validate(row))
    if waited is not None:
        present = world.clock.now
        world.clock.now = asked_at + timedelta(seconds=waited)
        await world.life.record(str(row["id"]), ["Your code is 123456"])
        world.clock.now = present
    return str(row["id"])


async def test_nothing_is_nothing(world: World) -> None:
    spending = await read(world)
    assert (spending.spent, spending.returned, spending.purchases, spending.products) == (D(0), D(0), 0, [])
    assert spending.waits == Waits(0, 0, None, None)
    assert spending.days == [Day(TODAY - timedelta(days=back), D(0), 0) for back in range(29, -1, -1)]


async def test_a_life_is_summed_up_as_the_provider_charged_it(world: World) -> None:
    await world.connected()
    held = await world.holds("wa")
    world.clock.advance(seconds=20)
    await world.life.record(held.id, ["Your code is 123456"])
    await world.life.finish(ALICE, held.id)
    given_back = await world.holds("tg")
    await world.life.cancel(ALICE, given_back.id)
    await world.holds("fb")
    world.provider.faults.add("getNumber", "cut_after", count=1)
    await world.buys("go")
    world.clock.advance(minutes=1)
    await world.settlement.sweep()
    await world.offered("ig")
    spending = await read(world)
    assert spending.spent == D(500) - world.balance() == D("66.00")
    assert (spending.returned, spending.purchases) == (D(62), 4)
    assert spending.days[-1] == Day(TODAY, D("66.00"), 4)
    assert [(share.name, share.spent, share.purchases) for share in spending.products] == [
        ("WhatsApp", D("38.50"), 1),
        ("Google", D("18.00"), 1),
        ("Facebook", D("9.50"), 1),
        ("Telegram", D("0.00"), 1),
    ]
    # Facebook's number still waits, and Google's never came.
    assert spending.waits == Waits(2, 1, timedelta(seconds=20), timedelta(seconds=20))


async def test_days_are_of_utc_and_none_is_left_out(world: World) -> None:
    for number, (ago, price) in enumerate([(0, "1"), (0.49, "2"), (0.51, "4"), (29, "8"), (29.5, "16"), (29.51, "32"), (400, "64")]):
        await bought(world, number, ago=ago, price=D(price))
    spending = await read(world)
    assert [(day.date, day.spent) for day in spending.days if day.purchases] == [
        (TODAY - timedelta(days=29), D(24)),
        (TODAY - timedelta(days=1), D(4)),
        (TODAY, D(3)),
    ]
    assert len(spending.days) == DAYS
    assert (spending.spent, spending.purchases) == (D(31), 5)
    week = await read(world, days=7)
    assert (len(week.days), week.spent) == (7, D(7))


async def test_what_comes_back_later_is_taken_off_the_day_of_the_purchase(world: World) -> None:
    await bought(world, 1, ago=3, state=State.CANCELLED, closed_at=world.clock(), closing_before=D(10), closing_after=D("48.50"))
    await bought(world, 2, ago=3, state=State.EXPIRED, closing_before=D(10), closing_after=D(20))
    await bought(world, 3, ago=3, state=State.EXPIRED, closing_before=D(10), closing_after=None)
    spending = await read(world)
    assert spending.days[-4] == Day(TODAY - timedelta(days=3), D("67.00"), 3)
    assert (spending.returned, spending.spent) == (D("48.50"), D("67.00"))


async def test_what_became_of_the_oldest_days_purchases_belongs_to_them(world: World) -> None:
    await bought(world, 1, ago=29, waited=10)
    await bought(world, 2, ago=29, state=State.CANCELLED, closing_before=D(10), closing_after=D("48.50"))
    spending = await read(world)
    assert (spending.purchases, spending.returned, spending.spent) == (2, D("38.50"), D("38.50"))
    assert spending.waits == Waits(2, 1, timedelta(seconds=10), timedelta(seconds=10))


async def test_only_what_took_money_is_counted(world: World) -> None:
    paid = {State.ACTIVE, State.CANCELLING, State.CANCELLED, State.EXPIRED, State.FINISHED, State.CHARGED}
    for number, state in enumerate(State):
        await bought(world, number, state=state)
    assert (await read(world)).purchases == len(paid)
    assert (await read(world)).spent == len(paid) * D("38.50")


async def test_sums_are_exact_however_long_the_amounts_are(world: World) -> None:
    longest = D("999999999999999.12345678901234567891")
    for number in range(3):
        await bought(world, number, price=longest if number else D("0.1"))
    spending = await read(world)
    assert str(spending.spent) == "1999999999999998.34691357802469135782"
    assert spending.products == [Share("wa", "WhatsApp", spending.spent, 3)]


async def test_products_are_known_by_their_id_and_the_dearest_come_first(world: World) -> None:
    for number, (product_id, name, price) in enumerate(
        [("a", "Old", "1"), ("b", "B", "5"), ("a", "New", "2"), ("c", "C", "3"), ("d", "D", "3")]
    ):
        await bought(world, number, product_id=product_id, product_name=name, price=D(price))
    assert [(share.product_id, share.name, share.spent) for share in (await read(world)).products] == [
        ("b", "B", D(5)),
        ("a", "Old", D(3)),
        ("c", "C", D(3)),
        ("d", "D", D(3)),
    ]


async def test_one_chat_sees_its_own_and_the_admins_side_sees_all(world: World) -> None:
    await bought(world, 1, waited=10)
    await bought(world, 2, chat_id=BOB, waited=30)
    assert ((await read(world, ALICE)).purchases, (await read(world, BOB)).purchases) == (1, 1)
    every = await read(world, None)
    assert (every.purchases, every.spent) == (2, D(77))
    assert every.waits == Waits(2, 2, timedelta(seconds=10), timedelta(seconds=30))


async def test_the_median_and_the_late_ones_are_of_first_sms(world: World) -> None:
    for number in range(100):
        await bought(world, number, waited=number + 1)
    await world.life.record(f"{ALICE}-0", ["A second SMS"])
    for number in range(100, 110):
        await bought(world, number)
    await bought(world, 200, state=State.ACTIVE)
    assert (await read(world)).waits == Waits(110, 100, timedelta(seconds=50), timedelta(seconds=95))


async def test_an_sms_from_before_its_purchase_took_no_time(world: World) -> None:
    """The clock was set back in between."""
    await bought(world, 1, waited=-3600)
    assert (await read(world)).waits == Waits(1, 1, timedelta(0), timedelta(0))


async def test_a_purchase_of_tomorrow_is_counted_and_has_no_day(world: World) -> None:
    await bought(world, 1, ago=-2)
    spending = await read(world)
    assert spending.spent == D("38.50")
    assert not any(day.purchases for day in spending.days)


@pytest.mark.parametrize(
    ("seconds", "percent", "expected"),
    [
        ([], 50, None),
        ([7], 50, 7),
        ([7], 95, 7),
        ([1, 9], 50, 1),
        ([3, 1, 2], 50, 2),
        ([*range(1, 21)], 95, 19),
        ([1, 2], 0, 1),
        ([1, 2], 100, 2),
        ([*range(1, 102)], 100, 101),
    ],
)
def test_a_percentile_is_the_nearest_rank(seconds: list[int], percent: int, expected: int | None) -> None:
    found = percentile([timedelta(seconds=second) for second in seconds], percent)
    assert found == (None if expected is None else timedelta(seconds=expected))


@given(st.lists(st.timedeltas(timedelta(0), timedelta(days=1)), min_size=1), st.integers(0, 100))
def test_a_percentile_covers_as_many_as_it_says(times: list[timedelta], percent: int) -> None:
    found = percentile(times, percent)
    assert found in times
    assert found is not None
    assert 100 * sum(time <= found for time in times) >= percent * len(times)
