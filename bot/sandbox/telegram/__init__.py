"""A simulated Telegram: the Bot API's server side, the people who use the bot, and an API for a chat page."""

from bot.sandbox.telegram.errors import ApiError, Json
from bot.sandbox.telegram.faults import Fault, FaultKind, Faults
from bot.sandbox.telegram.params import Params, Upload
from bot.sandbox.telegram.records import Call, Happening
from bot.sandbox.telegram.routes import telegram_routes
from bot.sandbox.telegram.world import Telegram

__all__ = [
    "ApiError",
    "Call",
    "Fault",
    "FaultKind",
    "Faults",
    "Happening",
    "Json",
    "Params",
    "Telegram",
    "Upload",
    "telegram_routes",
]
