"""What a chat holds and what it spent, to the last digit."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bot.services.catalog import product_key
from bot.services.errors import NotFound
from bot.services.settlement import Settlement
from bot.services.statements import Kept, Statements, refunded
from storage.models import State
from tests.services.world import ALICE, BOB, START, World

D = Decimal


async def test_a_chat_sees_what_it_holds_newest_first_and_nothing_of_others(world: World) -> None:
    statements = Statements(world.database)
    await world.connected()
    await world.connected(BOB)
    first = await world.holds("fb")
    world.clock.advance(seconds=1)
    second = await world.holds("tg")
    await world.holds("fb", BOB)
    await world.offered()
    assert [held.id for held in await statements.held(ALICE)] == [second.id, first.id]
    await world.life.cancel(ALICE, second.id)
    assert [held.id for held in await statements.held(ALICE)] == [first.id]


async def test_what_was_spent_is_exact_and_less_what_came_back(world: World) -> None:
    statements = Statements(world.database)
    await world.connected()
    empty = await statements.history(ALICE, 0)
    assert (empty.page, empty.pages, empty.total, empty.spent, list(empty.purchases)) == (0, 1, 0, D(0), [])
    world.provider.set_stock("fb", price=D("0.1"))
    kept = [await world.holds("fb") for _ in range(3)]
    given_back = await world.holds("tg")
    await world.life.cancel(ALICE, given_back.id)
    history = await statements.history(ALICE, 0)
    assert (history.total, history.spent) == (4, D("0.3"))
    assert {row.id for row in history.purchases} == {row.id for row in [*kept, given_back]}


async def test_money_in_doubt_is_listed_and_only_a_known_charge_is_counted(world: World) -> None:
    statements, settlement = Statements(world.database), world.settlement
    assert isinstance(settlement, Settlement)
    await world.connected()
    world.provider.faults.add("getNumber", "code", code=203, count=1)
    await world.buys("fb")
    world.provider.faults.add("getNumber", "cut_after", count=1)
    doubtful = await world.buys("fb")
    assert [(row.state, row.id) for row in (await statements.history(ALICE, 0)).purchases] == [(State.UNKNOWN, doubtful.id)]
    assert (await statements.history(ALICE, 0)).spent == 0
    assert [row.id for row in await statements.held(ALICE)] == [doubtful.id]
    world.clock.advance(minutes=1)
    await settlement.sweep()
    history = await statements.history(ALICE, 0)
    assert (history.spent, history.total) == (D("9.50"), 1)
    assert list(await statements.held(ALICE)) == []


async def test_pages_hold_every_purchase_once_and_a_page_that_is_not_there_is_the_nearest(local: World) -> None:
    statements = Statements(local.database)
    await local.connected()
    bought = []
    for _ in range(9):
        held = await local.holds("fb")
        await local.life.record(held.id, ["code"])
        await local.life.finish(ALICE, held.id)
        bought.append(held.id)
        local.clock.advance(seconds=1)
    first, last = await statements.history(ALICE, 0), await statements.history(ALICE, 1)
    assert [row.id for row in [*first.purchases, *last.purchases]] == bought[::-1]
    assert (first.pages, len(first.purchases), last.total) == (2, 8, 9)
    assert (await statements.history(ALICE, 99)).page == 1
    assert (await statements.history(ALICE, -3)).page == 0
    assert first.spent == last.spent == 9 * D("9.50")
    assert (first.product, first.key) == (None, "")


def test_the_names_of_filters_stay_for_old_buttons_carry_them() -> None:
    assert [*Kept] == ["all", "sms", "back", "doubt"]


async def test_the_past_is_filtered(world: World) -> None:
    statements = Statements(world.database)
    await world.connected()
    answered, refunded_one, kept_by_the_provider = [await world.holds(product_id) for product_id in ("wa", "fb", "go")]
    await world.life.record(answered.id, ["Your code is 123456"])
    world.clock.advance(seconds=1)
    await world.life.cancel(ALICE, refunded_one.id)
    world.provider.configure(cancel_policy="no_refund")
    await world.life.cancel(ALICE, kept_by_the_provider.id)
    world.provider.faults.add("getNumber", "cut_after", count=1)
    doubtful = await world.buys("ig")
    found = {kept: await statements.history(ALICE, 0, kept) for kept in Kept}
    ids = {kept: {row.id for row in page.purchases} for kept, page in found.items()}
    assert ids[Kept.ALL] == {answered.id, refunded_one.id, kept_by_the_provider.id, doubtful.id}
    assert ids[Kept.ANSWERED] == {answered.id}
    assert ids[Kept.REFUNDED] == {refunded_one.id}
    assert ids[Kept.DOUBTFUL] == {doubtful.id}
    assert {page.overall for page in found.values()} == {4}
    money = {kept: (page.total, page.spent, page.returned) for kept, page in found.items()}
    assert money == {
        Kept.ALL: (4, D("56.50"), D("9.50")),
        Kept.ANSWERED: (1, D("38.50"), D(0)),
        Kept.REFUNDED: (1, D(0), D("9.50")),
        Kept.DOUBTFUL: (1, D(0), D(0)),
    }
    assert (await statements.history(BOB, 0, Kept.ALL)).overall == 0


async def test_a_refund_of_next_to_nothing_is_one(local: World) -> None:
    await local.connected()
    held = await local.holds()
    await local.edit(held, closing_before=D("1.00"), closing_after=D("1.01"))
    assert [row.id for row in (await Statements(local.database).history(ALICE, 0, Kept.REFUNDED)).purchases] == [held.id]


async def test_entries_are_every_purchase_of_the_chat_with_its_sms_counted(world: World) -> None:
    statements = Statements(world.database)
    await world.connected()
    await world.connected(BOB)
    first = await world.holds("wa")
    world.clock.advance(seconds=30)
    await world.life.record(first.id, ["Your code is 123456"])
    world.clock.advance(seconds=30)
    await world.life.record(first.id, ["Your code is 654321"])
    second = await world.holds("fb")
    await world.holds("fb", BOB)
    await world.offered("tg")
    entries = await statements.entries(ALICE)
    assert [(entry.purchase.id, entry.sms) for entry in entries] == [(first.id, 2), (second.id, 0)]
    assert entries[0].first_sms_at == START + timedelta(seconds=30)
    assert entries[1].first_sms_at is None
    assert [await statements.entry(ALICE, entry.purchase.id) for entry in entries] == list(entries)


async def test_a_record_is_its_owners_and_of_a_purchase(local: World) -> None:
    statements = Statements(local.database)
    await local.connected()
    held, offer = await local.holds("wa"), await local.offered("fb")
    assert (await statements.entry(ALICE, held.id)).purchase.id == held.id
    for chat_id, activation_id in ((BOB, held.id), (ALICE, offer.id), (ALICE, "nothing")):
        with pytest.raises(NotFound):
            await statements.entry(chat_id, activation_id)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, "5", "0"),
        ("5", None, "0"),
        ("5", "15", "10"),
        ("5", "9.99", "4.99"),
        ("5", "500", "10"),
        ("5", "1", "0"),
        ("-20", "-10", "10"),
    ],
)
def test_no_more_came_back_than_was_paid(before: str | None, after: str | None, expected: str) -> None:
    assert refunded(D(10), before and D(before), after and D(after)) == D(expected)  # type: ignore[arg-type]  # A text is never empty.


async def test_the_past_of_one_product_is_found_by_its_name(world: World) -> None:
    statements = Statements(world.database)
    await world.connected()
    for product_id in ("fb", "tg"):
        await world.holds(product_id)
        world.clock.advance(seconds=1)
    await world.life.cancel(ALICE, (await world.holds("fb")).id)
    facebook, telegram = await statements.products(ALICE)
    assert (facebook.name, facebook.count, facebook.spent) == ("Facebook", 2, D("9.50"))
    assert (telegram.name, telegram.count, telegram.spent) == ("Telegram", 1, D("62.00"))
    assert await statements.meant(ALICE, "facebok") == facebook.key
    assert await statements.meant(ALICE, "whatsapp") is None
    assert await statements.meant(ALICE, "") is None
    only = await statements.of_product(ALICE, 0, facebook.key)
    assert ([row.product_name for row in only.purchases], only.total, only.overall) == (["Facebook"] * 2, 2, 3)
    assert (only.product, only.key, only.spent, only.returned) == ("Facebook", facebook.key, D("9.50"), D("9.50"))
    with pytest.raises(NotFound):
        await statements.of_product(BOB, 0, facebook.key)


async def test_a_product_is_called_what_it_was_called_last(world: World) -> None:
    statements = Statements(world.database)
    await world.connected()
    for name in ("Facebook", "Facebook Lite"):
        await world.edit(await world.holds("fb"), product_name=name)
        world.clock.advance(seconds=1)
    (product,) = await statements.products(ALICE)
    assert product.name == (await statements.of_product(ALICE, 0, product.key)).product == "Facebook Lite"


async def test_of_bought_products_the_one_that_fits_best_is_meant(world: World) -> None:
    statements = Statements(world.database)
    await world.connected()
    for product_id, name in (("fb", "Facebook"), ("tg", "Facebook Lite")):
        await world.edit(await world.holds(product_id), product_name=name)
        world.clock.advance(seconds=1)
    assert [product.name for product in await statements.products(ALICE)] == ["Facebook Lite", "Facebook"]
    assert await statements.meant(ALICE, "facebook") == product_key("fb")
