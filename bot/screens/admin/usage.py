"""Unusual use: what stands out, for admins to decide."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.locales import Words
from bot.screens.admin.callbacks_people import AskBan, JudgeFine, ShowLimits, ShowPeople, ShowPerson
from bot.screens.admin.team import person
from bot.screens.screen import DANGER, PRIMARY, Screen, button, html, lines, moment, shorten
from bot.services.admin.usage import CANCELS, PURCHASES
from storage.models import UnusualUse
from storage.usage import Noted

LISTED = 10


def notice(words: Words, noted: Noted) -> Screen:
    """Show one chat's use, with what an admin may do about it."""
    _, chat_id = words.gettext, str(noted.chat.id)
    return Screen(
        lines(
            html(_("⚠️ <b>Unusual use</b> by {person}"), person=person(noted.chat)),
            _counts(words, noted.use),
            html(
                _("<i>Shown from {purchases} purchases or {cancels} cancellations in a day on. Nothing was done about it.</i>"),
                purchases=PURCHASES,
                cancels=CANCELS,
            ),
        ),
        [
            [button(_("👤 Look at them"), ShowPerson(chat_id), PRIMARY)],
            [button(_("⚖️ Limits"), ShowLimits(chat_id)), button(_("⛔ Ban"), AskBan(chat_id), DANGER)],
            [button(_("✅ Fine, not again for a week"), JudgeFine(chat_id))],
        ],
    )


def _counts(words: Words, use: UnusualUse) -> Markup:
    ngettext = words.ngettext
    bought = html(ngettext("<b>{count} purchase</b>", "<b>{count} purchases</b>", use.purchases), count=use.purchases)
    cancelled = html(ngettext("<b>{count} of them cancelled</b>", "<b>{count} of them cancelled</b>", use.cancels), count=use.cancels)
    text = words.gettext("{bought} within 24 hours, {cancelled}, as of {time}.")
    return html(text, bought=bought, cancelled=cancelled, time=moment(words, use.noted_at))


def fine(words: Words, noted: Noted) -> Screen:
    """Say that a use was judged fine."""
    _ = words.gettext
    text = html(_("✅ <b>Fine.</b> The use of {person} is not shown again until then:"), person=person(noted.chat))
    return Screen(
        html("{text} {time}", text=text, time=moment(words, noted.use.quiet_until)),
        [[button(_("👤 Look at them"), ShowPerson(str(noted.chat.id)))], [button(_("‹ People"), ShowPeople(0, ""))]],
    )


def lately(words: Words, noted: Sequence[Noted]) -> Screen:
    """List whose use stood out in the last days."""
    _ = words.gettext
    entries = [lines(person(one.chat), _counts(words, one.use)) for one in noted[:LISTED]]
    keys = [[button(shorten(one.chat.name or str(one.chat.id), 40), ShowPerson(str(one.chat.id)))] for one in noted[:LISTED]]
    return Screen(
        lines(
            html(_("⚠️ <b>Unusual use in the last days</b>")),
            html(""),
            Markup("\n\n").join(entries) if entries else html(_("Nobody’s use stood out.")),
        ),
        [*keys, [button(_("‹ People"), ShowPeople(0, ""))]],
    )
