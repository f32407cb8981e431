"""The product list: read once a minute for an account, found as people type, and keyed so that a button holds it."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.otpbuddy import NoAnswer
from bot.sandbox.provider import Offer
from bot.services.catalog import product_key
from bot.services.errors import NotConnected, NotOnSale
from tests.services.world import ALICE, BOB, World


async def test_the_list_is_sorted_by_name_as_people_read_it(local: World) -> None:
    await local.connected()
    offers = [("3", "zebra"), ("1", "Élan"), ("2", "Apple"), ("5", "apple"), ("4", "Вконтакте")]
    local.provider.set_products([Offer(key, name, Decimal(1)) for key, name in offers])
    assert [product.id for product in await local.catalog.products(ALICE)] == ["2", "5", "1", "3", "4"]


async def test_the_list_is_read_once_a_minute(local: World) -> None:
    await local.connected()
    await local.catalog.products(ALICE)
    local.clock.advance(seconds=60)
    await local.catalog.products(ALICE)
    assert local.asked("getProducts") == 1
    local.clock.advance(seconds=1)
    await local.catalog.products(ALICE)
    assert local.asked("getProducts") == 2


async def test_who_needs_a_fresher_price_gets_it(local: World) -> None:
    await local.connected()
    assert (await local.catalog.product(ALICE, product_key("wa"))).price == Decimal("38.50")
    local.provider.set_stock("wa", price=Decimal(50))
    local.clock.advance(seconds=16)
    assert (await local.catalog.product(ALICE, product_key("wa"))).price == Decimal("38.50")
    assert (await local.catalog.product(ALICE, product_key("wa"), max_age=timedelta(seconds=15))).price == Decimal(50)


async def test_a_clock_that_was_set_back_keeps_no_old_price(local: World) -> None:
    await local.connected()
    await local.catalog.products(ALICE)
    local.clock.advance(hours=-1)
    local.provider.set_stock("wa", price=Decimal(50))
    assert (await local.catalog.product(ALICE, product_key("wa"))).price == Decimal(50)


async def test_fifty_who_ask_at_once_cost_one_call(local: World) -> None:
    await local.connected()
    held = local.provider.faults.add("getProducts", "hold", count=1)
    asking = [asyncio.create_task(local.catalog.products(ALICE)) for _ in range(50)]
    await local.struck(held)
    held.release()
    lists = await asyncio.gather(*asking)
    assert all(products is lists[0] for products in lists)
    assert local.asked("getProducts") == 2  # The call that was held is written down when it came and when it was answered.


async def test_a_failed_reading_is_not_kept_and_the_next_one_asks_again(local: World) -> None:
    await local.connected()
    local.provider.faults.add("getProducts", "cut", count=1)
    with pytest.raises(NoAnswer):
        await local.catalog.products(ALICE)
    assert await local.catalog.products(ALICE)


async def test_chats_of_one_account_share_its_list_and_others_do_not(local: World) -> None:
    await local.connected()
    await local.connected(BOB, "demo-token-alice")
    assert await local.catalog.products(ALICE) is await local.catalog.products(BOB)
    await local.connected(BOB)
    await local.catalog.products(BOB)
    assert local.asked("getProducts") == 2


async def test_of_256_accounts_the_lists_are_kept_and_then_the_one_longest_not_seen_is_dropped(local: World) -> None:
    async def reads(number: int) -> None:
        await local.connected(BOB, f"token-{number}")
        await local.catalog.products(BOB)

    for number in range(256):
        local.provider.add_account(f"token-{number}", Decimal(1))
    await local.connected()
    await local.catalog.products(ALICE)
    for number in range(255):
        await reads(number)
    await local.catalog.products(ALICE)
    assert local.asked("getProducts") == 256
    await reads(255)
    await local.catalog.products(ALICE)
    assert local.asked("getProducts") == 257
    await reads(0)
    assert local.asked("getProducts") == 258


async def test_of_a_thousand_products_that_are_gone_the_names_are_known(local: World) -> None:
    await local.connected()
    names = [f"p{number:04}" for number in range(1001)]
    local.provider.set_products(Offer(name, name, Decimal(1)) for name in names)
    await local.catalog.products(ALICE)
    local.provider.set_products([Offer("wa", "WhatsApp", Decimal(1))])
    local.clock.advance(minutes=2)
    for name, known in ((names[0], None), (names[1], names[1]), (names[-1], names[-1])):
        with pytest.raises(NotOnSale) as missed:
            await local.catalog.product(ALICE, product_key(name))
        assert (missed.value.product and missed.value.product.name) == known


async def test_without_an_account_there_is_no_list(local: World) -> None:
    with pytest.raises(NotConnected):
        await local.catalog.products(ALICE)


async def test_a_key_that_names_nothing_is_not_on_sale(local: World) -> None:
    await local.connected()
    with pytest.raises(NotOnSale):
        await local.catalog.product(ALICE, "AAAAAAAAAAA")


async def test_a_typed_name_finds_products_and_an_empty_one_all(local: World) -> None:
    await local.connected()
    assert [product.id for product in (await local.catalog.find(ALICE, " whatsapp ")).products] == ["wa"]
    assert [product.id for product in (await local.catalog.find(ALICE, "vkontakte")).products] == ["vk"]
    assert len((await local.catalog.find(ALICE, "  ")).products) == len(local.provider.offers)
    assert (await local.catalog.find(ALICE, "no such thing")).products == ()


def test_a_key_is_the_same_tomorrow() -> None:
    # Buttons in chats hold keys for ever: a change of this value breaks every one of them.
    assert product_key("wa") == "h7gQBwt8c5Y"


@given(st.text(max_size=300))
def test_a_key_fits_a_button_whatever_the_id(product_id: str) -> None:
    key = product_key(product_id)
    assert len(key) == 11
    assert key.isascii()
    assert ":" not in key


def test_a_key_can_be_made_of_what_is_no_text() -> None:
    assert product_key("\ud800") != product_key("?")
