"""Products by page: all of them, what a text found, and the chat's own lists; each page knows the way back to itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from markupsafe import Markup
from telegram import InlineKeyboardButton

from bot.locales import Words
from bot.otpbuddy import Product
from bot.screens.callback import Callback
from bot.screens.callbacks import Choose, Jump, Menu, OwnShelf, Shop, Sort
from bot.screens.places import carried
from bot.screens.screen import LABEL_LENGTH, PRIMARY, Rows, Screen, button, html, lines, search_button, shorten
from bot.screens.welcome import ALL_PRODUCTS
from bot.services.catalog import product_key
from bot.services.famous import emoji
from bot.services.search import Found
from bot.services.shelves import Kept, Shelf, Stock
from bot.services.spelling import plain
from storage.models import SortOrder

PAGE = 8
NAME_LENGTH = 60
_NAME_ON_A_BUTTON = 30
_PAGES_WITHOUT_JUMP = 3
_MOST_PLACES = 60
_LETTERS_IN_A_ROW, _PRICES_IN_A_ROW, _PRICES = 6, 3, 24


@dataclass(frozen=True, slots=True)
class Look:
    """How a chat looks at products: in which order, with which lists of its own, and whether it can search as it types (inline mode)."""

    order: SortOrder = SortOrder.NAME
    kept: Kept = field(default_factory=Kept)
    inline: bool = False


def products(words: Words, found: Found, page: int, query: str, look: Look | None = None, *, other: Product | None = None) -> Screen:
    """Show one page of what a text found, or of everything; a page that does not exist gives the nearest one.

    `other` is sold for services that are not listed; it is offered where nothing was found.
    """
    _ = words.gettext
    look = look or Look()
    if not found.products:
        return _nothing(words, query, look, other)
    title = (
        html(_("🔎 <b>“{query}”</b>"), query=shorten(query, NAME_LENGTH))
        if query
        else html(_("🛒 <b>Which service is the number for?</b>"))
    )
    if found.similar:
        title = html(_("🔎 <b>Nothing is called “{query}”.</b> Did you mean one of these?"), query=shorten(query, NAME_LENGTH))
    hint = html(_("Tap one: you see its price once more before you buy. To search, type a name."))
    page, pages, shown = _cut(found.products, page)
    ordered = None if query else _("by price") if look.order is SortOrder.PRICE else _("by name")
    rows = [
        *([] if query else _tabs(words, look.kept, None)),
        *_choices(words, shown, Shop(page, carried(query))),
        _turning(words, page, pages, lambda other: Shop(other, carried(query))),
        *([_below_results(words)] if query else _below_all(words, look, pages)),
    ]
    return Screen(lines(title, _count(words, len(found.products), page, pages, ordered), hint), rows)


def own(words: Words, shelf: Shelf, stock: Stock, page: int, look: Look) -> Screen:
    """Show one page of one of the chat's own lists."""
    _ = words.gettext
    titles = {
        Shelf.FAVOURITES: _("★ <b>Your favourites</b>"),
        Shelf.RECENT: _("🕘 <b>What you bought lately</b>"),
        Shelf.MOST: _("🕘 <b>What you buy most often</b>"),
    }
    gone = words.ngettext("{count} more is not on sale at the moment.", "{count} more are not on sale at the moment.", stock.gone)
    note = html(gone, count=stock.gone) if stock.gone else None
    tabs = _tabs(words, look.kept, shelf)
    toggle = {
        Shelf.RECENT: button(_("Most often first"), OwnShelf(Shelf.MOST, 0)),
        Shelf.MOST: button(_("Latest first"), OwnShelf(Shelf.RECENT, 0)),
    }.get(shelf)
    last = [*([toggle] if toggle else []), button(_("‹ Menu"), Menu())]
    if not stock.products:
        empty = html(_("Nothing is here yet. Choose a product and tap “☆ Add favourite” on its card.")) if not stock.gone else None
        return Screen(lines(html(titles[shelf]), empty, note), [*tabs, last])
    page, pages, shown = _cut(stock.products, page)
    return Screen(
        lines(html(titles[shelf]), _count(words, len(stock.products), page, pages), note),
        [
            *tabs,
            *_choices(words, shown, OwnShelf(shelf, page)),
            _turning(words, page, pages, lambda other: OwnShelf(shelf, other)),
            last,
        ],
    )


