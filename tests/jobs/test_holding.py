"""Warnings before the end, words about an end, and living lists: sent from the rows, and made good from them when a send goes wrong."""

import asyncio
from typing import Any

import pytest

from bot.jobs.holding import Keeper
from bot.jobs.teller import Teller
from bot.sandbox.telegram import FaultKind
from bot.services.backoff import Backoff
from bot.services.holding import Holding
from bot.services.leases import Shared
from storage import chats
from tests.support.people import Message, Person
from tests.support.wired import Wired

WARNING = "Nearly over, and no code yet"
END = "Cancelled by itself, no code came in time"


async def sweep(wired: Wired) -> None:
    await wired.bot.keeper.sweep()
    await wired.bot.keeper.drain()


async def bought(wired: Wired, person: Person, **wishes: Any) -> tuple[str, Message]:
    card = await wired.bought(person)
    if wishes:
        async with wired.bot.database.writing() as session:
            await chats.change(session, person.id, **wishes)
    [held] = await wired.bot.parts.statements.held(person.id)
    return held.id, card


async def cancelled_by_itself(wired: Wired, person: Person, **wishes: Any) -> tuple[str, Message]:
    activation_id, card = await bought(wired, person, auto_cancel_minutes=5, **wishes)
    wired.clock.advance(minutes=5)
    await wired.bot.auto_cancel.sweep()
    await wired.bot.deliveries.drain()
    return activation_id, card


def shown(person: Person, words: str) -> list[Message]:
    return [message for message in person.messages() if words in message["text"] and "reply_to_message" in message]


def shows(person: Person, message: Message) -> str:
    """What a message shows now."""
    return str(next(one["text"] for one in person.messages() if one["message_id"] == message["message_id"]))


@pytest.mark.parametrize("quiet", [False, True])
async def test_the_warning_comes_once_in_reply_to_the_card(wired: Wired, alice: Person, quiet: bool) -> None:
    activation_id, card = await bought(wired, alice, quiet=quiet)
    wired.clock.advance(minutes=18)
    await sweep(wired)
    await sweep(wired)
    [warning] = shown(alice, WARNING)
    assert warning["reply_to_message"]["message_id"] == card["message_id"]
    assert (await wired.activation(activation_id)).warned_at is not None
    sent = next(call for call in wired.sandbox.telegram.ledger if call.message_id == warning["message_id"])
    assert (str(sent.params.get("disable_notification", False)).lower() == "true") == quiet


async def test_an_end_that_nobody_tapped_is_told_by_a_message_and_on_the_card(wired: Wired, alice: Person) -> None:
    _, card = await cancelled_by_itself(wired, alice)
    await sweep(wired)
    await sweep(wired)
    [told] = shown(alice, END)
    assert "₹38.50 came back" in told["text"]
    assert END in shows(alice, card)
    assert "Buy a number for WhatsApp?" in (await tapped(wired, alice, told, "Buy again"))


async def tapped(wired: Wired, person: Person, message: Message, label: str) -> str:
    await wired.taps(person, wired.data(message, label), message)
    return str(person.messages()[-1]["text"])


@pytest.mark.parametrize(
    ("kind", "count"), [(FaultKind.RETRY_AFTER, 1), (FaultKind.HTTP_ERROR, 1), (FaultKind.BAD_REQUEST, 1), (FaultKind.CUT_AFTER, 2)]
)
async def test_what_could_not_be_told_is_told_after_a_pause(wired: Wired, alice: Person, kind: FaultKind, count: int) -> None:
    await cancelled_by_itself(wired, alice)
    fault = wired.sandbox.telegram.faults.add("sendMessage", kind=kind, retry_after=0)
    await sweep(wired)
    assert fault.count == 0
    calls = len(wired.sandbox.telegram.ledger)
    if kind is not FaultKind.RETRY_AFTER:
        await sweep(wired)
        assert len(wired.sandbox.telegram.ledger) == calls, "not before the pause is over"
    wired.clock.advance(minutes=10)
    await sweep(wired)
    assert len(shown(alice, END)) == count


async def test_who_blocked_the_bot_is_told_after_coming_back(wired: Wired, alice: Person) -> None:
    await cancelled_by_itself(wired, alice)
    wired.sandbox.telegram.users[alice.id].blocked = True
    await sweep(wired)
    calls = len(wired.sandbox.telegram.ledger)
    await sweep(wired)
    assert len(wired.sandbox.telegram.ledger) == calls, "a blocked bot does not knock again"
    wired.sandbox.telegram.users[alice.id].blocked = False
    await wired.says(alice, "/start")
    await sweep(wired)
    assert len(shown(alice, END)) == 1


async def test_what_is_being_told_is_not_begun_again(wired: Wired, alice: Person) -> None:
    await cancelled_by_itself(wired, alice)
    hold = wired.sandbox.telegram.faults.add("sendMessage", kind=FaultKind.HOLD)
    await wired.bot.keeper.sweep()
    await wired.sandbox.telegram.until(lambda _: hold.struck)
    await wired.bot.keeper.sweep()
    hold.release()
    await wired.bot.keeper.drain()
    await sweep(wired)
    assert len(shown(alice, END)) == 1


