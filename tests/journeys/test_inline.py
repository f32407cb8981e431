"""Searching while typing, in any chat: what it shows, what a choice sends, and that nothing is spent or told to others by it."""

from decimal import Decimal

import pytest

from bot.sandbox.provider import Offer
from bot.sandbox.server import Sandbox
from tests.support.bots import Clock
from tests.support.people import Message, Person

pytestmark = pytest.mark.usefixtures("bot")
GROUP = -55


def titles(answer: Message) -> list[str]:
    return [result["title"] for result in answer["results"]]


async def test_a_choice_in_the_chat_with_the_bot_leads_to_the_card_that_asks(sandbox: Sandbox, alice: Person) -> None:
    await alice.connects("demo-token-alice")
    query, answer = await alice.searches("whats")
    assert titles(answer) == ["💬 WhatsApp"]
    assert answer["results"][0]["description"] == "₹38.50"
    sent = sandbox.telegram.choose_inline_result(query, answer["results"][0]["id"], alice.id)
    offer = await alice.sees("Buy a number for WhatsApp?", "₹500.00 → ₹461.50", after=sent["message_id"])
    assert sandbox.provider.charges == []
    await alice.taps("Buy for", offer)
    await alice.sees("Waiting for the code")
    assert len(sandbox.provider.charges) == 1


async def test_typing_with_mistakes_or_in_another_script_finds_as_well(alice: Person) -> None:
    await alice.connects("demo-token-alice")
    for text, first in (("watsap", "💬 WhatsApp"), ("телеграм", "✈️ Telegram"), ("discrod", "🎧 Discord")):
        assert titles((await alice.searches(text))[1])[0] == first


async def test_nothing_typed_yet_shows_favourites_then_what_was_bought_then_the_rest_in_the_chats_order(
    sandbox: Sandbox, alice: Person, clock: Clock
) -> None:
    await alice.connects("demo-token-alice")
    await alice.taps("Add favourite", await alice.is_offered("Zomato"))
    card = await alice.buys("Viber")
    sandbox.provider.send_sms(list(sandbox.provider.activations.values())[-1].number, "1234 is your code")
    await alice.sees("Code received", after=card["message_id"] - 1)
    _, answer = await alice.searches("")
    assert titles(answer)[:3] == ["🍔 Zomato", "💬 Viber", "🏠 Airbnb"]
    alice.says("/buy")
    await alice.taps("By price", await alice.sees("by name"))
    await alice.sees("by price")
    clock.advance(minutes=1)
    _, answer = await alice.searches("")
    assert titles(answer)[:3] == ["🍔 Zomato", "💬 Viber", "✨ Any other"]


async def test_a_thousand_products_come_fifty_at_a_time_each_once(sandbox: Sandbox, alice: Person) -> None:
    sandbox.provider.set_products([Offer(f"p{number}", f"Service {number:04}", Decimal(5), 9) for number in range(120)])
    await alice.connects("demo-token-alice")
    offset, seen, sizes = "", [], []
    while True:
        _, answer = await alice.searches("serv", offset=offset)
        sizes.append(len(answer["results"]))
        seen += titles(answer)
        offset = answer["next_offset"]
        if not offset:
            break
    assert sizes == [50, 50, 20]
    assert seen == [f"Service {number:04}" for number in range(120)]


@pytest.mark.parametrize("offset", ["x", "-5", "999999", "9" * 60, "٣"])
async def test_an_offset_that_the_bot_never_gave_harms_nobody(alice: Person, offset: str) -> None:
    await alice.connects("demo-token-alice")
    _, answer = await alice.searches("whats", offset=offset)
    assert len(answer["results"]) <= 1


async def test_elsewhere_no_price_is_shown_and_a_choice_is_a_link_that_spends_nothing(sandbox: Sandbox, alice: Person, bob: Person) -> None:
    sandbox.telegram.add_group(GROUP, "Friends", [alice.id, bob.id])
    await alice.connects("demo-token-alice")
    await bob.connects("demo-token-bob")
    query, answer = await alice.searches("whats", chat_id=GROUP)
    (result,) = answer["results"]
    assert "38.50" not in str(result)
    assert "sees their own price" in result["description"]
    sent = sandbox.telegram.choose_inline_result(query, result["id"], GROUP)
    (link,) = [entity["url"] for entity in sent["entities"]]
    before = len(alice.messages())
    bob.says(f"/start {link.partition('start=')[2]}")
    await bob.sees("Buy a number for WhatsApp?", "₹42.00 → ₹3.50")
    await alice.hears_nothing_more()
    assert len(alice.messages()) == before + 1
    assert [message for message in sandbox.telegram.messages(GROUP) if message["from"]["is_bot"]] == []
    assert sandbox.provider.charges == []


async def test_who_is_not_connected_is_led_to_connecting_and_leaves_no_trace(sandbox: Sandbox, alice: Person, bob: Person) -> None:
    _, answer = await alice.searches("whats")
    assert answer["results"] == []
    assert answer["button"] == {"text": "🔑 Connect your otpbuddy account first", "start_parameter": "connect"}
    alice.says("/start connect")
    await alice.sees("Hello, Alice")
    alice.says("/start connect")
    await alice.sees("Send me your otpbuddy API token")
    alice.says("demo-token-alice")
    await alice.sees("Connected.")
    # What was answered before the connection is not kept anywhere.
    assert titles((await alice.searches("whats"))[1]) == ["💬 WhatsApp"]
    await bob.searches("whats")
    assert sandbox.telegram.messages(bob.id) == []


async def test_a_link_to_a_product_asks_who_is_not_connected_to_connect(alice: Person) -> None:
    alice.says("/start")
    alice.says("/start buy_h7gQBwt8c5Y")
    await alice.sees("Connect your otpbuddy account first")


async def test_a_link_to_what_is_not_sold_says_so(alice: Person) -> None:
    await alice.connects("demo-token-alice")
    alice.says("/start buy_AAAAAAAAAAA")
    await alice.sees("does not offer that product")


async def test_nothing_found_leads_to_all_products(alice: Person) -> None:
    await alice.connects("demo-token-alice")
    _, answer = await alice.searches("qwertyuiop")
    assert answer["button"]["start_parameter"] == "shop"
    alice.says("/start shop")
    await alice.sees("Which service is the number for?")


async def test_a_token_that_is_refused_and_a_provider_that_is_away_are_said_in_one_line(
    sandbox: Sandbox, alice: Person, clock: Clock
) -> None:
    await alice.connects("demo-token-alice")
    sandbox.provider.faults.add("getProducts", "http", status=503)
    _, answer = await alice.searches("whats")
    assert answer["button"] == {"text": "📡 otpbuddy does not answer at the moment", "start_parameter": "menu"}
    alice.says("/start menu")
    await alice.sees("What would you like to do?")
    sandbox.provider.faults.clear()
    sandbox.provider.faults.add("getProducts", "http", status=401)
    clock.advance(minutes=2)
    _, answer = await alice.searches("whats")
    assert answer["button"]["start_parameter"] == "connect"
    assert "no longer accepts your token" in answer["button"]["text"]


async def test_the_shop_offers_to_search_while_typing(alice: Person) -> None:
    await alice.connects("demo-token-alice")
    alice.says("/buy")
    shop = await alice.sees("Which service")
    (search,) = [key for row in shop["reply_markup"]["inline_keyboard"] for key in row if "Search" in key["text"]]
    assert search["switch_inline_query_current_chat"] == ""
