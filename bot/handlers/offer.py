"""The card that asks before money is spent: favourite or not, from which country."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from telegram.ext import BaseHandler

from bot.handlers.turn import Parts, Turn, tap
from bot.screens import shop as screens
from bot.screens.callbacks import Move, OtherCountries, ShowOffer, Star
from bot.screens.countries import arranged
from bot.services.errors import NotFound
from storage.models import Activation, State


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List the handlers of this journey."""
    return [
        tap(parts, ShowOffer, lambda turn, tapped: back_to(turn, tapped.offer_id)),
        tap(parts, Star, star),
        tap(parts, OtherCountries, ask_country),
        tap(parts, Move, move),
    ]


async def show_offer(turn: Turn, offered: Activation, *, old_price: Decimal | None = None) -> None:
    """Draw the card; where the offer was bought meanwhile, the number's card is brought up to date instead."""
    if offered.state is not State.OFFERED:
        turn.parts.deliver(offered.id)
        return
    starred = await turn.parts.shelves.is_starred(turn.chat_id, offered.product_id)
    movable = len(turn.parts.countries) > 1
    await turn.show(screens.offer(turn.words, offered, old_price=old_price, starred=starred, movable=movable))


async def back_to(turn: Turn, offer_id: str) -> None:
    """Show the card again."""
    await show_offer(turn, await _offered(turn, offer_id))


async def star(turn: Turn, tapped: Star) -> None:
    """Make the product a favourite, or no longer."""
    offered = await _offered(turn, tapped.offer_id)
    await turn.parts.shelves.star(turn.chat_id, offered.product_id, on=bool(tapped.on))
    await show_offer(turn, offered)


async def ask_country(turn: Turn, tapped: OtherCountries) -> None:
    """Show a page of countries."""
    offered = await _offered(turn, tapped.offer_id)
    if offered.state is not State.OFFERED:
        await show_offer(turn, offered)
        return
    codes = arranged(turn.words, turn.parts.countries, await turn.parts.shelves.countries(turn.chat_id))
    await turn.show(screens.other_countries(turn.words, offered, codes, tapped.page))


async def move(turn: Turn, tapped: Move) -> None:
    """Offer the number from another country."""
    if tapped.country not in turn.parts.countries:
        raise NotFound
    await show_offer(turn, await turn.parts.purchases.move(turn.chat_id, tapped.offer_id, tapped.country))


async def _offered(turn: Turn, offer_id: str) -> Activation:
    return (await turn.parts.life.look(offer_id, turn.chat_id)).activation
