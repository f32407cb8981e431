"""People, as admins see them: who they are and how they use the bot; never a token, a code or an SMS."""

from collections.abc import Sequence

from markupsafe import Markup
from telegram import InlineKeyboardButton

from bot.locales import Words, own_name
from bot.screens.access import reason_text
from bot.screens.admin.callbacks import AdminMenu, DismissAdmin
from bot.screens.admin.callbacks_people import (
    AskBan,
    AskMessage,
    AskPeople,
    NameAdmin,
    ShowHeld,
    ShowLimits,
    ShowPast,
    ShowPeople,
    ShowPerson,
    ShowUsage,
    Unban,
)
from bot.screens.admin.team import person
from bot.screens.overview import entry
from bot.screens.screen import DANGER, PRIMARY, SUCCESS, Rows, Screen, button, html, lines, moment, shorten
from bot.services.admin.people import Found, Person
from bot.services.numbers import international
from bot.services.purchases import Ceilings
from bot.services.statements import PAGE, History
from storage.models import Activation, Chat

QUERY_LENGTH = 60
NAME_ON_A_BUTTON = 30
LISTED = 20


def people(words: Words, found: Found) -> Screen:
    """List the chats that a text means, each of which opens its card."""
    _ = words.gettext
    find, unusual = button(_("🔎 Find somebody"), AskPeople(), PRIMARY), button(_("⚠️ Unusual use"), ShowUsage())
    ways = [[find], [unusual, button(_("‹ Back"), AdminMenu())]]
    if not found.people:
        text = html(_("🔎 <b>Nobody here is called “{query}”.</b>"), query=shorten(found.query, QUERY_LENGTH))
        return Screen(lines(text, html(_("Names change; a numeric id never does."))), ways)
    count = words.ngettext("{count} chat", "{count} chats", found.total).format(count=found.total)
    where = html(_("page {page} of {pages}"), page=found.page + 1, pages=found.pages) if found.pages > 1 else None
    title = html("🔎 <b>“{query}”</b>", query=shorten(found.query, QUERY_LENGTH)) if found.query else html(_("👥 <b>People</b>"))
    previous = [button(_("‹ Previous"), ShowPeople(found.page - 1, found.query))] if found.page else []
    following = [button(_("Next ›"), ShowPeople(found.page + 1, found.query))] if found.page + 1 < found.pages else []
    return Screen(
        lines(title, Markup(" · ").join(part for part in (html("{count}", count=count), where) if part is not None)),
        [*([button(_called(chat), ShowPerson(str(chat.id)))] for chat in found.people), [*previous, *following], *ways],
    )


def _called(chat: Chat) -> str:
    """Name a chat on a button; who gave no name is their id."""
    name = shorten(chat.name or "", NAME_ON_A_BUTTON).strip()
    mark = "⛔ " if chat.banned_at is not None else ""
    return f"{mark}{name} · {chat.id}" if name else f"{mark}{chat.id}"


def ask(words: Words) -> Screen:
    """Ask who is looked for."""
    _ = words.gettext
    text = _("🔎 Send me a numeric id, a name or a @username, or a part of it, as your next message.")
    return Screen(html(text), [[button(_("‹ Back"), ShowPeople(0, ""))]])


def card(words: Words, shown: Person, *, owner: bool) -> Screen:
    """Show a chat; `owner` says that who looks may name admins."""
    chat = shown.chat
    return Screen(
        lines(html("👤 {person}", person=person(chat)), _role(words, shown), _ban(words, chat), html(""), *_about(words, shown)),
        [
            *_ways(words, shown),
            *([_naming(words, shown)] if owner and not shown.owner and chat.banned_at is None else []),
            [button(words.gettext("‹ People"), ShowPeople(0, ""))],
        ],
    )


def _role(words: Words, shown: Person) -> Markup | None:
    _ = words.gettext
    if shown.owner:
        return html(_("👮 <b>Owner</b>"))
    return html(_("👮 <b>Admin</b>")) if shown.chat.admin_at is not None else None


def _ban(words: Words, chat: Chat) -> Markup | None:
    if chat.banned_at is None:
        return None
    text = words.gettext("⛔ <b>Banned</b> {time}: {reason}")
    return html(text, time=moment(words, chat.banned_at), reason=reason_text(words, chat.ban_reason))


