"""How the bot is doing, in plain words, and the alarms that admins are told of."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from markupsafe import Markup

from bot.locales import Words
from bot.screens.admin.callbacks import AdminMenu, ShowHealth
from bot.screens.screen import PRIMARY, Screen, button, html, lines, moment
from bot.services.admin.alarms import Trouble, figures
from bot.services.admin.health import Health
from bot.services.pulse import SLOW, WINDOW
from storage.models import Alarm, ProcessBeat

MINUTES = int(WINDOW.total_seconds()) // 60
IN_HAND = timedelta(seconds=5)
PROCESSES = 12
"""That are listed one by one; more are counted."""


def health(words: Words, seen: Health) -> Screen:
    """Show everything."""
    _ = words.gettext
    return Screen(
        lines(
            html(_("🩺 <b>Health</b>")),
            html(""),
            *_alarms(words, seen),
            html(""),
            *_work(words, seen),
            html(""),
            *_others(words, seen),
            html(""),
            *_machine(words, seen),
        ),
        [[button(_("🔄 Look again"), ShowHealth(0), PRIMARY)], [button(_("‹ Back"), AdminMenu())]],
    )


def _alarms(words: Words, seen: Health) -> Iterator[Markup]:
    _ = words.gettext
    if not seen.alarms:
        yield html(_("✅ No alarm is on."))
        return
    text = words.ngettext("🚨 <b>{count} alarm is on:</b>", "🚨 <b>{count} alarms are on:</b>", len(seen.alarms))
    yield html(text, count=len(seen.alarms))
    for alarm in seen.alarms:
        yield html("• {what}", what=_wrong(words, alarm)) + " " + html(_("Since {time}."), time=moment(words, alarm.since))


def _work(words: Words, seen: Health) -> Iterator[Markup]:
    """Say what is done and what is left to do."""
    _, counted = words.gettext, seen.census
    if seen.waiting:
        text = words.ngettext("📱 {count} number waits for a code.", "📱 {count} numbers wait for a code.", seen.waiting)
        yield html(text, count=seen.waiting)
    else:
        yield html(_("📱 No number waits for a code."))
    if seen.answered_at is None:
        yield html(_("The provider has answered no poll yet."))
    else:
        yield html(_("The last poll was answered {time} ago."), time=_age(words, seen.now - seen.answered_at))
    undelivered, unhandled = _waits(seen, counted.oldest_undelivered_at), _waits(seen, counted.oldest_unhandled_at)
    if undelivered is None:
        yield html(_("🔑 Every SMS is in its chat."))
    else:
        late = words.ngettext(
            "🔑 {count} SMS is not in its chat yet, for {time}.",
            "🔑 {count} SMS are not in their chats yet, the oldest for {time}.",
            counted.undelivered,
        )
        yield html(late, count=counted.undelivered, time=_age(words, undelivered))
    if unhandled is None:
        yield html(_("📥 Every update is handled."))
    else:
        left = words.ngettext(
            "📥 {count} update is not handled yet, for {time}.",
            "📥 {count} updates are not handled yet, the oldest for {time}.",
            counted.unhandled,
        )
        yield html(left, count=counted.unhandled, time=_age(words, unhandled))
    if counted.recipients_waiting:
        going = words.ngettext(
            "📣 A broadcast is under way: {count} chat is left.",
            "📣 A broadcast is under way: {count} chats are left.",
            counted.recipients_waiting,
        )
        yield html(going, count=counted.recipients_waiting)
    else:
        yield html(_("📣 No broadcast is under way."))


def _waits(seen: Health, oldest: datetime | None) -> timedelta | None:
    """Say for how long something waits; what came a moment ago, such as the tap that asks for this, is in hand."""
    waited = None if oldest is None else seen.now - oldest
    return None if waited is None or waited < IN_HAND else waited


def _others(words: Words, seen: Health) -> Iterator[Markup]:
    """Say how the provider and Telegram answered in the last minutes."""
    _, counts = words.gettext, seen.counts
    minutes = words.duration(WINDOW)
    answers = counts.provider_calls - counts.provider_failures
    if not counts.provider_calls:
        yield html(_("<b>otpbuddy</b>: not asked in the last {minutes}."), minutes=minutes)
    else:
        yield html(
            _("<b>otpbuddy</b>: {failed} of {count} calls of the last {minutes} failed."),
            failed=counts.provider_failures,
            count=counts.provider_calls,
            minutes=minutes,
        )
    if answers:
        usual = words.brief(timedelta(seconds=counts.provider_seconds / answers))
        limit = words.duration(timedelta(seconds=SLOW))
        yield html(_("An answer took {usual} on average; {slow} took over {limit}."), usual=usual, slow=counts.provider_slow, limit=limit)
    yield html(
        _("<b>Telegram</b>: {failed} of {count} requests of the last {minutes} failed."),
        failed=counts.telegram_failures,
        count=counts.telegram_calls,
        minutes=minutes,
    )


def _machine(words: Words, seen: Health) -> Iterator[Markup]:
    _ = words.gettext
    taken = words.size(seen.database_bytes)
    if seen.disk is None:
        yield html(_("💾 The database takes {taken}. Its disk cannot be seen from here: watch over it on its own machine."), taken=taken)
    else:
        free = {"free": words.size(seen.disk.free), "total": words.size(seen.disk.total)}
        yield html(_("💾 The database takes {taken}; {free} of {total} are free on its disk."), taken=taken, **free)
    for process in seen.processes[:PROCESSES]:
        yield _process(words, process, seen)
    if len(seen.processes) > PROCESSES:
        yield html(_("There are {count} processes in all."), count=len(seen.processes))


def _process(words: Words, process: ProcessBeat, seen: Health) -> Markup:
    text = words.gettext("⚙️ <code>{kind}</code>, version {version}, running for {time}.")
    return html(text, kind=process.kind, version=process.version, time=_age(words, seen.now - process.started_at))


def alarm(words: Words, told: Alarm) -> Screen:
    """Tell that something is wrong, or that it was and is over."""
    _ = words.gettext
    if told.cleared_at is None:
        text = lines(
            html(_("🚨 <b>Alarm</b>")),
            _wrong(words, told),
            html(_("Since {time}. You are told once when it is over."), time=moment(words, told.since)),
        )
    else:
        lasted = words.duration(max(told.cleared_at - told.since, timedelta(0)))
        text = lines(
            html(_("✅ <b>All clear</b>: {what}"), what=_subject(words, told)),
            html(_("The alarm began at {time} and was on for {lasted}."), time=moment(words, told.since), lasted=lasted),
        )
    return Screen(text, [[button(_("🩺 Health"), ShowHealth(1), PRIMARY)]])


def _wrong(words: Words, told: Alarm) -> Markup:
    """Say what is wrong, with the figures of the alarm."""
    _, seen = words.gettext, figures(told)
    values: dict[str, object] = {name: seen.get(name, 0) for name in ("bad", "of", "count")}
    values |= {"time": _age(words, timedelta(seconds=seen.get("seconds", 0))), "free": words.size(seen.get("free", 0))}
    values |= {"minutes": words.duration(WINDOW), "limit": words.duration(timedelta(seconds=SLOW))}
    sentences = {
        Trouble.PROVIDER: _("otpbuddy does not answer as it should: {bad} of {of} calls of the last {minutes} failed."),
        Trouble.SLOW: _("otpbuddy is slow: {bad} of {of} answers of the last {minutes} took over {limit}."),
        Trouble.TELEGRAM: _("Telegram does not answer as it should: {bad} of {of} requests of the last {minutes} failed."),
        Trouble.SMS: _("SMS do not get into their chats. Waiting: {count}, the oldest for {time}."),
        Trouble.UPDATES: _("What users send is not handled. Updates waiting: {count}, the oldest for {time}."),
        Trouble.POLLS: _("Nobody asks for codes. Numbers waiting: {count}; the last poll was {time} ago. Does a worker run?"),
        Trouble.DISK: _("The disk of the database is nearly full: {free} are left. When it is full, nothing can be bought."),
    }
    return html(sentences[Trouble(told.kind)], **values)


def _subject(words: Words, told: Alarm) -> str:
    """Say what is right again."""
    _ = words.gettext
    return {
        Trouble.PROVIDER: _("otpbuddy answers again."),
        Trouble.SLOW: _("otpbuddy is quick again."),
        Trouble.TELEGRAM: _("Telegram answers again."),
        Trouble.SMS: _("SMS get into their chats again."),
        Trouble.UPDATES: _("what users send is handled again."),
        Trouble.POLLS: _("codes are asked for again."),
        Trouble.DISK: _("there is room on the disk again."),
    }[Trouble(told.kind)]


def _age(words: Words, time: timedelta) -> str:
    return words.duration(max(time, timedelta(0)))
