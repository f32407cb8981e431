"""The taps that spend money, or do not."""

from collections.abc import Sequence
from typing import Any

from telegram.ext import BaseHandler

from bot.handlers.number import show_card
from bot.handlers.offer import show_offer
from bot.handlers.shop import back
from bot.handlers.turn import Parts, Turn, tap
from bot.otpbuddy import OtpbuddyError
from bot.screens import shop as screens
from bot.screens.callbacks import Again, Buy, Decline
from bot.services.errors import KeptOut, NotFound, ServiceError
from bot.services.purchases import PriceChanged


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List the handlers of this journey."""
    return [tap(parts, Buy, buy), tap(parts, Decline, decline), tap(parts, Again, again)]


async def buy(turn: Turn, tapped: Buy) -> None:
    """Buy once; the card that asked becomes the number's card, drawn from what was committed."""
    if turn.tapped is None:
        raise NotFound
    try:
        activation = await turn.parts.purchases.buy(turn.chat_id, tapped.offer_id, turn.tapped)
    except PriceChanged as changed:
        await show_offer(turn, changed.offer, old_price=changed.old_price)
    except (NotFound, KeptOut):
        # Trying again helps against neither.
        raise
    except (ServiceError, OtpbuddyError) as error:
        await turn.fail(error, Again(tapped.offer_id))
    else:
        await show_card(turn, activation)


async def decline(turn: Turn, tapped: Decline) -> None:
    """Buy nothing, and go back to where the product was chosen."""
    place = await turn.parts.purchases.decline(turn.chat_id, tapped.offer_id)
    if place:
        await back(turn, place)
    else:
        await turn.show(screens.declined(turn.words))


async def again(turn: Turn, tapped: Again) -> None:
    """Offer the same product at today's price; nothing is spent before it is confirmed."""
    await show_offer(turn, await turn.parts.purchases.offer_again(turn.chat_id, tapped.activation_id))
