"""The whole bot's figures: who uses it, what they buy, how often and how soon a code comes."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from bot.services.admin.statistics import NONE, PERIODS, USUAL, Cell, Reports, Statistics, Times
from bot.services.spending import Spendings, Waits
from storage import chats
from storage.models import Activation, Sms, State
from storage.statistics import Visits
from tests.services.world import ALICE, BOB, START, World

D = Decimal
TODAY, YESTERDAY = "2026-03-01", "2026-02-28"


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


async def read(world: World, days: int = USUAL) -> Statistics:
    return await Reports(world.database, world.clock).read(days)


async def bought(
    world: World, number: int, *, ago: float = 0, waited: float | None = None, pushed: float | None = None, **values: object
) -> None:
    """Write a purchase, with its first SMS after so many seconds, pushed after so many more."""
    at = world.clock() - timedelta(days=ago)
    row = {
        "id": f"n{number}",
        "chat_id": ALICE,
        "state": State.FINISHED if waited is not None else State.EXPIRED,
        "product_id": "wa",
        "product_name": "WhatsApp",
        "country": "in",
        "price": D("38.50"),
        "offered_at": at,
        "requested_at": at,
        "purchased_at": at,
    } | values
    async with world.database.writing() as session:
        await chats.ensure(session, int(str(row["chat_id"])), "en", at)
        session.add(Activation.model_validate(row))
    if waited is not None:
        await received(world, str(row["id"]), at + seconds(waited), pushed)


async def received(world: World, activation_id: str, at: datetime, pushed: float | None, text: str = "Your code is 123456") -> None:
    """Let an SMS be recorded at that time."""
    present, world.clock.now = world.clock.now, at
    await world.life.record(activation_id, [text])
    world.clock.now = present
    if pushed is not None:
        async with world.database.writing() as session:
            mine = (col(Sms.activation_id) == activation_id, col(Sms.text) == text)
            await session.execute(update(Sms).where(*mine).values(delivered_at=at + seconds(pushed)))


def test_a_week_a_month_and_a_quarter_are_offered() -> None:
    assert (PERIODS, USUAL) == ((7, 30, 90), 30)


async def test_an_empty_bot_has_empty_statistics(world: World) -> None:
    found = await read(world)
    assert (found.days, found.visits, found.active_numbers) == (30, Visits(0, 0, 0, 0, 0), 0)
    assert (found.spending.purchases, found.spending.waits, found.to_chat) == (0, Waits(0, 0, None, None), Times(0, None, None))
    assert (found.by_day, found.by_product) == ({}, {})
    assert await Reports(world.database, world.clock).table(30) == []


async def test_chats_are_counted_by_what_can_be_done_with_them(world: World) -> None:
    async def chat(chat_id: int, came: float, seen: float | None, **values: object) -> None:
        now = world.clock()
        async with world.database.writing() as session:
            await chats.ensure(session, chat_id, "en", now - timedelta(days=came))
            await chats.change(session, chat_id, seen_at=None if seen is None else now - timedelta(days=seen), **values)

    await chat(1, 100, 0, token="sealed")
    await chat(2, 29, 29)
    await chat(3, 30, 30, unreachable_at=world.clock())
    await chat(4, 8, 1, token="sealed")
    await chat(5, 400, None)
    assert (await read(world)).visits == Visits(chats=5, connected=2, reachable=4, new=2, active=3)
    assert (await read(world, 7)).visits == Visits(chats=5, connected=2, reachable=4, new=0, active=2)


async def test_a_life_is_counted_from_its_purchase_to_its_chat(world: World) -> None:
    await world.connected()
    held = await world.holds()
    assert (await read(world)).active_numbers == 1
    world.clock.advance(seconds=20)
    await world.life.record(held.id, ["Your code is 123456"])
    unpushed = await read(world)
    assert unpushed.to_chat == Times(0, None, None)
    await received(world, held.id, world.clock.now, 1.25, "Another")
    found = await read(world)
    assert (found.spending.spent, found.spending.purchases) == (D("38.50"), 1)
    assert found.spending.waits == Waits(1, 1, seconds(20), seconds(20)) == found.by_product["wa"] == found.by_day[TODAY]
    assert found.to_chat == Times(1, seconds(1.25), seconds(1.25))


async def test_what_one_reads_for_all_chats_is_what_their_own_spendings_say(world: World) -> None:
    """Two ways to the same sums: the users' and the admins'."""
    values: dict[str, Any]
    for number in range(40):
        back = D(number % 3 * 20)
        values = {"closing_before": D(1), "closing_after": D(1) + back} if number % 2 else {}
        chat = BOB if number % 5 else ALICE
        waited = number * 1.5 if number % 3 else None
        await bought(world, number, ago=number % 9, waited=waited, chat_id=chat, product_id=f"p{number % 4}", price=D(number) / 4, **values)
    assert (await read(world)).spending.purchases == 40
    for days in PERIODS:
        theirs = await Spendings(world.database, world.clock).read(None, days)
        mine = (await read(world, days)).spending
        assert mine == theirs
        cells = await Reports(world.database, world.clock).table(days)
        assert sum(cell.purchases for cell in cells) == theirs.purchases
        assert sum((cell.spent for cell in cells), D(0)) == theirs.spent
        assert sum((cell.returned for cell in cells), D(0)) == theirs.returned
        assert sum(cell.waits.answered for cell in cells) == theirs.waits.answered


async def test_days_and_products_have_figures_of_their_own(world: World) -> None:
    await bought(world, 1, waited=10)
    await bought(world, 2, waited=30)
    await bought(world, 3)
    await bought(world, 4, ago=1, waited=50, product_id="tg", product_name="Telegram", price=D(62))
    await bought(world, 5, ago=1, state=State.ACTIVE)
    found = await read(world)
    assert found.by_day == {TODAY: Waits(3, 2, seconds(10), seconds(30)), YESTERDAY: Waits(1, 1, seconds(50), seconds(50))}
    assert found.by_product == {"wa": Waits(3, 2, seconds(10), seconds(30)), "tg": Waits(1, 1, seconds(50), seconds(50))}
    assert await Reports(world.database, world.clock).table(7) == [
        Cell(TODAY, "wa", "WhatsApp", 3, D("115.50"), D(0), Waits(3, 2, seconds(10), seconds(30))),
        Cell(YESTERDAY, "tg", "Telegram", 1, D(62), D(0), Waits(1, 1, seconds(50), seconds(50))),
        Cell(YESTERDAY, "wa", "WhatsApp", 1, D("38.50"), D(0), NONE),
    ]
    assert [cell.day for cell in await Reports(world.database, world.clock).table(1)] == [TODAY]


async def test_money_that_came_back_is_in_the_table_to_the_last_digit(world: World) -> None:
    price = D("999999999999999.12345678901234567891")
    await bought(world, 1, price=price, closing_before=D(0), closing_after=price, state=State.CANCELLED)
    await bought(world, 2, price=price, product_name="Renamed", closing_before=D(0), closing_after=D("0.00000000000000000001"))
    [cell] = await Reports(world.database, world.clock).table(7)
    assert (cell.name, cell.purchases) == ("WhatsApp", 2)
    assert (cell.spent, cell.returned) == (D("999999999999999.12345678901234567890"), D("999999999999999.12345678901234567892"))


async def test_fractions_of_seconds_count_and_a_clock_that_was_set_back_does_not(world: World) -> None:
    await bought(world, 1, waited=0.123, pushed=0.045)
    await bought(world, 2, waited=-3600, pushed=-60)
    await bought(world, 3, waited=7.5, pushed=9.001)
    await bought(world, 4, waited=-1, product_id="tg")
    found = await read(world)
    assert found.by_product["tg"] == Waits(1, 1, seconds(0), seconds(0))
    assert found.by_product["wa"] == Waits(3, 3, seconds(0.123), seconds(7.5))
    assert found.to_chat == Times(3, seconds(0.045), seconds(9.001))


async def test_half_of_a_hundred_and_all_but_five_took_no_longer(local: World) -> None:
    await bought(local, 1)
    async with local.database.writing() as session:
        for number in range(1, 101):
            times = {"received_at": START, "delivered_at": START + seconds(number)}
            session.add(Sms.model_validate({"activation_id": "n1", "position": number, "digest": str(number), "text": "", **times}))
    assert (await read(local)).to_chat == Times(100, seconds(50), seconds(95))


async def test_the_first_sms_counts_for_the_code_and_each_for_its_chat(world: World) -> None:
    await bought(world, 1, waited=10, pushed=1)
    await received(world, "n1", START + seconds(90), 5, "A second SMS")
    found = await read(world)
    assert found.spending.waits == Waits(1, 1, seconds(10), seconds(10))
    assert found.to_chat == Times(2, seconds(1), seconds(5))


async def test_what_was_read_a_moment_ago_is_given_again(world: World) -> None:
    reports = Reports(world.database, world.clock)
    first = await reports.read(30)
    await bought(world, 1)
    assert await reports.read(30) is first
    assert (await reports.read(7)).spending.purchases == 1
    world.clock.advance(seconds=29)
    assert await reports.read(30) is first
    world.clock.advance(seconds=1)
    fresh = await reports.read(30)
    assert fresh.spending.purchases == 1
    world.clock.advance(hours=-1)
    assert await reports.read(30) is not fresh, "the clock was set back"


@pytest.mark.parametrize("count", [2500])
async def test_more_rows_than_are_read_at_once_are_all_there(local: World, count: int) -> None:
    await bought(local, 1)
    async with local.database.writing() as session:
        for number in range(2, count + 1):
            values = {"id": f"n{number}", "chat_id": ALICE, "state": State.EXPIRED, "product_id": f"p{number}", "product_name": "P"}
            times = {"offered_at": START, "requested_at": START, "purchased_at": START}
            session.add(Activation.model_validate(values | times | {"country": "in", "price": D(1)}))
    assert (await read(local)).spending.purchases == count
