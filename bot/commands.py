"""What Telegram shows of the bot: its commands and descriptions, in every language that it speaks."""

import logging
from collections.abc import Awaitable, Callable, Sequence

from telegram import BotCommand, BotCommandScope, BotCommandScopeAllPrivateChats, BotCommandScopeChat
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.gateway.limiter import Priority
from bot.locales import SOURCE, Languages, Words

logger = logging.getLogger(__name__)


def commands(words: Words, *, admin: bool = False) -> list[BotCommand]:
    """List the commands with what they do."""
    _ = words.gettext
    listed = [
        BotCommand("buy", _("Buy a number")),
        BotCommand("numbers", _("Your active numbers")),
        BotCommand("balance", _("Your otpbuddy balance")),
        BotCommand("history", _("What you bought and spent")),
        BotCommand("spending", _("What you spent, as a chart")),
        BotCommand("export", _("Your purchases as a file")),
        BotCommand("alerts", _("Prices and products that you wait for")),
        BotCommand("token", _("Connect your otpbuddy account")),
        BotCommand("settings", _("Language, alerts and the rest")),
        BotCommand("logout", _("Forget your token")),
        BotCommand("forget", _("Delete everything about you")),
        BotCommand("help", _("How it works")),
    ]
    running = [
        BotCommand("admin", _("Run the bot")),
        BotCommand("broadcast", _("Write to everyone")),
        BotCommand("stats", _("How the bot did")),
        BotCommand("health", _("How the bot is doing")),
        BotCommand("people", _("Find a user")),
        BotCommand("mode", _("Who may use the bot")),
        BotCommand("invite", _("Invite newcomers")),
        BotCommand("usage", _("Unusual use")),
    ]
    return [*listed, *running] if admin else listed


async def publish(
    bot: ExtBot[Priority], languages: Languages, admin_ids: Sequence[int], language_of: Callable[[int], Awaitable[str | None]]
) -> None:
    """Register commands and descriptions; without them the bot works, so a failure is only logged.

    `language_of` tells the language of an admin's chat. Groups get no commands: the bot works in private chats only.
    """
    for code in languages.codes:
        words = languages.words(code)
        # Without a code they are for everybody in whose language there are none.
        language_code = None if code == SOURCE else code
        try:
            await _introduce(bot, words, language_code)
        except TelegramError as error:
            logger.warning("the commands could not be registered in %s: %s", words.language, error)
    for admin_id in admin_ids:
        words = languages.words(await language_of(admin_id))
        try:
            await _keep_commands(bot, commands(words, admin=True), BotCommandScopeChat(admin_id), None)
        except TelegramError as error:
            # Telegram refuses this until the admin has written to the bot once.
            logger.info("the commands of admin %d could not be registered: %s", admin_id, error)


async def _introduce(bot: ExtBot[Priority], words: Words, language_code: str | None) -> None:
    """Say in one language what the bot is and does.

    What Telegram shows already is not sent again: these calls are limited so strictly that a few restarts would exhaust them.
    """
    _ = words.gettext
    await _keep_commands(bot, commands(words), BotCommandScopeAllPrivateChats(), language_code)
    short = _("Phone numbers from otpbuddy, and their one-time passwords the moment they arrive.")
    if (await bot.get_my_short_description(language_code)).short_description != short:
        await bot.set_my_short_description(short, language_code)
    full = _(
        "Buy a phone number with your otpbuddy account and get its one-time password here the moment it arrives.\n\n"
        "For your own sign-ups and for testing. Not for spam, fraud, or making accounts in bulk."
    )
    if (await bot.get_my_description(language_code)).description != full:
        await bot.set_my_description(full, language_code)


async def _keep_commands(bot: ExtBot[Priority], wanted: list[BotCommand], scope: BotCommandScope, language_code: str | None) -> None:
    if list(await bot.get_my_commands(scope, language_code)) != wanted:
        await bot.set_my_commands(wanted, scope, language_code)


async def publish_for(bot: ExtBot[Priority], words: Words, chat_id: int, *, chosen: bool, admin: bool) -> None:
    """Show one chat its commands in the language that it chose, or again those of its client's language; a failure is only logged."""
    scope = BotCommandScopeChat(chat_id)
    try:
        if chosen or admin:
            await _keep_commands(bot, commands(words, admin=admin), scope, None)
        else:
            await bot.delete_my_commands(scope)
    except TelegramError as error:
        logger.warning("the commands of chat %d could not be registered: %s", chat_id, error)
