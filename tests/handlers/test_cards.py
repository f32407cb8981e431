"""Menus turn into what was asked for; a number's card is never overwritten, and its buttons do one thing each."""

from typing import Any

import pytest

from bot.screens.callbacks import AskCancel, Buy, Cancel, Decline, Done, Keep, OpenCard
from storage.models import State
from tests.support.people import Message, Person
from tests.support.wired import Wired, wire


def ids(person: Person) -> list[int]:
    return [message["message_id"] for message in person.messages()]


async def only_activation(wired: Wired, person: Person) -> str:
    [held] = await wired.bot.parts.statements.held(person.id)
    return held.id


async def test_a_menu_turns_into_what_was_tapped(wired: Wired, alice: Person) -> None:
    menu = (await wired.says(alice, "/start"))[-1]
    await wired.taps(alice, "help", menu)
    assert ids(alice) == [menu["message_id"]]
    assert "How it works" in alice.messages()[-1]["text"]


async def test_a_menu_that_was_deleted_is_written_anew(wired: Wired, alice: Person) -> None:
    menu = (await wired.says(alice, "/start"))[-1]
    alice.telegram.delete_message(alice.id, alice.id, menu["message_id"])
    await wired.taps(alice, "help", menu)
    assert len(ids(alice)) == 1
    assert "How it works" in alice.messages()[-1]["text"]


async def test_an_offer_that_was_made_from_the_card_leaves_the_card_alone(wired: Wired, alice: Person) -> None:
    card = await wired.bought(alice)
    activation = await only_activation(wired, alice)
    await wired.taps(alice, f"more:{activation}", card)
    assert card in alice.messages()
    assert "Buy a number for WhatsApp?" in alice.messages()[-1]["text"]


async def test_a_card_that_is_opened_anew_is_the_one_that_is_kept_up_to_date(wired: Wired, alice: Person) -> None:
    card = await wired.bought(alice)
    listed = (await wired.says(alice, "/numbers"))[-1]
    await wired.taps(alice, wired.data(listed, "WhatsApp"), listed)
    opened = alice.messages()[-1]
    assert "Waiting for the code" in opened["text"]
    old = next(message for message in alice.messages() if message["message_id"] == card["message_id"])
    assert "reply_markup" not in old, "the old card has no buttons any more"
    activation = await wired.activation(await only_activation(wired, alice))
    assert activation.card_message_id == opened["message_id"]


async def test_a_card_that_was_never_shown_is_opened(wired: Wired, alice: Person) -> None:
    await wired.bought(alice)
    activation_id = await only_activation(wired, alice)
    async with wired.bot.database.writing() as session:
        (await session.merge(await wired.activation(activation_id))).card_message_id = None
    menu = (await wired.says(alice, "/menu"))[-1]
    await wired.taps(alice, OpenCard(activation_id).pack(), menu)
    assert "Waiting for the code" in alice.messages()[-1]["text"]


async def test_the_question_before_a_cancellation_comes_and_goes(wired: Wired, alice: Person) -> None:
    card = await wired.bought(alice)
    activation = await only_activation(wired, alice)
    await wired.taps(alice, AskCancel(activation).pack(), card)
    assert "Cancel this number?" in alice.messages()[-1]["text"]
    await wired.taps(alice, Keep(activation).pack(), card)
    assert "Cancel this number?" not in alice.messages()[-1]["text"]
    assert alice.messages()[-1]["message_id"] == card["message_id"]


async def test_a_cancelled_number_shows_its_money_and_asks_no_more(wired: Wired, alice: Person) -> None:
    card = await wired.bought(alice)
    activation = await only_activation(wired, alice)
    await wired.taps(alice, Cancel(activation).pack(), card)
    assert "₹38.50 came back" in alice.messages()[-1]["text"]
    for callback in (AskCancel(activation), Cancel(activation), Done(activation), Keep(activation)):
        await wired.taps(alice, callback.pack(), card)
        assert "Cancelled" in alice.messages()[-1]["text"]
        assert (await wired.activation(activation)).state is State.CANCELLED


