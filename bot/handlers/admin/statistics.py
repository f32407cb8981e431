"""`/stats`: how the bot did over some days, as a picture, as text and as a file."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from telegram.constants import ChatAction
from telegram.ext import BaseHandler

from bot.handlers.admin.gate import admin_command, admin_tap
from bot.handlers.turn import Parts, Turn
from bot.screens.admin import statistics as screens
from bot.screens.admin import statistics_export
from bot.screens.admin.callbacks import ExportStatistics, ShowStatistics
from bot.screens.overview import BY_DAY
from bot.services.admin.statistics import PERIODS, USUAL
from storage.models import Action


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List the handlers of this journey."""
    show = _show(asyncio.Semaphore(1))
    return [
        admin_command(parts, "stats", lambda turn, text: show(turn, ShowStatistics(int(text) if text.isdecimal() else USUAL, BY_DAY))),
        admin_tap(parts, ShowStatistics, show),
        admin_tap(parts, ExportStatistics, export),
    ]


def _show(brush: asyncio.Semaphore) -> Callable[[Turn, ShowStatistics], Coroutine[Any, Any, None]]:
    """Make the handler of charts; they are drawn one at a time, on a thread, so that nobody's taps wait for them."""

    async def show(turn: Turn, tapped: ShowStatistics) -> None:
        report = await turn.parts.reports.read(_period(tapped.days))
        if not report.spending.purchases:
            await turn.show(screens.statistics(turn.words, report, tapped.by))
            return
        await turn.parts.messenger.typing(turn.chat_id, ChatAction.UPLOAD_PHOTO)
        async with brush:
            picture = await asyncio.to_thread(screens.picture, turn.words, report, tapped.by)
        await turn.show_picture(picture, screens.statistics(turn.words, report, tapped.by))

    return show


async def export(turn: Turn, tapped: ExportStatistics) -> None:
    """Send the figures by day and product in a file."""
    days = _period(tapped.days)
    async with turn.parts.team.acting(turn.chat_id, Action.EXPORT, f"{days} d"):
        pass  # It is recorded before it leaves, and the reading holds up nobody who writes.
    await turn.parts.messenger.typing(turn.chat_id, ChatAction.UPLOAD_DOCUMENT)
    cells = await turn.parts.reports.table(days)
    file, screen = await asyncio.to_thread(statistics_export.export, turn.words, cells, days)
    await turn.send_file(file, screen)


def _period(days: int) -> int:
    """Give one of the periods that there are, the usual one for a forged other."""
    return days if days in PERIODS else USUAL
