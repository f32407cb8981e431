"""What a chat waits for: setting an alert up, the list of them, and the messages that tell."""

from collections.abc import Sequence

from bot.locales import Words
from bot.otpbuddy import Product
from bot.screens.callback import unpack
from bot.screens.callbacks import Choose, Menu, ShowOffer
from bot.screens.callbacks_money import DropAlert, SetPrice, ShowAlerts, WatchPrice
from bot.screens.screen import PRIMARY, Rows, Screen, button, html, lines, moment, shorten
from bot.screens.welcome import ALL_PRODUCTS
from bot.services.amounts import steps_below
from bot.services.catalog import product_key
from storage.models import Alert, AlertKind

NAME_LENGTH = 60


def ask_price(words: Words, product: Product, offer_id: str = "") -> Screen:
    """Ask at which price to tell; Back leads to the offer where it was asked on its card."""
    _ = words.gettext
    key = product_key(product.id)
    steps = [button(words.money(amount), SetPrice(key, format(amount, "f"))) for amount in steps_below(product.price)]
    values = {"product": _name(product.name), "price": words.money(product.price)}
    return Screen(
        lines(
            html(_("🔔 <b>{product}</b> costs {price} now."), **values),
            html(_("At which price shall I tell you? Tap one, or type an amount:")) if steps else html(_("Type the price to wait for:")),
        ),
        [steps, [button(_("‹ Back"), unpack(ShowOffer(offer_id).pack()) or Choose(key)), button(_("‹ Menu"), Menu())]],
    )


def waits(words: Words, alert: Alert) -> Screen:
    """Confirm an alert."""
    _ = words.gettext
    values = {"product": _name(alert.product_name)}
    if alert.kind is AlertKind.PRICE and alert.at_most is not None:
        text = html(_("🔔 I will tell you when <b>{product}</b> costs {limit} or less."), limit=words.money(alert.at_most), **values)
    else:
        text = html(_("🔔 I will tell you when <b>{product}</b> is on sale again."), **values)
    return Screen(
        lines(text, html(_("I look every few minutes, and nothing is bought by itself."))),
        [[button(_("🔔 My alerts"), ShowAlerts()), button(_("‹ Menu"), Menu())]],
    )


def cheap_enough(words: Words, product: Product) -> Screen:
    """Say that the price is low enough already."""
    _ = words.gettext
    text = html(_("🔔 <b>{product}</b> costs {price} already."), product=_name(product.name), price=words.money(product.price))
    return Screen(text, _ways_to_buy(words, product.id))


def on_sale_already(words: Words, product: Product) -> Screen:
    """Say that there is nothing to wait for."""
    _ = words.gettext
    return Screen(
        lines(
            html(_("🔔 <b>{product}</b> is on sale now for {price}."), product=_name(product.name), price=words.money(product.price)),
            html(_("If otpbuddy refused it a moment ago, it had no free number. Please try again a little later.")),
        ),
        _ways_to_buy(words, product.id),
    )


def listed(words: Words, waiting: Sequence[Alert]) -> Screen:
    """List what the chat waits for; a tap removes one."""
    _ = words.gettext
    if not waiting:
        return Screen(
            lines(
                html(_("🔔 <b>You have no alerts.</b>")),
                html(_("Choose a product and tap “Tell me when it is cheaper”, and I will write to you when its price falls.")),
            ),
            [[button(_("🛒 All products"), ALL_PRODUCTS, PRIMARY), button(_("‹ Menu"), Menu())]],
        )
    count = words.ngettext("🔔 <b>You have {count} alert.</b>", "🔔 <b>You have {count} alerts.</b>", len(waiting))
    return Screen(
        lines(html(count, count=len(waiting)), html(_("Tap one to remove it."))),
        [*([button(_label(words, alert), DropAlert(alert.id))] for alert in waiting), [button(_("‹ Menu"), Menu())]],
    )


def met(words: Words, alert: Alert, *, late: bool) -> Screen:
    """Tell that what the chat waits for has come; `late` says that it was a while ago."""
    _ = words.gettext
    values = {"product": _name(alert.product_name), "price": words.money(alert.met_price) if alert.met_price is not None else ""}
    if alert.kind is AlertKind.PRICE and alert.at_most is not None:
        text = html(_("🔔 <b>{product} costs {price} now.</b> You waited for {limit} or less."), limit=words.money(alert.at_most), **values)
    else:
        text = html(_("🔔 <b>{product} is on sale again</b> for {price}."), **values)
    assert alert.met_at is not None  # noqa: S101 - only what is met is told.
    seen = html(_("I saw that at {time}; it may have changed since."), time=moment(words, alert.met_at)) if late else None
    return Screen(lines(text, seen), _ways_to_buy(words, alert.product_id))


def cheaper_button(words: Words, product_id: str, offer_id: str = "") -> Rows:
    """Give the row that leads to an alert for a product's price."""
    return [[button(words.gettext("🔔 Tell me when it is cheaper"), WatchPrice(product_key(product_id), offer_id))]]


def _ways_to_buy(words: Words, product_id: str) -> Rows:
    _ = words.gettext
    buy = button(_("🛒 Buy it"), Choose(product_key(product_id)), PRIMARY)
    return [[buy], [button(_("🔔 My alerts"), ShowAlerts()), button(_("‹ Menu"), Menu())]]


def _label(words: Words, alert: Alert) -> str:
    _ = words.gettext
    name = shorten(alert.product_name, 24)
    if alert.kind is AlertKind.PRICE and alert.at_most is not None:
        return _("✖ {product} · {limit} or less").format(product=name, limit=words.money(alert.at_most))
    return _("✖ {product} · on sale again").format(product=name)


def _name(name: str) -> str:
    return shorten(name, NAME_LENGTH)
