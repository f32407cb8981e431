"""What admins do to people and to the bot nobody else does, and no admin by a forged button."""

import pytest

from bot.screens.admin import callbacks_people as buttons
from bot.screens.callback import Callback
from storage.models import Mode
from tests.handlers.test_admin_people import says
from tests.handlers.test_admin_team import last
from tests.support.people import Person
from tests.support.wired import Wired

COMMANDS = ("/people alice", "/ban 1001 spam", "/unban 1001", "/limits 1001 1 1", "/write 1001 Hi", "/mode closed", "/invite 1 1", "/usage")
FORGED: tuple[Callback, ...] = (
    buttons.ShowPeople(0, ""),
    buttons.AskPeople(),
    buttons.ShowPerson("1001"),
    buttons.ShowHeld("1001"),
    buttons.ShowPast("1001", 0),
    buttons.AskBan("1001"),
    buttons.Ban("1001", "spam"),
    buttons.Unban("1001"),
    buttons.ShowLimits("1001"),
    buttons.SetLimit("1001", "active", "1"),
    buttons.AskMessage("1001"),
    buttons.NameAdmin("1002"),
    buttons.ShowMode(),
    buttons.SetMode("closed"),
    buttons.AskNotice(),
    buttons.DropNotice(),
    buttons.ShowInvites(0),
    buttons.NewInvite(),
    buttons.InviteFor(1),
    buttons.MakeInvite(1, 1),
    buttons.ShowInvite("made-up"),
    buttons.RevokeInvite("made-up"),
    buttons.ShowUsage(),
    buttons.JudgeFine("1001"),
)


@pytest.mark.parametrize(
    "forged",
    [
        buttons.ShowPerson("4711"),
        buttons.ShowPerson("alice"),
        buttons.Ban("1002", "because"),
        buttons.SetLimit("1002", "token", "1"),
        buttons.SetLimit("1002", "active", "-1"),
        buttons.SetMode("ajar"),
        buttons.MakeInvite(999_999, 1),
        buttons.ShowInvite("made-up"),
        buttons.JudgeFine("1002"),
    ],
    ids=lambda forged: forged.pack(),
)
async def test_a_forged_button_of_an_admin_changes_nothing(wired: Wired, admin: Person, bob: Person, forged: Callback) -> None:
    await wired.says(bob, "/start")
    shown = await says(wired, admin, "/admin")
    await wired.taps(admin, forged.pack(), shown)
    assert "not here any more" in last(admin)["text"]
    chat = await wired.chat(bob)
    assert chat is not None
    assert (chat.banned_at, chat.max_active) == (None, None)


async def test_nobody_else_finds_anything_there(wired: Wired, admin: Person, alice: Person, bob: Person) -> None:
    for person in (alice, bob):
        await wired.says(person, "/start")
    for written in COMMANDS:
        assert "did not understand" in (await says(wired, bob, written))["text"], written
    shown = await says(wired, bob, "/help")
    for forged in FORGED:
        await wired.taps(bob, forged.pack(), shown)
        assert "not here any more" in last(bob)["text"], forged
    await wired.says(admin, f"/admins {bob.id}")
    await wired.taps(bob, buttons.NameAdmin("1001").pack(), await says(wired, bob, "/admin"))
    assert "not here any more" in last(bob)["text"], "an admin names no admins"
    untouched = await wired.chat(alice)
    assert untouched is not None
    assert (untouched.banned_at, untouched.max_active, untouched.admin_at) == (None, None, None)
    assert (await wired.bot.parts.doors.present()).mode is Mode.OPEN
    assert {type(forged).__name__ for forged in FORGED} == {name for name, kind in vars(buttons).items() if _is_button(kind)}


def _is_button(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Callback) and kind is not Callback


async def test_an_admin_who_is_dismissed_in_the_middle_of_it_does_not_finish(
    wired: Wired, admin: Person, alice: Person, bob: Person
) -> None:
    for person in (alice, bob):
        await wired.says(person, "/start")
    await wired.says(admin, f"/admins {bob.id}")
    await says(wired, bob, "/ban 1001")
    await wired.bot.parts.team.dismiss(admin.id, bob.id)
    assert "did not understand" not in (await says(wired, bob, "spam"))["text"]
    found = await wired.chat(alice)
    assert found is not None
    assert found.banned_at is None
    await wired.says(admin, f"/admins {bob.id}")
    assert "Banned" not in (await says(wired, bob, "spam"))["text"], "what was asked of them before is forgotten"
