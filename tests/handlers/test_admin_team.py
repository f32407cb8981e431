"""Owners name admins, and nobody else finds anything there."""

import pytest

from bot.handlers.admin.team import read_id
from bot.sandbox.telegram.methods_bot import commands_for
from bot.screens.admin.callbacks import AdminMenu, AskAdmin, DismissAdmin, ShowAudit, ShowTeam
from tests.support.people import Message, Person
from tests.support.wired import Wired

COMMANDS = ("/admin", "/admins", "/audit", "/admins 1002")
STICKER = {"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}
OWNERS_ONLY = (ShowTeam(), AskAdmin(), DismissAdmin("1001", 1), ShowAudit(0))


def last(person: Person) -> Message:
    return person.messages()[-1]


async def tapped(wired: Wired, person: Person, label: str) -> Message:
    await wired.taps(person, wired.data(last(person), label), last(person))
    return last(person)


async def test_an_owner_names_an_admin_by_id_and_dismisses_them(wired: Wired, admin: Person, alice: Person) -> None:
    await wired.says(alice, "/start")
    await wired.says(admin, "/start")
    await wired.says(admin, "/menu")
    await tapped(wired, admin, "Running the bot")
    await tapped(wired, admin, "Admins")
    assert "numeric Telegram id" in (await tapped(wired, admin, "Name an admin"))["text"]
    assert f"Admin: Alice · @alice · {alice.id}" in (await wired.says(admin, str(alice.id)))[-1]["text"]
    assert "You are an admin of this bot now" in last(alice)["text"]
    assert "admin" in [command["command"] for command in commands_for(wired.sandbox.telegram, alice.id)]
    assert "Running the bot" in (await wired.says(alice, "/admin"))[-1]["text"]

    assert "They lose all admin rights" in (await tapped(wired, admin, "Dismiss"))["text"]
    assert "Admin: Alice" not in (await tapped(wired, admin, "Dismiss"))["text"]
    assert "admin" not in [command["command"] for command in commands_for(wired.sandbox.telegram, alice.id)]
    assert "did not understand" in (await wired.says(alice, "/admin"))[-1]["text"]
    record = (await wired.says(admin, "/audit"))[-1]["text"]
    assert record.index("dismissed an admin") < record.index("named an admin")


async def test_an_id_that_is_nobodys_changes_nothing(wired: Wired, admin: Person) -> None:
    for written in ("/admins 4711", "/admins Alice"):
        assert "There is no chat with that id" in (await wired.says(admin, written))[-1]["text"]
    await tapped(wired, admin, "Try again")
    assert "There is no chat with that id" in (await wired.says(admin, "Alice"))[-1]["text"]
    admin.sends(sticker=STICKER)
    await wired.handle()
    assert "did not understand" in last(admin)["text"], "nothing is awaited any more"
    await wired.says(admin, "/admins")
    await tapped(wired, admin, "Name an admin")
    admin.sends(sticker=STICKER)
    await wired.handle()
    assert "There is no chat with that id" in last(admin)["text"]


async def test_a_new_admin_who_cannot_be_told_is_one_all_the_same(wired: Wired, admin: Person, alice: Person) -> None:
    await wired.says(alice, "/start")
    wired.sandbox.telegram.block(alice.id)
    assert "Admin: Alice" in (await wired.says(admin, f"/admins {alice.id}"))[-1]["text"]


async def test_nobody_else_finds_anything_there(wired: Wired, admin: Person, alice: Person, bob: Person) -> None:
    for person in (alice, bob):
        await wired.says(person, "/start")
    for written in COMMANDS:
        assert "did not understand" in (await wired.says(bob, written))[-1]["text"]
    await wired.says(admin, f"/admins {alice.id}")
    for person, forged in [*((bob, data) for data in (AdminMenu(), *OWNERS_ONLY)), *((alice, data) for data in OWNERS_ONLY)]:
        shown = (await wired.says(person, "/help"))[-1]
        await wired.taps(person, forged.pack(), shown)
        assert "not here any more" in last(person)["text"], (person.id, forged)
    for written in COMMANDS[1:]:
        assert "not here any more" in (await wired.says(alice, written))[-1]["text"]
    assert "Admins" not in str((await wired.says(alice, "/admin"))[-1]["reply_markup"])


async def test_a_dismissal_of_nobody_is_refused(wired: Wired, admin: Person) -> None:
    shown = (await wired.says(admin, "/admins"))[-1]
    for forged in (DismissAdmin("Alice", 0), DismissAdmin("4711", 0), DismissAdmin("4711", 1)):
        await wired.taps(admin, forged.pack(), shown)
        assert "not here any more" in last(admin)["text"]


@pytest.mark.parametrize("text", ["", "0", "-5", "12 34", "١٢٣", "1e5", "9" * 17, "@alice"])
def test_an_id_is_a_plain_number(text: str) -> None:
    assert read_id(text) is None
    assert read_id("4503599627370495") == 2**52 - 1
