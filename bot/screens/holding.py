"""What a chat is told of a number that it holds: its time is nearly over, it was cancelled, or could not be."""

from bot.locales import Words
from bot.otpbuddy import OtpbuddyError
from bot.screens.callbacks import Again, CancelNow, KeepWaiting, Menu, Numbers, OpenCard, Replace
from bot.screens.number import NAME_LENGTH, head, refusal, returned, unclear
from bot.screens.problems import explain
from bot.screens.screen import DANGER, PRIMARY, Rows, Screen, button, countdown, html, lines, shorten
from bot.services.activations import Cancelling, Held
from bot.services.errors import ServiceError


def warning(words: Words, held: Held) -> Screen:
    """Tell shortly before the end that no code has come, and ask what to do."""
    _ = words.gettext
    activation = held.activation
    ends = html(_("Ends {time}"), time=countdown(words, activation.expires_at)) if activation.expires_at is not None else None
    return Screen(
        lines(
            html(_("⌛ <b>Nearly over, and no code yet</b>")),
            head(activation),
            ends,
            html(""),
            html(_("Cancel it now, or keep waiting? I look for a code once more before I cancel.")),
        ),
        _ways_on(words, activation.id),
    )


def _ways_on(words: Words, activation_id: str) -> Rows:
    _ = words.gettext
    return [
        [button(_("✖ Cancel it"), CancelNow(activation_id), DANGER), button(_("Keep waiting"), KeepWaiting(activation_id))],
        [button(_("🔁 Cancel and buy another"), Replace(activation_id))],
        [button(_("‹ Menu"), Menu())],
    ]


def kept(words: Words, held: Held) -> Screen:
    """Confirm that a number is left as it is."""
    _ = words.gettext
    text = _("<b>{product} goes on</b> until its time is over. If a code comes, it arrives here.")
    return Screen(html(text, product=shorten(held.activation.product_name, NAME_LENGTH)), _to_the_card(words, held))


def see_card(words: Words, held: Held) -> Screen:
    """Answer a tap that comes too late: the number has ended, or has its code."""
    _ = words.gettext
    if held.messages:
        text = _("🔑 <b>A code has come for {product}.</b> I left the number as it is.")
    else:
        text = _("<b>{product} has already ended.</b> Its card says how.")
    return Screen(html(text, product=shorten(held.activation.product_name, NAME_LENGTH)), _to_the_card(words, held))


def _to_the_card(words: Words, held: Held) -> Rows:
    _ = words.gettext
    return [
        [button(_("📱 Open its card"), OpenCard(held.activation.id), PRIMARY)],
        [button(_("📱 My numbers"), Numbers()), button(_("‹ Menu"), Menu())],
    ]


def cancelled(words: Words, held: Held) -> Screen:
    """Tell that a number was cancelled, by a tap or by itself, and what the balance shows of it."""
    _ = words.gettext
    title = _("✖ <b>Cancelled by itself, no code came in time</b>") if held.activation.automatic else _("✖ <b>Cancelled</b>")
    return Screen(
        lines(html(title), head(held.activation), html(""), returned(words, held.activation)),
        [[button(_("🔁 Buy again"), Again(held.activation.id), PRIMARY), button(_("‹ Menu"), Menu())]],
    )


def not_cancelled(words: Words, held: Held, outcome: Cancelling, *, replacing: bool) -> Screen:
    """Tell what the provider said instead of a clear yes; `replacing` says that another number was wanted."""
    _ = words.gettext
    activation = held.activation
    if outcome is Cancelling.REFUSED:
        why = refusal(words, activation.reason or "")
        told = html(_("⚠️ <b>Not cancelled.</b> {why} The number stays active; you can try again."), why=why)
    else:
        told = html(_("⏳ <b>Cancelling.</b>") + " " + unclear(words))
    return Screen(
        lines(told, html(_("So I offer no other number yet.")) if replacing else None),
        _to_the_card(words, held),
    )


def nothing_offered(words: Words, activation_id: str, error: ServiceError | OtpbuddyError) -> Screen:
    """Tell that a number was cancelled, and why no other one can be offered at the moment."""
    _ = words.gettext
    cancelled_first = html(_("✖ <b>Cancelled.</b> What came back is on its card."))
    if isinstance(error, ServiceError):
        why = explain(error, words)
        return Screen(lines(cancelled_first, why.text), why.rows)
    return Screen(
        lines(cancelled_first, html(_("otpbuddy did not tell today’s price for another one. Please try again in a minute."))),
        [[button(_("🔁 Try again"), Again(activation_id), PRIMARY), button(_("‹ Menu"), Menu())]],
    )
