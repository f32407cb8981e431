"""Broadcasts under way: the list of all of them, and what stops, pauses, resumes and deletes one."""

from collections.abc import Sequence
from typing import Any

from telegram.ext import BaseHandler

from bot.handlers.admin.gate import admin_tap
from bot.handlers.turn import Parts, Turn
from bot.screens.admin import progress as screens
from bot.screens.admin.callbacks_broadcast import (
    PauseBroadcast,
    RemoveBroadcast,
    ResumeBroadcast,
    SendBroadcast,
    ShowBroadcasts,
    StopBroadcast,
)
from bot.services.broadcasts import Progress
from bot.services.errors import NotFound


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List the handlers of this journey."""
    return [
        admin_tap(parts, ShowBroadcasts, show),
        admin_tap(parts, SendBroadcast, send),
        admin_tap(parts, PauseBroadcast, pause),
        admin_tap(parts, ResumeBroadcast, resume),
        admin_tap(parts, StopBroadcast, stop),
        admin_tap(parts, RemoveBroadcast, remove),
    ]


async def show(turn: Turn, tapped: ShowBroadcasts) -> None:
    """List broadcasts."""
    await turn.show(screens.listed(turn.words, await turn.parts.conductor.listed(turn.chat_id, tapped.page)))


async def send(turn: Turn, tapped: SendBroadcast) -> None:
    """Start now; the card becomes the progress."""
    await _show(turn, await turn.parts.conductor.start(turn.chat_id, tapped.broadcast_id, _card(turn)))


async def pause(turn: Turn, tapped: PauseBroadcast) -> None:
    """Write to nobody more for now."""
    await _show(turn, await turn.parts.conductor.pause(turn.chat_id, tapped.broadcast_id))


async def resume(turn: Turn, tapped: ResumeBroadcast) -> None:
    """Go on."""
    await _show(turn, await turn.parts.conductor.resume(turn.chat_id, tapped.broadcast_id, _card(turn)))


async def stop(turn: Turn, tapped: StopBroadcast) -> None:
    """Send to nobody any more, or throw a draft away."""
    await _show(turn, await turn.parts.conductor.stop(turn.chat_id, tapped.broadcast_id))


async def remove(turn: Turn, tapped: RemoveBroadcast) -> None:
    """Delete it from all chats, once the admin was asked."""
    conductor = turn.parts.conductor
    if tapped.confirmed:
        await _show(turn, await conductor.remove(turn.chat_id, tapped.broadcast_id))
        return
    shown = await conductor.read(turn.chat_id, tapped.broadcast_id)
    if not shown.removable:
        await _show(turn, shown)
        return
    await turn.show(screens.confirm_removal(turn.words, shown))


def _card(turn: Turn) -> int:
    """Give the message that shows the progress from now on; a tap that names a message of another chat has none."""
    if turn.tapped is None:
        raise NotFound
    return turn.tapped


async def _show(turn: Turn, shown: Progress) -> None:
    await turn.show(screens.progress(turn.words, shown))
