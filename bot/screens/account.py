"""Connecting an account, forgetting it, and its balance."""

from decimal import Decimal

from bot.locales import Words
from bot.screens.callbacks import Connect, Disconnect, Menu, Numbers, ShowBalance, ShowChoices
from bot.screens.callbacks_money import ShowSpending
from bot.screens.overview import BY_DAY
from bot.screens.screen import DANGER, PRIMARY, Screen, button, html, lines, site_button
from bot.screens.welcome import ALL_PRODUCTS
from bot.services.preferences import Preference


def ask_for_token(words: Words, site: str, *, connected: bool) -> Screen:
    """Ask for the token as the next message, and say where one gets it; `site` is the provider's address."""
    _ = words.gettext
    name = site.partition("://")[2]
    if connected:
        more = html(_("You are connected already; a new token replaces the present one."))
    else:
        more = html(_("No account yet? Sign up at {site} and add money to it. The API token is on your account page there."), site=name)
    return Screen(
        lines(
            html(_("🔑 <b>Send me your otpbuddy API token</b> as your next message.")),
            html(_("I check it, keep it encrypted and delete your message.")),
            html(""),
            more,
        ),
        [[site_button(words, site)], [button(_("‹ Menu"), Menu())]],
    )


def connected(words: Words, balance: Decimal, *, deleted: bool) -> Screen:
    """Confirm the connection with the balance."""
    _ = words.gettext
    note = _("Your message with the token is deleted.") if deleted else _("⚠️ I could not delete your message with the token; please do it.")
    return Screen(
        lines(
            html(_("✅ <b>Connected.</b> Your balance is <b>{balance}</b>."), balance=words.money(balance)),
            html(note),
            html(_("Now type a service, like <i>whatsapp</i>, or look around:")),
        ),
        [[button(_("🛒 Buy a number"), ALL_PRODUCTS, PRIMARY)], [button(_("‹ Menu"), Menu())]],
    )


def balance(words: Words, amount: Decimal) -> Screen:
    """Show the balance."""
    _ = words.gettext
    return Screen(
        html(_("💰 Your otpbuddy balance is <b>{amount}</b>."), amount=words.money(amount)),
        [
            [button(_("🔄 Refresh"), ShowBalance()), button(_("🛒 Buy a number"), ALL_PRODUCTS)],
            [
                button(_("🔔 Low balance"), ShowChoices(Preference.LOW_BALANCE.value, 0)),
                button(_("📈 Spending"), ShowSpending(BY_DAY)),
            ],
            [button(_("‹ Menu"), Menu())],
        ],
    )


def low_balance(words: Words, amount: Decimal, limit: Decimal) -> Screen:
    """Warn that the balance is below what the user set; nothing is kept from going on by it."""
    _ = words.gettext
    values = {"amount": words.money(amount), "limit": words.money(limit)}
    return Screen(
        lines(
            html(_("💰 <b>Your otpbuddy balance is low: {amount}.</b>"), **values),
            html(_("It fell below {limit}, where you wanted to be told. I will say so again once it has been above that."), **values),
        ),
        [
            [button(_("💰 Check my balance"), ShowBalance(), PRIMARY)],
            [button(_("🔔 Change alert"), ShowChoices(Preference.LOW_BALANCE.value, 0)), button(_("‹ Menu"), Menu())],
        ],
    )


def disconnected(words: Words) -> Screen:
    """Confirm that the token is forgotten."""
    _ = words.gettext
    return Screen(
        html(_("👋 <b>Disconnected.</b> I forgot your token. Your history stays.")),
        [[button(_("🔑 Connect an account"), Connect(), PRIMARY)], [button(_("‹ Menu"), Menu())]],
    )


def nothing_to_disconnect(words: Words) -> Screen:
    """Say that there is no token to forget."""
    _ = words.gettext
    return Screen(
        html(_("No account is connected, so there is nothing to forget.")),
        [[button(_("🔑 Connect an account"), Connect(), PRIMARY)], [button(_("‹ Menu"), Menu())]],
    )


def confirm_disconnect(words: Words, count: int) -> Screen:
    """Warn that active numbers hang on the token."""
    _ = words.gettext
    text = words.ngettext(
        "⚠️ You hold <b>{count} active number</b>. Without the token I cannot fetch its codes or cancel it.",
        "⚠️ You hold <b>{count} active numbers</b>. Without the token I cannot fetch their codes or cancel them.",
        count,
    )
    return Screen(
        html(text, count=count),
        [
            [button(_("📱 My numbers"), Numbers(), PRIMARY)],
            [button(_("Forget my token anyway"), Disconnect(1), DANGER)],
            [button(_("‹ Menu"), Menu())],
        ],
    )
