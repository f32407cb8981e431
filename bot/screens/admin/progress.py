"""A broadcast under way and at its end, and the list of all of them."""

from datetime import timedelta

from markupsafe import Markup

from bot.locales import Words
from bot.screens.admin.callbacks import AdminMenu
from bot.screens.admin.callbacks_broadcast import (
    OpenBroadcast,
    PauseBroadcast,
    RemoveBroadcast,
    RepeatBroadcast,
    ResumeBroadcast,
    ShowBroadcasts,
    StopBroadcast,
    WriteBroadcast,
)
from bot.screens.admin.drafts import audience
from bot.screens.screen import DANGER, PRIMARY, SUCCESS, Rows, Screen, button, html, lines, moment, shorten
from bot.services.admin.conducting import Listed
from bot.services.broadcasts import Progress
from storage.models import Broadcast, BroadcastState, Content

BAR = 10
LABEL = 24
STATES = {
    BroadcastState.DRAFT: "✏️",
    BroadcastState.SCHEDULED: "🕒",
    BroadcastState.SENDING: "📣",
    BroadcastState.PAUSED: "⏸",
    BroadcastState.DONE: "✅",
    BroadcastState.STOPPED: "⏹",
}


def progress(words: Words, shown: Progress, *, controls: bool = True) -> Screen:
    """Show how far a broadcast is, or how it ended; without `controls` for who may not decide about it any more."""
    _ = words.gettext
    broadcast = shown.broadcast
    if broadcast.state is BroadcastState.STOPPED and broadcast.started_at is None:
        return Screen(html(_("🗑 <b>Thrown away.</b> Nobody received it.")), [[button(_("‹ Broadcasts"), ShowBroadcasts(0))]])
    titles = {
        BroadcastState.DRAFT: _("📣 <b>Draft</b>"),
        BroadcastState.SCHEDULED: _("📣 <b>Scheduled</b>"),
        BroadcastState.SENDING: _("📣 <b>Waiting for its turn…</b>") if shown.queued else _("📣 <b>Sending…</b>"),
        BroadcastState.PAUSED: _("⏸ <b>Paused</b>"),
        BroadcastState.DONE: _("✅ <b>Sent</b>"),
        BroadcastState.STOPPED: _("⏹ <b>Stopped</b>"),
    }
    done = shown.total - shown.waiting
    return Screen(
        lines(
            html(titles[broadcast.state]),
            html("<i>{text}</i>", text=summary(words, broadcast)),
            html(_("For: {audience}"), audience=audience(words, broadcast)),
            html(""),
            html("{bar} {share}", bar=_bar(done, shown.total), share=words.percent(done, shown.total)) if shown.total else None,
            html(_("{count} of {total} chats"), count=done, total=shown.total),
            html(_("Delivered: {count}"), count=shown.sent),
            html(_("Blocked the bot: {count}"), count=shown.blocked) if shown.blocked else None,
            html(_("Failed: {count}"), count=shown.failed) if shown.failed else None,
            html(_("Unclear, not sent again: {count}"), count=shown.unclear) if shown.unclear else None,
            _pace(words, shown),
            *_removal(words, shown),
        ),
        _controls(words, shown) if controls else [],
    )


def _bar(done: int, total: int) -> str:
    filled = BAR * done // total if total else 0
    return "▰" * filled + "▱" * (BAR - filled)


def _pace(words: Words, shown: Progress) -> Markup | None:
    """Say how fast it goes and what is left, or how long it took."""
    _ = words.gettext
    broadcast = shown.broadcast
    if broadcast.state is BroadcastState.SENDING and shown.queued:
        return html(_("Another broadcast is sent first. This one starts by itself."))
    if broadcast.state is BroadcastState.SENDING:
        left = words.duration(max(shown.left, timedelta(seconds=1)))
        return html(_("{rate} chats a second · about {duration} left"), rate=max(1, round(shown.rate)), duration=left)
    if broadcast.state is BroadcastState.PAUSED:
        return html(_("Nobody is written to until it is resumed."))
    if broadcast.started_at is not None and broadcast.finished_at is not None:
        took = max(broadcast.finished_at - broadcast.started_at, timedelta(seconds=1))
        return html(_("Took {duration}, until {time}."), duration=words.duration(took), time=moment(words, broadcast.finished_at))
    return None


