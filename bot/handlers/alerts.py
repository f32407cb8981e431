"""`/alerts`: being told when a product is cheaper, or on sale again."""

from collections.abc import Sequence
from typing import Any

from telegram.ext import BaseHandler

from bot.handlers.turn import Parts, Turn, command, tap
from bot.screens import alerts as screens
from bot.screens.callbacks_money import DropAlert, SetPrice, ShowAlerts, WatchPrice, WatchStock
from bot.services.amounts import parse_amount
from bot.services.errors import NotFound

AWAITING_PRICE = "price"
"""What the next message is taken for, followed by the product's key, 16 characters in all."""


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List the handlers of this journey."""
    return [
        command(parts, "alerts", lambda turn, _text: show(turn)),
        tap(parts, ShowAlerts, lambda turn, _tapped: show(turn)),
        tap(parts, WatchPrice, ask_price),
        tap(parts, SetPrice, set_price),
        tap(parts, WatchStock, watch_stock),
        tap(parts, DropAlert, drop),
    ]


async def show(turn: Turn) -> None:
    """List what the chat waits for."""
    await turn.show(screens.listed(turn.words, await turn.parts.alerts.waiting(turn.chat_id)))


async def ask_price(turn: Turn, tapped: WatchPrice) -> None:
    """Offer a few prices, and take the next message for one."""
    product = await turn.parts.catalog.product(turn.chat_id, tapped.key)
    await turn.parts.accounts.await_message(turn.chat_id, f"{AWAITING_PRICE}{tapped.key}")
    await turn.show(screens.ask_price(turn.words, product, tapped.offer_id))


async def set_price(turn: Turn, tapped: SetPrice) -> None:
    """Wait for the price on the button."""
    await _set(turn, tapped.key, tapped.amount)


def awaits_price(turn: Turn) -> bool:
    """Whether the chat's next message may be a price."""
    return turn.chat.awaiting is not None and turn.chat.awaiting.startswith(AWAITING_PRICE)


async def take_price(turn: Turn, text: str) -> bool:
    """Wait for the price that was typed; False where the message is no amount, so that it can be taken for a product's name."""
    key = (turn.chat.awaiting or "").removeprefix(AWAITING_PRICE)
    await turn.parts.accounts.await_message(turn.chat_id, None)
    if parse_amount(text) is None:
        return False
    await _set(turn, key, text)
    return True


async def _set(turn: Turn, key: str, text: str) -> None:
    amount = parse_amount(text)
    if amount is None:
        raise NotFound
    watched = await turn.parts.alerts.when_at_most(turn.chat_id, key, amount)
    if watched.alert is not None:
        await turn.show(screens.waits(turn.words, watched.alert))
    elif watched.product is not None:
        await turn.show(screens.cheap_enough(turn.words, watched.product))


async def watch_stock(turn: Turn, tapped: WatchStock) -> None:
    """Wait until a product is on sale again."""
    watched = await turn.parts.alerts.when_back(turn.chat_id, tapped.key)
    if watched.alert is not None:
        await turn.show(screens.waits(turn.words, watched.alert))
    elif watched.product is not None:
        await turn.show(screens.on_sale_already(turn.words, watched.product))


async def drop(turn: Turn, tapped: DropAlert) -> None:
    """Remove an alert, and show what is left."""
    await turn.parts.alerts.remove(turn.chat_id, tapped.alert_id)
    await show(turn)
