"""What stands below an announcement: the admin's links, and the button that ends announcements."""

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.locales import Words
from bot.screens.callback import unpack
from bot.screens.callbacks import Mute
from bot.screens.screen import button, link_button
from bot.services.letters import LinkRows


def keyboard(words: Words, links: LinkRows) -> InlineKeyboardMarkup:
    """Draw what a recipient sees below an announcement, in their language."""
    rows = [[link_button(link.text, link.url) for link in row] for row in links]
    return InlineKeyboardMarkup([*rows, [mute_button(words, muted=False)]])


def mute_button(words: Words, *, muted: bool) -> InlineKeyboardButton:
    """Offer the opposite of what is."""
    _ = words.gettext
    return button(_("🔔 Announcements are off · Turn on"), Mute(0)) if muted else button(_("🔕 Mute announcements"), Mute(1))


def turned(words: Words, rows: Sequence[Sequence[InlineKeyboardButton]], *, muted: bool) -> InlineKeyboardMarkup:
    """Draw the same buttons with the one that mutes as it is now; everything else stays."""

    def turn(key: InlineKeyboardButton) -> InlineKeyboardButton:
        is_it = isinstance(key.callback_data, str) and isinstance(unpack(key.callback_data), Mute)
        return mute_button(words, muted=muted) if is_it else key

    return InlineKeyboardMarkup([[turn(key) for key in row] for row in rows])
