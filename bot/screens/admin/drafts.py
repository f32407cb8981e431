"""A broadcast before it is sent: its message, its buttons, for whom it is and when it leaves."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from markupsafe import Markup
from telegram import InlineKeyboardButton

from bot.locales import Words, own_name
from bot.screens.admin.callbacks import AdminMenu
from bot.screens.admin.callbacks_broadcast import (
    Aim,
    AskAudience,
    AskButtons,
    AskTime,
    AskZone,
    ChooseZone,
    ClearButtons,
    OpenBroadcast,
    PreviewBroadcast,
    Schedule,
    SendBroadcast,
    ShowBroadcasts,
    StopBroadcast,
    Unschedule,
    WriteBroadcast,
)
from bot.screens.screen import PRIMARY, Screen, button, countdown, html, lines, shorten
from bot.services.admin.drafts import DAYS, Draft
from bot.services.zones import ZONES, zone
from storage.models import Audience, Broadcast, BroadcastState

_LINE_LENGTH = 200


def ask_message(words: Words) -> Screen:
    """Ask for the message."""
    _ = words.gettext
    return Screen(
        lines(
            html(_("📣 <b>Send me the message as your next one:</b> a text with any formatting, one picture, or one file.")),
            html(_("You see it as everybody will, then choose for whom and when. Nothing is sent before you say so.")),
        ),
        [[button(_("📋 All broadcasts"), ShowBroadcasts(0))], [button(_("‹ Back"), AdminMenu())]],
    )


def unsupported(words: Words) -> Screen:
    """Say that this kind of message cannot be sent to everybody."""
    _ = words.gettext
    return Screen(
        html(_("📣 That cannot be sent to everybody. Send a text, one picture, or one file.")), [[button(_("‹ Back"), ShowBroadcasts(0))]]
    )


def refused(words: Words, reason: str) -> Screen:
    """Say that Telegram does not take the message, in its own words."""
    _ = words.gettext
    return Screen(
        lines(
            html(_("📣 Telegram does not take this message: <code>{reason}</code>"), reason=shorten(reason, _LINE_LENGTH)),
            html(_("A caption has at most 1,024 characters. Nothing was changed.")),
        ),
        [[button(_("✍️ Write another one"), WriteBroadcast(), PRIMARY)], [button(_("‹ Back"), ShowBroadcasts(0))]],
    )


def draft(words: Words, shown: Draft, now: datetime) -> Screen:
    """Show a draft or a scheduled broadcast, whose preview stands above, with what can be decided."""
    return _scheduled(words, shown, now) if shown.broadcast.state is BroadcastState.SCHEDULED else _draft(words, shown)


def _draft(words: Words, shown: Draft) -> Screen:
    _ = words.gettext
    broadcast, count = shown.broadcast, shown.reach
    text = words.ngettext(
        "📣 This is what <b>{count} chat</b> will receive. Send it?", "📣 This is what <b>{count} chats</b> will receive. Send it?", count
    )
    send = words.ngettext("Send to {count} chat", "Send to {count} chats", count).format(count=count)
    nobody = html(_("Nobody can be reached so: chats that blocked the bot, are banned or muted announcements are left out."))
    return Screen(
        lines(
            html(text, count=count),
            html(""),
            html(_("For: {audience}"), audience=audience(words, broadcast)),
            _takes(words, shown) if count else nobody,
        ),
        [
            *([[button(send, SendBroadcast(broadcast.id), PRIMARY)]] if count else []),
            [button(_("🕒 Send later"), AskTime(broadcast.id)), button(_("👥 For whom"), AskAudience(broadcast.id))],
            [button(_("🔗 Buttons"), AskButtons(broadcast.id)), button(_("👁 Preview"), PreviewBroadcast(broadcast.id))],
            [button(_("Throw away"), StopBroadcast(broadcast.id)), button(_("‹ Back"), ShowBroadcasts(0))],
        ],
    )


def _scheduled(words: Words, shown: Draft, now: datetime) -> Screen:
    _ = words.gettext
    broadcast = shown.broadcast
    at = broadcast.scheduled_at or now
    return Screen(
        lines(
            html(_("🕒 <b>Scheduled</b> for {time}"), time=local(words, at, shown.time_zone)),
            html(_("Starts {when}, also if the bot was down then."), when=countdown(words, at)),
            html(""),
            html(_("For: {audience}"), audience=audience(words, broadcast)),
            html(
                words.ngettext("{count} chat as of now; who that is is decided at the start.",
                               "{count} chats as of now; who that is is decided at the start.", shown.reach),
                count=shown.reach,
            ),
            _takes(words, shown),
        ),
        [
            [button(_("🕒 Another time"), AskTime(broadcast.id)), button(_("📨 Send now"), SendBroadcast(broadcast.id))],
            [button(_("✏️ Back to the draft"), Unschedule(broadcast.id)), button(_("👁 Preview"), PreviewBroadcast(broadcast.id))],
            [button(_("Throw away"), StopBroadcast(broadcast.id)), button(_("‹ Back"), ShowBroadcasts(0))],
        ],
    )  # fmt: skip


def _takes(words: Words, shown: Draft) -> Markup:
    """Say how long it takes to send, at the pace that leaves room for those who wait for an answer."""
    return html(words.gettext("Takes about {duration}."), duration=words.duration(max(shown.takes, timedelta(seconds=1))))


def local(words: Words, time: datetime, zone_name: str | None) -> str:
    """Write a date and time in the admin's zone."""
    return f"{words.local(time.astimezone(zone(zone_name)))} ({zone_name or 'UTC'})"


