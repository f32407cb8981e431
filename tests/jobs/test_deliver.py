"""Deliveries: each SMS is pushed, cards are brought up to date, and whatever goes wrong is made good from the rows."""

import logging
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from bot.gateway.limiter import Priority
from bot.jobs.deliver import Deliveries
from bot.sandbox.server import Sandbox
from bot.sandbox.telegram import FaultKind
from bot.services.backoff import Backoff
from bot.services.catalog import product_key
from bot.services.leases import Sole
from storage import activations, chats, notices
from storage.models import State
from tests.support.bots import HURRIED
from tests.support.people import Message, Person
from tests.support.wired import Wired, wire


async def buy(wired: Wired, person: Person) -> tuple[str, Message]:
    card = await wired.bought(person)
    [held] = await wired.bot.parts.statements.held(person.id)
    return held.id, card


async def receive(wired: Wired, activation_id: str, text: str) -> None:
    """Let an SMS be recorded, as the poller does; it is announced, and tried at once."""
    assert await wired.bot.parts.life.record(activation_id, [text])


async def sweep(wired: Wired) -> None:
    await wired.bot.deliveries.sweep()
    await wired.bot.deliveries.drain()


def pushes(person: Person) -> list[Message]:
    return [message for message in person.messages() if message["text"].startswith("🔑")]


async def test_an_sms_is_pushed_in_reply_to_the_card_and_the_card_shows_it(wired: Wired, alice: Person) -> None:
    activation_id, card = await buy(wired, alice)
    await receive(wired, activation_id, "Your code is 123-456")
    await wired.bot.deliveries.drain()
    [push] = pushes(alice)
    assert push["reply_to_message"]["message_id"] == card["message_id"]
    assert "123456" in next(message for message in alice.messages() if message["message_id"] == card["message_id"])["text"]


async def test_each_sms_is_pushed_once_however_often_it_is_announced(wired: Wired, alice: Person) -> None:
    activation_id, _ = await buy(wired, alice)
    hold = wired.sandbox.telegram.faults.add("sendMessage", kind=FaultKind.HOLD)
    await receive(wired, activation_id, "Your code is 111111")
    await wired.sandbox.telegram.until(lambda _: hold.struck)
    for _ in range(50):
        wired.bot.deliveries.soon(activation_id)
    await receive(wired, activation_id, "Your code is 222222")
    await wired.bot.deliveries.sweep()
    assert pushes(alice) == []
    hold.release()
    await wired.bot.deliveries.drain()
    await sweep(wired)
    assert [push["text"].splitlines()[0] for push in pushes(alice)] == ["🔑 111111", "🔑 222222"]


async def test_a_chat_that_cannot_be_written_to_is_left_alone_until_it_comes_back(wired: Wired, alice: Person) -> None:
    activation_id, _ = await buy(wired, alice)
    wired.sandbox.telegram.users[alice.id].blocked = True
    await receive(wired, activation_id, "Your code is 123-456")
    await wired.bot.deliveries.drain()
    chat = await wired.chat(alice)
    assert chat is not None
    assert chat.unreachable_at is not None
    calls = len(wired.sandbox.telegram.ledger)
    wired.bot.deliveries.soon(activation_id)
    await sweep(wired)
    assert len(wired.sandbox.telegram.ledger) == calls
    wired.sandbox.telegram.users[alice.id].blocked = False
    await wired.says(alice, "/start")
    await sweep(wired)
    assert len(pushes(alice)) == 1


@pytest.mark.parametrize(
    ("kind", "times", "count"),
    [(FaultKind.RETRY_AFTER, 1, 1), (FaultKind.HTTP_ERROR, 1, 1), (FaultKind.CUT, 1, 1), (FaultKind.CUT_AFTER, 1, 2)],
)
async def test_a_push_that_failed_is_tried_again_after_a_pause(
    wired: Wired, alice: Person, kind: FaultKind, times: int, count: int
) -> None:
    """Where Telegram took the message before the connection broke, it comes twice: at least once is the promise."""
    activation_id, _ = await buy(wired, alice)
    fault = wired.sandbox.telegram.faults.add("sendMessage", kind=kind, count=times, retry_after=0)
    await receive(wired, activation_id, "Your code is 123-456")
    await wired.bot.deliveries.drain()
    assert fault.count == 0
    calls = len(wired.sandbox.telegram.ledger)
    await sweep(wired)
    assert len(wired.sandbox.telegram.ledger) == calls, "not before the pause is over"
    wired.clock.advance(minutes=10)
    await sweep(wired)
    assert len(pushes(alice)) == count
    await sweep(wired)
    assert len(pushes(alice)) == count


