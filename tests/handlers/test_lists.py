"""Commands and buttons that look at something, and offers that meet a changed world."""

from decimal import Decimal

from storage import chats
from tests.support.people import Message, Person
from tests.support.wired import Wired


async def offered(wired: Wired, person: Person, name: str = "WhatsApp") -> Message:
    found = (await wired.says(person, name))[-1]
    await wired.taps(person, wired.data(found, name), found)
    return person.messages()[-1]


async def test_the_lists_are_commands_and_buttons(wired: Wired, alice: Person) -> None:
    await wired.bought(alice)
    for name, words in (("balance", "₹461.50"), ("history", "1 purchase"), ("numbers", "1 active number")):
        assert words in (await wired.says(alice, f"/{name}"))[-1]["text"]
    menu = (await wired.says(alice, "/menu"))[-1]
    for data, words in (("bal", "₹461.50"), ("hist:0", "1 purchase"), ("nums", "1 active number"), ("help", "How it works")):
        await wired.taps(alice, data, menu)
        assert words in alice.messages()[-1]["text"]
        assert alice.messages()[-1]["message_id"] == menu["message_id"]


async def test_a_chats_own_ceiling_is_shown(wired: Wired, alice: Person) -> None:
    await wired.bought(alice)
    async with wired.bot.database.writing() as session:
        await chats.change(session, alice.id, max_active=3)
    assert "of at most 3" in (await wired.says(alice, "/numbers"))[-1]["text"]


async def test_a_token_is_asked_for_and_the_menu_ends_the_question(wired: Wired, alice: Person) -> None:
    await wired.says(alice, "/start")
    asked = (await wired.says(alice, "/token"))[-1]
    assert "Send me your otpbuddy API token" in asked["text"]
    await wired.taps(alice, "menu", asked)
    assert "Not connected yet" in alice.messages()[-1]["text"]
    assert "Connect your otpbuddy account first" in (await wired.says(alice, "whatsapp"))[-1]["text"], "no token, but a search"
    await wired.taps(alice, "token", alice.messages()[-1])
    assert "Connected." in (await wired.says(alice, "demo-token-alice"))[-1]["text"]
    assert "What would you like to do?" in (await wired.says(alice, "/start"))[-1]["text"]


async def test_a_changed_price_asks_again_and_buys_at_the_new_one(wired: Wired, alice: Person) -> None:
    await wired.connected(alice)
    offer = await offered(wired, alice)
    wired.sandbox.provider.set_stock("wa", price=Decimal("40.25"))
    wired.clock.advance(minutes=2)
    await wired.taps(alice, wired.data(offer, "Buy for"), offer)
    asked = alice.messages()[-1]
    assert "from ₹38.50 to ₹40.25" in asked["text"]
    assert not wired.sandbox.provider.charges
    await wired.taps(alice, wired.data(asked, "Buy for"), asked)
    assert [entry.amount for entry in wired.sandbox.provider.charges] == [Decimal("-40.25")]


async def test_what_keeps_a_purchase_from_happening_can_be_tried_again(wired: Wired, alice: Person) -> None:
    await wired.connected(alice, "demo-token-empty")
    offer = await offered(wired, alice)
    await wired.taps(alice, wired.data(offer, "Buy for"), offer)
    refused = alice.messages()[-1]
    assert "balance is too low" in refused["text"]
    await wired.taps(alice, wired.data(refused, "Try again"), refused)
    assert "Buy a number for WhatsApp?" in alice.messages()[-1]["text"]
    assert not wired.sandbox.provider.charges
