"""What admins do to a chat: ban it, limit it, write to it."""

from bot.locales import Words
from bot.screens.access import QUICK_REASONS, reason_text
from bot.screens.admin.callbacks_people import AskMessage, Ban, SetLimit, ShowPerson
from bot.screens.admin.team import person
from bot.screens.callbacks import Menu
from bot.screens.screen import DANGER, PRIMARY, Rows, Screen, button, html, lines
from bot.services.admin.people import Limit
from bot.services.purchases import Ceilings
from storage.models import Chat

DEFAULT = "default"
CHOICES = {Limit.ACTIVE: (1, 2, 5, 10), Limit.PER_HOUR: (1, 5, 10, 50)}
KEYS_IN_A_ROW = 2
MESSAGE_LENGTH = 3000
"""UTF-16 code units that an admin may write; with what stands around it, it stays below Telegram's 4096."""


def ask_reason(words: Words, chat: Chat) -> Screen:
    """Ask why a chat is to be banned; the answer bans it."""
    _ = words.gettext
    keys = [button(reason_text(words, reason).capitalize(), Ban(str(chat.id), reason), DANGER) for reason in QUICK_REASONS]
    return Screen(
        lines(
            html(_("⛔ <b>Ban {person}?</b>"), person=person(chat)),
            html(_("They can buy, connect and set alerts no more. Their active numbers go on, and their codes arrive.")),
            html(_("Tap a reason or send one as your next message. They read it, and are banned at once.")),
        ),
        [[keys[0], keys[1]], [keys[2]], [keys[3]], [button(_("‹ Back"), ShowPerson(str(chat.id)))]],
    )


def limits(words: Words, chat: Chat, ceilings: Ceilings) -> Screen:
    """Show what a chat is limited to, and other limits to choose from; `ceilings` are those of all chats."""
    _, present = words.gettext, ceilings.of(chat)
    return Screen(
        lines(
            html(_("⚖️ <b>Limits of {person}</b>"), person=person(chat)),
            html(_("Active numbers at a time: <b>{count}</b>"), count=present.active),
            html(_("Purchases an hour: <b>{count}</b>"), count=present.per_hour),
            html(""),
            html(_("Choose, or send <code>/limits {id} 5 20</code> with any two numbers."), id=chat.id),
        ),
        [
            *_choices(words, chat, Limit.ACTIVE, chat.max_active, ceilings.active),
            *_choices(words, chat, Limit.PER_HOUR, chat.max_per_hour, ceilings.per_hour),
            [button(_("‹ Back"), ShowPerson(str(chat.id)))],
        ],
    )


def _choices(words: Words, chat: Chat, limit: Limit, own: int | None, default: int) -> Rows:
    _, chat_id = words.gettext, str(chat.id)
    label = _("{count} active") if limit is Limit.ACTIVE else _("{count} an hour")
    usual = _("Active as for all: {count}") if limit is Limit.ACTIVE else _("An hour as for all: {count}")
    keys = [
        button(("✓ " if count == own else "") + label.format(count=count), SetLimit(chat_id, limit, str(count))) for count in CHOICES[limit]
    ]
    back = button(("✓ " if own is None else "") + usual.format(count=default), SetLimit(chat_id, limit, DEFAULT))
    return [*(keys[start : start + KEYS_IN_A_ROW] for start in range(0, len(keys), KEYS_IN_A_ROW)), [back]]


def ask_message(words: Words, chat: Chat) -> Screen:
    """Ask what to write to a chat."""
    _ = words.gettext
    return Screen(
        lines(
            html(_("✉️ <b>Write to {person}</b>"), person=person(chat)),
            html(_("Send me the text as your next message. They see that it is from the people who run this bot, and not from whom.")),
            html(_("They cannot answer here; say in it how to reach you, if they should.")),
        ),
        [[button(_("‹ Back"), ShowPerson(str(chat.id)))]],
    )


def from_the_team(words: Words, text: str) -> Screen:
    """Write to a user in the team's name."""
    _ = words.gettext
    return Screen(
        lines(
            html(_("✉️ <b>From the people who run this bot:</b>")),
            html("<blockquote>{text}</blockquote>", text=text),
            html(_("<i>What you write in this chat does not reach them.</i>")),
        ),
        [[button(_("‹ Menu"), Menu())]],
    )


def written(words: Words, chat: Chat, *, arrived: bool) -> Screen:
    """Tell an admin what became of the message."""
    _ = words.gettext
    text = (
        _("✅ <b>Sent</b> to {person}.")
        if arrived
        else _("✖ <b>Not sent:</b> {person} cannot be written to now. They may have blocked the bot.")
    )
    return Screen(html(text, person=person(chat)), _again(words, chat))


def not_a_text(words: Words, chat: Chat) -> Screen:
    """Say that only a text can be sent, and not a long one."""
    text = words.gettext("✖ <b>Nothing was sent.</b> Send a text of at most {count} characters.")
    return Screen(html(text, count=MESSAGE_LENGTH), _again(words, chat))


def _again(words: Words, chat: Chat) -> Rows:
    return [
        [button(words.gettext("✉️ Write again"), AskMessage(str(chat.id)), PRIMARY)],
        [button(words.gettext("‹ Back"), ShowPerson(str(chat.id)))],
    ]


def how_to(words: Words, command: str) -> Screen:
    """Say how a command is written."""
    known = {
        "ban": "/ban 1001 spam",
        "unban": "/unban 1001",
        "limits": "/limits 1001 5 20",
        "write": "/write 1001 Hello!",
    }
    text = words.gettext("Write it like this, with the user’s numeric id: <code>{example}</code>. /people finds it.")
    return Screen(html(text, example=known[command]))