def _about(words: Words, shown: Person) -> Sequence[Markup]:
    """Say what is known of a chat, a line each."""
    _, chat = words.gettext, shown.chat
    account = _("token no longer accepted") if chat.rejected_at else _("connected") if chat.token else _("not connected")
    reach = _("cannot be written to") if chat.unreachable_at else _("can be written to")
    spent, own = shown.spending, {True: _("own limit"), False: _("as for all")}
    seen = html(_("Last here: {time}"), time=moment(words, chat.seen_at)) if chat.seen_at else html(_("Last here: not known"))
    invited = html(_("Came by invitation <code>{id}</code>"), id=chat.invite_id) if chat.invite_id else None
    parts = (
        html(_("Since: {time}"), time=moment(words, chat.created_at)),
        seen,
        html(_("Language: {language}"), language=own_name(chat.chosen_language) if chat.chosen_language else chat.speaks),
        html(_("Account: {account} · {reach}"), account=account, reach=reach),
        invited,
        html(_("✋ Waits for an invitation")) if shown.uninvited else None,
        html(""),
        html(
            _("Active numbers: <b>{count} of {limit}</b> ({whose})"),
            count=shown.active,
            limit=shown.ceilings.active,
            whose=own[chat.max_active is not None],
        ),
        html(
            _("Purchases in the last hour: <b>{count} of {limit}</b> ({whose})"),
            count=shown.last_hour,
            limit=shown.ceilings.per_hour,
            whose=own[chat.max_per_hour is not None],
        ),
        html(""),
        html(_("<b>Last 30 days</b>")),
        html(_("Purchases: {count} · spent: {amount}"), count=spent.purchases, amount=words.money(spent.spent)),
        html(
            _("With an SMS: {share} · cancelled: {cancels}"),
            share=words.percent(spent.waits.answered, spent.waits.numbers),
            cancels=shown.cancels,
        ),
    )
    return [part for part in parts if part is not None]


def _ways(words: Words, shown: Person) -> Rows:
    _, chat_id = words.gettext, str(shown.chat.id)
    banned = button(_("✅ Lift the ban"), Unban(chat_id), SUCCESS) if shown.chat.banned_at else button(_("⛔ Ban"), AskBan(chat_id), DANGER)
    bannable = shown.chat.admin_at is None and not shown.owner
    return [
        [button(_("📱 Numbers"), ShowHeld(chat_id)), button(_("🧾 History"), ShowPast(chat_id, 0))],
        [button(_("⚖️ Limits"), ShowLimits(chat_id)), button(_("✉️ Write"), AskMessage(chat_id))],
        [banned] if bannable else [],
    ]


def _naming(words: Words, shown: Person) -> list[InlineKeyboardButton]:
    _, user_id = words.gettext, str(shown.chat.id)
    if shown.chat.admin_at is not None:
        return [button(_("✖ Dismiss as an admin"), DismissAdmin(user_id, 0))]
    return [button(_("👮 Make an admin"), NameAdmin(user_id))]


def held(words: Words, chat: Chat, numbers: Sequence[Activation], ceilings: Ceilings) -> Screen:
    """List the numbers that a chat holds: what was bought, and how it stands."""
    _ = words.gettext
    title = html(_("📱 <b>Active numbers: {count} of {limit}</b>"), count=len(numbers), limit=ceilings.active)
    entries = [lines(entry(words, place, bought), _number(bought)) for place, bought in enumerate(numbers[:LISTED], 1)]
    return Screen(lines(person(chat), title, _private(words), html(""), *entries), [_back(words, chat)])


def _number(bought: Activation) -> Markup | None:
    return html("<code>{number}</code>", number=shorten(international(bought.number, bought.country), 24)) if bought.number else None


def past(words: Words, chat: Chat, page: History) -> Screen:
    """Show a page of what a chat bought."""
    _ = words.gettext
    title = html(
        words.ngettext("🧾 <b>{count} purchase</b>, {spent} spent", "🧾 <b>{count} purchases</b>, {spent} spent", page.total),
        count=page.total,
        spent=words.money(page.spent),
    )
    entries = [entry(words, place, bought) for place, bought in enumerate(page.purchases, page.page * PAGE + 1)]
    newer = [button(_("‹ Newer"), ShowPast(str(chat.id), page.page - 1))] if page.page else []
    older = [button(_("Older ›"), ShowPast(str(chat.id), page.page + 1))] if page.page + 1 < page.pages else []
    return Screen(lines(person(chat), title, _private(words), html(""), *entries), [[*newer, *older], _back(words, chat)])


def _private(words: Words) -> Markup:
    return html(words.gettext("<i>What the SMS say is between the user and the sender, and not shown here.</i>"))


def _back(words: Words, chat: Chat) -> list[InlineKeyboardButton]:
    return [button(words.gettext("‹ Back"), ShowPerson(str(chat.id)))]
