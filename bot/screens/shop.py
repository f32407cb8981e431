"""The question where a number is to be from, and the card that asks before money is spent."""

from collections.abc import Sequence
from decimal import Decimal

from bot.locales import Words
from bot.otpbuddy import Product
from bot.screens.alerts import cheaper_button
from bot.screens.callback import unpack
from bot.screens.callbacks import Buy, ChooseIn, Connect, Countries, Decline, Menu, Move, OtherCountries, ShowOffer, Star
from bot.screens.countries import country_rows
from bot.screens.screen import PRIMARY, SUCCESS, Screen, button, html, lines, shorten
from bot.screens.welcome import ALL_PRODUCTS
from bot.services.catalog import product_key
from storage.models import Activation

NAME_LENGTH = 60


def countries(words: Words, product: Product, codes: Sequence[str], page: int = 0, place: str = "") -> Screen:
    """Ask for the country where there are several."""
    _ = words.gettext
    key = product_key(product.id)
    rows = country_rows(words, codes, page, choose=lambda code: ChooseIn(key, code, place), turn=lambda other: Countries(key, other, place))
    return Screen(
        html(_("<b>{product}</b>\nFrom which country should the number be?"), product=shorten(product.name, NAME_LENGTH)),
        [*rows, [button(_("‹ Back"), unpack(place) or ALL_PRODUCTS)]],
    )


def other_countries(words: Words, offered: Activation, codes: Sequence[str], page: int = 0) -> Screen:
    """Ask for another country than the offered one."""
    _ = words.gettext
    rows = country_rows(
        words,
        codes,
        page,
        choose=lambda code: Move(offered.id, code),
        turn=lambda other: OtherCountries(offered.id, other),
        chosen=offered.country,
    )
    return Screen(
        html(_("<b>{product}</b>\nFrom which country should the number be?"), product=shorten(offered.product_name, NAME_LENGTH)),
        [*rows, [button(_("‹ Back"), ShowOffer(offered.id))]],
    )


def offer(
    words: Words, activation: Activation, *, old_price: Decimal | None = None, starred: bool = False, movable: bool = False
) -> Screen:
    """Ask before money is spent: product, country, exact price, balance; an old price says that it changed meanwhile.

    `starred` says that the product is a favourite, `movable` that there are other countries.
    """
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
            [button(_("🌍 Other country"), OtherCountries(activation.id, 0))] if movable else [],
            [button(_("★ Remove favourite"), Star(activation.id, 0)) if starred else button(_("☆ Add favourite"), Star(activation.id, 1))],
            *cheaper_button(words, activation.product_id, activation.id),
            [button(_("‹ Back") if activation.place else _("‹ Not now"), Decline(activation.id))],
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