async def test_a_pause_that_telegram_asks_for_is_kept(sandbox: Sandbox, alice: Person, tmp_path: Path) -> None:
    async with wire(sandbox, tmp_path, limits=replace(HURRIED, attempts=1)) as wired:
        activation_id, _ = await buy(wired, alice)
        sandbox.telegram.faults.add("sendMessage", kind=FaultKind.RETRY_AFTER, retry_after=1)
        await receive(wired, activation_id, "Your code is 123-456")
        await wired.bot.deliveries.drain()
        await sweep(wired)
        assert pushes(alice) == []
        wired.clock.advance(minutes=10)
        await sweep(wired)
        assert len(pushes(alice)) == 1


async def test_text_that_telegram_cannot_parse_goes_out_plain(wired: Wired, alice: Person) -> None:
    activation_id, _ = await buy(wired, alice)
    wired.sandbox.telegram.faults.add("sendMessage", kind=FaultKind.BAD_REQUEST, description="can't parse entities: whatever")
    await receive(wired, activation_id, "Your code is 123-456 <b>")
    await wired.bot.deliveries.drain()
    [push] = pushes(alice)
    assert push["text"].splitlines()[-1] == "Your code is 123-456 <b>"
    assert "entities" not in push or not [entity for entity in push["entities"] if entity["type"] == "code"]


async def test_what_telegram_refuses_for_no_known_reason_is_an_error_and_tried_again(
    wired: Wired, alice: Person, caplog: pytest.LogCaptureFixture
) -> None:
    activation_id, _ = await buy(wired, alice)
    wired.sandbox.telegram.faults.add("sendMessage", kind=FaultKind.BAD_REQUEST, description="BUTTON_COPY_TEXT_INVALID")
    await receive(wired, activation_id, "Your code is 123-456")
    await wired.bot.deliveries.drain()
    [record] = [record for record in caplog.records if record.name == "bot.jobs.deliver"]
    assert record.levelno == logging.ERROR
    assert "123" not in record.getMessage(), "codes are no business of the log"
    wired.clock.advance(minutes=10)
    await sweep(wired)
    assert len(pushes(alice)) == 1


async def test_a_deleted_card_is_replaced_by_a_new_one(wired: Wired, alice: Person) -> None:
    activation_id, card = await buy(wired, alice)
    alice.telegram.delete_message(alice.id, alice.id, card["message_id"])
    await receive(wired, activation_id, "Your code is 123-456")
    await wired.bot.deliveries.drain()
    [push] = pushes(alice)
    assert "reply_to_message" not in push
    new = alice.messages()[-1]
    assert "Code received" in new["text"]
    assert (await wired.activation(activation_id)).card_message_id == new["message_id"]
    calls = len(wired.sandbox.telegram.ledger)
    await sweep(wired)
    assert len(wired.sandbox.telegram.ledger) == calls


async def test_an_outage_of_the_database_loses_no_sms(wired: Wired, alice: Person, caplog: pytest.LogCaptureFixture) -> None:
    activation_id, _ = await buy(wired, alice)
    await wired.bot.deliveries.drain()
    hold = wired.sandbox.telegram.faults.add("sendMessage", kind=FaultKind.HOLD)
    await receive(wired, activation_id, "Your code is 123-456")
    await wired.sandbox.telegram.until(lambda _: hold.struck)
    async with wired.bot.database.writing() as session:
        await session.execute(sql("ALTER TABLE sms RENAME TO gone"))
    hold.release()
    await wired.bot.deliveries.drain()
    assert "the database is away" in caplog.text
    async with wired.bot.database.writing() as session:
        await session.execute(sql("ALTER TABLE gone RENAME TO sms"))
    await sweep(wired)
    assert len(pushes(alice)) == 2, "sent, but not noted: at least once"
    await sweep(wired)
    assert len(pushes(alice)) == 2