def _removal(words: Words, shown: Progress) -> list[Markup | None]:
    """Say how far deleting it from the chats is."""
    _ = words.gettext
    if shown.broadcast.removing_at is None:
        return []
    gone = shown.removed + shown.refused + shown.removal_unclear
    over = shown.broadcast.removed_at is not None
    return [
        html(""),
        html(_("🗑 <b>Deleted for everyone</b>")) if over else html(_("🗑 <b>Deleting for everyone…</b>")),
        html("{bar} {share}", bar=_bar(gone, shown.sent), share=words.percent(gone, shown.sent)) if not over else None,
        html(_("Deleted: {count} of {total}"), count=shown.removed, total=shown.sent),
        html(_("Not allowed by Telegram any more: {count}"), count=shown.refused) if shown.refused else None,
        html(_("Unclear: {count}"), count=shown.removal_unclear) if shown.removal_unclear else None,
    ]


def _controls(words: Words, shown: Progress) -> Rows:
    _ = words.gettext
    broadcast = shown.broadcast
    stop = button(_("⏹ Stop"), StopBroadcast(broadcast.id), DANGER)
    again = button(_("🔄 Refresh"), OpenBroadcast(broadcast.id))
    back = [button(_("‹ Broadcasts"), ShowBroadcasts(0))]
    if broadcast.state is BroadcastState.SENDING:
        return [[button(_("⏸ Pause"), PauseBroadcast(broadcast.id)), stop], [again, *back]]
    if broadcast.state is BroadcastState.PAUSED:
        return [[button(_("▶️ Resume"), ResumeBroadcast(broadcast.id), SUCCESS), stop], back]
    remove = [button(_("🗑 Delete for everyone"), RemoveBroadcast(broadcast.id, 0), DANGER)] if shown.removable else []
    under_way = broadcast.removing_at is not None and broadcast.removed_at is None
    return [remove, [button(_("✏️ Use it again"), RepeatBroadcast(broadcast.id))], [again, *back] if under_way else back]


def confirm_removal(words: Words, shown: Progress) -> Screen:
    """Ask before a broadcast is deleted from all chats."""
    _ = words.gettext
    text = words.ngettext(
        "🗑 Delete this broadcast from <b>{count} chat</b>? It cannot be brought back.",
        "🗑 Delete this broadcast from <b>{count} chats</b>? It cannot be brought back.",
        shown.sent,
    )
    return Screen(
        lines(
            html(text, count=shown.sent),
            html(_("Telegram allows it for 48 hours after a message was sent. Who has read it has read it.")),
        ),
        [
            [button(_("Delete"), RemoveBroadcast(shown.broadcast.id, 1), DANGER)],
            [button(_("‹ Back"), OpenBroadcast(shown.broadcast.id))],
        ],
    )


def listed(words: Words, shown: Listed) -> Screen:
    """List broadcasts, the newest first."""
    _ = words.gettext
    keys = [
        [button(f"{STATES[one.state]} {words.day(one.created_at)} · {summary(words, one)}", OpenBroadcast(one.id))]
        for one in shown.broadcasts
    ]
    newer = [button(_("‹ Newer"), ShowBroadcasts(shown.page - 1))] if shown.page else []
    older = [button(_("Older ›"), ShowBroadcasts(shown.page + 1))] if shown.page + 1 < shown.pages else []
    return Screen(
        lines(
            html(_("📣 <b>Broadcasts</b>")),
            html(_("Admins see their own ones, owners all of them.")),
            None if keys else html(_("Nothing was written yet.")),
        ),
        [[button(_("✍️ New broadcast"), WriteBroadcast(), PRIMARY)], *keys, [*newer, *older], [button(_("‹ Back"), AdminMenu())]],
    )


def summary(words: Words, broadcast: Broadcast) -> str:
    """Name a broadcast by how it begins, or by what it is where it has no words."""
    _ = words.gettext
    kind = {Content.TEXT: "", Content.PHOTO: _("🖼 Picture"), Content.DOCUMENT: _("📎 File")}[broadcast.content]
    return " ".join(part for part in (kind, shorten(" ".join(broadcast.text.split()), LABEL)) if part)


def orphan(words: Words, broadcast: Broadcast) -> Screen:
    """Tell the owners that a broadcast is paused because its author is no admin any more."""
    _ = words.gettext
    return Screen(
        lines(
            html(_("⏸ <b>A broadcast is paused</b>")),
            html("<i>{text}</i>", text=summary(words, broadcast)),
            html(_("Its author, <code>{id}</code>, is no admin any more. Resume it yourself, or stop it."), id=broadcast.author_id),
        ),
        [[button(_("Open it"), OpenBroadcast(broadcast.id), PRIMARY)], [button(_("‹ Broadcasts"), ShowBroadcasts(0))]],
    )
