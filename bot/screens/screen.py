"""What a message is made of: text that is escaped by construction, and buttons."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from markupsafe import Markup
from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from bot.locales import Words
from bot.screens.callback import Callback

PRIMARY, SUCCESS, DANGER = "primary", "success", "danger"
"""Button colours (https://core.telegram.org/bots/api#inlinekeyboardbutton)."""
LABEL_LENGTH = 48
_TAG = re.compile(r"<[^>]*>")
TEXT_LENGTH = 3000
"""UTF-16 code units of outside text in one message; with what stands around it, it stays below Telegram's 4096."""

Rows = Sequence[Sequence[InlineKeyboardButton]]


@dataclass(frozen=True, slots=True)
class Screen:
    """A message: HTML text and rows of buttons, none of which may be missing where they are wanted."""

    text: Markup
    rows: Rows = ()

    @property
    def keyboard(self) -> InlineKeyboardMarkup | None:
        """The buttons as Telegram takes them."""
        return InlineKeyboardMarkup([list(row) for row in self.rows if row]) if self.rows else None

    @property
    def plain(self) -> str:
        """The text without its markup, for a second try where Telegram cannot parse it."""
        return Markup(_TAG.sub("", self.text)).unescape()  # noqa: S704  # It is unescaped, for sending without markup.


@dataclass(frozen=True, slots=True)
class File:
    """What goes with a message: a document by its name, or a picture."""

    name: str
    content: bytes = field(repr=False)


def html(template: str, **values: object) -> Markup:
    """Fill a template of our own HTML; whatever is filled in is escaped unless it is `Markup` itself."""
    return Markup(template).format(**values)  # noqa: S704  # Templates are ours and our translators', values are escaped.


def lines(*parts: Markup | None) -> Markup:
    """Put lines below each other; an empty one is a gap, None is left out."""
    return Markup("\n").join(part for part in parts if part is not None)


def countdown(words: Words, time: datetime) -> Markup:
    """Write a time that clients count down to by themselves (Bot API 9.5, `tg-time`)."""
    return html('<tg-time unix="{unix}" format="r">{text}</tg-time>', unix=int(time.timestamp()), text=words.moment(time))


def moment(words: Words, time: datetime) -> Markup:
    """Write a time that clients show in their own zone."""
    return html('<tg-time unix="{unix}" format="dt">{text}</tg-time>', unix=int(time.timestamp()), text=words.moment(time))


def shorten(text: str, length: int = TEXT_LENGTH) -> str:
    """Cut a text that came from outside to so many UTF-16 code units, Telegram's measure, and say so with an ellipsis."""
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) <= 2 * length:
        return text
    return units[: 2 * (length - 1)].decode("utf-16-le", "ignore").rstrip() + "…"


def units(text: Markup) -> int:
    """Count the UTF-16 code units, Telegram's measure, of what a text shows."""
    return len(text.striptags().encode("utf-16-le", "surrogatepass")) // 2


def button(label: str, callback: Callback, style: str | None = None) -> InlineKeyboardButton:
    """Make a button that says what it means in its data."""
    return InlineKeyboardButton(shorten(label, LABEL_LENGTH), callback_data=callback.pack(), style=style)


def search_button(label: str, query: str = "") -> InlineKeyboardButton:
    """Make a button that lets the user search while typing: it puts the bot's name and a query into the input field (inline mode)."""
    return InlineKeyboardButton(shorten(label, LABEL_LENGTH), switch_inline_query_current_chat=query)


def link_button(label: str, address: str, style: str | None = None) -> InlineKeyboardButton:
    """Make a button that opens an address."""
    return InlineKeyboardButton(shorten(label, LABEL_LENGTH), url=address, style=style)


def site_button(words: Words, site: str) -> InlineKeyboardButton:
    """Make a button that opens the provider's own site, by its address."""
    return link_button(words.gettext("🌐 Open {site}").format(site=site.partition("://")[2]), site)


def copy_button(label: str, text: str, style: str | None = None) -> InlineKeyboardButton:
    """Make a button that puts up to 256 characters on the clipboard."""
    return InlineKeyboardButton(shorten(label, LABEL_LENGTH), copy_text=CopyTextButton(text[:256]), style=style)
