"""Who may come in: the bot's mode, and the invitations."""

from bot.locales import Words
from bot.screens.access import notice as quoted
from bot.screens.admin.callbacks import AdminMenu
from bot.screens.admin.callbacks_people import (
    AskNotice,
    DropNotice,
    InviteFor,
    MakeInvite,
    NewInvite,
    RevokeInvite,
    SetMode,
    ShowInvite,
    ShowInvites,
    ShowMode,
)
from bot.screens.links import invite_link
from bot.screens.screen import DANGER, PRIMARY, Screen, button, copy_button, html, lines, moment
from bot.services.admin.doors import Invites, state_of
from storage.models import House, Invite, Mode

USES = (1, 5, 20, 100, 0)
DAYS = (1, 7, 30, 0)


def mode(words: Words, present: House) -> Screen:
    """Show who may use the bot, and let an admin change it."""
    _ = words.gettext
    names = {Mode.OPEN: _("🟢 Open"), Mode.INVITE: _("✉️ By invitation"), Mode.CLOSED: _("🚧 Closed for maintenance")}
    meant = {
        Mode.OPEN: _("Everybody may use the bot."),
        Mode.INVITE: _("Newcomers need an invitation. Whoever was here before stays."),
        Mode.CLOSED: _("Nobody but admins can buy or connect. Active numbers go on, codes arrive, and cancelling works."),
    }
    keys = [[button(("✓ " if one is present.mode else "") + name, SetMode(one))] for one, name in names.items()]
    notice = [button(_("📝 Notice"), AskNotice()), *([button(_("✖ No notice"), DropNotice())] if present.notice else [])]
    return Screen(
        lines(
            html("🚪 <b>{name}</b>", name=names[present.mode]),
            html("{meant}", meant=meant[present.mode]),
            html(""),
            html(_("While the bot is closed, users are told so, with this notice:")) if present.notice else None,
            quoted(present.notice),
        ),
        [*keys, notice, [button(_("✉️ Invitations"), ShowInvites(0)), button(_("‹ Back"), AdminMenu())]],
    )


def ask_notice(words: Words) -> Screen:
    """Ask what users are told while the bot is closed."""
    _ = words.gettext
    text = _("📝 Send me what users are told while the bot is closed, such as when it opens again, as your next message.")
    return Screen(html(text), [[button(_("‹ Back"), ShowMode())]])


def invites(words: Words, shown: Invites) -> Screen:
    """List the invitations, each of which opens."""
    _ = words.gettext
    keys = [[button(_label(words, invite, shown), ShowInvite(invite.id))] for invite in shown.invites]
    newer = [button(_("‹ Newer"), ShowInvites(shown.page - 1))] if shown.page else []
    older = [button(_("Older ›"), ShowInvites(shown.page + 1))] if shown.page + 1 < shown.pages else []
    empty = html(_("There are none yet.")) if not shown.invites else None
    return Screen(
        lines(
            html(_("✉️ <b>Invitations</b>")),
            html(_("A link that lets newcomers in while the bot is by invitation.")),
            empty,
        ),
        [
            *keys,
            [*newer, *older],
            [button(_("➕ New invitation"), NewInvite(), PRIMARY)],
            [button(_("🚪 Mode"), ShowMode()), button(_("‹ Back"), AdminMenu())],
        ],
    )


def _label(words: Words, invite: Invite, shown: Invites) -> str:
    used = f"{invite.uses}/{invite.max_uses if invite.max_uses is not None else '∞'}"
    return f"{invite.id[:6]}… · {used} · {_state(words, state_of(invite, shown.now))}"


def _state(words: Words, state: str) -> str:
    _ = words.gettext
    return {"valid": _("valid"), "used": _("used up"), "expired": _("expired"), "revoked": _("revoked")}[state]


def how_many(words: Words) -> Screen:
    """Ask for how many a new invitation is."""
    _ = words.gettext
    keys = [button(words.ngettext("{count} person", "{count} people", uses).format(count=uses), InviteFor(uses)) for uses in USES if uses]
    return Screen(
        html(_("➕ <b>How many newcomers shall the link let in?</b>")),
        [keys[:2], keys[2:], [button(_("Any number"), InviteFor(0))], [button(_("‹ Back"), ShowInvites(0))]],
    )


def how_long(words: Words, uses: int) -> Screen:
    """Ask how long it lasts."""
    _ = words.gettext
    keys = [button(words.ngettext("{count} day", "{count} days", days).format(count=days), MakeInvite(uses, days)) for days in DAYS if days]
    return Screen(
        html(_("➕ <b>How long shall the link work?</b>")),
        [keys, [button(_("Until it is revoked"), MakeInvite(uses, 0))], [button(_("‹ Back"), NewInvite())]],
    )


def invite(words: Words, shown: Invite, state: str, username: str) -> Screen:
    """Show an invitation, with its link to copy while it works."""
    _ = words.gettext
    link = invite_link(username, shown.id)
    valid = state == "valid"
    limit = shown.max_uses if shown.max_uses is not None else "∞"
    forever = html(_("Works until it is revoked."))
    ends = html(_("Works until: {time}"), time=moment(words, shown.expires_at)) if shown.expires_at else forever
    return Screen(
        lines(
            html(_("✉️ <b>Invitation</b>, {state}"), state=_state(words, state)),
            html("<code>{link}</code>", link=link),
            html(""),
            html(_("Used: {count} of {limit}"), count=shown.uses, limit=limit),
            ends,
            html(_("Made {time} by <code>{admin}</code>"), time=moment(words, shown.created_at), admin=shown.created_by),
        ),
        [
            [copy_button(_("📋 Copy the link"), link, PRIMARY)] if valid else [],
            [button(_("✖ Revoke it"), RevokeInvite(shown.id), DANGER)] if valid else [],
            [button(_("‹ Invitations"), ShowInvites(0))],
        ],
    )
