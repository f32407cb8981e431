"""Forgetting a chat: nothing of it stays, nothing of others goes, and no purchase is lost on the way."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text, true
from sqlmodel import SQLModel

from bot.services.errors import Banned, NotFound, NotInvited, PurchaseUnderWay
from bot.services.farewell import Belongings, Farewell
from storage import broadcasts, chats, house
from storage.models import Alert, AlertKind, Broadcast, BroadcastState, Chat, Favourite, Mode, State, UnusualUse
from tests.services.world import ALICE, BOB, World

OWNED = {
    "chat": "SELECT count(*) FROM chat WHERE id = {id}",
    "activation": "SELECT count(*) FROM activation WHERE chat_id = {id}",
    "sms": "SELECT count(*) FROM sms JOIN activation ON activation.id = activation_id WHERE chat_id = {id}",
    "favourite": "SELECT count(*) FROM favourite WHERE chat_id = {id}",
    "alert": "SELECT count(*) FROM alert WHERE chat_id = {id}",
    "unusual_use": "SELECT count(*) FROM unusual_use WHERE chat_id = {id}",
    "broadcast_recipient": "SELECT count(*) FROM broadcast_recipient WHERE chat_id = {id}",
}


@pytest.fixture
def farewell(world: World) -> Farewell:
    return Farewell(world.database, world.accounts, world.clock)


async def kept(world: World, chat_id: int) -> dict[str, int]:
    async with world.database.reading() as session:
        return {table: (await session.execute(text(query.format(id=chat_id)))).scalar_one() for table, query in OWNED.items()}


async def lived_in(world: World, chat_id: int) -> None:
    """Leave a row of every kind."""
    await world.connected(chat_id)
    bought = await world.holds(chat_id=chat_id)
    await world.life.record(bought.id, ["Your code is 123-456"])
    async with world.database.writing() as session:
        session.add(Favourite(chat_id=chat_id, product_id="wa", added_at=world.clock.now))
        alert: dict[str, Any] = {"product_id": "wa", "product_name": "WhatsApp", "kind": AlertKind.PRICE, "at_most": Decimal(5)}
        session.add(Alert(id=f"alert{chat_id}", chat_id=chat_id, created_at=world.clock.now, **alert))
        now = world.clock.now
        session.add(UnusualUse(chat_id=chat_id, purchases=40, cancels=20, noted_at=now, quiet_until=now))


def test_every_table_that_names_a_chat_is_known_here() -> None:
    named = {table.name for table in SQLModel.metadata.tables.values() if "chat_id" in table.columns}
    assert named | {"chat", "sms"} == set(OWNED), "what is kept of a chat has to go with it"


async def test_everything_of_the_chat_goes_and_nothing_of_another(world: World, farewell: Farewell) -> None:
    for chat_id in (ALICE, BOB):
        await lived_in(world, chat_id)
    async with world.database.writing() as session:
        session.add(Broadcast(id="b", author_id=9001, text="Hi", state=BroadcastState.SENDING, created_at=world.clock.now))
        await session.flush()
        assert await broadcasts.address(session, "b", true()) == 2
    assert await kept(world, ALICE) == await kept(world, BOB) == dict.fromkeys(OWNED, 1)
    assert await farewell.belongings(ALICE) == Belongings(active=1, doubtful=0)
    assert await farewell.forget(ALICE) == Belongings(active=1, doubtful=0)
    assert await kept(world, ALICE) == dict.fromkeys(OWNED, 0)
    assert await kept(world, BOB) == dict.fromkeys(OWNED, 1)
    assert await farewell.forget(ALICE) == Belongings(0, 0), "nothing is left to be forgotten"
    _, new = await world.accounts.enter(ALICE, "en")
    assert new
    assert await farewell.belongings(ALICE) == Belongings(0, 0)


@pytest.mark.parametrize("state", [State.UNKNOWN, State.CHARGED, State.UNRESOLVED])
async def test_a_purchase_in_doubt_is_counted_and_goes(world: World, farewell: Farewell, state: State) -> None:
    await world.connected()
    bought = await world.holds()
    await world.edit(bought, state=state)
    assert await farewell.belongings(ALICE) == Belongings(active=0, doubtful=1)
    assert (await farewell.forget(ALICE)).doubtful == 1
    assert await kept(world, ALICE) == dict.fromkeys(OWNED, 0)


async def test_a_chat_whose_purchase_is_being_sent_is_not_forgotten(world: World, farewell: Farewell) -> None:
    await world.connected()
    bought = await world.holds()
    await world.edit(bought, state=State.REQUESTED)
    with pytest.raises(PurchaseUnderWay):
        await farewell.forget(ALICE)
    assert (await kept(world, ALICE))["activation"] == 1


@pytest.mark.parametrize("state", [State.REQUESTED, State.UNKNOWN])
@pytest.mark.parametrize("shared", [True, False])
async def test_what_a_chat_bought_stays_while_the_balance_has_to_speak_for_another_on_its_account(
    world: World, farewell: Farewell, state: State, shared: bool
) -> None:
    await world.connected(ALICE)
    await world.connected(BOB, "demo-token-alice" if shared else None)
    await world.holds(chat_id=ALICE)
    doubt = await world.holds(chat_id=BOB)
    await world.edit(doubt, state=state)
    if shared:
        with pytest.raises(PurchaseUnderWay):
            await farewell.forget(ALICE)
    else:
        await farewell.forget(ALICE)
    assert (await kept(world, ALICE))["activation"] == int(shared)


@pytest.mark.parametrize(("asked", "ends"), [("sms", False), ("sms", True), ("balance", True)])
async def test_a_number_that_is_forgotten_while_it_is_polled_stops_nothing(
    world: World, farewell: Farewell, asked: str, ends: bool
) -> None:
    await world.connected()
    bought = await world.holds()
    poller = world.poller()
    world.receives(bought, "Your code is 123-456")
    if ends:
        world.clock.advance(minutes=21)
    hold = world.provider.faults.add(asked, "hold", count=1)
    await poller.tick()
    await world.struck(hold)
    await farewell.forget(ALICE)
    hold.release()
    await poller.drain()
    await world.polled(poller)
    assert await kept(world, ALICE) == dict.fromkeys(OWNED, 0)
    with pytest.raises(NotFound):
        await world.life.look(bought.id)


async def test_a_cancellation_that_is_overtaken_finds_nothing(world: World, farewell: Farewell) -> None:
    await world.connected()
    bought = await world.holds()
    async with world.database.reading() as session:
        assert await chats.get(session, ALICE) is not None
    await farewell.forget(ALICE)
    with pytest.raises(NotFound):
        await world.life.cancel(ALICE, bought.id)


async def test_what_admins_decided_against_a_chat_stays_with_its_id_and_nothing_else_of_it(world: World, farewell: Farewell) -> None:
    await lived_in(world, ALICE)
    decided: dict[str, Any] = {"banned_at": world.clock.now, "ban_reason": "spam", "max_active": 1, "max_per_hour": 2}
    async with world.database.writing() as session:
        await chats.change(session, ALICE, name="Alice", username="alice", chosen_language="hi", country="in", **decided)
    world.clock.advance(days=1)
    assert (await farewell.belongings(ALICE)).restricted
    assert (await farewell.forget(ALICE)).restricted
    assert await kept(world, ALICE) == dict.fromkeys(OWNED, 0) | {"chat": 1}
    left = (await world.chat()).model_dump(exclude_none=True)
    blank = Chat(id=ALICE, created_at=world.clock.now, unreachable_at=world.clock.now, **decided).model_dump(exclude_none=True)
    assert left == blank
    _, new = await world.accounts.enter(ALICE, "en")
    assert not new
    with pytest.raises(Banned):
        await world.connected()


async def test_where_it_takes_an_invitation_to_come_back_that_is_said_before(world: World, farewell: Farewell) -> None:
    await world.connected()
    async with world.database.writing() as session:
        await house.change(session, world.clock.now, mode=Mode.INVITE)
    assert await farewell.belongings(ALICE) == Belongings(0, 0, by_invitation=True)
    await farewell.forget(ALICE)
    with pytest.raises(NotInvited):
        await world.connected()


async def test_a_limit_of_its_own_is_not_forgotten_either(world: World, farewell: Farewell) -> None:
    await world.connected()
    async with world.database.writing() as session:
        await chats.change(session, ALICE, max_active=0)
    await farewell.forget(ALICE)
    chat = await world.chat()
    assert (chat.max_active, chat.max_per_hour, chat.banned_at, chat.token) == (0, None, None, None)
