"""What inline mode shows while somebody types after the bot's name."""

from collections.abc import Sequence

from telegram import InlineQueryResultArticle, InlineQueryResultsButton, InputTextMessageContent, LinkPreviewOptions
from telegram.constants import ParseMode

from bot.locales import Words
from bot.otpbuddy import OtpbuddyError, Product, TokenRejected
from bot.screens import access
from bot.screens.links import CONNECT, MENU, SHOP, product_link
from bot.screens.screen import html, shorten
from bot.services.catalog import product_key
from bot.services.errors import KeptOut, ServiceError
from bot.services.famous import emoji

NAME_LENGTH = 60


def results(words: Words, found: Sequence[Product], username: str, *, priced: bool) -> list[InlineQueryResultArticle]:
    """List products to choose from; `priced` says that the user is alone with the bot, where the prices of their account may be shown.

    What choosing one sends is a link to it and holds no price: sent to the bot it asks whether to buy, sent elsewhere it spends nothing.
    """
    hint = words.gettext("Share a link to it. Whoever opens it sees their own price.")
    return [
        InlineQueryResultArticle(
            product_key(product.id),
            title(product),
            InputTextMessageContent(
                html(
                    '🛒 <a href="{link}">{name}</a>',
                    link=product_link(username, product_key(product.id)),
                    name=shorten(product.name, NAME_LENGTH).strip() or "…",
                ),
                parse_mode=ParseMode.HTML,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            ),
            description=words.money(product.price) if priced else hint,
        )
        for product in found
    ]


def title(product: Product) -> str:
    """Name a product, with the emoji of a well-known one before it."""
    return f"{emoji(product.name)} {shorten(product.name, NAME_LENGTH)}".strip() or "…"


def nothing_found(words: Words) -> InlineQueryResultsButton:
    """Lead to all products where none fits."""
    return InlineQueryResultsButton(words.gettext("🔎 Nothing found. See all products"), start_parameter=SHOP)


def problem(words: Words, error: ServiceError | OtpbuddyError) -> InlineQueryResultsButton:
    """Say in one line why nothing is listed, and lead to where that is mended."""
    _ = words.gettext
    if isinstance(error, TokenRejected):
        return InlineQueryResultsButton(_("🔑 otpbuddy no longer accepts your token. Connect again"), start_parameter=CONNECT)
    if isinstance(error, OtpbuddyError):
        return InlineQueryResultsButton(_("📡 otpbuddy does not answer at the moment"), start_parameter=MENU)
    if isinstance(error, KeptOut):
        return InlineQueryResultsButton(access.headline(words, error), start_parameter=SHOP)
    return InlineQueryResultsButton(_("🔑 Connect your otpbuddy account first"), start_parameter=CONNECT)
