"""`/people`: finding somebody, and seeing how they use the bot."""

from collections.abc import Sequence
from typing import Any

from telegram.ext import BaseHandler

from bot.handlers.admin.gate import admin_command, admin_tap
from bot.handlers.admin.team import read_id
from bot.handlers.turn import Parts, Turn
from bot.screens.admin import people as screens
from bot.screens.admin.callbacks_people import AskPeople, ShowHeld, ShowPast, ShowPeople, ShowPerson
from bot.services.errors import NotFound

AWAITING = "people"
"""The next message is who is looked for."""


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List the handlers of this journey."""
    return [
        admin_command(parts, "people", search),
        admin_tap(parts, ShowPeople, lambda turn, tapped: _list(turn, tapped.query, tapped.page)),
        admin_tap(parts, AskPeople, lambda turn, _tapped: ask(turn)),
        admin_tap(parts, ShowPerson, lambda turn, tapped: show(turn, of(tapped.chat_id))),
        admin_tap(parts, ShowHeld, held),
        admin_tap(parts, ShowPast, past),
    ]


def of(written: str) -> int:
    """Read the id of a chat that a button names; raises `NotFound` for what is none."""
    chat_id = read_id(written)
    if chat_id is None:
        raise NotFound
    return chat_id


async def search(turn: Turn, text: str) -> None:
    """Show whom a text means: the card where it is one, else a list."""
    query = " ".join(text.split())
    found = await turn.parts.people.find(query, 0)
    if query and found.total == 1:
        await show(turn, found.people[0].id)
    else:
        await turn.show(screens.people(turn.words, found))


async def _list(turn: Turn, query: str, page: int) -> None:
    await turn.show(screens.people(turn.words, await turn.parts.people.find(query, page)))


async def ask(turn: Turn) -> None:
    """Ask who is looked for."""
    await turn.parts.accounts.await_message(turn.chat_id, AWAITING)
    await turn.show(screens.ask(turn.words))


async def take_query(turn: Turn, _about: str) -> None:
    """Look for whom the message names."""
    message = turn.message
    await search(turn, (message.text or "") if message is not None else "")


async def show(turn: Turn, chat_id: int) -> None:
    """Show a chat's card."""
    person = await turn.parts.people.look(turn.chat_id, chat_id)
    await turn.show(screens.card(turn.words, person, owner=turn.parts.team.is_owner(turn.chat_id)))


async def held(turn: Turn, tapped: ShowHeld) -> None:
    """List the numbers that a chat holds."""
    chat, numbers = await turn.parts.people.held(turn.chat_id, of(tapped.chat_id))
    await turn.show(screens.held(turn.words, chat, numbers, turn.parts.ceilings.of(chat)))


async def past(turn: Turn, tapped: ShowPast) -> None:
    """Show a page of what a chat bought."""
    chat, page = await turn.parts.people.history(turn.chat_id, of(tapped.chat_id), tapped.page)
    await turn.show(screens.past(turn.words, chat, page))