def jump(words: Words, listed: Sequence[Product], order: SortOrder) -> Screen:
    """Show where one can go at once: to a letter, or to a price."""
    _ = words.gettext
    places = _letters(listed) if order is SortOrder.NAME else []
    width = _LETTERS_IN_A_ROW
    if not places or len(places) > _MOST_PLACES:
        width = _PRICES_IN_A_ROW
        places = [(words.money(product.price) if order is SortOrder.PRICE else name(product), place) for product, place in _spread(listed)]
    keys = [button(label, Shop(place // PAGE, "")) for label, place in places]
    text = _("🔢 <b>From which price on?</b>") if order is SortOrder.PRICE else _("🔤 <b>From where on?</b>")
    rows = [keys[start : start + width] for start in range(0, len(keys), width)]
    return Screen(html(text), [*rows, [button(_("‹ Back"), ALL_PRODUCTS)]])


def _letters(listed: Sequence[Product]) -> list[tuple[str, int]]:
    """Give the first letters of a list that is sorted by name, with the place where each begins; all digits are one."""

    def initial(entry: tuple[int, Product]) -> str:
        first = plain(entry[1].name)[:1].upper()
        return first if first.isalpha() else "0–9" if first.isdecimal() else "#"

    return [(letter, next(entries)[0]) for letter, entries in groupby(enumerate(listed), initial)]


def _spread(listed: Sequence[Product]) -> list[tuple[Product, int]]:
    """Give the products that begin so many pages, evenly spread over the list."""
    pages = -(-len(listed) // PAGE)
    step = PAGE * max(1, -(-pages // _PRICES))
    return [(listed[place], place) for place in range(0, len(listed), step)]


def _cut(found: Sequence[Product], page: int) -> tuple[int, int, Sequence[Product]]:
    pages = -(-len(found) // PAGE)
    page = min(max(page, 0), pages - 1)
    return page, pages, found[page * PAGE : (page + 1) * PAGE]


def _count(words: Words, total: int, page: int, pages: int, ordered: str | None = None) -> Markup:
    count = html(words.ngettext("{count} product", "{count} products", total), count=total)
    where = html(words.gettext("page {page} of {pages}"), page=page + 1, pages=pages) if pages > 1 else None
    return html(" · ").join(part for part in (count, html("{ordered}", ordered=ordered) if ordered else None, where) if part is not None)


def _choices(words: Words, shown: Sequence[Product], place: Callback) -> Rows:
    return [[button(label(words, product), Choose(product_key(product.id), place.pack()))] for product in shown]


def label(words: Words, product: Product) -> str:
    """Write a product's button: its name, with the emoji of a well-known one before it where there is room, and its whole price."""
    plainly = f"{name(product)} · {words.money(product.price)}"
    signed = f"{emoji(product.name)} {plainly}".strip()
    return signed if len(signed) < LABEL_LENGTH else plainly


def name(product: Product) -> str:
    """Write a product's name as far as a button has room for it."""
    return shorten(product.name, _NAME_ON_A_BUTTON)


def _tabs(words: Words, kept: Kept, present: Shelf | None) -> Rows:
    """Lead to the other lists: all products, and those of the chat's own that hold something. The title says which one is shown."""
    _ = words.gettext
    tabs = [button(_("🛒 All products"), ALL_PRODUCTS)] if present is not None else []
    if kept.favourites and present is not Shelf.FAVOURITES:
        tabs.append(button(_("★ Favourites"), OwnShelf(Shelf.FAVOURITES, 0)))
    if kept.bought and present not in {Shelf.RECENT, Shelf.MOST}:
        tabs.append(button(_("🕘 Recent"), OwnShelf(Shelf.RECENT, 0)))
    return [tabs] if tabs else []


def _turning(words: Words, page: int, pages: int, to: Callable[[int], Callback]) -> list[InlineKeyboardButton]:
    _ = words.gettext
    turn = [button(_("‹ Previous"), to(page - 1))] if page > 0 else []
    return [*turn, button(_("Next ›"), to(page + 1))] if page < pages - 1 else turn


def _below_all(words: Words, look: Look, pages: int) -> Rows:
    """Give the other ways through the list, no more than two in a row: a telephone shows the words of three of them cut."""
    _ = words.gettext
    by_name = look.order is SortOrder.NAME
    sort = button(_("By price"), Sort(SortOrder.PRICE)) if by_name else button(_("By name"), Sort(SortOrder.NAME))
    jump = [button(_("↧ Jump"), Jump())] if pages > _PAGES_WITHOUT_JUMP else []
    search = [search_button(_("Search"))] if look.inline else []
    return [[*jump, sort], [*search, button(_("‹ Menu"), Menu())]]


def _below_results(words: Words) -> list[InlineKeyboardButton]:
    _ = words.gettext
    return [button(_("‹ Menu"), Menu()), button(_("🛒 All products"), ALL_PRODUCTS)]


def _nothing(words: Words, query: str, look: Look, other: Product | None) -> Screen:
    _ = words.gettext
    if not query:
        return Screen(html(_("otpbuddy lists no products at the moment. Please try again later.")), [[button(_("‹ Menu"), Menu())]])
    return Screen(
        lines(
            html(_("🔎 <b>Nothing found for “{query}”.</b>"), query=shorten(query, NAME_LENGTH)),
            html(_("Try fewer letters, or the name in its own language.")),
            html(_("A service that is not listed may work with “{product}”."), product=name(other)) if other is not None else None,
        ),
        [
            *(_choices(words, [other], Shop(0, carried(query))) if other is not None else []),
            [button(_("🛒 All products"), ALL_PRODUCTS, PRIMARY)],
            [*([search_button(_("Search"))] if look.inline else []), button(_("‹ Menu"), Menu())],
        ],
    )
