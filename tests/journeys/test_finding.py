"""Finding a product: by any spelling, sorted, at hand again, from one's country, and always with a way back to where one was."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from bot.sandbox.provider import Offer
from bot.sandbox.server import Sandbox
from tests.support import bots
from tests.support.bots import Clock
from tests.support.people import Message, Person


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("typed", "product"),
    [
        ("watsap", "WhatsApp"),
        ("телеграм", "Telegram"),
        ("व्हाट्सएप", "WhatsApp"),
        ("vkontakte", "Вконтакте"),
        ("i need a google number", "Google"),
    ],
)
async def test_a_product_is_found_however_it_is_spelled(alice: Person, typed: str, product: str) -> None:
    await alice.connects("demo-token-alice")
    alice.says(typed)
    found = await alice.sees("🔎", "1 product")
    assert product in alice.labels(found)[0]


@pytest.mark.usefixtures("bot")
async def test_a_mistyped_name_gives_similar_ones_and_says_so(alice: Person) -> None:
    await alice.connects("demo-token-alice")
    alice.says("discrod")
    found = await alice.sees("Nothing is called “discrod”.", "Did you mean")
    await alice.taps("Discord", found)
    await alice.sees("Buy a number for Discord?")


@pytest.mark.usefixtures("bot")
async def test_a_service_that_is_not_listed_may_be_had_under_any_other(sandbox: Sandbox, alice: Person) -> None:
    await alice.connects("demo-token-alice")
    alice.says("qwertyuiop")
    nothing = await alice.sees("Nothing found for “qwertyuiop”", "may work with “Any other”")
    await alice.taps("Any other", nothing)
    await alice.taps("Back", await alice.sees("Buy a number for Any other?"))
    await alice.sees("Nothing found for “qwertyuiop”")
    sandbox.provider.set_products([Offer("tg", "Telegram", Decimal(62), 9)])
    sent = alice.says("/token demo-token-bob")
    await alice.sees("Connected.", after=sent["message_id"])
    sent = alice.says("qwertyuiop")
    assert "may work" not in (await alice.sees("Nothing found", after=sent["message_id"]))["text"]


@pytest.mark.usefixtures("bot")
async def test_back_from_the_card_leads_to_the_page_that_it_was_chosen_on(alice: Person) -> None:
    await alice.connects("demo-token-alice")
    alice.says("/buy")
    first = await alice.sees("page 1 of 9")
    await alice.taps("Next", first)
    second = await alice.sees("page 2 of 9")
    assert second["message_id"] == first["message_id"]
    chosen = alice.labels(second)[0].split(" · ")[0]
    await alice.taps(chosen, second)
    offer = await alice.sees("Buy a number for")
    assert offer["message_id"] == first["message_id"]
    await alice.taps("Back", offer)
    again = await alice.sees("page 2 of 9")
    assert alice.labels(again) == alice.labels(second)


@pytest.mark.usefixtures("bot")
async def test_back_from_the_card_leads_to_the_page_of_a_search_even_after_the_price_has_changed(
    sandbox: Sandbox, alice: Person, clock: Clock
) -> None:
    sandbox.provider.set_products([Offer(f"p{number}", f"Service {number:02}", Decimal(5), 9) for number in range(20)])
    await alice.connects("demo-token-alice")
    alice.says("service")
    await alice.taps("Next", await alice.sees("“service”", "page 1 of 3"))
    await alice.taps("Service 09", await alice.sees("page 2 of 3"))
    offer = await alice.sees("Buy a number for Service 09?")
    sandbox.provider.set_stock("p9", price=Decimal(7))
    clock.advance(minutes=5)
    await alice.taps("Buy for", offer)
    changed = await alice.sees("The price has changed from ₹5.00 to ₹7.00")
    await alice.taps("Back", changed)
    await alice.sees("“service”", "page 2 of 3")
    assert sandbox.provider.charges == []


@pytest.mark.usefixtures("bot")
async def test_the_order_of_products_is_changed_by_a_tap_and_stays(alice: Person) -> None:
    await alice.connects("demo-token-alice")
    alice.says("/buy")
    listed = await alice.sees("by name · page 1 of 9")
    await alice.taps("By price", listed)
    sorted_ = await alice.sees("by price · page 1 of 9")
    assert "Any other · ₹2.50" in alice.labels(sorted_)[0]
    sent = alice.says("/buy")
    await alice.taps("By name", await alice.sees("by price", after=sent["message_id"]))
    await alice.sees("by name", after=sent["message_id"])


@pytest.mark.usefixtures("bot")
async def test_a_long_list_is_entered_in_its_middle(alice: Person) -> None:
    await alice.connects("demo-token-alice")
    alice.says("/buy")
    await alice.taps("Jump", await alice.sees("page 1 of 9"))
    letters = await alice.sees("From where on?")
    await alice.taps("W", letters)
    page = await alice.sees("page 7 of 9")
    assert any("WazirX" in label for label in alice.labels(page))


@pytest.mark.usefixtures("bot")
async def test_a_star_puts_a_product_at_hand_and_another_tap_takes_it_off(alice: Person) -> None:
    await alice.connects("demo-token-alice")
    offer = await alice.is_offered("WhatsApp")
    await alice.taps("Add favourite", offer)
    await alice.taps("Remove favourite", offer)
    await alice.taps("Add favourite", offer)
    await alice.taps("Buy for", offer)
    await alice.sees("Waiting for the code")
    sent = alice.says("/buy")
    shop = await alice.sees("Which service", after=sent["message_id"])
    assert alice.labels(shop)[:2] == ["★ Favourites", "🕘 Recent"]
    await alice.taps("Favourites", shop)
    own = await alice.sees("Your favourites", "1 product")
    assert own["message_id"] == shop["message_id"]
    await alice.taps("WhatsApp", own)
    await alice.taps("Remove favourite", await alice.sees("Buy a number for WhatsApp?", after=sent["message_id"]))
    await alice.taps("Back", own)
    await alice.sees("Your favourites", "Nothing is here yet")


@pytest.mark.usefixtures("bot")
async def test_what_was_bought_is_at_hand_by_time_and_by_number(sandbox: Sandbox, alice: Person) -> None:
    await alice.connects("demo-token-alice")
    for name in ("Uber", "Uber", "Zomato"):
        card = await alice.buys(name)
        sandbox.provider.send_sms(list(sandbox.provider.activations.values())[-1].number, "1234 is your code")
        await alice.sees("Code received", after=card["message_id"] - 1)
        await alice.taps("Done", card)
        await alice.sees("✅ Done", after=card["message_id"] - 1)
    alice.says("/buy")
    await alice.taps("Recent", await alice.sees("Which service"))
    recent = await alice.sees("What you bought lately", "2 products")
    assert ["Zomato" in alice.labels(recent)[1], "Uber" in alice.labels(recent)[2]] == [True, True]
    await alice.taps("Most often first", recent)
    most = await alice.sees("What you buy most often")
    assert "Uber" in alice.labels(most)[1]


@pytest.fixture
async def worldly(sandbox: Sandbox, tmp_path: Path, clock: Clock) -> AsyncIterator[Path]:
    """A bot that sells numbers of four countries."""
    async with bots.running(bots.settings(sandbox, tmp_path, COUNTRIES="in,id,ru,gb"), clock):
        yield tmp_path


@pytest.mark.usefixtures("worldly")
async def test_with_several_countries_one_is_asked_for_and_can_be_changed_on_the_card(sandbox: Sandbox, alice: Person) -> None:
    await alice.connects("demo-token-alice")
    alice.says("whatsapp")
    await alice.taps("WhatsApp", await alice.sees("“whatsapp”"))
    asked = await alice.sees("From which country")
    assert alice.labels(asked) == ["🇮🇳 India", "🇮🇩 Indonesia", "🇷🇺 Russia", "🇬🇧 United Kingdom", "‹ Back"]
    await alice.taps("Back", asked)
    await alice.taps("WhatsApp", await alice.sees("“whatsapp”"))
    await alice.taps("Russia", await alice.sees("From which country"))
    offer = await alice.sees("Buy a number for WhatsApp?", "🇷🇺 Russia")
    await alice.taps("Other country", offer)
    others = await alice.sees("From which country")
    assert "✓ 🇷🇺 Russia" in alice.labels(others)
    await alice.taps("Back", others)
    await alice.taps("Other country", await alice.sees("Buy a number for WhatsApp?", "Russia"))
    await alice.taps("United Kingdom", await alice.sees("From which country"))
    await alice.taps("Buy for", await alice.sees("Buy a number for WhatsApp?", "🇬🇧 United Kingdom"))
    await alice.sees("Waiting for the code", "+44")
    assert next(iter(sandbox.provider.activations.values())).number.startswith("44")
    # The country used last comes first the next time.
    sent = alice.says("google")
    await alice.taps("Google", await alice.sees("“google”", after=sent["message_id"]))
    assert "United Kingdom" in alice.labels(await alice.sees("From which country", after=sent["message_id"]))[0]


@pytest.mark.usefixtures("worldly")
async def test_back_from_what_the_card_leads_to_is_the_same_card(alice: Person) -> None:
    await alice.connects("demo-token-alice")
    alice.says("whatsapp")
    await alice.taps("WhatsApp", await alice.sees("“whatsapp”"))
    await alice.taps("Russia", await alice.sees("From which country"))
    offer = await alice.sees("Buy a number for WhatsApp?", "Russia")
    await alice.taps("Tell me when it is cheaper", offer)
    await alice.taps("Back", await alice.sees("costs ₹38.50 now"))
    again = await alice.sees("Buy a number for WhatsApp?", "Russia")
    assert (again["text"], again["reply_markup"]) == (offer["text"], offer["reply_markup"])
    await alice.taps("Back", again)
    await alice.sees("“whatsapp”")


@pytest.mark.usefixtures("bot")
async def test_with_one_country_nothing_is_asked(alice: Person) -> None:
    await alice.connects("demo-token-alice")
    offer = await alice.is_offered("WhatsApp")
    assert "🇮🇳 India" in offer["text"]
    assert not [label for label in alice.labels(offer) if "country" in label]


def _codes(count: int) -> str:
    letters = "abcdefghijklmnopqrstuvwxyz"
    return ",".join(f"{letters[number // 26]}{letters[number % 26]}" for number in range(count))


async def test_two_hundred_countries_have_pages(sandbox: Sandbox, alice: Person, tmp_path: Path, clock: Clock) -> None:
    async with bots.running(bots.settings(sandbox, tmp_path, COUNTRIES=_codes(200)), clock):
        await alice.connects("demo-token-alice")
        alice.says("whatsapp")
        await alice.taps("WhatsApp", await alice.sees("“whatsapp”"))
        asked: Message = await alice.sees("From which country")
        first = alice.labels(asked)
        assert len(first) <= 100
        await alice.taps("Next", asked)
        await sandbox.telegram.until(lambda _: alice.labels(alice.messages()[-1]) != first)
        assert "‹ Previous" in alice.labels(alice.messages()[-1])
