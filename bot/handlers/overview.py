"""`/numbers`, `/balance` and `/history`."""

from collections.abc import Sequence
from typing import Any

from telegram.ext import BaseHandler

from bot.handlers.turn import Parts, Turn, command, tap
from bot.screens import account, overview
from bot.screens.callbacks import Numbers, ShowBalance, ShowHistory


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List the handlers of this journey."""
    return [
        command(parts, "numbers", lambda turn, _text: numbers(turn)),
        command(parts, "balance", lambda turn, _text: balance(turn)),
        command(parts, "history", lambda turn, _text: history(turn, ShowHistory(0))),
        tap(parts, Numbers, lambda turn, _tapped: numbers(turn)),
        tap(parts, ShowBalance, lambda turn, _tapped: balance(turn)),
        tap(parts, ShowHistory, history),
    ]


async def numbers(turn: Turn) -> None:
    """List what is active."""
    limit = turn.chat.max_active if turn.chat.max_active is not None else turn.parts.ceilings.active
    await turn.show(overview.numbers(turn.words, await turn.parts.statements.held(turn.chat_id), limit))


async def balance(turn: Turn) -> None:
    """Read the balance."""
    await turn.parts.messenger.typing(turn.chat_id)
    await turn.show(account.balance(turn.words, await turn.parts.accounts.balance(turn.chat_id)))


async def history(turn: Turn, tapped: ShowHistory) -> None:
    """Show a page of the past."""
    await turn.show(overview.history(turn.words, await turn.parts.statements.history(turn.chat_id, tapped.page)))
