"""Buying a number: money leaves once, and only for what was seen."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from bot.otpbuddy import NoAnswer, TokenRejected
from bot.services.catalog import product_key
from bot.services.errors import (
    BalanceTooLow,
    NotConnected,
    NotFound,
    NotOnSale,
)
from bot.services.purchases import PriceChanged
from storage import activations, chats
from storage.models import State
from tests.services.world import ALICE, BOB, CARD, LIFETIME, World, provider_id, together

PRICE = Decimal("38.50")


async def test_an_offer_carries_todays_price_and_the_balance_and_spends_nothing(world: World) -> None:
    await world.connected()
    offer = await world.row(await world.offered())
    assert (offer.state, offer.product_name, offer.price, offer.balance_before) == (State.OFFERED, "WhatsApp", PRICE, Decimal(500))
    assert (offer.chat_id, offer.product_id, offer.country, offer.offered_at) == (ALICE, "wa", "in", world.clock.now)
    assert world.provider.charges == []


async def test_a_purchase_takes_the_price_once_and_keeps_the_number(world: World) -> None:
    await world.connected()
    bought = await world.row(await world.buys())
    theirs = world.provider.activations[bought.provider_id or ""]
    assert (bought.state, bought.number) == (State.ACTIVE, theirs.number)
    assert (bought.purchased_at, bought.expires_at) == (world.clock.now, world.clock.now + LIFETIME)
    assert (bought.balance_before, bought.balance_after) == (Decimal(500), Decimal("461.50"))
    assert (bought.requested_at, bought.card_message_id) == (world.clock.now, CARD)
    assert [charge.amount for charge in world.provider.charges] == [-PRICE]
    assert world.announced.count(bought.id) == 3


async def test_fifty_taps_on_one_offer_make_one_charge_and_get_one_number(world: World) -> None:
    await world.connected()
    offer = await world.offered()
    bought = await asyncio.gather(*(world.purchases.buy(ALICE, offer.id, CARD) for _ in range(50)))
    assert len(world.provider.charges) == 1
    assert {(row.id, row.state, row.number) for row in bought} == {(offer.id, State.ACTIVE, bought[0].number)}
    assert world.asked("getNumber") == 1


async def test_fifty_taps_on_two_replicas_make_one_charge(world: World) -> None:
    await world.connected()
    offer = await world.offered()
    replicas = (world, world.replica())
    bought = await together(*(lambda w=w: w.purchases.buy(ALICE, offer.id, CARD) for _ in range(25) for w in replicas))
    assert len(world.provider.charges) == 1
    assert {getattr(row, "id", row) for row in bought} == {offer.id}
    assert await world.state(offer) is State.ACTIVE


async def test_a_tap_that_another_replica_overtakes_gets_what_the_other_bought(world: World) -> None:
    await world.connected()
    offer = await world.offered()
    held = world.provider.faults.add("getNumber", "hold", count=1)
    first = asyncio.create_task(world.purchases.buy(ALICE, offer.id, CARD))
    await world.struck(held)
    # The second replica saw the offer before the first committed, as its reading of the balance takes its time.
    second = world.replica().purchases
    stale = await world.purchases._mine(ALICE, offer.id)
    stale.state = State.OFFERED
    assert await second._claim(stale, Decimal(500), CARD) is None
    assert (await second.buy(ALICE, offer.id, CARD)).state is State.REQUESTED
    held.release()
    assert (await first).state is State.ACTIVE
    assert len(world.provider.charges) == 1


async def test_purchases_of_one_account_run_one_at_a_time_even_from_two_chats(world: World) -> None:
    await world.connected()
    await world.connected(BOB, "demo-token-alice")
    held = world.provider.faults.add("getNumber", "hold", count=1)
    offers = (await world.offered(), await world.offered("tg", BOB))
    first = asyncio.create_task(world.purchases.buy(ALICE, offers[0].id, CARD))
    await world.struck(held)
    second = asyncio.create_task(world.purchases.buy(BOB, offers[1].id, CARD))
    balance = asyncio.create_task(world.accounts.balance(BOB))
    await balance
    assert await world.state(offers[1]) is State.OFFERED
    held.release()
    assert (await first).balance_before == Decimal(500)
    assert (await second).balance_before == Decimal("461.50")


async def test_another_chat_can_neither_see_nor_buy_nor_decline_an_offer(world: World) -> None:
    await world.connected()
    await world.connected(BOB)
    offer = await world.offered()
    for attempt in (world.purchases.buy(BOB, offer.id, CARD), world.purchases.offer_again(BOB, offer.id)):
        with pytest.raises(NotFound):
            await attempt
    await world.purchases.decline(BOB, offer.id)
    assert await world.state(offer) is State.OFFERED
    assert world.provider.charges == []


async def test_a_declined_offer_is_forgotten_and_a_purchase_is_not(world: World) -> None:
    await world.connected()
    offer = await world.offered()
    await world.purchases.decline(ALICE, offer.id)
    with pytest.raises(NotFound):
        await world.purchases.buy(ALICE, offer.id, CARD)
    await world.purchases.decline(ALICE, offer.id)
    bought = await world.holds()
    await world.purchases.decline(ALICE, bought.id)
    assert await world.state(bought) is State.ACTIVE


async def test_the_product_of_an_earlier_purchase_is_offered_again_at_todays_price(local: World) -> None:
    await local.connected()
    bought = await local.holds()
    local.provider.set_stock("wa", price=Decimal(40))
    local.clock.advance(minutes=2)
    again = await local.purchases.offer_again(ALICE, bought.id)
    assert (again.state, again.product_id, again.price) == (State.OFFERED, "wa", Decimal(40))
    assert again.id != bought.id


async def test_last_weeks_button_asks_again_when_the_price_has_changed(world: World) -> None:
    await world.connected()
    offer = await world.offered()
    world.clock.advance(days=6)
    world.provider.set_stock("wa", price=Decimal("39.25"))
    with pytest.raises(PriceChanged) as asked:
        await world.purchases.buy(ALICE, offer.id, CARD)
    assert (asked.value.old_price, asked.value.offer.price) == (PRICE, Decimal("39.25"))
    assert world.provider.charges == []
    bought = await world.purchases.buy(ALICE, offer.id, CARD)
    assert (bought.state, bought.price) == (State.ACTIVE, Decimal("39.25"))


async def test_a_changed_price_comes_with_the_name_of_today(local: World) -> None:
    await local.connected()
    offer = await local.offered()
    local.provider.offers["wa"] = replace(local.provider.offers["wa"], name="WhatsApp Business", price=Decimal(40))
    local.clock.advance(seconds=1)
    with pytest.raises(PriceChanged) as asked:
        await local.purchases.buy(ALICE, offer.id, CARD)
    assert (asked.value.offer.product_name, str(asked.value)) == ("WhatsApp Business", offer.id)


async def test_a_price_that_changes_between_two_taps_is_never_paid_unseen(world: World) -> None:
    await world.connected()
    offer = await world.offered()
    stale = await world.row(offer)
    world.clock.advance(minutes=1)
    world.provider.set_stock("wa", price=Decimal(60))
    with pytest.raises(PriceChanged):
        await world.purchases.buy(ALICE, offer.id, CARD)
    assert await world.purchases._claim(stale, Decimal(500), CARD) is None
    assert await world.state(offer) is State.OFFERED


async def test_a_price_that_changed_on_an_offer_that_was_bought_meanwhile_changes_nothing(world: World) -> None:
    await world.connected()
    offer = await world.offered()
    await world.edit(offer, state=State.REQUESTED, requested_at=world.clock.now)
    dearer = (await world.client.products(await world.accounts.token(ALICE))).products[1]
    await world.purchases._refuse_other_price(offer, dearer)
    assert (await world.row(offer)).price == PRICE


async def test_a_product_that_is_gone_is_not_bought(local: World) -> None:
    await local.connected()
    offer = await local.offered()
    del local.provider.offers["wa"]
    local.clock.advance(minutes=1)
    with pytest.raises(NotOnSale):
        await local.purchases.buy(ALICE, offer.id, CARD)
    with pytest.raises(NotOnSale):
        await local.offered()
    assert await local.state(offer) is State.OFFERED


async def test_a_balance_below_the_price_is_said_before_anything_is_asked_for(local: World) -> None:
    await local.connected(BOB)
    offer = await local.offered("tg", BOB)
    with pytest.raises(BalanceTooLow) as refused:
        await local.purchases.buy(BOB, offer.id, CARD)
    assert (refused.value.balance, refused.value.price, refused.value.product_id) == (Decimal(42), Decimal(62), "tg")
    assert local.asked("getNumber") == 0
    local.provider.add_account("demo-token-bob", Decimal(62))
    assert (await local.purchases.buy(BOB, offer.id, CARD)).state is State.ACTIVE


async def test_nothing_is_bought_without_an_account(local: World) -> None:
    await local.connected()
    offer = await local.offered()
    await local.accounts.disconnect(ALICE)
    with pytest.raises(NotConnected):
        await local.purchases.buy(ALICE, offer.id, CARD)
    assert await local.state(offer) is State.OFFERED


@pytest.mark.parametrize("call", ["getBalance", "getProducts"])
async def test_a_failure_before_the_request_leaves_the_offer_standing(local: World, call: str) -> None:
    await local.connected()
    offer = await local.offered()
    local.clock.advance(minutes=1)
    local.provider.faults.add(call, "cut", count=1)
    with pytest.raises(NoAnswer):
        await local.purchases.buy(ALICE, offer.id, CARD)
    assert await local.state(offer) is State.OFFERED
    assert (await local.purchases.buy(ALICE, offer.id, CARD)).state is State.ACTIVE


async def test_a_token_that_is_rejected_on_the_way_buys_nothing(local: World) -> None:
    await local.connected()
    offer = await local.offered()
    local.provider.faults.add("getBalance", "http", status=401, count=1)
    with pytest.raises(TokenRejected):
        await local.purchases.buy(ALICE, offer.id, CARD)
    assert (await local.chat()).rejected_at is not None
    assert await local.state(offer) is State.OFFERED


async def test_a_chat_that_is_gone_buys_nothing(local: World) -> None:
    await local.connected()
    offer = await local.offered()
    async with local.database.writing() as session:
        await session.delete(await chats.get(session, ALICE))
    with pytest.raises(NotFound):
        await local.purchases._claim(offer, Decimal(500), CARD)


async def test_a_balance_that_cannot_be_read_afterwards_costs_nothing_but_that_line(local: World) -> None:
    await local.connected()
    offer = await local.offered()
    held = local.provider.faults.add("getNumber", "hold", count=1)
    buying = asyncio.create_task(local.purchases.buy(ALICE, offer.id, CARD))
    await local.struck(held)
    local.provider.faults.add("getBalance", "cut", count=1)
    held.release()
    bought = await buying
    assert bought.state is State.ACTIVE
    assert (await local.row(bought)).balance_after is None
    assert (await local.chat()).balance is None, "what was read before is no witness of what comes back"


async def test_who_disconnects_while_the_request_is_out_still_gets_the_number(local: World) -> None:
    await local.connected()
    offer = await local.offered()
    held = local.provider.faults.add("getNumber", "hold", count=1)
    buying = asyncio.create_task(local.purchases.buy(ALICE, offer.id, CARD))
    await local.struck(held)
    await local.accounts.disconnect(ALICE, abandon=True)
    held.release()
    bought = await buying
    assert (bought.state, bought.number, bought.balance_after) == (
        State.ACTIVE,
        local.provider.activations[provider_id(bought)].number,
        None,
    )


async def test_the_request_is_committed_before_it_is_sent(world: World) -> None:
    await world.connected()
    offer = await world.offered()
    held = world.provider.faults.add("getNumber", "hold", count=1)
    buying = asyncio.create_task(world.purchases.buy(ALICE, offer.id, CARD))
    await world.struck(held)
    row = await world.row(offer)
    assert (row.state, row.card_message_id, row.balance_before) == (State.REQUESTED, CARD, Decimal(500))
    assert (await world.chat()).balance is None, "what was read before is no witness of what comes back later"
    assert world.announced == [offer.id]
    held.release()
    await buying


async def test_a_row_that_vanishes_while_its_request_is_out_is_reported_as_gone(local: World) -> None:
    await local.connected()
    offer = await local.offered()
    requested = await local.purchases._claim(offer, Decimal(500), CARD)
    assert requested is not None
    async with local.database.writing() as session:
        await session.delete(await activations.get(session, offer.id))
    with pytest.raises(NotFound):
        await local.purchases._conclude(requested, {State.REQUESTED}, state=State.ACTIVE)


async def test_a_key_that_names_nothing_is_not_on_sale(local: World) -> None:
    await local.connected()
    with pytest.raises(NotOnSale):
        await local.purchases.offer(ALICE, product_key("no such product"), "in")