def audience(words: Words, broadcast: Broadcast) -> str:
    """Say for whom a broadcast is."""
    _ = words.gettext
    value = broadcast.audience_value or ""
    if broadcast.audience is Audience.ACTIVE:
        return active(words, int(value))
    return {
        Audience.ALL: _("everybody"),
        Audience.LANGUAGE: own_name(value) if broadcast.audience is Audience.LANGUAGE else "",
        Audience.CONNECTED: _("chats with a token"),
        Audience.UNCONNECTED: _("chats without a token"),
        Audience.ONE: _("chat {id}, as a test").format(id=value),
    }[broadcast.audience]


def active(words: Words, days: int) -> str:
    """Name the chats that were active within so many days."""
    return words.ngettext("active within {count} day", "active within {count} days", days).format(count=days)


def ask_audience(words: Words, shown: Draft, codes: Sequence[str], own_id: int) -> Screen:
    """Show whom a draft may be for."""
    _ = words.gettext
    broadcast = shown.broadcast
    present = (broadcast.audience, broadcast.audience_value or "")

    def choice(label: str, kind: Audience, value: str = "") -> InlineKeyboardButton:
        aim, label = Aim(broadcast.id, f"{kind}-{value}" if value else str(kind)), f"{label[:1].upper()}{label[1:]}"
        return button(f"✓ {label}" if present == (kind, value) else label, aim)

    days = [choice(active(words, count), Audience.ACTIVE, str(count)) for count in DAYS]
    return Screen(
        lines(
            html(_("👥 <b>For whom?</b>")),
            html(_("Now: {audience}"), audience=audience(words, broadcast)),
            html(_("Choose, or type a number: of days for who was active, or a chat's id for a test.")),
        ),
        [
            [choice(_("Everybody"), Audience.ALL), choice(_("Only me, as a test"), Audience.ONE, str(own_id))],
            *(days[start : start + 2] for start in range(0, len(days), 2)),
            [choice(own_name(code), Audience.LANGUAGE, code) for code in codes],
            [choice(_("With a token"), Audience.CONNECTED), choice(_("Without a token"), Audience.UNCONNECTED)],
            [button(_("‹ Back"), OpenBroadcast(broadcast.id))],
        ],
    )


def ask_buttons(words: Words, shown: Draft, wrong: str | None = None) -> Screen:
    """Ask for buttons; `wrong` is a line that was none, empty where there were too many."""
    _ = words.gettext
    broadcast = shown.broadcast
    clear = [[button(_("Without buttons"), ClearButtons(broadcast.id))]] if broadcast.buttons != "[]" else []
    return Screen(
        lines(
            html(_("This is no button: <code>{line}</code>"), line=shorten(wrong, _LINE_LENGTH)) if wrong else None,
            html(_("🔗 <b>Send me the buttons</b>, each in a line of its own, at most 10 lines and 3 in a line:")),
            html("<code>{example}</code>", example=_("News - https://example.org/news")),
            html("<code>{example}</code>", example=_("Help - https://example.org/help | Prices - https://example.org/prices")),
        ),
        [*clear, [button(_("‹ Back"), OpenBroadcast(broadcast.id))]],
    )


def ask_time(words: Words, shown: Draft, now: datetime, offered: Sequence[datetime], *, wrong: bool = False) -> Screen:
    """Ask when to send; `offered` are times in the admin's zone."""
    _ = words.gettext
    broadcast_id, where = shown.broadcast.id, shown.time_zone
    keys = [button(words.local(time), Schedule(broadcast_id, str(int(time.timestamp())))) for time in offered]
    return Screen(
        lines(
            html(_("That is no date and time that I know, or it is over, or more than a year away.")) if wrong else None,
            html(_("🕒 <b>When shall it be sent?</b>")),
            html(_("It is {time} now."), time=local(words, now, where)),
            html(_("Choose, or type it like <code>{example}</code> or <code>18:30</code>."), example=_example(now, zone(where))),
        ),
        [
            *([key] for key in keys),
            [button(_("🌍 Time zone: {zone}").format(zone=where or "UTC"), AskZone(broadcast_id))],
            [button(_("‹ Back"), OpenBroadcast(broadcast_id))],
        ],
    )


def _example(now: datetime, where: tzinfo) -> str:
    return f"{(now + timedelta(days=7)).astimezone(where):%Y-%m-%d} 18:30"


def ask_zone(words: Words, broadcast_id: str, *, wrong: bool = False) -> Screen:
    """Ask in which zone the admin's times are meant."""
    _ = words.gettext
    keys = [button(name.replace("_", " "), ChooseZone(broadcast_id, place)) for place, name in enumerate(ZONES)]
    return Screen(
        lines(
            html(_("I do not know that time zone.")) if wrong else None,
            html(_("🌍 <b>What is your time zone?</b>")),
            html(_("Choose, or type a name like <code>Asia/Tashkent</code>, a city of one, or an offset like <code>+05:30</code>.")),
        ),
        [*(keys[start : start + 2] for start in range(0, len(keys), 2)), [button(_("‹ Back"), AskTime(broadcast_id))]],
    )
