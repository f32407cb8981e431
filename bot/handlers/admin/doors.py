"""`/mode` and `/invite`: who may use the bot."""

from collections.abc import Sequence
from typing import Any

from telegram.ext import BaseHandler

from bot.handlers.admin.gate import admin_command, admin_tap
from bot.handlers.turn import Parts, Turn
from bot.screens.admin import doors as screens
from bot.screens.admin.callbacks_people import (
    AskNotice,
    DropNotice,
    InviteFor,
    MakeInvite,
    NewInvite,
    RevokeInvite,
    SetMode,
    ShowInvite,
    ShowInvites,
    ShowMode,
)
from bot.services.admin.doors import state_of
from bot.services.errors import NotFound
from storage.models import Invite, Mode

AWAITING = "notice"
"""The next message is what users are told while the bot is closed."""


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List the handlers of this journey."""
    return [
        admin_command(parts, "mode", typed_mode),
        admin_command(parts, "invite", typed_invite),
        admin_tap(parts, ShowMode, lambda turn, _tapped: show(turn)),
        admin_tap(parts, SetMode, lambda turn, tapped: set_mode(turn, _mode(tapped.mode))),
        admin_tap(parts, AskNotice, lambda turn, _tapped: ask_notice(turn)),
        admin_tap(parts, DropNotice, lambda turn, _tapped: set_notice(turn, None)),
        admin_tap(parts, ShowInvites, lambda turn, tapped: invites(turn, tapped.page)),
        admin_tap(parts, NewInvite, lambda turn, _tapped: how_many(turn)),
        admin_tap(parts, InviteFor, how_long),
        admin_tap(parts, MakeInvite, lambda turn, tapped: invite(turn, tapped.uses, tapped.days)),
        admin_tap(parts, ShowInvite, look),
        admin_tap(parts, RevokeInvite, revoke),
    ]


async def show(turn: Turn) -> None:
    """Show who may use the bot."""
    await turn.show(screens.mode(turn.words, await turn.parts.doors.present()))


async def typed_mode(turn: Turn, text: str) -> None:
    """Set the mode that was typed, with what stands after it as the notice; with none, show it."""
    word, _, notice = text.partition(" ")
    if not word:
        await show(turn)
        return
    wanted = _mode(word.lower())
    if notice.strip():
        await turn.parts.doors.set_notice(turn.chat_id, notice)
    await set_mode(turn, wanted)


def _mode(word: str) -> Mode:
    if word not in set(Mode):
        raise NotFound
    return Mode(word)


async def set_mode(turn: Turn, wanted: Mode) -> None:
    """Let others in from now on."""
    await turn.parts.doors.set_mode(turn.chat_id, wanted)
    await show(turn)


async def ask_notice(turn: Turn) -> None:
    """Ask what users are told while the bot is closed."""
    await turn.parts.accounts.await_message(turn.chat_id, AWAITING)
    await turn.show(screens.ask_notice(turn.words))


async def take_notice(turn: Turn, _about: str) -> None:
    """Tell users what was sent; what is no text changes nothing."""
    text = (turn.message.text or "").strip() if turn.message is not None else ""
    await (set_notice(turn, text) if text else ask_notice(turn))


async def set_notice(turn: Turn, notice: str | None) -> None:
    """Tell users that while the bot is closed."""
    await turn.parts.doors.set_notice(turn.chat_id, notice)
    await show(turn)


async def invites(turn: Turn, page: int) -> None:
    """List the invitations."""
    await turn.show(screens.invites(turn.words, await turn.parts.doors.invites(page)))


async def typed_invite(turn: Turn, text: str) -> None:
    """Make an invitation for so many chats and days as were typed; with none, list those that there are."""
    typed = text.split()
    if not typed:
        await invites(turn, 0)
        return
    numbers = [int(number) for number in typed if number.isascii() and number.isdecimal() and len(number) <= len("10000")]
    if len(numbers) != len(typed) or len(typed) > len(("uses", "days")):
        raise NotFound
    await invite(turn, *numbers)


async def how_many(turn: Turn) -> None:
    """Ask for how many a new invitation is."""
    await turn.show(screens.how_many(turn.words))


async def how_long(turn: Turn, tapped: InviteFor) -> None:
    """Ask how long a new invitation is to last."""
    await turn.show(screens.how_long(turn.words, tapped.uses))


async def invite(turn: Turn, uses: int, days: int = 7) -> None:
    """Make an invitation and show it."""
    await _show(turn, await turn.parts.doors.invite(turn.chat_id, uses, days))


async def look(turn: Turn, tapped: ShowInvite) -> None:
    """Show an invitation."""
    await _show(turn, await turn.parts.doors.look(tapped.invite_id))


async def revoke(turn: Turn, tapped: RevokeInvite) -> None:
    """Let an invitation admit nobody any more, and show it."""
    await _show(turn, await turn.parts.doors.revoke(turn.chat_id, tapped.invite_id))


async def _show(turn: Turn, invite: Invite) -> None:
    state = state_of(invite, turn.parts.doors.now())
    await turn.show(screens.invite(turn.words, invite, state, turn.parts.username))
