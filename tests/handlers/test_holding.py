"""What is tapped on a warning, and one safe step from a number to another one."""

import pytest

from bot.screens.callbacks import CancelNow, KeepWaiting, Replace
from storage.models import State
from tests.support.people import Message, Person
from tests.support.wired import Wired


async def warned(wired: Wired, person: Person) -> tuple[str, Message]:
    """Hold a number that nearly ends; returns its id and the warning."""
    await wired.bought(person)
    [held] = await wired.bot.parts.statements.held(person.id)
    wired.clock.advance(minutes=18)
    await wired.bot.keeper.sweep()
    await wired.bot.keeper.drain()
    warning = person.messages()[-1]
    assert "Nearly over" in warning["text"]
    return held.id, warning


async def asked(wired: Wired, person: Person) -> tuple[str, Message]:
    """Hold a number whose card asks whether to cancel; returns its id and the card."""
    card = await wired.bought(person)
    [held] = await wired.bot.parts.statements.held(person.id)
    await wired.taps(person, wired.data(card, "Cancel"), card)
    return held.id, next(message for message in person.messages() if message["message_id"] == card["message_id"])


def shows(person: Person, message: Message) -> str:
    return str(next(one["text"] for one in person.messages() if one["message_id"] == message["message_id"]))


async def state(wired: Wired, activation_id: str) -> State:
    return (await wired.activation(activation_id)).state


def bought(wired: Wired) -> int:
    return len(wired.sandbox.provider.charges)


async def test_another_number_is_offered_once_this_one_is_cancelled_and_bought_only_by_a_tap_of_its_own(
    wired: Wired, alice: Person
) -> None:
    activation_id, card = await asked(wired, alice)
    wired.sandbox.provider.set_stock("wa", price=wired.sandbox.provider.offers["wa"].price + 1)
    wired.clock.advance(minutes=2)
    await wired.taps(alice, wired.data(card, "Cancel and buy another"), card)
    assert "Cancelled" in shows(alice, card)
    offer = alice.messages()[-1]
    assert "Buy a number for WhatsApp?" in offer["text"]
    assert "₹39.50" in offer["text"], "at today's price"
    assert (await state(wired, activation_id), bought(wired)) == (State.CANCELLED, 1)
    await wired.taps(alice, wired.data(offer, "Buy for"), offer)
    assert bought(wired) == 2
    assert "Waiting for the code" in shows(alice, offer)


async def test_a_second_tap_on_the_card_does_nothing_more(wired: Wired, alice: Person) -> None:
    activation_id, card = await asked(wired, alice)
    for _ in range(3):
        await wired.taps(alice, Replace(activation_id).pack(), card)
    assert sum("Buy a number for WhatsApp?" in message["text"] for message in alice.messages()) == 1
    assert bought(wired) == 1


async def test_a_code_that_the_last_look_finds_is_worth_more_than_another_number(wired: Wired, alice: Person) -> None:
    activation_id, card = await asked(wired, alice)
    wired.sandbox.provider.send_sms(str((await wired.activation(activation_id)).provider_id), "Your code is 123-456")
    await wired.taps(alice, Replace(activation_id).pack(), card)
    texts = [message["text"] for message in alice.messages()]
    assert any("A code has come for WhatsApp" in text for text in texts)
    assert any(text.startswith("🔑 123456") for text in texts)
    assert not any("Buy a number for WhatsApp?" in text for text in texts)
    assert await state(wired, activation_id) is State.ACTIVE


async def test_nothing_is_offered_where_the_provider_refuses(wired: Wired, alice: Person) -> None:
    wired.sandbox.provider.configure(cancel_policy="refuse")
    activation_id, card = await asked(wired, alice)
    await wired.taps(alice, Replace(activation_id).pack(), card)
    assert "Not cancelled." in shows(alice, card)
    assert "So I offer no other number yet" in alice.messages()[-1]["text"]
    assert await state(wired, activation_id) is State.ACTIVE


async def test_nothing_is_offered_where_the_answer_is_unclear(wired: Wired, alice: Person) -> None:
    wired.sandbox.provider.faults.add("cancel", "cut_after", count=1)
    activation_id, card = await asked(wired, alice)
    await wired.taps(alice, Replace(activation_id).pack(), card)
    assert "Cancelling." in shows(alice, card)
    assert "So I offer no other number yet" in alice.messages()[-1]["text"]
    assert await state(wired, activation_id) is State.CANCELLING


