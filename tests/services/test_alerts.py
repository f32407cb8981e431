"""Alerts: what a chat waits for, and what meets it."""

import asyncio

import pytest

from bot.services.catalog import product_key
from bot.services.errors import NotFound, NotOnSale, TooManyAlerts
from storage import alerts as queries
from storage import chats
from storage.models import Alert, AlertKind
from tests.services.test_purchase_races import someone_waits
from tests.services.waiting import WA, D, checks, later, restore, service, untold, withdraw
from tests.services.world import ALICE, BOB, World

CEILING = 20


async def test_a_price_that_falls_to_the_limit_meets_an_alert_once(world: World) -> None:
    await world.connected()
    watched = await service(world).when_at_most(ALICE, WA, D(30))
    assert watched.product is None
    assert watched.alert is not None
    assert (watched.alert.kind, watched.alert.at_most, watched.alert.product_name) == (AlertKind.PRICE, D(30), "WhatsApp")
    checking = checks(world)
    await checking.sweep()
    for price, met in (("30.01", []), ("30", [D(30)]), ("20", [D(30)])):
        world.provider.set_stock("wa", price=D(price))
        await later(world, checking)
        assert [alert.met_price for alert in await untold(world)] == met
    assert list(await service(world).waiting(ALICE)) == []


async def test_a_price_that_is_low_enough_is_no_alert(world: World) -> None:
    await world.connected()
    watched = await service(world).when_at_most(ALICE, WA, D("38.50"))
    assert watched.alert is None
    assert watched.product is not None
    assert watched.product.price == D("38.50")


async def test_a_product_that_is_gone_has_no_price_to_wait_for(local: World) -> None:
    await local.connected()
    withdraw(local, "wa")
    with pytest.raises(NotOnSale):
        await service(local).when_at_most(ALICE, WA, D(30))


async def test_a_second_limit_for_a_product_replaces_the_first(world: World) -> None:
    await world.connected()
    alerts, checking = service(world), checks(world)
    for limit in (20, 30):
        await alerts.when_at_most(ALICE, WA, D(limit))
        world.clock.advance(seconds=1)
    assert [alert.at_most for alert in await alerts.waiting(ALICE)] == [D(30)]
    await checking.sweep()
    world.provider.set_stock("wa", price=D(25))
    await later(world, checking)
    [met] = await untold(world)
    async with world.database.writing() as session:
        await queries.mark_told(session, met.id, world.clock())
    await alerts.when_at_most(ALICE, WA, D(10))
    assert [alert.at_most for alert in await alerts.waiting(ALICE)] == [D(10)], "one that was told makes way for a new one"


async def test_a_product_that_comes_back_meets_an_alert(world: World) -> None:
    await world.connected()
    alerts, checking = service(world), checks(world)
    bought = await world.holds("wa")
    offer = withdraw(world, "wa")
    world.clock.advance(minutes=2)
    with pytest.raises(NotOnSale) as gone:
        await world.purchases.offer_again(ALICE, bought.id)
    assert gone.value.product is not None
    assert gone.value.product.name == "WhatsApp"
    watched = await alerts.when_back(ALICE, WA)
    assert watched.alert is not None
    assert (watched.alert.kind, watched.alert.product_name) == (AlertKind.STOCK, "WhatsApp")
    await checking.sweep()
    await later(world, checking)
    assert not await untold(world)
    restore(world, offer)
    world.provider.set_stock("wa", price=D(41))
    await later(world, checking)
    assert [(alert.product_id, alert.met_price) for alert in await untold(world)] == [("wa", D(41))]


async def test_a_product_that_is_on_sale_is_not_waited_for(local: World) -> None:
    await local.connected()
    watched = await service(local).when_back(ALICE, WA)
    assert watched.alert is None
    assert watched.product is not None
    assert watched.product.name == "WhatsApp"


async def test_the_name_of_a_product_that_is_gone_is_known_from_the_last_lists_or_from_purchases(local: World) -> None:
    await local.connected()
    await local.catalog.products(ALICE)
    withdraw(local, "vk")
    local.clock.advance(minutes=2)
    watched = await service(local).when_back(ALICE, product_key("vk"))
    assert watched.alert is not None
    assert watched.alert.product_name == "Вконтакте"
    # A process that has just started knows of no earlier list.
    await local.holds("wa")
    withdraw(local, "wa")
    fresh = local.replica()
    watched = await service(fresh).when_back(ALICE, WA)
    assert watched.alert is not None
    assert watched.alert.product_name == "WhatsApp"
    with pytest.raises(NotFound):
        await service(fresh).when_back(ALICE, product_key("nothing"))


