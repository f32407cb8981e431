"""What is said to those who may not buy: banned, uninvited, or come while the bot is closed."""

from markupsafe import Markup
from telegram import InlineKeyboardButton

from bot.locales import Words
from bot.screens.callbacks import Connect, Help, Menu, Numbers
from bot.screens.callbacks_money import Export
from bot.screens.screen import PRIMARY, Screen, button, html, lines, shorten
from bot.services.errors import Banned, Closed, KeptOut

REASON_LENGTH = 300
QUICK_REASONS = ("spam", "fraud", "bulk", "abuse")
"""Reasons for a ban that take one tap; they are kept as these words, and every reader reads them in their own language."""


def reason_text(words: Words, reason: str | None) -> str:
    """Say why a chat was banned."""
    _ = words.gettext
    quick = {"spam": _("spam"), "fraud": _("fraud"), "bulk": _("accounts in bulk"), "abuse": _("abuse of the service")}
    if not reason:
        return _("no reason was given")
    return quick.get(reason, shorten(reason, REASON_LENGTH))


def headline(words: Words, error: KeptOut) -> str:
    """Say in a few words why nothing can be bought."""
    _ = words.gettext
    if isinstance(error, Banned):
        return _("⛔ You cannot buy here")
    return _("🚧 Closed for maintenance") if isinstance(error, Closed) else _("✉️ By invitation only")


def kept_out(words: Words, error: KeptOut) -> Screen:
    """Say in a sentence why nothing can be bought, and what goes on all the same."""
    _ = words.gettext
    if isinstance(error, Banned):
        text = html(
            _("⛔ <b>You cannot buy here:</b> an admin banned you ({reason}). Your active numbers go on, and their codes arrive."),
            reason=reason_text(words, error.reason),
        )
        return Screen(text, [[button(_("📱 My numbers"), Numbers(), PRIMARY)], [button(_("📄 Export"), Export()), *_menu(words)]])
    if isinstance(error, Closed):
        text = html(_("🚧 <b>Closed for maintenance:</b> nothing can be bought now. Active numbers go on, and their codes arrive."))
        return Screen(lines(text, notice(error.notice)), [[button(_("📱 My numbers"), Numbers(), PRIMARY)], _menu(words)])
    text = html(_("✉️ <b>By invitation only:</b> open the link that you were invited with. Who has none asks those who run this bot."))
    return Screen(text, [[button(_("💡 How it works"), Help())], _menu(words)])


def notice(written: str | None) -> Markup | None:
    """Quote what the admins say while the bot is closed."""
    return html("<blockquote>{text}</blockquote>", text=shorten(written, REASON_LENGTH)) if written else None


def ban_lifted(words: Words) -> Screen:
    """Tell somebody that they are banned no more."""
    return Screen(html(words.gettext("✅ <b>You can buy here again:</b> your ban was lifted.")), [_menu(words)])


def admitted(words: Words) -> Screen:
    """Tell somebody that their invitation let them in."""
    _ = words.gettext
    return Screen(
        html(_("✅ <b>Welcome in:</b> your invitation was accepted.")),
        [[button(_("🔑 Connect my account"), Connect(), PRIMARY)], [button(_("💡 How it works"), Help()), *_menu(words)]],
    )


def invite_over(words: Words, why: str) -> Screen:
    """Say why an invitation admits nobody."""
    _ = words.gettext
    told = {
        "used": _("✉️ <b>This invitation is used up.</b> Ask whoever gave it to you for a new one."),
        "expired": _("✉️ <b>This invitation has expired.</b> Ask whoever gave it to you for a new one."),
        "revoked": _("✉️ <b>This invitation was revoked.</b> Ask whoever gave it to you for a new one."),
    }
    unknown = _("✉️ <b>There is no such invitation.</b> Open the link once more as you were given it, whole.")
    return Screen(html(told.get(why, unknown)), [[button(_("💡 How it works"), Help())], _menu(words)])


def not_both(words: Words, *, banned: bool) -> Screen:
    """Tell an admin that nobody is an admin and banned at once."""
    _ = words.gettext
    text = (
        _("✋ <b>They are banned.</b> Lift the ban before you make them an admin.")
        if banned
        else _("✋ <b>They run this bot.</b> An owner has to dismiss them before they can be banned.")
    )
    return Screen(html(text), [_menu(words)])


def _menu(words: Words) -> list[InlineKeyboardButton]:
    return [button(words.gettext("‹ Menu"), Menu())]
