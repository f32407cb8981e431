"""`/spending` and `/export`: what was spent as a chart and as a file, and a purchase as a record for the seller's support."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from telegram.constants import ChatAction
from telegram.ext import BaseHandler

from bot.handlers.turn import Parts, Turn, command, tap
from bot.screens import export as exporting
from bot.screens import overview
from bot.screens import record as records
from bot.screens import spending as screens
from bot.screens.callbacks_money import Export, ShowRecord, ShowSpending


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List the handlers of this journey."""
    spending = _spending(asyncio.Semaphore(1))
    return [
        command(parts, "spending", lambda turn, _text: spending(turn, ShowSpending(overview.BY_DAY))),
        command(parts, "export", lambda turn, _text: export(turn)),
        tap(parts, ShowSpending, spending),
        tap(parts, Export, lambda turn, _tapped: export(turn)),
        tap(parts, ShowRecord, record),
    ]


def _spending(brush: asyncio.Semaphore) -> Callable[[Turn, ShowSpending], Coroutine[Any, Any, None]]:
    """Make the handler of charts; they are drawn one at a time, on a thread, so that nobody's taps wait for them."""

    async def spending(turn: Turn, tapped: ShowSpending) -> None:
        spent = await turn.parts.spendings.read(turn.chat_id)
        if not spent.purchases:
            await turn.show(screens.nothing(turn.words))
            return
        if turn.tapped is None:
            # A new message ends what is said here; a menu that becomes the picture would not.
            await turn.parts.messenger.typing(turn.chat_id, ChatAction.UPLOAD_PHOTO)
        async with brush:
            picture = await asyncio.to_thread(screens.picture, turn.words, spent, tapped.by)
        await turn.show_picture(picture, screens.caption(turn.words, spent, tapped.by))

    return spending


async def export(turn: Turn) -> None:
    """Send every purchase in a file."""
    entries = await turn.parts.statements.entries(turn.chat_id)
    if not entries:
        await turn.show(overview.nothing_bought(turn.words))
        return
    await turn.parts.messenger.typing(turn.chat_id, ChatAction.UPLOAD_DOCUMENT)
    file, screen = await asyncio.to_thread(exporting.export, turn.words, entries)
    await turn.send_file(file, screen)


async def record(turn: Turn, tapped: ShowRecord) -> None:
    """Write a purchase down; its card stays where it is."""
    entry = await turn.parts.statements.entry(turn.chat_id, tapped.activation_id)
    await turn.say(records.record(turn.words, entry))
