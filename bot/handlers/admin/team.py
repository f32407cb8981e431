"""`/admins` and `/audit`, for owners: who runs the bot, and what they did."""

import re
from collections.abc import Sequence
from typing import Any

from telegram.ext import BaseHandler

from bot.commands import publish_for
from bot.handlers.admin.gate import admin_command, admin_tap, tell
from bot.handlers.turn import Parts, Turn
from bot.screens.admin import team as screens
from bot.screens.admin.callbacks import AskAdmin, DismissAdmin, ShowAudit, ShowTeam
from bot.screens.admin.callbacks_people import NameAdmin
from bot.services.errors import NotFound
from storage.models import Chat

AWAITING = "admin"
"""The next message is the id of a new admin."""
_ID = re.compile(r"[1-9][0-9]{0,15}")
"""A user's id has at most 52 significant bits (https://core.telegram.org/bots/api#user)."""


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List the handlers of this journey."""
    return [
        admin_command(parts, "admins", lambda turn, text: _name(turn, text) if text else show(turn)),
        admin_command(parts, "audit", lambda turn, _text: record(turn, ShowAudit(0))),
        admin_tap(parts, ShowTeam, lambda turn, _tapped: show(turn)),
        admin_tap(parts, AskAdmin, lambda turn, _tapped: ask(turn)),
        admin_tap(parts, NameAdmin, lambda turn, tapped: _name(turn, tapped.user_id)),
        admin_tap(parts, DismissAdmin, dismiss),
        admin_tap(parts, ShowAudit, record),
    ]


def only_owners(turn: Turn) -> None:
    """Raise `NotFound` for anybody else."""
    if not turn.parts.team.is_owner(turn.chat_id):
        raise NotFound


async def show(turn: Turn) -> None:
    """List who runs the bot."""
    only_owners(turn)
    await turn.show(screens.team(turn.words, await turn.parts.team.members(), turn.parts.team.owners))


async def ask(turn: Turn) -> None:
    """Ask who is to become an admin."""
    only_owners(turn)
    await turn.parts.accounts.await_message(turn.chat_id, AWAITING)
    await turn.show(screens.ask_admin(turn.words))


async def take_id(turn: Turn, _about: str) -> None:
    """Make the user whose id was sent an admin."""
    message = turn.message
    await _name(turn, (message.text or "").strip() if message is not None else "")


async def _name(turn: Turn, written: str) -> None:
    only_owners(turn)
    user_id = read_id(written)
    try:
        chat = await turn.parts.team.name(turn.chat_id, user_id) if user_id is not None else None
    except NotFound:
        chat = None
    if chat is None:
        await turn.show(screens.nobody(turn.words))
        return
    await show(turn)
    await _tell(turn, chat)


async def _tell(turn: Turn, chat: Chat) -> None:
    """Tell the new admin, who can also find out by /admin."""
    words = turn.parts.languages.words(chat.speaks)
    await publish_for(turn.parts.bot, words, chat.id, chosen=chat.chosen_language is not None, admin=True)
    await tell(turn, chat, screens.named(words))


async def dismiss(turn: Turn, tapped: DismissAdmin) -> None:
    """Take an admin's rights, once the owner was asked."""
    only_owners(turn)
    user_id = read_id(tapped.user_id)
    if user_id is None:
        raise NotFound
    if not tapped.confirmed:
        await turn.show(screens.confirm_dismissal(turn.words, await turn.parts.accounts.chat(user_id)))
        return
    chat = await turn.parts.team.dismiss(turn.chat_id, user_id)
    words = turn.parts.languages.words(chat.speaks)
    await publish_for(turn.parts.bot, words, chat.id, chosen=chat.chosen_language is not None, admin=turn.parts.team.is_admin(chat))
    await show(turn)


async def record(turn: Turn, tapped: ShowAudit) -> None:
    """Show what admins did."""
    await turn.show(screens.record(turn.words, await turn.parts.team.record(turn.chat_id, tapped.page)))


def read_id(text: str) -> int | None:
    """Read a user's id as it was typed; None for anything else."""
    return int(text) if _ID.fullmatch(text) else None
