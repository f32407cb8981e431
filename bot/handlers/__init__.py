"""What was asked: one module for each journey, listed here in the order in which they are tried."""

from collections.abc import Sequence
from typing import Any

from telegram.ext import BaseHandler

from bot.handlers import (
    admin,
    alerts,
    announcements,
    fallback,
    groups,
    holding,
    inline,
    number,
    offer,
    overview,
    preferences,
    purchase,
    shop,
    start,
    statements,
    token,
)
from bot.handlers.turn import Parts

_FINDING = (shop, inline, offer, purchase)
_HAVING = (number, holding, overview, statements, alerts)
JOURNEYS = (start, token, *_FINDING, *_HAVING, preferences, announcements, admin, groups, fallback)
"""The last one answers whatever the others leave."""


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List every handler, in order; the first that matches an update takes it."""
    return [handler for journey in JOURNEYS for handler in journey.handlers(parts)]
