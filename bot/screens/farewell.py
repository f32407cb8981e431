"""Forgetting a chat: what is lost, and that it is done."""

from markupsafe import Markup

from bot.locales import Words
from bot.screens.callbacks import Forget, Numbers, ShowSettings
from bot.screens.screen import DANGER, PRIMARY, Screen, button, html, lines
from bot.services.farewell import Belongings


def confirm(words: Words, belongings: Belongings) -> Screen:
    """Ask, with what becomes of numbers that are still active and of purchases in doubt."""
    _ = words.gettext
    active = words.ngettext(
        "⚠️ You hold <b>{count} active number</b>. It goes on at otpbuddy until its time is over, but its codes will not reach you and "
        "nobody can cancel it. If you want its money back, cancel it first.",
        "⚠️ You hold <b>{count} active numbers</b>. They go on at otpbuddy until their time is over, but their codes will not reach you and "
        "nobody can cancel them. If you want their money back, cancel them first.",
        belongings.active,
    )
    doubtful = words.ngettext(
        "⚠️ <b>{count} purchase</b> may have been charged without a number. Its record for otpbuddy’s support is deleted too.",
        "⚠️ <b>{count} purchases</b> may have been charged without a number. Their records for otpbuddy’s support are deleted too.",
        belongings.doubtful,
    )
    numbers = [button(_("📱 My numbers"), Numbers(), PRIMARY)] if belongings.active else []
    return Screen(
        lines(
            html(_("🗑 <b>Shall I forget everything about you?</b>")),
            html(_("I delete your token, settings, favourites and alerts, and your whole history with its SMS. This cannot be undone.")),
            html(_("Your otpbuddy account and its balance stay as they are.")),
            html("\n") + html(active, count=belongings.active) if belongings.active else None,
            html("\n") + html(doubtful, count=belongings.doubtful) if belongings.doubtful else None,
            html("\n") + _kept(words) if belongings.restricted else None,
            html("\n") + html(_("✉️ To come back, you need a new invitation.")) if belongings.by_invitation else None,
        ),
        [numbers, [button(_("Yes, forget everything"), Forget(1), DANGER)], [button(_("‹ Settings"), ShowSettings())]],
    )


def forgotten(words: Words, left: Belongings) -> Screen:
    """Confirm, and say what goes on without the bot; there is no button, since a tap would begin anew."""
    _ = words.gettext
    active = words.ngettext(
        "<b>{count} number</b> goes on at otpbuddy until its time is over; I do not watch it any more.",
        "<b>{count} numbers</b> go on at otpbuddy until their time is over; I do not watch them any more.",
        left.active,
    )
    return Screen(
        lines(
            html(_("👋 <b>Forgotten.</b> I know nothing of you any more.")) if not left.restricted else None,
            html(_("👋 <b>Forgotten.</b>")) + " " + _kept(words) if left.restricted else None,
            html(active, count=left.active) if left.active else None,
            html(_("What is written in this chat stays until you clear it in Telegram. To begin anew, send /start.")),
        )
    )


def _kept(words: Words) -> Markup:
    """Say what is not forgotten: what admins decided against a chat would be washed off otherwise."""
    return html(words.gettext("Admins banned or limited you. That I keep, with your Telegram id and nothing else."))
