"""Admins look after people: find, look at, ban, limit and write to them."""

import re

from bot.services.admin.usage import PURCHASES
from storage import usage as usage_queries
from tests.handlers.test_admin_team import STICKER, last, tapped
from tests.support.people import Message, Person
from tests.support.wired import Wired


async def says(wired: Wired, person: Person, text: str) -> Message:
    return (await wired.says(person, text))[-1]


async def test_an_admin_finds_somebody_by_buttons_and_sees_how_they_use_the_bot(wired: Wired, admin: Person, alice: Person) -> None:
    await wired.bought(alice)
    await wired.says(admin, "/start")
    await says(wired, admin, "/admin")
    people = await tapped(wired, admin, "People")
    assert "2 chats" in people["text"]
    await tapped(wired, admin, "Find somebody")
    card = await says(wired, admin, "ALI")
    for shown in (
        "Alice · @alice · 1001",
        "connected · can be written to",
        "Active numbers: 1 of 5 (as for all)",
        "Purchases: 1 · spent: ₹38.50",
    ):
        assert shown in card["text"]
    assert "demo-token" not in str(card)
    held = await tapped(wired, admin, "Numbers")
    assert "WhatsApp" in held["text"]
    await tapped(wired, admin, "Back")
    assert "1 purchase, ₹38.50 spent" in (await tapped(wired, admin, "History"))["text"]
    assert "looked at a chat 1001" in (await says(wired, admin, "/audit"))["text"]


async def test_codes_and_texts_are_the_users_own(wired: Wired, admin: Person, alice: Person) -> None:
    await wired.bought(alice)
    number = next(iter(wired.sandbox.provider.activations.values()))
    wired.sandbox.provider.send_sms(number.number, "Your code is 482-913")
    await wired.bot.poller.tick()
    await wired.bot.poller.drain()
    await wired.bot.deliveries.sweep()
    await wired.bot.deliveries.drain()
    assert any("482" in message["text"] for message in alice.messages())
    for command, label in (("/people 1001", "Numbers"), ("/people 1001", "History")):
        await says(wired, admin, command)
        await tapped(wired, admin, label)
    shown = " ".join(admin.history())
    assert "WhatsApp" in shown
    assert not re.search("482|913", shown.replace("1001", ""))


async def test_several_are_listed_by_page_and_nobody_is_said_to_be_nobody(wired: Wired, admin: Person, alice: Person, bob: Person) -> None:
    for person in (alice, bob):
        await wired.says(person, "/start")
    assert "Nobody here is called “Mallory”" in (await says(wired, admin, "/people Mallory"))["text"]
    for chat_id in range(2001, 2012):
        await wired.bot.parts.accounts.enter(chat_id, "en", name=f"Guest {chat_id}")
    assert "11 chats · page 1 of 2" in (await says(wired, admin, "/people guest"))["text"]
    assert "page 2 of 2" in (await tapped(wired, admin, "Next"))["text"]
    assert "page 1 of 2" in (await tapped(wired, admin, "Previous"))["text"]
    await tapped(wired, admin, "Find somebody")
    admin.sends(sticker=STICKER)
    await wired.handle()
    assert "People" in last(admin)["text"]


async def test_a_ban_is_told_with_its_reason_once_and_on_each_try(wired: Wired, admin: Person, alice: Person) -> None:
    card = await wired.bought(alice)
    offer_of = await says(wired, alice, "Telegram")
    await wired.taps(alice, wired.data(offer_of, "Telegram"), offer_of)
    offer = last(alice)
    await says(wired, admin, "/people alice")
    await tapped(wired, admin, "Ban")
    banned = await tapped(wired, admin, "Accounts in bulk")
    assert "Banned" in banned["text"]
    assert "accounts in bulk" in banned["text"]
    assert "You cannot buy here: an admin banned you (accounts in bulk)" in last(alice)["text"]

    await wired.taps(alice, wired.data(offer, "Buy for"), offer)
    for asked in ("/buy", "whatsapp", "/start buy_" + "x" * 11):
        assert "You cannot buy here" in (await says(wired, alice, asked))["text"]
    assert len(wired.sandbox.provider.charges) == 1
    assert "You cannot buy here" in (await says(wired, alice, "/menu"))["text"]
    assert "1 active number" in (await says(wired, alice, "/numbers"))["text"]
    assert "1 purchase" in (await says(wired, alice, "/history"))["text"]
    assert "document" in await says(wired, alice, "/export")
    await wired.taps(alice, wired.data(card, "Cancel"), card)
    await wired.taps(alice, wired.data(_shown(alice, card), "Yes"), card)
    assert "Cancelled" in _shown(alice, card)["text"]
    assert "That I keep" in (await says(wired, alice, "/forget"))["text"]
    await tapped(wired, alice, "Yes, forget everything")
    assert "That I keep" in last(alice)["text"]
    await wired.says(alice, "/start")
    assert "You cannot buy here" in (await says(wired, alice, "/token demo-token-alice"))["text"]

    await says(wired, admin, "/people 1001")
    await tapped(wired, admin, "Lift the ban")
    assert "your ban was lifted" in last(alice)["text"]
    assert "Connected." in (await says(wired, alice, "/token demo-token-alice"))["text"]
    told = len(alice.messages())
    await says(wired, admin, "/unban 1001")
    assert len(alice.messages()) == told, "who was not banned is told nothing"


def _shown(person: Person, message: Message) -> Message:
    return next(one for one in person.messages() if one["message_id"] == message["message_id"])