async def test_a_code_that_arrives_before_the_cancellation_wins(wired: Wired, alice: Person) -> None:
    card = await wired.bought(alice)
    activation = await wired.activation(await only_activation(wired, alice))
    wired.sandbox.provider.send_sms(str(activation.provider_id), "Your code is 123-456")
    await wired.taps(alice, Cancel(activation.id).pack(), card)
    texts = [message["text"] for message in alice.messages()]
    assert any("did not cancel" in text for text in texts)
    assert any(text.startswith("🔑 123456") for text in texts)
    assert (await wired.activation(activation.id)).state is State.ACTIVE


async def test_done_before_any_code_is_refused(wired: Wired, alice: Person) -> None:
    card = await wired.bought(alice)
    await wired.taps(alice, Done(await only_activation(wired, alice)).pack(), card)
    assert "No code has arrived" in alice.messages()[-1]["text"]


async def test_an_offer_has_no_card_to_open(wired: Wired, alice: Person) -> None:
    await wired.connected(alice)
    found = (await wired.says(alice, "WhatsApp"))[-1]
    await wired.taps(alice, wired.data(found, "WhatsApp"), found)
    offer = alice.messages()[-1]
    offer_id = wired.data(offer, "Buy for").partition(":")[2]
    await wired.taps(alice, OpenCard(offer_id).pack(), offer)
    assert alice.messages()[-1] == offer
    await wired.taps(alice, Decline(offer_id).pack(), offer)
    assert "“WhatsApp”" in alice.messages()[-1]["text"]
    await wired.taps(alice, Buy(offer_id).pack(), offer)
    assert "not here any more" in alice.messages()[-1]["text"]
    assert not wired.sandbox.provider.charges


@pytest.mark.parametrize(
    ("kind", "answer"),
    [(Decline, "Nothing was bought"), *((kind, "not here any more") for kind in (Buy, OpenCard, AskCancel, Cancel, Keep, Done))],
)
async def test_another_chats_buttons_do_nothing(wired: Wired, alice: Person, bob: Person, kind: type[Any], answer: str) -> None:
    await wired.bought(alice)
    activation = await only_activation(wired, alice)
    before = await wired.activation(activation)
    menu = (await wired.says(bob, "/start"))[-1]
    cards: list[Message] = alice.messages()
    await wired.taps(bob, kind(activation).pack(), menu)
    assert answer in bob.messages()[-1]["text"]
    assert alice.messages() == cards
    assert (await wired.activation(activation)).model_dump() == before.model_dump()


async def test_a_tap_that_names_another_chats_message_cannot_buy(wired: Wired, alice: Person, bob: Person) -> None:
    await wired.connected(alice)
    found = (await wired.says(alice, "WhatsApp"))[-1]
    await wired.taps(alice, wired.data(found, "WhatsApp"), found)
    data = wired.data(alice.messages()[-1], "Buy for")
    await wired.says(bob, "/start")
    wired.sandbox.telegram.forge_callback(alice.id, bob.id, bob.messages()[-1]["message_id"], data)
    await wired.handle()
    assert "not here any more" in alice.messages()[-1]["text"]
    assert not wired.sandbox.provider.charges


async def test_several_countries_are_asked_for_and_only_those(
    wired: Wired, alice: Person, tmp_path_factory: pytest.TempPathFactory
) -> None:
    async with wire(wired.sandbox, tmp_path_factory.mktemp("other"), COUNTRIES="in,gb") as other:
        await other.connected(alice)
        found = (await other.says(alice, "WhatsApp"))[-1]
        await other.taps(alice, other.data(found, "WhatsApp"), found)
        asked = alice.messages()[-1]
        assert "From which country" in asked["text"]
        chosen = other.data(asked, "United Kingdom")
        await other.taps(alice, chosen.replace(":gb", ":zz"), asked)
        assert "India" in alice.messages()[-1]["text"]
        await other.taps(alice, chosen, asked)
        assert "United Kingdom" in alice.messages()[-1]["text"]


async def test_a_search_that_does_not_fit_a_button_is_looked_for_all_the_same(wired: Wired, alice: Person) -> None:
    await wired.connected(alice)
    shown = (await wired.says(alice, "я" * 64))[-1]["text"]
    assert f"“{'я' * 59}…”" in shown
    chat = await wired.chat(alice)
    assert chat is not None
    assert chat.searched == "я" * 64
