"""What went wrong, what it means for the user's money, and what to do next."""

from dataclasses import replace
from functools import singledispatch

from bot.locales import Words
from bot.otpbuddy import NoAnswer, NotSent, OtpbuddyError, Refused, ServerError, TokenRejected, Unavailable
from bot.screens import access, shop
from bot.screens.alerts import cheaper_button
from bot.screens.callback import Callback
from bot.screens.callbacks import Connect, Disconnect, Menu, Numbers, ShowBalance
from bot.screens.callbacks_money import ShowAlerts, WatchStock
from bot.screens.screen import PRIMARY, Rows, Screen, button, countdown, html, lines, shorten, site_button
from bot.screens.welcome import ALL_PRODUCTS
from bot.services.catalog import product_key
from bot.services.errors import (
    BalanceTooLow,
    HoldsNumbers,
    InviteOver,
    IsAdmin,
    IsBanned,
    KeptOut,
    NotConnected,
    NotFound,
    NotOnSale,
    OtherAccount,
    PurchasePending,
    PurchaseUnderWay,
    ServiceError,
    TokenRefused,
    TooManyActive,
    TooManyAlerts,
    TooManyPurchases,
)


def with_retry(words: Words, screen: Screen, callback: Callback) -> Screen:
    """Add a button that tries the same once more, beside the way back."""
    *ways_on, way_back = screen.rows
    return replace(screen, rows=[*ways_on, [button(words.gettext("🔁 Try again"), callback), *way_back]])


def with_site(words: Words, screen: Screen, site: str) -> Screen:
    """Add a button that opens the provider's site, where what is missing is to be had; the last row leads back."""
    *ways_on, way_back = screen.rows
    return replace(screen, rows=[*ways_on, [site_button(words, site)], way_back])


def passes(error: ServiceError | OtpbuddyError) -> bool:
    """Whether the same request may well succeed a little later."""
    return isinstance(error, OtpbuddyError) and not isinstance(error, Refused | TokenRejected)


@singledispatch
def explain(_error: ServiceError | OtpbuddyError, words: Words) -> Screen:
    """Put an error into words, with the button for what to do next; the last row leads back."""
    _ = words.gettext
    return Screen(
        html(_("⚠️ <b>otpbuddy gave an answer that I do not understand.</b> Nothing was bought or changed. Please try again in a minute.")),
        _menu(words),
    )


@explain.register
def _not_connected(_error: NotConnected, words: Words) -> Screen:
    return shop.connect_first(words)


@explain.register
def _token_refused(_error: TokenRefused, words: Words) -> Screen:
    _ = words.gettext
    return Screen(
        lines(
            html(_("✖ <b>otpbuddy did not accept that token.</b> Nothing was stored.")),
            html(_("Copy it once more from your otpbuddy account page and send it as your next message.")),
        ),
        [[button(_("🔑 Try another token"), Connect(), PRIMARY)], [button(_("‹ Menu"), Menu())]],
    )


@explain.register
def _holds_numbers(error: HoldsNumbers, words: Words) -> Screen:
    text = words.ngettext(
        "⚠️ You hold <b>{count} active number</b> that was bought with the token connected now. Finish or cancel it first, "
        "or disconnect with /logout. The new token was not stored.",
        "⚠️ You hold <b>{count} active numbers</b> that were bought with the token connected now. Finish or cancel them first, "
        "or disconnect with /logout. The new token was not stored.",
        error.count,
    )
    return Screen(html(text, count=error.count), [[button(words.gettext("📱 My numbers"), Numbers(), PRIMARY)], *_menu(words)])