async def test_a_reason_can_be_typed_and_is_read_as_it_was(wired: Wired, admin: Person, alice: Person) -> None:
    await wired.says(alice, "/start")
    await says(wired, admin, "/ban 1001")
    admin.sends(sticker=STICKER)
    await wired.handle()
    assert "Tap a reason" in last(admin)["text"], "a sticker is no reason"
    assert "Sold <accounts>" in (await says(wired, admin, "Sold <accounts>"))["text"]
    assert "(Sold <accounts>)" in last(alice)["text"]
    told = len(alice.messages())
    assert "Sold <accounts>" in (await says(wired, admin, "/ban 1001 again"))["text"]
    assert len(alice.messages()) == told


async def test_nobody_is_an_admin_and_banned_at_once(wired: Wired, admin: Person, alice: Person) -> None:
    await wired.says(alice, "/start")
    await says(wired, admin, "/people 1001")
    await tapped(wired, admin, "Make an admin")
    assert "Admin: Alice" in last(admin)["text"]
    assert "You are an admin" in last(alice)["text"]
    card = await says(wired, admin, "/people 1001")
    assert "Ban" not in str(admin.labels(card))
    for somebody in (alice.id, admin.id):
        assert "An owner has to dismiss them" in (await says(wired, alice, f"/ban {somebody} spam"))["text"]
    await says(wired, admin, "/people 1001")
    assert "They lose all admin rights" in (await tapped(wired, admin, "Dismiss as an admin"))["text"]
    await tapped(wired, admin, "Dismiss")
    await says(wired, admin, "/ban 1001 spam")
    assert "Lift the ban before" in (await says(wired, admin, "/admins 1001"))["text"]


async def test_limits_are_set_by_buttons_and_by_command_and_shown_to_the_user(wired: Wired, admin: Person, alice: Person) -> None:
    await wired.connected(alice)
    assert "At most 5 active numbers at a time and 20 purchases an hour" in (await says(wired, alice, "/help"))["text"]
    await says(wired, admin, "/people 1001")
    await tapped(wired, admin, "Limits")
    await tapped(wired, admin, "1 active")
    shown = await tapped(wired, admin, "5 an hour")
    assert {"✓ 1 active", "✓ 5 an hour"} <= set(admin.labels(shown))
    assert "At most 1 active number at a time and 5 purchases an hour" in (await says(wired, alice, "/help"))["text"]
    assert "Purchases an hour: 7" in (await says(wired, admin, "/limits 1001 default 7"))["text"]
    assert "Active numbers at a time: 5" in last(admin)["text"]
    await tapped(wired, admin, "An hour as for all")
    assert "At most 5 active numbers at a time and 20 purchases an hour" in (await says(wired, alice, "/help"))["text"]
    assert "Purchases an hour: 20" in (await says(wired, admin, "/limits 1001"))["text"]
    assert "/limits 1001 5 20" in (await says(wired, admin, "/limits 1001 5"))["text"]
    for impossible in ("/limits 1001 x 1", "/limits 1001 1 1000"):
        assert "not here any more" in (await says(wired, admin, impossible))["text"]


async def test_an_admin_writes_to_a_user_in_the_teams_name(wired: Wired, admin: Person, alice: Person) -> None:
    await wired.says(alice, "/start")
    await says(wired, admin, "/people 1001")
    await tapped(wired, admin, "Write")
    assert "Sent to Alice" in (await says(wired, admin, "Please read /help <b>first</b>"))["text"]
    written = last(alice)["text"]
    assert "From the people who run this bot:" in written
    assert "Please read /help <b>first</b>" in written
    assert "Admin" not in written
    for nothing in ("/write 1001", "/write 1001 " + "x" * 3001):
        assert "Nothing was sent" in (await says(wired, admin, nothing))["text"]
    await tapped(wired, admin, "Write again")
    admin.sends(sticker=STICKER)
    await wired.handle()
    assert "Nothing was sent" in last(admin)["text"]
    wired.sandbox.telegram.block(alice.id)
    assert "Not sent" in (await says(wired, admin, "/write 1001 Hello?"))["text"]
    assert "wrote to a chat 1001 · Hello?" in (await says(wired, admin, "/audit"))["text"]


async def test_commands_about_somebody_say_how_they_are_written(wired: Wired, admin: Person) -> None:
    for command in ("ban", "unban", "limits", "write"):
        for text in (f"/{command}", f"/{command} alice"):
            assert f"/{command} 1001" in (await says(wired, admin, text))["text"]
        assert "not here any more" in (await says(wired, admin, f"/{command} 4711 1 1"))["text"]


async def test_unusual_use_is_shown_to_every_admin_once_who_decide(wired: Wired, admin: Person, alice: Person, bob: Person) -> None:
    for person in (admin, alice, bob):
        await wired.says(person, "/start")
    await wired.says(admin, f"/admins {bob.id}")
    assert "Nobody’s use stood out" in (await says(wired, admin, "/usage"))["text"]
    now = wired.clock()
    async with wired.bot.database.writing() as session:
        await usage_queries.note(session, usage_queries.Use(alice.id, PURCHASES, 2), now, now)
    wired.sandbox.telegram.block(bob.id)
    for _ in range(2):
        await wired.bot.usage_notices.sweep()
    shown = [message for message in admin.messages() if "Unusual use by Alice" in message["text"]]
    assert len(shown) == 1
    assert "30 purchases within 24 hours, 2 of them cancelled" in shown[0]["text"]
    wired.sandbox.telegram.unblock(bob.id)
    assert "30 purchases" in (await says(wired, bob, "/usage"))["text"]
    await tapped(wired, bob, "Alice")
    assert "Active numbers" in last(bob)["text"]
    await wired.taps(admin, wired.data(shown[0], "Fine"), shown[0])
    assert "is not shown again until then" in _shown(admin, shown[0])["text"]
    assert "judged unusual use 1001 · fine" in (await says(wired, admin, "/audit"))["text"]
