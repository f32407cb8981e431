"""`/settings` and `/forget`, tap by tap."""

import pytest
from telegram import BotCommandScopeChat

from bot.commands import commands
from bot.locales import Languages
from bot.sandbox.server import Sandbox
from bot.sandbox.telegram import FaultKind
from bot.sandbox.telegram.methods_bot import commands_for
from storage import chats
from storage.models import SortOrder, State
from tests.support.people import Message, Person
from tests.support.wired import Wired, wire

LANGUAGES = Languages("INR")


async def settings(wired: Wired, person: Person) -> Message:
    return (await wired.says(person, "/settings"))[-1]


async def test_what_has_two_values_is_turned_over_where_it_stands(wired: Wired, alice: Person) -> None:
    shown = await settings(wired, alice)
    for before, after in (("with sound", "without sound"), ("end: on", "end: off"), ("by name", "by price"), ("nts: on", "nts: off")):
        for label, other in ((before, after), (after, before), (before, after)):
            await wired.taps(alice, wired.data(alice.messages()[-1], label), shown)
            assert any(other in text for text in alice.labels(alice.messages()[-1]))
            assert alice.messages()[-1]["message_id"] == shown["message_id"], "the menu changes in place"
    chat = await wired.chat(alice)
    assert chat is not None
    assert (chat.quiet, chat.warn_before_expiry, chat.sort_order, chat.mutes_broadcasts) == (True, False, SortOrder.PRICE, True)


async def test_the_same_tap_twice_is_like_one(wired: Wired, alice: Person) -> None:
    shown = await settings(wired, alice)
    off = wired.data(shown, "with sound")
    for _ in range(2):
        await wired.taps(alice, off, shown)
    chat = await wired.chat(alice)
    assert chat is not None
    assert chat.quiet


async def test_what_has_more_values_opens_a_page_and_comes_back(wired: Wired, alice: Person) -> None:
    shown = await settings(wired, alice)
    for label, choice, result in (
        ("Auto-cancel", "After 10 minutes", "Auto-cancel: after 10 minutes"),
        ("Low balance", "₹50.00", "Low balance: below ₹50.00"),
        ("Low balance", "No alert", "Low balance: no alert"),
    ):
        await wired.taps(alice, wired.data(alice.messages()[-1], label), shown)
        assert any(text.startswith("✓ ") for text in alice.labels(alice.messages()[-1])), "the present choice is marked"
        await wired.taps(alice, wired.data(alice.messages()[-1], choice), shown)
        assert any(result in text for text in alice.labels(alice.messages()[-1]))
    assert len(alice.messages()) == 1


async def test_the_country_is_a_setting_where_there_are_several(sandbox: Sandbox, alice: Person, wired: Wired) -> None:
    assert not any("Country" in label for label in alice.labels(await settings(wired, alice)))


async def test_a_default_country_is_kept(sandbox: Sandbox, alice: Person, tmp_path_factory: pytest.TempPathFactory) -> None:
    async with wire(sandbox, tmp_path_factory.mktemp("several"), COUNTRIES="in,gb") as wired:
        shown = await settings(wired, alice)
        await wired.taps(alice, wired.data(shown, "ask each time"), shown)
        await wired.taps(alice, wired.data(alice.messages()[-1], "United Kingdom"), shown)
        assert "🌍 Country: 🇬🇧 United Kingdom" in alice.labels(alice.messages()[-1])
        chat = await wired.chat(alice)
        assert chat is not None
        assert chat.country == "gb"


async def test_another_language_is_spoken_at_once_and_everywhere(wired: Wired, alice: Person) -> None:
    card = await wired.bought(alice)
    shown = await settings(wired, alice)
    await wired.taps(alice, wired.data(shown, "Language"), shown)
    await wired.taps(alice, wired.data(alice.messages()[-1], "Русский"), shown)
    assert "Настройки" in alice.messages()[-1]["text"]
    await wired.bot.deliveries.sweep()
    await wired.bot.deliveries.drain()
    drawn = next(message for message in alice.messages() if message["message_id"] == card["message_id"])
    assert "Введите этот номер" in drawn["text"], "the cards that are in the chat follow"
    assert "активный номер" in (await wired.says(alice, "/numbers"))[-1]["text"]
    assert commands_for(wired.sandbox.telegram, alice.id) == [command.to_dict() for command in commands(LANGUAGES.words("ru"))]
    await wired.taps(alice, "opt:lang:0", shown)
    await wired.taps(alice, "set:lang:none", shown)
    assert "What would you like" in (await wired.says(alice, "/start"))[-1]["text"]
    assert commands_for(wired.sandbox.telegram, alice.id) == []


async def test_a_chats_own_commands_keep_up_with_a_newer_bot(wired: Wired, alice: Person) -> None:
    await wired.taps(alice, "set:lang:hi", await settings(wired, alice))
    await wired.bot.parts.bot.set_my_commands([("old", "of an older bot")], BotCommandScopeChat(alice.id))
    await wired.says(alice, "/start")
    assert commands_for(wired.sandbox.telegram, alice.id) == [command.to_dict() for command in commands(LANGUAGES.words("hi"))]