@explain.register
def _other_account(error: OtherAccount, words: Words) -> Screen:
    _ = words.gettext
    text = words.ngettext(
        "⚠️ <b>That token is of another otpbuddy account.</b> You hold {count} active number that was bought with the earlier one; only "
        "its own account can fetch its code or cancel it. The new token was not stored.",
        "⚠️ <b>That token is of another otpbuddy account.</b> You hold {count} active numbers that were bought with the earlier one; only "
        "their own account can fetch their codes or cancel them. The new token was not stored.",
        error.count,
    )
    return Screen(
        lines(html(text, count=error.count), html(_("Send a token of the earlier account, or give the numbers up first."))),
        [
            [button(_("🔑 Try another token"), Connect(), PRIMARY)],
            [button(_("📱 My numbers"), Numbers()), button(_("Give them up"), Disconnect(0))],
            *_menu(words),
        ],
    )


@explain.register
def _not_found(_error: NotFound, words: Words) -> Screen:
    _ = words.gettext
    return Screen(
        html(_("That is not here any more. Start afresh:")), [[button(_("🛒 Buy a number"), ALL_PRODUCTS, PRIMARY)], *_menu(words)]
    )


@explain.register
def _not_on_sale(error: NotOnSale, words: Words) -> Screen:
    _ = words.gettext
    shop_button = button(_("🛒 All products"), ALL_PRODUCTS, PRIMARY)
    if error.product is None:
        return Screen(html(_("otpbuddy does not offer that product any more. Nothing was bought.")), [[shop_button], *_menu(words)])
    watch = button(_("🔔 Tell me when it is back"), WatchStock(product_key(error.product.id)))
    text = html(_("otpbuddy does not offer <b>{product}</b> at the moment. Nothing was bought."), product=shorten(error.product.name, 60))
    return Screen(text, [[watch], [shop_button], *_menu(words)])


@explain.register
def _balance_too_low(error: BalanceTooLow, words: Words) -> Screen:
    _ = words.gettext
    values = {"price": words.money(error.price), "balance": words.money(error.balance), "missing": words.money(error.price - error.balance)}
    return Screen(
        lines(
            html(_("💰 <b>Your balance is too low.</b> Nothing was bought.")),
            html(_("The price is {price}, your balance is {balance}: {missing} missing. Top up at otpbuddy, then try again."), **values),
        ),
        [[button(_("💰 Check my balance"), ShowBalance(), PRIMARY)], *cheaper_button(words, error.product_id), *_menu(words)],
    )


@explain.register
def _too_many_alerts(error: TooManyAlerts, words: Words) -> Screen:
    text = words.ngettext(
        "✋ <b>You have {limit} alert</b>, the most a chat may have. Remove it first.",
        "✋ <b>You have {limit} alerts</b>, the most a chat may have. Remove one first.",
        error.limit,
    )
    return Screen(html(text, limit=error.limit), [[button(words.gettext("🔔 My alerts"), ShowAlerts(), PRIMARY)], *_menu(words)])


@explain.register
def _too_many_active(error: TooManyActive, words: Words) -> Screen:
    text = words.ngettext(
        "✋ <b>You hold {limit} active number</b>, the most a chat may have at a time. Finish or cancel it first. Nothing was bought.",
        "✋ <b>You hold {limit} active numbers</b>, the most a chat may have at a time. Finish or cancel one first. Nothing was bought.",
        error.limit,
    )
    return Screen(html(text, limit=error.limit), [[button(words.gettext("📱 My numbers"), Numbers(), PRIMARY)], *_menu(words)])


@explain.register
def _too_many_purchases(error: TooManyPurchases, words: Words) -> Screen:
    text = words.ngettext(
        "✋ <b>You bought {limit} number within an hour</b>, the most a chat may buy. The next one: {time}. Nothing was bought now.",
        "✋ <b>You bought {limit} numbers within an hour</b>, the most a chat may buy. The next one: {time}. Nothing was bought now.",
        error.limit,
    )
    return Screen(
        html(text, limit=error.limit, time=countdown(words, error.free_at)),
        [[button(words.gettext("📱 My numbers"), Numbers())], *_menu(words)],
    )


