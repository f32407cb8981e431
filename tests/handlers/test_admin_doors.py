"""The bot's mode and its invitations, as admins change them and users meet them."""

import pytest

from tests.handlers.test_admin_team import STICKER, last, tapped
from tests.support.people import Message, Person
from tests.support.wired import Wired


async def says(wired: Wired, person: Person, text: str) -> Message:
    return (await wired.says(person, text))[-1]


async def invited(wired: Wired, admin: Person, command: str) -> str:
    """Make an invitation, and return what its link says to /start."""
    shown = await says(wired, admin, command)
    return "/start " + str(shown["text"]).partition("?start=")[2].split()[0]


async def test_an_admin_closes_the_bot_with_a_notice_and_opens_it_again(wired: Wired, admin: Person, alice: Person) -> None:
    card = await wired.bought(alice)
    await says(wired, admin, "/admin")
    assert "Everybody may use the bot" in (await tapped(wired, admin, "Access"))["text"]
    await tapped(wired, admin, "Notice")
    admin.sends(sticker=STICKER)
    await wired.handle()
    assert "Send me what users are told" in last(admin)["text"], "a sticker is no notice"
    assert "Back at <noon>." in (await says(wired, admin, "Back at <noon>."))["text"]
    assert "Closed for maintenance" in (await tapped(wired, admin, "Closed for maintenance"))["text"]
    for asked in ("/buy", "whatsapp", "/menu"):
        told = (await says(wired, alice, asked))["text"]
        assert "nothing can be bought now" in told
        assert "Back at <noon>." in told
    assert "1 active number" in (await says(wired, alice, "/numbers"))["text"]
    await wired.taps(alice, wired.data(card, "Cancel"), card)
    shown = next(one for one in alice.messages() if one["message_id"] == card["message_id"])
    await wired.taps(alice, wired.data(shown, "Yes"), shown)
    assert "nothing can be bought now" in (await says(wired, alice, "/token demo-token-bob"))["text"], "no number needs an account now"
    await wired.connected(admin, "demo-token-bob")
    assert "1 product" in (await says(wired, admin, "whatsapp"))["text"], "those who run the bot may try it"
    await says(wired, admin, "/mode")
    assert "Back at <noon>." not in (await tapped(wired, admin, "No notice"))["text"]
    assert "Everybody may use the bot" in (await says(wired, admin, "/mode open"))["text"]
    assert "1 product" in (await says(wired, alice, "whatsapp"))["text"]
    record = (await says(wired, admin, "/audit"))["text"]
    assert "changed who may come in · closed" in record


async def test_the_mode_is_typed_with_its_notice(wired: Wired, admin: Person) -> None:
    assert "Back soon." in (await says(wired, admin, "/mode Closed Back soon."))["text"]
    assert "Newcomers need an invitation" in (await says(wired, admin, "/mode invite"))["text"]
    assert "not here any more" in (await says(wired, admin, "/mode ajar Whatever."))["text"]
    assert "Back soon." in (await says(wired, admin, "/mode"))["text"]


async def test_a_newcomer_needs_an_invitation_and_says_so_before_a_token_is_sent(
    wired: Wired, admin: Person, alice: Person, bob: Person
) -> None:
    await wired.connected(alice)
    await says(wired, admin, "/mode invite")
    greeting = await says(wired, bob, "/start")
    assert "Hello, Bob!" in greeting["text"]
    assert "By invitation only" in greeting["text"]
    for asked in ("/start", "/menu", "/token", "/token demo-token-bob", "/buy", "whatsapp", "/start buy_" + "x" * 11):
        assert "By invitation only" in (await says(wired, bob, asked))["text"], asked
    assert "How it works" in (await says(wired, bob, "/help"))["text"]
    assert "Settings" in (await says(wired, bob, "/settings"))["text"]
    assert "What would you like to do?" in (await says(wired, alice, "/menu"))["text"], "who was here stays"

    link = await invited(wired, admin, "/invite 1 7")
    assert "your invitation was accepted" in (await says(wired, bob, link))["text"]
    assert "Not connected yet" in (await says(wired, bob, link))["text"], "it is the menu from now on"
    await wired.connected(bob, "demo-token-bob")