async def test_a_language_is_spoken_even_where_its_commands_are_refused(wired: Wired, alice: Person) -> None:
    shown = await settings(wired, alice)
    wired.sandbox.telegram.faults.add("setMyCommands", kind=FaultKind.BAD_REQUEST)
    await wired.taps(alice, "set:lang:hi", shown)
    assert "सेटिंग" in alice.messages()[-1]["text"]


async def test_a_bug_and_a_flood_are_told_in_the_chosen_language(wired: Wired, alice: Person) -> None:
    shown = await settings(wired, alice)
    await wired.taps(alice, "set:lang:ru", shown)
    wired.sandbox.telegram.faults.add("sendMessage", kind=FaultKind.BAD_REQUEST, description="BUTTON_DATA_INVALID")
    assert "Что-то пошло не так" in (await wired.says(alice, "/help"))[-1]["text"]


@pytest.mark.parametrize(
    "data", ["opt:sort:0", "opt:nothing:0", "set:nothing:on", "set:lang:xx", "set:auto:1", "set:country:us", "erase:x"]
)
async def test_forged_settings_change_nothing(wired: Wired, alice: Person, data: str) -> None:
    shown = await settings(wired, alice)
    before = await wired.chat(alice)
    await wired.taps(alice, data, shown)
    assert "not here any more" in alice.messages()[-1]["text"]
    after = await wired.chat(alice)
    assert before is not None
    assert after is not None
    assert after.model_dump() == before.model_dump()


async def test_who_is_forgotten_is_greeted_as_new(wired: Wired, alice: Person) -> None:
    card = await wired.bought(alice)
    await wired.taps(alice, "set:lang:ru", await settings(wired, alice))
    await wired.taps(alice, "set:lang:en", alice.messages()[-1])
    asked = (await wired.says(alice, "/forget"))[-1]
    assert "1 active number" in asked["text"]
    assert (await wired.chat(alice)) is not None, "nothing is done before it is confirmed"
    await wired.taps(alice, wired.data(asked, "Yes, forget everything"), asked)
    assert "Forgotten." in alice.messages()[-1]["text"]
    assert "1 number goes on at otpbuddy" in alice.messages()[-1]["text"]
    assert await wired.chat(alice) is None
    assert commands_for(wired.sandbox.telegram, alice.id) == []
    assert "Hello, Alice!" in (await wired.says(alice, "/start"))[-1]["text"]
    await wired.taps(alice, wired.data(card, "Cancel"), card)
    stale = next(message for message in alice.messages() if message["message_id"] == card["message_id"])
    assert "not here any more" in stale["text"]


async def test_who_taps_the_settings_after_all_is_not_forgotten(wired: Wired, alice: Person) -> None:
    asked = (await wired.says(alice, "/forget"))[-1]
    await wired.taps(alice, wired.data(asked, "Settings"), asked)
    assert "Settings" in alice.messages()[-1]["text"]
    assert await wired.chat(alice) is not None


async def test_a_purchase_under_way_has_to_end_first(wired: Wired, alice: Person) -> None:
    await wired.bought(alice)
    [held] = await wired.bot.parts.statements.held(alice.id)
    async with wired.bot.database.writing() as session:
        held.state = State.REQUESTED
        await session.merge(held)
    await wired.taps(alice, "erase:1", (await wired.says(alice, "/forget"))[-1])
    assert "being made at this moment" in alice.messages()[-1]["text"]
    assert await wired.chat(alice) is not None


async def test_a_quiet_chat_gets_its_codes_without_a_sound(wired: Wired, alice: Person) -> None:
    await wired.bought(alice)
    [held] = await wired.bot.parts.statements.held(alice.id)
    for quiet in (False, True):
        async with wired.bot.database.writing() as session:
            await chats.change(session, alice.id, quiet=quiet)
        await wired.bot.parts.life.record(held.id, [f"Your code is {111111 * (1 + quiet)}"])
        await wired.bot.deliveries.drain()
    pushes = [
        call.params
        for call in wired.sandbox.telegram.ledger
        if call.method == "sendMessage" and str(call.params.get("text", "")).startswith("🔑")
    ]
    assert [str(push.get("disable_notification", False)).lower() for push in pushes] == ["false", "true"]


async def test_announcements_pass_those_by_who_do_not_want_them(wired: Wired, alice: Person, bob: Person, admin: Person) -> None:
    for person in (alice, bob, admin):
        await wired.says(person, "/start")
    await wired.taps(alice, "set:news:off", alice.messages()[-1])
    asked = (await wired.says(admin, "/broadcast Hello all"))[-1]
    assert "2 chats" in asked["text"]
    await wired.taps(admin, wired.data(asked, "Send to"), asked)
    await wired.bot.broadcaster.tick()
    await wired.bot.broadcaster.drain()
    assert [sum(message["text"] == "Hello all" for message in person.messages()) for person in (alice, bob)] == [0, 1]
