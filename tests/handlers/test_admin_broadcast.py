"""A broadcast is what its admin wrote after the command, formatting and all, and nobody else's business."""

import base64
from dataclasses import fields
from typing import Any

import pytest

from bot.sandbox.telegram import FaultKind
from bot.screens.admin import callbacks_broadcast
from bot.screens.admin.callbacks_broadcast import (
    AskButtons,
    ChooseZone,
    OpenBroadcast,
    PreviewBroadcast,
    RemoveBroadcast,
    Schedule,
    SendBroadcast,
    ShowBroadcasts,
    StopBroadcast,
)
from bot.screens.callback import Callback
from bot.services.zones import ZONES
from storage.models import BroadcastState
from tests.support.people import Person
from tests.support.wired import Wired

PICTURE = base64.b64decode("R0lGODlhAQABAIAAAP///wAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")
BOLD = [{"length": 4, "offset": 0, "type": "bold"}]
STICKER = {
    "sticker": {"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}
}


async def test_an_admin_sees_the_message_as_it_will_arrive_and_confirms(wired: Wired, admin: Person, alice: Person) -> None:
    await wired.says(alice, "/start")
    preview, asked = await wired.says(admin, "/broadcast 🎉 See @otpbuddy_bot or https://example.org")
    assert preview["text"] == "🎉 See @otpbuddy_bot or https://example.org"
    assert "2 chats" in asked["text"]
    await wired.taps(admin, wired.data(asked, "Send to"), asked)
    assert "Sending" in admin.messages()[-1]["text"]
    assert admin.messages()[-1]["message_id"] == asked["message_id"]
    await wired.taps(admin, wired.data(admin.messages()[-1], "Stop"), admin.messages()[-1])
    assert "Stopped" in admin.messages()[-1]["text"]


async def test_a_draft_can_be_thrown_away(wired: Wired, admin: Person) -> None:
    asked = (await wired.says(admin, "/broadcast Hello"))[-1]
    await wired.taps(admin, wired.data(asked, "Throw away"), asked)
    assert "Thrown away" in admin.messages()[-1]["text"]
    await wired.taps(admin, wired.data(asked, "Send to"), admin.messages()[-1])
    assert "Thrown away" in admin.messages()[-1]["text"], "a late tap on the old button sends nothing"
    assert not await wired.bot.parts.broadcasts.sending()


def last(person: Person) -> Any:
    return person.messages()[-1]


async def tapped(wired: Wired, person: Person, label: str) -> Any:
    """Tap the newest button with that label, and return the newest message that the bot changed or sent."""
    shown = next(m for m in reversed(person.messages()) if any(label in text for text in person.labels(m)))
    before = {message["message_id"]: message for message in person.messages()}
    await wired.taps(person, wired.data(shown, label), shown)
    changed = [message for message in person.messages() if message != before.get(message["message_id"])]
    return changed[-1] if changed else shown


async def sends(wired: Wired, person: Person, **content: Any) -> list[Any]:
    seen = {message["message_id"] for message in person.messages()}
    person.sends(**content)
    await wired.handle()
    return [message for message in person.messages() if message["message_id"] not in seen]


async def test_the_next_message_of_any_kind_is_taken_and_shown_as_it_will_arrive(wired: Wired, admin: Person) -> None:
    await wired.says(admin, "/admin")
    await tapped(wired, admin, "Broadcast")
    assert "Send me the message" in (await tapped(wired, admin, "New broadcast"))["text"]
    assert "cannot be sent to everybody" in (await sends(wired, admin, **STICKER))[-1]["text"]
    upload = await wired.bot.application.bot.send_photo(admin.id, PICTURE)
    photo = [size.to_dict() for size in upload.photo]
    preview, card = await sends(wired, admin, photo=photo, caption="Look", caption_entities=BOLD)
    assert (preview["photo"], preview["caption"], preview["caption_entities"]) == (photo, "Look", BOLD)
    assert admin.labels(preview) == ["🔕 Mute announcements"]
    assert "1 chat will receive" in card["text"]

    assert "Send me the message" in (await wired.says(admin, "/broadcast"))[-1]["text"]
    document = (await wired.bot.application.bot.send_document(admin.id, b"1,2", filename="list.csv")).document
    assert document is not None
    preview, card = await sends(wired, admin, document=document.to_dict())
    assert preview["document"]["file_name"] == "list.csv"
    assert "will receive" in card["text"]


async def test_a_command_ends_the_waiting_for_a_message(wired: Wired, admin: Person) -> None:
    await wired.says(admin, "/broadcast")
    await wired.says(admin, "/help")
    await wired.says(admin, "Hello")
    assert not (await wired.bot.parts.conductor.listed(admin.id, 0)).broadcasts


async def test_what_telegram_does_not_take_is_no_draft(wired: Wired, admin: Person) -> None:
    await wired.says(admin, "/start")
    wired.sandbox.telegram.faults.add("sendMessage", kind=FaultKind.BAD_REQUEST, description="Bad Request: message is too long")
    [refused] = await wired.says(admin, "/broadcast Hello")
    assert "Telegram does not take this message" in refused["text"]
    assert not (await wired.bot.parts.conductor.listed(admin.id, 0)).broadcasts


async def test_buttons_with_links_are_typed_seen_and_taken_off(wired: Wired, admin: Person) -> None:
    await wired.says(admin, "/broadcast Hello")
    assert "Send me the buttons" in (await tapped(wired, admin, "Buttons"))["text"]
    assert "This is no button: News" in (await wired.says(admin, "News"))[-1]["text"]
    preview, _card = await wired.says(admin, "News - https://example.org/news | Help - https://example.org/help")
    rows = preview["reply_markup"]["inline_keyboard"]
    assert [[key.get("url") for key in row] for row in rows] == [["https://example.org/news", "https://example.org/help"], [None]]
    await tapped(wired, admin, "Buttons")
    await tapped(wired, admin, "Without buttons")
    assert admin.labels(admin.messages()[-2]) == ["🔕 Mute announcements"]

    await tapped(wired, admin, "Buttons")
    wired.sandbox.telegram.faults.add("sendMessage", kind=FaultKind.BAD_REQUEST, description="Bad Request: BUTTON_URL_INVALID")
    assert "does not take this message" in (await wired.says(admin, "News - https://example.org/"))[-1]["text"]
    [broadcast] = (await wired.bot.parts.conductor.listed(admin.id, 0)).broadcasts
    assert broadcast.buttons == "[]"
    await wired.says(admin, "/broadcast Hello")
    await tapped(wired, admin, "Buttons")
    assert "Send me the buttons" in (await sends(wired, admin, **STICKER))[-1]["text"]


async def test_the_audience_is_chosen_by_buttons_or_typed(wired: Wired, admin: Person, alice: Person, bob: Person) -> None:
    for person in (alice, bob):
        await wired.says(person, "/start")
    assert "For: everybody" in (await wired.says(admin, "/broadcast Hello"))[-1]["text"]
    for label, told in (
        ("Only me", f"For: chat {admin.id}, as a test"),
        ("Active within 7 days", "For: active within 7 days"),
        ("हिन्दी", "Nobody can be reached so"),
        ("With a token", "Nobody can be reached so"),
        ("Without a token", "For: chats without a token"),
        ("Everybody", "This is what 3 chats will receive"),
    ):
        await tapped(wired, admin, "For whom")
        assert told in (await tapped(wired, admin, label))["text"]
    for typed, told in ((str(alice.id), f"For: chat {alice.id}, as a test"), ("14", "For: active within 14 days")):
        await tapped(wired, admin, "For whom")
        assert "For whom?" in (await wired.says(admin, "nobody"))[-1]["text"]
        assert told in (await wired.says(admin, typed))[-1]["text"]


async def test_a_broadcast_is_scheduled_in_the_admins_time_zone(wired: Wired, admin: Person) -> None:
    await wired.says(admin, "/broadcast Hello")
    await tapped(wired, admin, "Send later")
    await tapped(wired, admin, "Time zone: UTC")
    await tapped(wired, admin, "Asia/Kolkata")
    assert "(Asia/Kolkata)" in last(admin)["text"]
    await tapped(wired, admin, "Time zone: Asia/Kolkata")
    assert "do not know that time zone" in (await wired.says(admin, "Atlantis"))[-1]["text"]
    assert "(UTC+05:45)" in (await wired.says(admin, "+5:45"))[-1]["text"]
    for wrong in ("tomorrow", "2020-01-01 12:00"):
        assert "no date and time that I know" in (await wired.says(admin, wrong))[-1]["text"]
    year = wired.clock().year + 1
    scheduled = (await wired.says(admin, f"{year}-01-01 18:30"))[-1]
    assert f"1 Jan {year}, 18:30 (UTC+05:45)" in scheduled["text"]
    [broadcast] = (await wired.bot.parts.conductor.listed(admin.id, 0)).broadcasts
    assert (broadcast.state, broadcast.card_message_id) == (BroadcastState.SCHEDULED, scheduled["message_id"])
    assert f"{broadcast.scheduled_at:%Y-%m-%d %H:%M}" == f"{year}-01-01 12:45"

    await tapped(wired, admin, "Preview")
    assert "Scheduled for" in last(admin)["text"]
    await tapped(wired, admin, "Back to the draft")
    assert "will receive" in last(admin)["text"]
    await tapped(wired, admin, "Send later")
    await tapped(wired, admin, ":")
    assert "Scheduled for" in last(admin)["text"]
    await tapped(wired, admin, "Another time")
    await tapped(wired, admin, "Back")
    await tapped(wired, admin, "Send now")
    assert "Sending" in last(admin)["text"]


async def test_a_broadcast_is_opened_from_the_list_and_used_again(wired: Wired, admin: Person) -> None:
    await wired.says(admin, "/broadcast Good news")
    for label in ("Back", "Good news", "Send to", "Pause", "Broadcasts", "⏸", "Stop", "Use it again"):
        await tapped(wired, admin, label)
    preview, card = admin.messages()[-2:]
    assert preview["text"] == "Good news"
    assert "will receive" in card["text"]
    found = (await wired.bot.parts.conductor.listed(admin.id, 0)).broadcasts
    assert [broadcast.state for broadcast in found] == [BroadcastState.DRAFT, BroadcastState.STOPPED]


async def test_what_is_over_is_not_previewed_or_deleted(wired: Wired, admin: Person) -> None:
    card = (await wired.says(admin, "/broadcast Hello"))[-1]
    broadcast_id = wired.data(card, "Send to").partition(":")[2]
    await wired.taps(admin, SendBroadcast(broadcast_id).pack(), card)
    await wired.taps(admin, RemoveBroadcast(broadcast_id, 0).pack(), card)
    assert "Sending" in last(admin)["text"]
    for forged in (PreviewBroadcast(broadcast_id), RemoveBroadcast(broadcast_id, 1)):
        await wired.taps(admin, forged.pack(), card)
        assert "not here any more" in last(admin)["text"]
    wired.sandbox.telegram.faults.add("sendMessage", kind=FaultKind.BAD_REQUEST)
    await wired.taps(admin, callbacks_broadcast.RepeatBroadcast(broadcast_id).pack(), card)
    assert "does not take this message" in last(admin)["text"]


FORGED = [
    Schedule("#", "x"),
    Schedule("#", "9" * 24),
    Schedule("#", "1"),
    ChooseZone("#", len(ZONES)),
    callbacks_broadcast.Aim("#", "everything"),
]


@pytest.mark.parametrize("forged", FORGED, ids=repr)
async def test_a_forged_choice_changes_nothing(wired: Wired, admin: Person, forged: Callback) -> None:
    card = (await wired.says(admin, "/broadcast Hello"))[-1]
    broadcast_id = wired.data(card, "Send to").partition(":")[2]
    await wired.taps(admin, forged.pack().replace("#", broadcast_id), card)
    assert "not here any more" in last(admin)["text"] or "or it is over" in last(admin)["text"]
    [broadcast] = (await wired.bot.parts.conductor.listed(admin.id, 0)).broadcasts
    assert (broadcast.state, broadcast.audience_value) == (BroadcastState.DRAFT, None)


def every_button(broadcast_id: str) -> list[Callback]:
    """Make one of every kind of button that broadcasts have."""
    kinds = [kind for kind in vars(callbacks_broadcast).values() if isinstance(kind, type) and issubclass(kind, Callback)]
    samples = {"broadcast_id": broadcast_id, "audience": "all", "at": "1999999999", "page": 0, "confirmed": 1, "place": 1}
    return [kind(**{name.name: samples[name.name] for name in fields(kind)}) for kind in kinds if kind is not Callback]


async def test_neither_a_stranger_nor_another_admin_finds_anothers_broadcast(
    wired: Wired, admin: Person, alice: Person, bob: Person
) -> None:
    for person in (alice, bob):
        await wired.says(person, "/start")
    await wired.says(admin, f"/admins {alice.id}")
    card = (await wired.says(admin, "/broadcast Hello"))[-1]
    broadcast_id = wired.data(card, "Send to").partition(":")[2]
    buttons = every_button(broadcast_id)
    assert len(buttons) > 15
    assert "did not understand" in (await wired.says(bob, "/broadcast Hello"))[-1]["text"]
    harmless = (ShowBroadcasts, callbacks_broadcast.WriteBroadcast)
    for person, forged in [*((bob, one) for one in buttons), *((alice, one) for one in buttons if not isinstance(one, harmless))]:
        shown = (await wired.says(person, "/help"))[-1]
        await wired.taps(person, forged.pack(), shown)
        assert "not here any more" in last(person)["text"], (person.id, forged)
    for forged in (SendBroadcast("nothing"), StopBroadcast("nothing"), OpenBroadcast("nothing"), AskButtons("nothing")):
        await wired.taps(admin, forged.pack(), card)
        assert "not here any more" in last(admin)["text"]
    assert not await wired.bot.parts.broadcasts.sending()
    [broadcast] = (await wired.bot.parts.conductor.listed(admin.id, 0)).broadcasts
    assert (broadcast.state, broadcast.audience_value) == (BroadcastState.DRAFT, None)


async def test_an_admin_who_is_dismissed_meanwhile_does_not_send_a_draft(wired: Wired, admin: Person, alice: Person) -> None:
    await wired.says(alice, "/start")
    await wired.says(admin, f"/admins {alice.id}")
    card = (await wired.says(alice, "/broadcast Hello"))[-1]
    await wired.bot.parts.team.dismiss(admin.id, alice.id)
    await wired.taps(alice, wired.data(card, "Send to"), card)
    assert "not here any more" in last(alice)["text"]
    assert not await wired.bot.parts.broadcasts.sending()


async def test_a_broadcast_is_not_started_from_a_message_that_is_gone(wired: Wired, admin: Person) -> None:
    """A tap that names a message of another chat has no card to show progress on."""
    asked = (await wired.says(admin, "/broadcast Hello"))[-1]
    wired.sandbox.telegram.add_group(-4001, "Friends", [admin.id])
    wired.sandbox.telegram.forge_callback(admin.id, -4001, 1, wired.data(asked, "Send to"))
    await wired.handle()
    assert "not here any more" in admin.messages()[-1]["text"]
    assert not await wired.bot.parts.broadcasts.sending()


async def test_a_recipient_mutes_announcements_below_one_and_the_message_stays(wired: Wired, admin: Person, alice: Person) -> None:
    await wired.says(alice, "/start")
    await wired.says(admin, "/broadcast Hello")
    await tapped(wired, admin, "Buttons")
    await wired.says(admin, "News - https://example.org/news")
    await tapped(wired, admin, "Send to")
    await wired.bot.broadcaster.tick()
    await wired.bot.broadcaster.drain()
    received = last(alice)
    assert alice.labels(received) == ["News", "🔕 Mute announcements"]
    for label, muted in (("Mute", True), ("Turn on", False), ("Mute", True)):
        await wired.taps(alice, wired.data(last(alice), label), received)
        chat = await wired.chat(alice)
        assert chat is not None
        assert chat.mutes_broadcasts is muted
        assert (last(alice)["text"], last(alice)["message_id"]) == ("Hello", received["message_id"])
        assert alice.labels(last(alice)) == ["News", "🔔 Announcements are off · Turn on" if muted else "🔕 Mute announcements"]
    assert "1 chat will receive" in (await wired.says(admin, "/broadcast Hello again"))[-1]["text"]
    alice.telegram.delete_message(alice.id, alice.id, received["message_id"])
    await wired.taps(alice, "mute:0", received)
    chat = await wired.chat(alice)
    assert chat is not None
    assert not chat.mutes_broadcasts