async def test_a_chat_waits_for_so_much_and_no_more(world: World) -> None:
    await world.connected()
    alerts = service(world)
    keys = [product_key(product.id) for product in (await world.catalog.products(ALICE))[: CEILING + 1]]
    for key in keys[:CEILING]:
        await alerts.when_at_most(ALICE, key, D("0.01"))
    with pytest.raises(TooManyAlerts) as refused:
        await alerts.when_at_most(ALICE, keys[CEILING], D("0.01"))
    assert refused.value.limit == CEILING
    await alerts.when_at_most(ALICE, keys[0], D("0.02"))
    waiting = await alerts.waiting(ALICE)
    assert len(waiting) == CEILING, "a new limit for an old one is not one more"
    await alerts.remove(ALICE, waiting[0].id)
    await alerts.when_at_most(ALICE, keys[CEILING], D("0.01"))
    assert len(await alerts.waiting(ALICE)) == CEILING


async def test_the_last_room_is_taken_by_the_alert_that_another_process_is_setting_up(world: World) -> None:
    await world.connected()
    keys = [product_key(product.id) for product in await world.catalog.products(ALICE) if product.id != "wa"]
    for key in keys[: CEILING - 1]:
        await service(world).when_at_most(ALICE, key, D("0.01"))
    last = Alert(id="a", chat_id=ALICE, product_id="?", product_name="?", kind=AlertKind.STOCK, created_at=world.clock.now)
    async with asyncio.timeout(20), world.database.engine.connect() as watching, world.database.writing() as session:
        await chats.lock(session, ALICE)
        session.add(last)
        setting_up = asyncio.create_task(service(world).when_at_most(ALICE, WA, D(30)))
        if not world.database.is_sqlite:
            await someone_waits(watching)
    with pytest.raises(TooManyAlerts):
        await setting_up
    assert len(await service(world).waiting(ALICE)) == CEILING


async def test_an_alert_that_was_met_waits_again_only_where_there_is_room(world: World) -> None:
    await world.connected()
    alerts, checking = service(world), checks(world)
    keys = [product_key(product.id) for product in await world.catalog.products(ALICE) if product.id != "wa"]
    await alerts.when_at_most(ALICE, WA, D(30))
    await checking.sweep()
    world.provider.set_stock("wa", price=D(30))
    await later(world, checking)
    for key in keys[:CEILING]:
        await alerts.when_at_most(ALICE, key, D("0.01"))
    with pytest.raises(TooManyAlerts):
        await alerts.when_at_most(ALICE, WA, D(10))
    assert len(await alerts.waiting(ALICE)) == CEILING


async def test_an_alert_is_removed_by_its_owner_only(world: World) -> None:
    await world.connected()
    await world.connected(BOB)
    alerts = service(world)
    alert = (await alerts.when_at_most(ALICE, WA, D(30))).alert
    assert alert is not None
    await alerts.remove(BOB, alert.id)
    assert [other.id for other in await alerts.waiting(ALICE)] == [alert.id]
    assert list(await alerts.waiting(BOB)) == []
    await alerts.remove(ALICE, alert.id)
    await alerts.remove(ALICE, alert.id)
    assert list(await alerts.waiting(ALICE)) == []


async def test_an_alert_that_is_changed_under_a_look_is_not_met_by_it(world: World) -> None:
    await world.connected()
    alerts = service(world)
    old = (await alerts.when_at_most(ALICE, WA, D(30))).alert
    assert old is not None
    world.clock.advance(seconds=1)
    await alerts.when_at_most(ALICE, WA, D(20))
    async with world.database.writing() as session:
        assert not await queries.meet(session, old, D(25), world.clock())
    assert not await untold(world)


async def test_told_alerts_are_forgotten_after_a_while(world: World) -> None:
    await world.connected()
    alerts, checking = service(world), checks(world)
    await alerts.when_at_most(ALICE, WA, D(30))
    await alerts.when_at_most(ALICE, product_key("fb"), D(1))
    await checking.sweep()
    world.provider.set_stock("wa", price=D(1))
    await later(world, checking)
    [met] = await untold(world)
    async with world.database.writing() as session:
        await queries.mark_told(session, met.id, world.clock())
    world.clock.advance(days=7)
    assert await alerts.forget_told() == 0
    world.clock.advance(seconds=1)
    assert await alerts.forget_told() == 1
    assert len(await alerts.waiting(ALICE)) == 1
