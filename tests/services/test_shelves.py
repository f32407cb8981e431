"""What a chat has at hand: its favourites, what it bought, and its order of products."""

from decimal import Decimal

import pytest

from bot.sandbox.provider import Offer
from bot.services.catalog import product_key
from bot.services.errors import NotConnected, NotFound
from bot.services.shelves import Kept, Shelf, Shelves
from storage.models import SortOrder, State
from tests.services.world import ALICE, BOB, World


def shelves(world: World) -> Shelves:
    return Shelves(world.database, world.catalog, world.clock)


async def ids(world: World, shelf: Shelf, order: SortOrder = SortOrder.NAME, chat_id: int = ALICE) -> list[str]:
    return [product.id for product in (await shelves(world).stock(chat_id, shelf, order)).products]


async def ended(world: World, product_id: str, state: State = State.FINISHED) -> None:
    """Buy something that ends at once."""
    await world.edit(await world.buys(product_id), state=state)


async def test_a_star_makes_a_favourite_once_for_its_chat_alone(world: World) -> None:
    await world.connected()
    await world.connected(BOB)
    for _ in range(2):
        await shelves(world).star(ALICE, "wa", on=True)
    assert await shelves(world).is_starred(ALICE, "wa")
    assert not await shelves(world).is_starred(BOB, "wa")
    assert await shelves(world).kept(ALICE) == Kept(favourites=True, bought=False)
    assert await shelves(world).kept(BOB) == Kept()
    for _ in range(2):
        await shelves(world).star(ALICE, "wa", on=False)
    assert await shelves(world).kept(ALICE) == Kept()


async def test_favourites_come_in_the_chats_order_at_todays_prices(world: World) -> None:
    await world.connected()
    for product_id in ("tg", "wa", "go"):
        world.clock.advance(seconds=1)
        await shelves(world).star(ALICE, product_id, on=True)
    assert await ids(world, Shelf.FAVOURITES) == ["go", "tg", "wa"]
    assert await ids(world, Shelf.FAVOURITES, SortOrder.PRICE) == ["go", "wa", "tg"]
    world.provider.set_stock("tg", price=Decimal(1))
    world.clock.advance(minutes=2)
    (first, *_) = (await shelves(world).stock(ALICE, Shelf.FAVOURITES, SortOrder.PRICE)).products
    assert (first.id, first.price) == ("tg", Decimal(1))


async def test_what_is_not_on_sale_is_counted_and_comes_back_with_its_star(local: World) -> None:
    await local.connected()
    for product_id in ("wa", "tg"):
        await shelves(local).star(ALICE, product_id, on=True)
    sold = [Offer("wa", "WhatsApp", Decimal(5)), Offer("tg", "Telegram", Decimal(6))]
    local.provider.set_products(sold[:1])
    stock = await shelves(local).stock(ALICE, Shelf.FAVOURITES, SortOrder.NAME)
    assert ([product.id for product in stock.products], stock.gone) == (["wa"], 1)
    local.provider.set_products(sold)
    local.clock.advance(minutes=2)
    assert await ids(local, Shelf.FAVOURITES) == ["tg", "wa"]


async def test_what_was_bought_comes_latest_first_or_most_often_first_and_each_once(world: World) -> None:
    await world.connected()
    for product_id in ("wa", "go", "wa", "ub", "go", "wa", "ig"):
        world.clock.advance(minutes=2)
        await ended(world, product_id)
    assert await ids(world, Shelf.RECENT) == ["ig", "wa", "go", "ub"]
    assert await ids(world, Shelf.MOST) == ["wa", "go", "ig", "ub"]
    assert await shelves(world).kept(ALICE) == Kept(favourites=False, bought=True)


async def test_only_the_latest_fifty_products_are_listed(local: World) -> None:
    await local.connected()
    names = [f"p{number:02}" for number in range(51)]
    local.provider.set_products(Offer(name, name, Decimal("0.01")) for name in names)
    for name in names:
        local.clock.advance(minutes=10)
        await ended(local, name)
    assert await ids(local, Shelf.RECENT) == names[:0:-1]
    suggested = await shelves(local).suggestions(ALICE, "")
    assert [product.id for product in suggested] == [*names[:0:-1], names[0]]


async def test_what_was_only_offered_or_refused_was_not_bought(world: World) -> None:
    await world.connected()
    await world.offered("wa")
    await ended(world, "go", State.REJECTED)
    assert await ids(world, Shelf.RECENT) == []
    assert await shelves(world).kept(ALICE) == Kept()


async def test_the_countries_of_numbers_come_latest_first(world: World) -> None:
    await world.connected()
    for country in ("in", "ru", "in", "gb"):
        world.clock.advance(minutes=2)
        await world.edit(await world.buys(), country=country, state=State.FINISHED)
    assert await shelves(world).countries(ALICE) == ["gb", "in", "ru"]
    assert await shelves(world).countries(BOB) == []


