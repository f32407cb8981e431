"""`/balance` and `/history`."""

from collections.abc import Sequence
from typing import Any

from telegram.ext import BaseHandler

from bot.handlers.turn import Parts, Turn, command, tap
from bot.screens import account, overview
from bot.screens.callbacks import ShowBalance, ShowHistory
from bot.screens.callbacks_money import ShowSome
from bot.services.errors import NotFound
from bot.services.statements import Kept


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List the handlers of this journey."""
    return [
        command(parts, "balance", lambda turn, _text: balance(turn), again=lambda _text: ShowBalance()),
        command(parts, "history", lambda turn, _text: history(turn, ShowHistory(0))),
        tap(parts, ShowBalance, lambda turn, _tapped: balance(turn)),
        tap(parts, ShowHistory, history),
        tap(parts, ShowSome, some),
    ]


async def balance(turn: Turn) -> None:
    """Read the balance."""
    await turn.show(account.balance(turn.words, await turn.parts.accounts.balance(turn.chat_id)))


async def history(turn: Turn, tapped: ShowHistory) -> None:
    """Show a page of the past."""
    await turn.show(overview.history(turn.words, await turn.parts.statements.history(turn.chat_id, tapped.page)))


async def some(turn: Turn, tapped: ShowSome) -> None:
    """Show a page of what a filter keeps of the past."""
    try:
        kept = Kept(tapped.kept)
    except ValueError:
        raise NotFound from None
    await turn.show(overview.history(turn.words, await turn.parts.statements.history(turn.chat_id, tapped.page, kept)))
