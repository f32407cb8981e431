"""The list of the numbers that a chat holds."""

from markupsafe import Markup

from bot.locales import Words
from bot.screens.callbacks import Menu, Numbers, OpenCard
from bot.screens.screen import PRIMARY, Screen, button, countdown, html, lines, shorten
from bot.screens.welcome import ALL_PRODUCTS
from bot.services.activations import Held
from bot.services.codes import extract_code
from bot.services.lists import Listing
from bot.services.numbers import international
from storage.models import State

LISTED = 20
KEYS_IN_A_ROW = 2
NAME_LENGTH, KEY_LENGTH, CODE_LENGTH, NUMBER_LENGTH = 30, 16, 24, 24


def listing(words: Words, shown: Listing) -> Screen:
    """List the active numbers and how each of them stands; a button below opens its card."""
    _ = words.gettext
    if not shown.numbers:
        return Screen(
            html(_("📱 <b>You hold no active numbers.</b>")),
            [[button(_("🛒 Buy a number"), ALL_PRODUCTS, PRIMARY), button(_("‹ Menu"), Menu())]],
        )
    count = len(shown.numbers)
    title = words.ngettext(
        "📱 <b>{count} active number</b> of at most {limit}", "📱 <b>{count} active numbers</b> of at most {limit}", count
    )
    listed = shown.numbers[:LISTED]
    entries = [_entry(words, position, held) for position, held in enumerate(listed, 1)]
    keys = [
        button(f"{position}. {shorten(held.activation.product_name, KEY_LENGTH)}", OpenCard(held.activation.id))
        for position, held in enumerate(listed, 1)
    ]
    more = html(_("Only the newest {count} are listed."), count=LISTED) if count > LISTED else None
    return Screen(
        lines(
            html(title, count=count, limit=shown.limit),
            html(""),
            Markup("\n\n").join(entries),
            html(""),
            more,
            html(_("This list keeps itself up to date. Tap a number to open it.")),
        ),
        [
            *(keys[start : start + KEYS_IN_A_ROW] for start in range(0, len(keys), KEYS_IN_A_ROW)),
            [button(_("🔄 Refresh"), Numbers()), button(_("‹ Menu"), Menu())],
        ],
    )


def _entry(words: Words, position: int, held: Held) -> Markup:
    """Write how a number stands first, then what one would copy, and when it ends."""
    activation = held.activation
    return lines(
        html(
            "{position}. <b>{product}</b> · {state}",
            position=position,
            product=shorten(activation.product_name, NAME_LENGTH),
            state=_state(words, held),
        ),
        _code(held),
        _number(words, held),
    )


def _state(words: Words, held: Held) -> str:
    _ = words.gettext
    state = held.activation.state
    if state is State.REQUESTED:
        return _("⏳ being bought")
    if state is State.UNKNOWN:
        return _("❓ being checked")
    if state is State.CANCELLING:
        return _("⏳ cancelling")
    return _("✅ code received") if held.messages else _("⏳ waiting for the code")


def _code(held: Held) -> Markup | None:
    code = extract_code(held.messages[-1].text) if held.messages else None
    return html("🔑 <code>{code}</code>", code=shorten(code, CODE_LENGTH)) if code else None


def _number(words: Words, held: Held) -> Markup | None:
    activation = held.activation
    if activation.number is None:
        return None
    number = html("<code>{number}</code>", number=shorten(international(activation.number, activation.country), NUMBER_LENGTH))
    if activation.expires_at is None:
        return number
    return html(words.gettext("{number} · ends {time}"), number=number, time=countdown(words, activation.expires_at))
