"""The greeting, the menu and the help.

There is no reply keyboard, on purpose. It would take a third of a telephone's screen, where the code and the text around it are read; its
taps write words into the chat, which pile up and could be taken for a token or a search; and it shows the same keys in every state, while
the buttons under a message are exactly what can be done next. What is always wanted is behind Telegram's own menu button, beside the
input field and under the thumb.
"""

from markupsafe import Markup
from telegram import InlineKeyboardButton

from bot.locales import Words
from bot.screens.access import kept_out
from bot.screens.admin.callbacks import AdminMenu
from bot.screens.callbacks import Connect, Help, Menu, Numbers, Shop, ShowBalance, ShowHistory, ShowSettings
from bot.screens.callbacks_money import ShowAlerts
from bot.screens.screen import PRIMARY, Screen, button, html, lines, link_button
from bot.services.errors import KeptOut, NotInvited
from bot.services.purchases import Ceilings

ALL_PRODUCTS = Shop(0, "")


def greeting(words: Words, name: str) -> Screen:
    """Greet once, with the line about acceptable use, and lead to connecting."""
    _ = words.gettext
    return Screen(
        lines(
            html(_("👋 <b>Hello, {name}!</b>"), name=name),
            html(""),
            html(_("I get you a phone number from otpbuddy and send you the one-time password the moment it arrives.")),
            html(""),
            html(_("First, connect your otpbuddy account with its API token. I check it, keep it encrypted and delete your message.")),
            html(""),
            html(_("<i>For your own sign-ups and for testing. Not for spam, fraud, or making accounts in bulk.</i>")),
        ),
        [[button(_("🔑 Connect my account"), Connect(), PRIMARY)], [button(_("💡 How it works"), Help())]],
    )


def uninvited(words: Words, name: str) -> Screen:
    """Greet somebody whom nobody invited, where that is needed."""
    _ = words.gettext
    return Screen(
        lines(
            html(_("👋 <b>Hello, {name}!</b>"), name=name),
            html(""),
            html(_("I get you a phone number from otpbuddy and send you the one-time password the moment it arrives.")),
            html(""),
            kept_out(words, NotInvited()).text,
        ),
        [[button(_("💡 How it works"), Help())]],
    )


def menu(words: Words, *, connected: bool, admin: bool = False, obstacle: KeptOut | None = None) -> Screen:
    """Show the way to everything; where something keeps the chat from buying, what that is and the way to all the rest."""
    _ = words.gettext
    running = [button(_("🛠 Running the bot"), AdminMenu())] if admin else []
    if not connected and obstacle is None:
        return Screen(
            html(_("<b>Not connected yet</b>\nConnect your otpbuddy account to buy numbers.")),
            [[button(_("🔑 Connect my account"), Connect(), PRIMARY)], [button(_("💡 How it works"), Help())], running],
        )
    text = html(_("<b>What would you like to do?</b>\nType the name of a service, or choose:"))
    return Screen(
        text if obstacle is None else kept_out(words, obstacle).text,
        [
            [button(_("🛒 Buy a number"), ALL_PRODUCTS, PRIMARY)] if obstacle is None else [],
            [button(_("📱 My numbers"), Numbers()), button(_("💰 Balance"), ShowBalance())],
            [button(_("🧾 History"), ShowHistory(0)), button(_("🔔 Alerts"), ShowAlerts())],
            [button(_("⚙️ Settings"), ShowSettings()), button(_("💡 Help"), Help())],
            running,
        ],
    )


def help_screen(words: Words, ceilings: Ceilings, *, admin: bool) -> Screen:
    """Explain everything on one page."""
    _ = words.gettext
    commands = [
        ("/buy", _("buy a number; /buy whatsapp finds one")),
        ("/numbers", _("your active numbers")),
        ("/balance", _("your otpbuddy balance")),
        ("/history", _("what you bought and spent")),
        ("/spending", _("a chart of what you spent, and how often codes came")),
        ("/export", _("all your purchases as a file")),
        ("/alerts", _("prices and products that you wait for")),
        ("/token", _("connect an account")),
        ("/settings", _("language, alerts and the rest")),
        ("/logout", _("forget your token")),
        ("/forget", _("delete everything about you")),
    ]
    if admin:
        commands.append(("/admin", _("run the bot (admins)")))
    return Screen(
        lines(
            html(_("<b>How it works</b>")),
            html(""),
            html(_("1. Type a service, like <i>whatsapp</i>, and confirm the price.")),
            html(_("2. Copy the number and enter it where you sign up.")),
            html(
                _("3. The code arrives here by itself. More codes on the same number arrive too, until you tap Done or its time is over.")
            ),
            html(_("4. No code? Cancel, and I show you what came back to your balance.")),
            html(""),
            *(html("{command} – {text}", command=command, text=text) for command, text in commands),
            html(""),
            limits(words, ceilings),
            html(""),
            html(_("<i>For your own sign-ups and for testing. Not for spam, fraud, or making accounts in bulk.</i>")),
        ),
        [[button(_("‹ Menu"), Menu())]],
    )


def limits(words: Words, ceilings: Ceilings) -> Markup:
    """Say how much a chat may do, so that nobody finds out only by being refused."""
    ngettext = words.ngettext
    active = ngettext("{count} active number at a time", "{count} active numbers at a time", ceilings.active).format(count=ceilings.active)
    hourly = ngettext("{count} purchase an hour", "{count} purchases an hour", ceilings.per_hour).format(count=ceilings.per_hour)
    return html(words.gettext("✋ At most {active} and {hourly}."), active=active, hourly=hourly)


def not_understood(words: Words) -> Screen:
    """Answer what no handler knows, with help instead of silence."""
    _ = words.gettext
    return Screen(
        html(_("I did not understand that. Send me the name of a service, or choose:")),
        [[button(_("🛒 All products"), ALL_PRODUCTS, PRIMARY)], [button(_("💡 Help"), Help()), button(_("‹ Menu"), Menu())]],
    )


def only_in_private(words: Words, username: str) -> Screen:
    """Say in a group why the bot works in private chats only, and lead there."""
    text = words.gettext("Numbers and codes are private, so I only work in a private chat: @{username}")
    return Screen(html(text, username=username), [_to_private(words, username)])


def token_in_group(words: Words, username: str, *, deleted: bool) -> Screen:
    """Warn that a token was shown to a group."""
    _ = words.gettext
    first = _("⚠️ That looked like an otpbuddy token, so I deleted it.") if deleted else _("⚠️ That looked like an otpbuddy token.")
    rest = _("Everyone here may have seen it: revoke it at otpbuddy, and send the new one only in private to @{username}.")
    return Screen(lines(html(first), html(rest, username=username)), [_to_private(words, username)])


def _to_private(words: Words, username: str) -> list[InlineKeyboardButton]:
    return [link_button(words.gettext("💬 Open the private chat"), f"https://t.me/{username}?start=group")]