async def test_the_order_is_remembered(world: World) -> None:
    await world.connected()
    await shelves(world).arrange(ALICE, SortOrder.PRICE)
    assert (await world.chat()).sort_order is SortOrder.PRICE


async def test_equal_prices_are_sorted_by_name(local: World) -> None:
    await local.connected()
    local.provider.set_products([Offer("2", "B", Decimal(1)), Offer("1", "C", Decimal(1)), Offer("3", "A", Decimal("2.5"))])
    assert [product.id for product in await local.catalog.listed(ALICE, SortOrder.PRICE)] == ["2", "1", "3"]
    assert [product.id for product in await local.catalog.listed(ALICE, SortOrder.NAME)] == ["3", "2", "1"]


async def test_without_an_account_there_is_nothing_to_list(local: World) -> None:
    with pytest.raises(NotConnected):
        await shelves(local).stock(ALICE, Shelf.FAVOURITES, SortOrder.NAME)


async def test_an_offer_knows_where_it_was_chosen_until_it_is_declined(world: World) -> None:
    await world.connected()
    offer = await world.purchases.offer(ALICE, product_key("wa"), "in", "shop:3:wh\0ats")
    assert (await world.row(offer)).place == "shop:3:whats"
    assert await world.purchases.decline(BOB, offer.id) is None
    assert await world.purchases.decline(ALICE, offer.id) == "shop:3:whats"
    assert await world.purchases.decline(ALICE, offer.id) is None
    assert (await world.offered()).place is None
    assert (await world.purchases.offer(ALICE, product_key("wa"), "in", "x" * 65)).place == "x" * 64


async def test_an_offer_moves_to_another_country_until_it_is_bought(world: World) -> None:
    await world.connected()
    offer = await world.offered()
    assert (await world.purchases.move(ALICE, offer.id, "gb")).country == "gb"
    with pytest.raises(NotFound):
        await world.purchases.move(BOB, offer.id, "ru")
    assert (await world.purchases.buy(ALICE, offer.id, 5)).state is State.ACTIVE
    stays = await world.purchases.move(ALICE, offer.id, "ru")
    assert (stays.state, stays.country) == (State.ACTIVE, "gb")
    assert next(iter(world.provider.activations.values())).number.startswith("44")


async def suggested(world: World, query: str, chat_id: int = ALICE) -> list[str]:
    return [product.id for product in await shelves(world).suggestions(chat_id, query)]


async def test_what_may_be_meant_before_anything_is_typed_is_what_is_at_hand(world: World) -> None:
    await world.connected()
    everything = [product.id for product in await world.catalog.products(ALICE)]
    assert await suggested(world, " ") == everything
    await ended(world, "ub")
    await shelves(world).star(ALICE, "tg", on=True)
    await shelves(world).star(ALICE, "no longer sold", on=True)
    at_hand = await suggested(world, "")
    assert at_hand[:2] == ["tg", "ub"]
    assert await suggested(world, " ") == at_hand
    assert sorted(at_hand) == sorted(everything)
    await shelves(world).arrange(ALICE, SortOrder.PRICE)
    assert (await suggested(world, ""))[:3] == ["tg", "ub", "ot"]


async def test_what_was_bought_last_is_at_hand_before_what_was_bought_most(world: World) -> None:
    await world.connected()
    for product_id in ("wa", "wa", "go"):
        world.clock.advance(minutes=2)
        await ended(world, product_id)
    assert (await suggested(world, ""))[:2] == ["go", "wa"]


async def test_what_is_typed_is_looked_for_however_long_it_is(local: World) -> None:
    await local.connected()
    assert (await suggested(local, "watsap"))[0] == "wa"
    assert await suggested(local, "whatsapp" + " " * 200) == ["wa"]
    assert await suggested(local, "x" * 5000) == []
    assert await suggested(local, " " * 62 + "wa") == await suggested(local, "wa")
    assert await suggested(local, " " * 63 + "wa") == await suggested(local, "w") != await suggested(local, "wa")


async def test_nobody_is_suggested_anything_without_an_account(local: World) -> None:
    with pytest.raises(NotConnected):
        await suggested(local, "whats", chat_id=4004)


async def test_a_search_that_is_too_long_for_buttons_is_remembered(world: World) -> None:
    await world.connected()
    assert (await world.chat()).searched is None
    await shelves(world).searched(ALICE, "самый длинный запрос на свете")
    assert (await world.chat()).searched == "самый длинный запрос на свете"


def test_the_lists_are_called_the_same_tomorrow() -> None:
    # Buttons in chats hold these for ever, as they do the keys of products.
    assert [*Shelf] == ["star", "late", "most"]