@explain.register
def _purchase_pending(_error: PurchasePending, words: Words) -> Screen:
    _ = words.gettext
    return Screen(
        html(
            _(
                "⏳ <b>An earlier purchase is still being checked against your balance.</b> Please wait half a minute. "
                "Nothing was bought now."
            )
        ),
        [[button(_("📱 My numbers"), Numbers(), PRIMARY)], *_menu(words)],
    )


@explain.register
def _purchase_under_way(_error: PurchaseUnderWay, words: Words) -> Screen:
    _ = words.gettext
    return Screen(
        html(_("⏳ <b>A purchase is being made at this moment.</b> Please wait for its outcome, then try again. Nothing was deleted.")),
        [[button(_("📱 My numbers"), Numbers(), PRIMARY)], *_menu(words)],
    )


@explain.register
def _kept_out(error: KeptOut, words: Words) -> Screen:
    return access.kept_out(words, error)


@explain.register
def _invite_over(error: InviteOver, words: Words) -> Screen:
    return access.invite_over(words, error.why)


@explain.register(IsAdmin)
@explain.register(IsBanned)
def _not_both(error: IsAdmin | IsBanned, words: Words) -> Screen:
    return access.not_both(words, banned=isinstance(error, IsBanned))


@explain.register
def _token_rejected(_error: TokenRejected, words: Words) -> Screen:
    return token_rejected(words)


@explain.register
def _refused(_error: Refused, words: Words) -> Screen:
    _ = words.gettext
    return Screen(html(_("✖ <b>otpbuddy refused.</b> Nothing was bought or changed. Please try again later.")), _menu(words))


@explain.register
def _not_sent(_error: NotSent, words: Words) -> Screen:
    _ = words.gettext
    return Screen(
        html(_("📡 <b>otpbuddy cannot be reached</b> at the moment. Nothing was bought or changed. Please try again in a minute.")),
        _menu(words),
    )


@explain.register(ServerError)
@explain.register(Unavailable)
@explain.register(NoAnswer)
def _out_of_service(_error: OtpbuddyError, words: Words) -> Screen:
    _ = words.gettext
    return Screen(
        html(_("📡 <b>otpbuddy is out of service</b> at the moment. Nothing was bought or changed. Please try again in a minute.")),
        _menu(words),
    )


def token_rejected(words: Words) -> Screen:
    """Ask for a new token, because the provider no longer accepts the present one."""
    _ = words.gettext
    return Screen(
        lines(
            html(_("🔑 <b>otpbuddy no longer accepts your token.</b>")),
            html(_("Connect again, and everything goes on where it was; your active numbers wait.")),
        ),
        [[button(_("🔑 Connect again"), Connect(), PRIMARY)], *_menu(words)],
    )


def provider_trouble(words: Words) -> Screen:
    """Tell once that codes may come late."""
    _ = words.gettext
    return Screen(
        html(_("📡 otpbuddy does not answer at the moment, so codes may come late. I keep trying; you need not do anything.")), _menu(words)
    )


def oddity(words: Words, detail: str) -> Screen:
    """Tell an admin of an answer of the provider that no table explains."""
    text = words.gettext("🛠 <b>otpbuddy answered something that I do not know</b>, and I treated it as a failure: {detail}")
    return Screen(html(text, detail=shorten(detail)))


def broken(words: Words) -> Screen:
    """Say that the fault is ours."""
    _ = words.gettext
    return Screen(
        html(_("⚠️ <b>Something went wrong on my side.</b> Look at /numbers before you try again: what was bought is listed there.")),
        [[button(_("📱 My numbers"), Numbers(), PRIMARY)], *_menu(words)],
    )


def flooding(words: Words) -> Screen:
    """Ask for a pause."""
    return Screen(html(words.gettext("🐢 That was too fast for me; I skipped some messages. Please wait a few seconds.")))


def _menu(words: Words) -> Rows:
    return [[button(words.gettext("‹ Menu"), Menu())]]
