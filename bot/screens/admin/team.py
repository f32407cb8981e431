"""Who runs the bot, and the record of what they did."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.locales import Words
from bot.screens.admin.callbacks import AdminMenu, AskAdmin, DismissAdmin, ShowAudit, ShowTeam
from bot.screens.screen import DANGER, PRIMARY, Screen, button, html, lines, moment, shorten
from bot.services.admin.team import Record
from storage.models import Action, AuditEntry, Chat

NAME_LENGTH = 40
DETAIL_LENGTH = 120


def person(chat: Chat) -> Markup:
    """Name a user: the name and username that Telegram gave, which anybody can choose, and the id, which nobody can."""
    name = html("<b>{name}</b>", name=shorten(chat.name, NAME_LENGTH)) if chat.name else None
    username = html("@{username}", username=chat.username) if chat.username else None
    parts = [part for part in (name, username, html("<code>{id}</code>", id=chat.id)) if part is not None]
    return Markup(" · ").join(parts)


def team(words: Words, members: Sequence[Chat], owners: frozenset[int]) -> Screen:
    """List who runs the bot, with a way to name and to dismiss admins."""
    _ = words.gettext
    known = {member.id for member in members}
    named = [member for member in members if member.id not in owners]
    return Screen(
        lines(
            html(_("👮 <b>Admins</b>")),
            html(""),
            *(html(_("Owner: {person}"), person=person(member)) for member in members if member.id in owners),
            *(html(_("Owner: {person}"), person=html("<code>{id}</code>", id=owner)) for owner in sorted(owners - known)),
            *(html(_("Admin: {person}"), person=person(member)) for member in named),
            html(""),
            html(_("<i>Owners are set in ADMIN_IDS. They name admins and read the record.</i>")),
        ),
        [
            [button(_("➕ Name an admin"), AskAdmin(), PRIMARY)],
            *([button(_dismiss(words, member), DismissAdmin(str(member.id), 0))] for member in named),
            [button(_("‹ Back"), AdminMenu())],
        ],
    )


def _dismiss(words: Words, member: Chat) -> str:
    return words.gettext("✖ Dismiss {person}").format(person=shorten(member.name or str(member.id), 24))


def ask_admin(words: Words) -> Screen:
    """Ask who is to become an admin."""
    _ = words.gettext
    text = _("👮 Send me the numeric Telegram id of the new admin as your next message. They must have written to this bot before.")
    return Screen(html(text), [[button(_("‹ Back"), ShowTeam())]])


def nobody(words: Words) -> Screen:
    """Say that there is no such chat to make an admin of."""
    _ = words.gettext
    text = _("There is no chat with that id here. An id is a number, and its owner must have written to this bot before.")
    return Screen(
        lines(html(text), html(_("Nothing was changed."))),
        [[button(_("🔁 Try again"), AskAdmin(), PRIMARY)], [button(_("‹ Back"), ShowTeam())]],
    )


def confirm_dismissal(words: Words, member: Chat) -> Screen:
    """Ask before an admin is dismissed."""
    _ = words.gettext
    return Screen(
        html(_("Dismiss {person}? They lose all admin rights at once, also in the middle of what they are doing."), person=person(member)),
        [[button(_("Dismiss"), DismissAdmin(str(member.id), 1), DANGER)], [button(_("‹ Back"), ShowTeam())]],
    )


def named(words: Words) -> Screen:
    """Tell somebody that they are an admin now."""
    _ = words.gettext
    return Screen(
        html(_("👮 <b>You are an admin of this bot now.</b> /admin shows what you can do. What you do there is recorded.")),
        [[button(_("🛠 Running the bot"), AdminMenu(), PRIMARY)]],
    )


def record(words: Words, shown: Record) -> Screen:
    """Show a page of what admins did, the newest first."""
    _ = words.gettext
    entries = [_entry(words, entry) for entry in shown.entries] or [html(_("Nothing was done yet."))]
    newer = [button(_("‹ Newer"), ShowAudit(shown.page - 1))] if shown.page else []
    older = [button(_("Older ›"), ShowAudit(shown.page + 1))] if shown.page + 1 < shown.pages else []
    return Screen(lines(html(_("📜 <b>What admins did</b>")), html(""), *entries), [[*newer, *older], [button(_("‹ Back"), AdminMenu())]])


def _entry(words: Words, entry: AuditEntry) -> Markup:
    detail = html(" · {detail}", detail=shorten(entry.detail, DETAIL_LENGTH)) if entry.detail else html("")
    subject = html(" <code>{subject}</code>", subject=entry.subject) if entry.subject else html("")
    what = html("<b>{action}</b>", action=action_name(words, entry.action))
    return html("{at} · <code>{admin}</code>: {what}", at=moment(words, entry.at), admin=entry.admin_id, what=what) + subject + detail


def action_name(words: Words, action: Action) -> str:
    """Say what an admin did, in a few words."""
    _ = words.gettext
    return {
        Action.NAME_ADMIN: _("named an admin"),
        Action.DISMISS_ADMIN: _("dismissed an admin"),
        Action.BAN: _("banned a chat"),
        Action.UNBAN: _("lifted a ban"),
        Action.SET_LIMITS: _("set limits"),
        Action.WRITE: _("wrote to a chat"),
        Action.LOOK_UP: _("looked at a chat"),
        Action.SET_MODE: _("changed who may come in"),
        Action.INVITE: _("made an invitation"),
        Action.REVOKE_INVITE: _("revoked an invitation"),
        Action.DRAFT_BROADCAST: _("wrote a broadcast"),
        Action.SCHEDULE_BROADCAST: _("scheduled a broadcast"),
        Action.START_BROADCAST: _("started a broadcast"),
        Action.PAUSE_BROADCAST: _("paused a broadcast"),
        Action.RESUME_BROADCAST: _("resumed a broadcast"),
        Action.STOP_BROADCAST: _("stopped a broadcast"),
        Action.REMOVE_BROADCAST: _("deleted a broadcast everywhere"),
        Action.EXPORT: _("exported the statistics"),
        Action.JUDGE_USE: _("judged unusual use"),
    }[action]
