"""What admins ask for: one module for each journey. Nobody else finds anything here."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from telegram.ext import BaseHandler

from bot.handlers.admin import conducting, doors, drafting, health, menu, moderation, people, scheduling, statistics, team, usage
from bot.handlers.turn import Parts, Turn

JOURNEYS = (menu, drafting, scheduling, conducting, statistics, people, moderation, usage, doors, health, team)
AWAITED: Mapping[str, Callable[[Turn, str], Awaitable[None]]] = {
    team.AWAITING: team.take_id,
    people.AWAITING: people.take_query,
    moderation.AWAITING_REASON: moderation.take_reason,
    moderation.AWAITING_MESSAGE: moderation.take_message,
    doors.AWAITING: doors.take_notice,
    drafting.AWAITING_MESSAGE: drafting.take_message,
    drafting.AWAITING_BUTTONS: drafting.take_buttons,
    drafting.AWAITING_AUDIENCE: drafting.take_audience,
    scheduling.AWAITING_TIME: scheduling.take_time,
    scheduling.AWAITING_ZONE: scheduling.take_zone,
}
"""What an admin's next message is for, by the word that the chat awaits; it gets what stands after the word's colon."""


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List the handlers of the admins."""
    return [handler for journey in JOURNEYS for handler in journey.handlers(parts)]


async def took(turn: Turn) -> bool:
    """Take an admin's message for what was asked of them; False where nothing was."""
    word, _, about = (turn.chat.awaiting or "").partition(":")
    react = AWAITED.get(word)
    if react is None:
        return False
    # An admin who was dismissed meanwhile is not to answer it when they are one again.
    await turn.parts.accounts.await_message(turn.chat_id, None)
    if not turn.is_admin:
        return False
    await react(turn, about)
    return True
