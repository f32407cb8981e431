"""What Telegram shows of the bot: its commands and descriptions."""

import logging

from telegram import BotCommand, BotCommandScopeChat, BotCommandScopeDefault
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.gateway.limiter import Priority
from bot.locales import Words

logger = logging.getLogger(__name__)


def commands(words: Words, *, admin: bool = False) -> list[BotCommand]:
    """List the commands with what they do."""
    _ = words.gettext
    listed = [
        BotCommand("buy", _("Buy a number")),
        BotCommand("numbers", _("Your active numbers")),
        BotCommand("balance", _("Your otpbuddy balance")),
        BotCommand("history", _("What you bought and spent")),
        BotCommand("token", _("Connect your otpbuddy account")),
        BotCommand("logout", _("Forget your token")),
        BotCommand("help", _("How it works")),
    ]
    return [*listed, BotCommand("broadcast", _("Write to everyone"))] if admin else listed


async def publish(bot: ExtBot[Priority], words: Words, admin_ids: frozenset[int]) -> None:
    """Register commands and descriptions; without them the bot works, so a failure is only logged."""
    _ = words.gettext
    try:
        await bot.set_my_commands(commands(words), BotCommandScopeDefault())
        await bot.set_my_short_description(_("Phone numbers from otpbuddy, and their one-time passwords the moment they arrive."))
        await bot.set_my_description(
            _(
                "Buy a phone number with your otpbuddy account and get its one-time password here the moment it arrives.\n\n"
                "For your own sign-ups and for testing. Not for spam, fraud, or making accounts in bulk."
            )
        )
    except TelegramError as error:
        logger.warning("the commands could not be registered: %s", error)
    for admin_id in sorted(admin_ids):
        try:
            await bot.set_my_commands(commands(words, admin=True), BotCommandScopeChat(admin_id))
        except TelegramError as error:
            # Telegram refuses this until the admin has written to the bot once.
            logger.info("the commands of admin %d could not be registered: %s", admin_id, error)