async def test_nothing_is_cancelled_where_the_provider_cannot_be_asked(wired: Wired, alice: Person) -> None:
    activation_id, card = await asked(wired, alice)
    wired.sandbox.provider.faults.add("sms", "code", code=205, count=1)
    await wired.taps(alice, Replace(activation_id).pack(), card)
    assert "Nothing was bought or changed" in alice.messages()[-1]["text"]
    assert await state(wired, activation_id) is State.ACTIVE


async def test_a_price_that_cannot_be_had_does_not_hide_the_cancellation(wired: Wired, alice: Person) -> None:
    activation_id, card = await asked(wired, alice)
    wired.clock.advance(minutes=10)
    fault = wired.sandbox.provider.faults.add("products", "code", code=205)
    await wired.taps(alice, Replace(activation_id).pack(), card)
    told = alice.messages()[-1]
    assert "Cancelled." in told["text"]
    assert "did not tell today’s price" in told["text"]
    fault.release()
    await wired.taps(alice, wired.data(told, "Try again"), told)
    assert "Buy a number for WhatsApp?" in shows(alice, told)


async def test_a_product_that_is_gone_is_said_to_be_gone(wired: Wired, alice: Person) -> None:
    activation_id, card = await asked(wired, alice)
    wired.sandbox.provider.set_products([])
    wired.clock.advance(minutes=10)
    await wired.taps(alice, Replace(activation_id).pack(), card)
    told = alice.messages()[-1]["text"]
    assert "Cancelled." in told
    assert "does not offer WhatsApp at the moment" in told
    assert await state(wired, activation_id) is State.CANCELLED


async def test_a_number_is_cancelled_from_the_warning_which_tells_what_came_back(wired: Wired, alice: Person) -> None:
    activation_id, warning = await warned(wired, alice)
    await wired.taps(alice, wired.data(warning, "Cancel it"), warning)
    assert "₹38.50 came back" in shows(alice, warning)
    assert await state(wired, activation_id) is State.CANCELLED
    await wired.taps(alice, CancelNow(activation_id).pack(), warning)
    assert "₹38.50 came back" in shows(alice, warning), "a second tap finds what the first one did"


async def test_the_warning_turns_into_the_offer_of_another_number(wired: Wired, alice: Person) -> None:
    activation_id, warning = await warned(wired, alice)
    await wired.taps(alice, wired.data(warning, "buy another"), warning)
    assert "Buy a number for WhatsApp?" in shows(alice, warning)
    await wired.taps(alice, Replace(activation_id).pack(), warning)
    assert "Buy a number for WhatsApp?" in shows(alice, warning)
    assert (await state(wired, activation_id), bought(wired)) == (State.CANCELLED, 1)


async def test_a_number_is_kept_from_the_warning(wired: Wired, alice: Person) -> None:
    activation_id, warning = await warned(wired, alice)
    await wired.taps(alice, wired.data(warning, "Keep waiting"), warning)
    assert "WhatsApp goes on" in shows(alice, warning)
    assert await state(wired, activation_id) is State.ACTIVE


@pytest.mark.parametrize("kind", [CancelNow, KeepWaiting, Replace])
async def test_what_is_tapped_too_late_says_what_is_so(
    wired: Wired, alice: Person, kind: type[CancelNow] | type[KeepWaiting] | type[Replace]
) -> None:
    activation_id, warning = await warned(wired, alice)
    await wired.bot.parts.life.expire(activation_id)
    await wired.taps(alice, kind(activation_id).pack(), warning)
    assert "WhatsApp has already ended" in shows(alice, warning)
    await wired.taps(alice, wired.data(alice.messages()[-1], "Open its card"), warning)
    assert "Time is over" in alice.messages()[-1]["text"]


async def test_a_code_that_came_after_the_warning_is_told_by_it(wired: Wired, alice: Person) -> None:
    activation_id, warning = await warned(wired, alice)
    await wired.bot.parts.life.record(activation_id, ["Your code is 123-456"])
    await wired.taps(alice, KeepWaiting(activation_id).pack(), warning)
    assert "A code has come for WhatsApp" in shows(alice, warning)


@pytest.mark.parametrize("kind", [CancelNow, KeepWaiting, Replace])
async def test_another_chats_buttons_do_nothing(
    wired: Wired, alice: Person, bob: Person, kind: type[CancelNow] | type[KeepWaiting] | type[Replace]
) -> None:
    activation_id, _ = await warned(wired, alice)
    menu = (await wired.says(bob, "/start"))[-1]
    await wired.taps(bob, kind(activation_id).pack(), menu)
    assert "not here any more" in bob.messages()[-1]["text"]
    assert await state(wired, activation_id) is State.ACTIVE
