"""A broadcast, from its preview to its final count."""

from bot.locales import Words
from bot.screens.callbacks import Menu, SendBroadcast, StopBroadcast
from bot.screens.screen import DANGER, PRIMARY, Screen, button, html, lines
from bot.services.broadcasts import Progress
from storage.models import Broadcast, BroadcastState

BAR = 10


def usage(words: Words) -> Screen:
    """Say how to write a broadcast."""
    return Screen(
        html(
            words.gettext(
                "📣 <b>Write the message after the command:</b>\n<code>/broadcast Hello everyone</code>\n"
                "You see it before anyone else, and nothing is sent before you confirm."
            )
        ),
        [[button(words.gettext("‹ Menu"), Menu())]],
    )


def confirm(words: Words, broadcast: Broadcast, count: int) -> Screen:
    """Ask before a broadcast is sent; its preview stands above."""
    _ = words.gettext
    text = words.ngettext(
        "📣 This is what <b>{count} chat</b> will receive. Send it?", "📣 This is what <b>{count} chats</b> will receive. Send it?", count
    )
    send = words.ngettext("Send to {count} chat", "Send to {count} chats", count).format(count=count)
    return Screen(
        html(text, count=count),
        [[button(send, SendBroadcast(broadcast.id), PRIMARY)], [button(_("Throw away"), StopBroadcast(broadcast.id))]],
    )


def progress(words: Words, progress: Progress) -> Screen:
    """Show how far a broadcast is, or how it ended."""
    _ = words.gettext
    if progress.broadcast.state is BroadcastState.STOPPED and progress.broadcast.started_at is None:
        return Screen(html(_("🗑 <b>Thrown away.</b> Nobody received it.")), [[button(_("‹ Menu"), Menu())]])
    titles = {
        BroadcastState.DRAFT: _("📣 <b>Draft</b>"),
        BroadcastState.SCHEDULED: _("📣 <b>Scheduled</b>"),
        BroadcastState.SENDING: _("📣 <b>Sending…</b>"),
        BroadcastState.PAUSED: _("📣 <b>Paused</b>"),
        BroadcastState.DONE: _("📣 <b>Sent</b>"),
        BroadcastState.STOPPED: _("📣 <b>Stopped</b>"),
    }
    done = progress.total - progress.waiting
    filled = BAR * done // progress.total if progress.total else 0
    counts = [
        html(_("{count} of {total} chats"), count=done, total=progress.total),
        html(_("Delivered: {count}"), count=progress.sent),
        html(_("Blocked the bot: {count}"), count=progress.blocked) if progress.blocked else None,
        html(_("Failed: {count}"), count=progress.failed) if progress.failed else None,
        html(_("Unclear, not sent again: {count}"), count=progress.unclear) if progress.unclear else None,
    ]
    sending = progress.broadcast.state is BroadcastState.SENDING
    return Screen(
        lines(
            html(titles[progress.broadcast.state]),
            html("{bar}", bar="▰" * filled + "▱" * (BAR - filled)) if progress.total else None,
            *counts,
        ),
        [[button(_("Stop"), StopBroadcast(progress.broadcast.id), DANGER)]] if sending else [],
    )