async def test_a_bug_in_a_delivery_comes_out_at_the_next_sweep(wired: Wired, alice: Person) -> None:
    def broken() -> float:
        raise ZeroDivisionError

    activation_id, _ = await buy(wired, alice)
    deliveries = Deliveries(
        messenger=wired.bot.parts.messenger,
        database=wired.bot.database,
        life=wired.bot.parts.life,
        accounts=wired.bot.parts.accounts,
        languages=wired.bot.parts.languages,
        backoff=Backoff(wired.clock, broken),
        leases=Sole(),
        clock=wired.clock,
        team=wired.bot.parts.team,
    )
    async with wired.bot.database.writing() as session:
        await activations.change(session, activation_id, set(State))
    wired.sandbox.telegram.faults.add("editMessageText", kind=FaultKind.CUT)
    deliveries.soon(activation_id)
    await deliveries.drain()
    with pytest.raises(ZeroDivisionError):
        await deliveries.sweep()


async def test_what_is_not_there_is_passed_over(wired: Wired, alice: Person) -> None:
    activation_id, _ = await buy(wired, alice)
    # Another connection has no foreign keys on, so that it can take the chat away from under its activation.
    with closing(sqlite3.connect(wired.bot.database.file or "")) as connection, connection:
        connection.execute("DELETE FROM chat")
    for unknown in ("nothing", activation_id):
        wired.bot.deliveries.soon(unknown)
    await wired.bot.deliveries.drain()
    await sweep(wired)


async def test_an_offer_is_not_drawn(wired: Wired, alice: Person) -> None:
    await wired.connected(alice)
    (product,) = (await wired.bot.parts.catalog.find(alice.id, "WhatsApp")).products
    offer = await wired.bot.parts.purchases.offer(alice.id, product_key(product.id), "in")
    calls = len(wired.sandbox.telegram.ledger)
    wired.bot.deliveries.soon(offer.id)
    await sweep(wired)
    assert len(wired.sandbox.telegram.ledger) == calls


@pytest.mark.parametrize(("column", "words"), [("rejected", "no longer accepts your token"), ("troubled", "codes may come late")])
async def test_a_notice_is_told_once_and_again_only_where_it_failed(wired: Wired, alice: Person, column: str, words: str) -> None:
    await wired.says(alice, "/start")
    async with wired.bot.database.writing() as session:
        await chats.change(session, alice.id, **{f"{column}_at": wired.clock()})
    wired.clock.advance(minutes=5)
    wired.sandbox.telegram.faults.add("sendMessage", kind=FaultKind.CUT)
    for _ in range(3):
        await sweep(wired)
    assert not [message for message in alice.messages() if words in message["text"]]
    wired.clock.advance(minutes=10)
    for _ in range(3):
        await sweep(wired)
    assert len([message for message in alice.messages() if words in message["text"]]) == 1


async def test_codes_go_before_cards(wired: Wired, alice: Person) -> None:
    assert Priority.CODE < Priority.MESSAGE < Priority.CARD
    activation_id, _ = await buy(wired, alice)
    before = len(wired.sandbox.telegram.ledger)
    await receive(wired, activation_id, "Your code is 123-456")
    await wired.bot.deliveries.drain()
    assert [call.method for call in wired.sandbox.telegram.ledger[before:]] == ["sendMessage", "editMessageText"]


async def test_an_admin_who_cannot_be_told_keeps_nothing_from_the_others(
    wired: Wired, admin: Person, caplog: pytest.LogCaptureFixture
) -> None:
    wired.sandbox.telegram.faults.add("sendMessage", kind=FaultKind.BLOCKED, chat_id=admin.id)
    async with wired.bot.database.writing() as session:
        await notices.note(session, "code 299", "balance: unexpected answer", wired.clock())
    for _ in range(2):
        await sweep(wired)
    assert [record.getMessage() for record in caplog.records if "was not told of code 299" in record.getMessage()] == [
        f"admin {admin.id} was not told of code 299: Forbidden: bot was blocked by the user"
    ]
    async with wired.bot.database.reading() as session:
        assert not await notices.untold(session)