async def test_an_invitation_greets_who_comes_with_it_and_tells_who_comes_too_late(
    wired: Wired, admin: Person, alice: Person, bob: Person
) -> None:
    await says(wired, admin, "/mode invite")
    link = await invited(wired, admin, "/invite 1")
    greeting = await says(wired, alice, link)
    assert "Hello, Alice!" in greeting["text"]
    assert "connect your otpbuddy account" in greeting["text"]
    assert "This invitation is used up" in (await says(wired, bob, link))["text"]
    assert "There is no such invitation" in (await says(wired, bob, "/start i_madeup"))["text"]
    short = await invited(wired, admin, "/invite 5 1")
    wired.clock.advance(days=1, seconds=1)
    assert "This invitation has expired" in (await says(wired, bob, short))["text"]


async def test_invitations_are_made_listed_and_revoked_by_buttons(wired: Wired, admin: Person, bob: Person) -> None:
    await says(wired, admin, "/mode invite")
    assert "There are none yet" in (await tapped(wired, admin, "Invitations"))["text"]
    await tapped(wired, admin, "New invitation")
    await tapped(wired, admin, "5 people")
    made = await tapped(wired, admin, "7 days")
    assert "Used: 0 of 5" in made["text"]
    link = "/start " + made["text"].partition("?start=")[2].split()[0]
    copied = [key["copy_text"]["text"] for row in made["reply_markup"]["inline_keyboard"] for key in row if "copy_text" in key]
    assert copied == ["https://t.me/" + made["text"].partition("https://t.me/")[2].split()[0]]
    await tapped(wired, admin, "‹ Invitations")
    await tapped(wired, admin, "0/5 · valid")
    assert "Invitation, revoked" in (await tapped(wired, admin, "Revoke it"))["text"]
    assert "This invitation was revoked" in (await says(wired, bob, link))["text"]
    assert "revoked" in str(admin.labels(await says(wired, admin, "/invite")))
    await tapped(wired, admin, "New invitation")
    await tapped(wired, admin, "Any number")
    assert "Works until it is revoked" in (await tapped(wired, admin, "Until it is revoked"))["text"]
    for impossible in ("/invite many", "/invite 1 2 3", "/invite 99999"):
        assert "not here any more" in (await says(wired, admin, impossible))["text"]


@pytest.mark.parametrize(("how", "told"), [("/mode closed", "Closed for maintenance"), ("/mode invite", "By invitation only")])
async def test_inline_mode_says_in_a_line_why_nothing_is_listed(wired: Wired, admin: Person, bob: Person, how: str, told: str) -> None:
    await says(wired, admin, how)
    query = wired.sandbox.telegram.inline_query(bob.id, "whats", "", None)
    await wired.handle()
    answer = wired.sandbox.telegram.queries[query].answer
    assert answer is not None
    assert answer["results"] == []
    assert told in answer["button"]["text"]
    await says(wired, bob, "/start")
    assert told in (await says(wired, bob, f"/start {answer['button']['start_parameter']}"))["text"]


async def test_inline_mode_lists_nothing_for_who_is_banned(wired: Wired, admin: Person, alice: Person) -> None:
    await wired.connected(alice)
    await says(wired, admin, "/ban 1001 spam")
    query = wired.sandbox.telegram.inline_query(alice.id, "whats", "", None)
    await wired.handle()
    answer = wired.sandbox.telegram.queries[query].answer
    assert answer is not None
    assert "You cannot buy here" in answer["button"]["text"]


async def test_cancelling_for_another_one_says_why_there_is_none(wired: Wired, admin: Person, alice: Person) -> None:
    card = await wired.bought(alice)
    await says(wired, admin, "/mode closed")
    await wired.taps(alice, wired.data(card, "Cancel"), card)
    shown = next(one for one in alice.messages() if one["message_id"] == card["message_id"])
    await wired.taps(alice, wired.data(shown, "buy another"), shown)
    assert "Cancelled." in last(alice)["text"]
    assert "nothing can be bought now" in last(alice)["text"]