async def test_a_bug_in_what_is_told_ends_the_sweep(wired: Wired, alice: Person) -> None:
    async def broken() -> None:
        raise ZeroDivisionError

    wired.bot.keeper._teller.soon("broken", alice.id, broken)
    await wired.bot.keeper.drain()
    with pytest.raises(ZeroDivisionError):
        await wired.bot.keeper.sweep()


async def listed(wired: Wired, person: Person) -> Message:
    return (await wired.says(person, "/numbers"))[-1]


async def later(wired: Wired) -> None:
    wired.clock.advance(seconds=3)
    await sweep(wired)


async def test_the_newest_list_shows_what_changes(wired: Wired, alice: Person) -> None:
    activation_id, _ = await bought(wired, alice)
    older, newest = await listed(wired, alice), await listed(wired, alice)
    before = shows(alice, older)
    assert "waiting for the code" in before
    await wired.bot.parts.life.record(activation_id, ["Your code is 123456"])
    await later(wired)
    assert "code received" in shows(alice, newest)
    assert "123456" in shows(alice, newest)
    assert shows(alice, older) == before
    await wired.bot.parts.life.finish(alice.id, activation_id)
    await later(wired)
    assert "You hold no active numbers" in shows(alice, newest)


async def test_a_list_is_drawn_after_the_last_of_several_changes(wired: Wired, alice: Person) -> None:
    activation_id, _ = await bought(wired, alice)
    message = await listed(wired, alice)
    calls = len(wired.sandbox.telegram.ledger)
    await sweep(wired)
    assert len(wired.sandbox.telegram.ledger) == calls, "nothing changed"
    for number in range(5):
        await wired.bot.parts.life.record(activation_id, [f"Your code is 12345{number}"])
        await wired.bot.keeper.sweep()
    await wired.bot.keeper.drain()
    edits = [call for call in wired.sandbox.telegram.ledger if call.method == "editMessageText" and "active number" in str(call.params)]
    assert len(edits) == 1
    await later(wired)
    assert "123454" in shows(alice, message)


async def test_a_list_that_became_something_else_is_left_alone(wired: Wired, alice: Person) -> None:
    activation_id, _ = await bought(wired, alice)
    message = await listed(wired, alice)
    await wired.taps(alice, "menu", message)
    await wired.bot.parts.life.record(activation_id, ["Your code is 123456"])
    await later(wired)
    assert "What would you like to do?" in shows(alice, message)
    await wired.taps(alice, "nums", message)
    await wired.bot.parts.life.finish(alice.id, activation_id)
    await later(wired)
    assert "You hold no active numbers" in shows(alice, message)


async def test_what_a_tap_shows_is_not_overwritten_by_a_list_that_is_just_being_drawn(wired: Wired, alice: Person) -> None:
    activation_id, _ = await bought(wired, alice)
    message = await listed(wired, alice)
    await wired.bot.parts.life.record(activation_id, ["Your code is 123456"])
    await wired.bot.deliveries.drain()
    hold = wired.sandbox.telegram.faults.add("editMessageText", kind=FaultKind.HOLD)
    wired.clock.advance(seconds=3)
    await wired.bot.keeper.sweep()
    await wired.sandbox.telegram.until(lambda _: hold.struck)
    alice.forges("menu", message)
    answered = answers(wired)
    handling = asyncio.create_task(wired.handle())
    await wired.sandbox.telegram.until(lambda _: answers(wired) > answered)
    hold.release()
    await handling
    assert "What would you like to do?" in shows(alice, message)


def answers(wired: Wired) -> int:
    return sum(call.method == "answerCallbackQuery" for call in wired.sandbox.telegram.ledger)


async def test_a_list_that_was_deleted_is_drawn_no_more(wired: Wired, alice: Person) -> None:
    activation_id, _ = await bought(wired, alice)
    message = await listed(wired, alice)
    alice.telegram.delete_message(alice.id, alice.id, message["message_id"])
    await wired.bot.parts.life.record(activation_id, ["Your code is 123456"])
    await later(wired)
    chat = await wired.chat(alice)
    assert chat is not None
    assert chat.list_message_id is None
    texts = len(alice.messages())
    await later(wired)
    assert len(alice.messages()) == texts


async def test_a_menu_waits_for_a_list_that_another_process_draws(wired: Wired, alice: Person) -> None:
    await wired.bought(alice)
    waited = asyncio.Event()

    async def pause(_seconds: float) -> None:
        waited.set()
        await asyncio.sleep(0)

    bot = wired.bot
    worker, web = Shared(bot.database, "worker"), Shared(bot.database, "web", sleep=pause)
    teller = Teller(bot.parts.accounts, Backoff(wired.clock, lambda: 1.0), wired.clock)
    keeper = Keeper(
        messenger=bot.parts.messenger,
        teller=teller,
        holding=Holding(bot.database, bot.parts.life, wired.clock),
        lists=bot.parts.lists,
        languages=bot.parts.languages,
        leases=web,
        clock=wired.clock,
    )
    async with worker.turn(f"list:{alice.id}"):
        menu = asyncio.create_task(keeper.list_drawn(alice.id))
        await waited.wait()
        assert not menu.done()
    await menu
