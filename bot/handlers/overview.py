"""`/balance` and `/history`."""

from collections.abc import Sequence
from typing import Any

from telegram.ext import BaseHandler

from bot.handlers.turn import Parts, Turn, command, tap
from bot.screens import account, overview
from bot.screens.callbacks import ShowBalance, ShowHistory
from bot.screens.callbacks_money import ShowBought, ShowOf, ShowSome
from bot.services.errors import NotFound
from bot.services.statements import Kept


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List the handlers of this journey."""
    return [
        command(parts, "balance", lambda turn, _text: balance(turn), again=lambda _text: ShowBalance()),
        command(parts, "history", asked),
        tap(parts, ShowBalance, lambda turn, _tapped: balance(turn)),
        tap(parts, ShowHistory, history),
        tap(parts, ShowSome, some),
        tap(parts, ShowBought, which),
        tap(parts, ShowOf, only),
    ]


async def balance(turn: Turn) -> None:
    """Read the balance."""
    await turn.show(account.balance(turn.words, await turn.parts.accounts.balance(turn.chat_id)))


async def asked(turn: Turn, text: str) -> None:
    """Show the past: of the product that is named, where the chat ever bought one that is called so."""
    key = await turn.parts.statements.meant(turn.chat_id, text)
    if key is not None:
        await only(turn, ShowOf(key, 0))
    elif text:
        await which(turn, ShowBought(0))
    else:
        await history(turn, ShowHistory(0))


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


async def which(turn: Turn, tapped: ShowBought) -> None:
    """Show a page of the products that were bought."""
    await turn.show(overview.bought(turn.words, await turn.parts.statements.products(turn.chat_id), tapped.page))


async def only(turn: Turn, tapped: ShowOf) -> None:
    """Show a page of the purchases of one product."""
    await turn.show(overview.history(turn.words, await turn.parts.statements.of_product(turn.chat_id, tapped.page, tapped.key)))
