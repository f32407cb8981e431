"""When a broadcast leaves: at a date and time in the admin's own zone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from telegram.ext import BaseHandler

from bot.handlers.admin.gate import admin_tap
from bot.handlers.turn import Parts, Turn
from bot.screens.admin import drafts as screens
from bot.screens.admin.callbacks_broadcast import AskTime, AskZone, ChooseZone, Schedule
from bot.services.admin.drafts import BadTimeError
from bot.services.errors import NotFound
from bot.services.zones import ZONES, parse_time, parse_zone, suggestions, zone

AWAITING_TIME, AWAITING_ZONE = "castat", "castzone"
"""What the next message is taken for, with the draft's id."""


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List the handlers of this journey."""
    return [
        admin_tap(parts, AskTime, lambda turn, tapped: ask_time(turn, tapped.broadcast_id)),
        admin_tap(parts, Schedule, schedule),
        admin_tap(parts, AskZone, lambda turn, tapped: ask_zone(turn, tapped.broadcast_id)),
        admin_tap(parts, ChooseZone, choose_zone),
    ]


async def ask_time(turn: Turn, broadcast_id: str, *, wrong: bool = False) -> None:
    """Offer a few times, and take the next message for one."""
    draft, now = await turn.parts.drafts.read(turn.chat_id, broadcast_id), turn.parts.now()
    await turn.parts.accounts.await_message(turn.chat_id, f"{AWAITING_TIME}:{broadcast_id}")
    await turn.show(screens.ask_time(turn.words, draft, now, suggestions(now, zone(draft.time_zone)), wrong=wrong))


async def schedule(turn: Turn, tapped: Schedule) -> None:
    """Send it at the time on the button."""
    if not (tapped.at.isascii() and tapped.at.isdecimal()):
        raise NotFound
    try:
        at = datetime.fromtimestamp(int(tapped.at), UTC)
    except (ValueError, OverflowError, OSError):
        raise NotFound from None
    await _schedule(turn, tapped.broadcast_id, at)


async def take_time(turn: Turn, broadcast_id: str) -> None:
    """Send it at the time that was typed."""
    at = parse_time(turn.typed, turn.parts.now(), zone(turn.chat.time_zone))
    if at is None:
        await ask_time(turn, broadcast_id, wrong=True)
    else:
        await _schedule(turn, broadcast_id, at)


async def _schedule(turn: Turn, broadcast_id: str, at: datetime) -> None:
    """Keep the time and show the card, which becomes the progress when it is due."""
    drafts = turn.parts.drafts
    try:
        draft = await drafts.schedule(turn.chat_id, broadcast_id, at, turn.tapped)
    except BadTimeError:
        await ask_time(turn, broadcast_id, wrong=True)
        return
    card = await turn.show(screens.draft(turn.words, draft, turn.parts.now()))
    await turn.parts.broadcasts.drawn(await turn.parts.broadcasts.progress(broadcast_id), card)


async def ask_zone(turn: Turn, broadcast_id: str, *, wrong: bool = False) -> None:
    """Offer a few zones, and take the next message for one."""
    await turn.parts.drafts.read(turn.chat_id, broadcast_id)
    await turn.parts.accounts.await_message(turn.chat_id, f"{AWAITING_ZONE}:{broadcast_id}")
    await turn.show(screens.ask_zone(turn.words, broadcast_id, wrong=wrong))


async def choose_zone(turn: Turn, tapped: ChooseZone) -> None:
    """Keep the zone on the button."""
    if tapped.place >= len(ZONES):
        raise NotFound
    await _live_in(turn, tapped.broadcast_id, ZONES[tapped.place])


async def take_zone(turn: Turn, broadcast_id: str) -> None:
    """Keep the zone that was typed."""
    name = parse_zone(turn.typed)
    if name is None:
        await ask_zone(turn, broadcast_id, wrong=True)
    else:
        await _live_in(turn, broadcast_id, name)


async def _live_in(turn: Turn, broadcast_id: str, name: str) -> None:
    await turn.parts.drafts.live_in(turn.chat_id, name)
    await ask_time(replace(turn, chat=await turn.parts.accounts.chat(turn.chat_id)), broadcast_id)
