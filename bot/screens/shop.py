"""Products by page, and the card that asks before money is spent."""

from collections.abc import Sequence
from decimal import Decimal

from bot.locales import Words
from bot.otpbuddy import Product
from bot.screens.alerts import cheaper_button
from bot.screens.callbacks import Buy, Choose, ChooseIn, Connect, Decline, Menu, Shop
from bot.screens.screen import PRIMARY, SUCCESS, Rows, Screen, button, html, lines, shorten
from bot.screens.welcome import ALL_PRODUCTS
from bot.services.catalog import product_key
from bot.services.search import Found
from storage.models import Activation

PAGE = 8
NAME_LENGTH = 60


def products(words: Words, found: Found, page: int, query: str) -> Screen:
    """Show one page of what a text found, or of everything; a page that does not exist gives the nearest one."""
    _ = words.gettext
    if not found.products:
        return _nothing(words, query)
    pages = -(-len(found.products) // PAGE)
    page = min(max(page, 0), pages - 1)
    shown = found.products[page * PAGE : (page + 1) * PAGE]
    title = _("🔎 <b>“{query}”</b>") if query else _("🛒 <b>Which service is the number for?</b>")
    if found.similar:
        title = _("🔎 <b>Nothing is called “{query}”.</b> Did you mean one of these?")
    count = words.ngettext("{count} product", "{count} products", len(found.products))
    where = html(_("page {page} of {pages}"), page=page + 1, pages=pages) if pages > 1 else None
    hint = _("Tap one: you see its price once more before you buy. To search, type a name.")
    rows = [[button(f"{shorten(product.name, 30)} · {words.money(product.price)}", Choose(product_key(product.id)))] for product in shown]
    return Screen(
        lines(
            html(title, query=shorten(query, NAME_LENGTH)),
            html(" · ").join(part for part in (html(count, count=len(found.products)), where) if part is not None),
            html(hint),
        ),
        [*rows, *_paging(words, page, pages, query)],
    )


def _paging(words: Words, page: int, pages: int, query: str) -> Rows:
    _ = words.gettext
    turn = []
    if page > 0:
        turn.append(button(_("‹ Previous"), Shop(page - 1, query)))
    if page < pages - 1:
        turn.append(button(_("Next ›"), Shop(page + 1, query)))
    last = [button(_("‹ Menu"), Menu())]
    if query:
        last.append(button(_("🛒 All products"), ALL_PRODUCTS))
    return [turn, last]


def _nothing(words: Words, query: str) -> Screen:
    _ = words.gettext
    if not query:
        return Screen(html(_("otpbuddy lists no products at the moment. Please try again later.")), [[button(_("‹ Menu"), Menu())]])
    return Screen(
        lines(
            html(_("🔎 <b>Nothing found for “{query}”.</b>"), query=shorten(query, NAME_LENGTH)),
            html(_("Try fewer letters, or the name in its own language.")),
        ),
        [[button(_("🛒 All products"), ALL_PRODUCTS, PRIMARY), button(_("‹ Menu"), Menu())]],
    )


def countries(words: Words, product: Product, codes: Sequence[str]) -> Screen:
    """Ask for the country where there are several."""
    _ = words.gettext
    key = product_key(product.id)
    return Screen(
        html(_("<b>{product}</b>\nFrom which country should the number be?"), product=shorten(product.name, NAME_LENGTH)),
        [*([button(words.country(code), ChooseIn(key, code))] for code in codes), [button(_("‹ Back"), ALL_PRODUCTS)]],
    )


def offer(words: Words, activation: Activation, *, old_price: Decimal | None = None) -> Screen:
    """Ask before money is spent: product, country, exact price, balance; an old price says that it changed meanwhile."""
    _ = words.gettext
    price, balance = words.money(activation.price), activation.balance_before
    enough = balance is None or balance >= activation.price
    changed = _("⚠️ <b>The price has changed</b> from {old} to {new}. Please confirm again.")
    after = None
    if balance is not None and balance >= activation.price:
        after = html(_("Balance: {balance} → {after}"), balance=words.money(balance), after=words.money(balance - activation.price))
    elif balance is not None:
        after = html(_("Balance: {balance}, which is <b>too low</b>. Top up at otpbuddy first."), balance=words.money(balance))
    return Screen(
        lines(
            html(changed, old=words.money(old_price), new=price) + html("\n") if old_price is not None else None,
            html(_("<b>Buy a number for {product}?</b>"), product=shorten(activation.product_name, NAME_LENGTH)),
            html(""),
            html(_("Country: {country}"), country=words.country(activation.country)),
            html(_("Price: <b>{price}</b>"), price=price),
            after,
        ),
        [
            [button(_("✅ Buy for {price}").format(price=price), Buy(activation.id), SUCCESS if enough else None)],
            *cheaper_button(words, activation.product_id),
            [button(_("‹ Not now"), Decline(activation.id))],
        ],
    )


def declined(words: Words) -> Screen:
    """Confirm that nothing was bought."""
    _ = words.gettext
    return Screen(
        html(_("Nothing was bought. Type a service, or choose:")),
        [[button(_("🛒 All products"), ALL_PRODUCTS, PRIMARY), button(_("‹ Menu"), Menu())]],
    )


def connect_first(words: Words) -> Screen:
    """Say that buying needs an account."""
    _ = words.gettext
    return Screen(
        html(_("🔑 <b>Connect your otpbuddy account first</b>, then you can buy numbers.")),
        [[button(_("🔑 Connect my account"), Connect(), PRIMARY)], [button(_("‹ Menu"), Menu())]],
    )
