"""The list of purchases that were made."""

from markupsafe import Markup

from bot.locales import Words
from bot.screens.callbacks import Menu, OpenCard, ShowHistory
from bot.screens.screen import PRIMARY, Screen, button, html, lines, moment, shorten
from bot.screens.welcome import ALL_PRODUCTS
from bot.services.statements import PAGE, History
from storage.models import Activation, State

KEYS_IN_A_ROW = 4
MARKS = {
    State.REQUESTED: "⏳",
    State.UNKNOWN: "❓",
    State.CHARGED: "⚠️",
    State.UNRESOLVED: "❓",
    State.ACTIVE: "📱",
    State.CANCELLING: "⏳",
    State.CANCELLED: "✖",
    State.EXPIRED: "⌛",
    State.FINISHED: "✅",
}


def state_name(words: Words, state: State) -> str:
    """Name a state in a word or two, for readers who do not see its emoji."""
    _ = words.gettext
    names = {
        State.REQUESTED: _("being bought"),
        State.UNKNOWN: _("being checked"),
        State.CHARGED: _("charged, no number"),
        State.UNRESOLVED: _("unclear"),
        State.ACTIVE: _("active"),
        State.CANCELLING: _("cancelling"),
        State.CANCELLED: _("cancelled"),
        State.EXPIRED: _("time over"),
        State.FINISHED: _("done"),
    }
    return names.get(state, str(state))


def _mark(activation: Activation) -> str:
    return MARKS.get(activation.state, "•")


def history(words: Words, page: History) -> Screen:
    """Show a page of purchases, each of which opens its card, and what all of them cost."""
    _ = words.gettext
    if not page.purchases:
        return Screen(
            html(_("🧾 <b>You have bought nothing yet.</b>")),
            [[button(_("🛒 Buy a number"), ALL_PRODUCTS, PRIMARY), button(_("‹ Menu"), Menu())]],
        )
    title = words.ngettext("🧾 <b>{count} purchase</b>, {spent} spent", "🧾 <b>{count} purchases</b>, {spent} spent", page.total)
    first = page.page * PAGE + 1
    entries = [_entry(words, number, purchase) for number, purchase in enumerate(page.purchases, first)]
    keys = [button(str(number), OpenCard(purchase.id)) for number, purchase in enumerate(page.purchases, first)]
    turn = []
    if page.page > 0:
        turn.append(button(_("‹ Newer"), ShowHistory(page.page - 1)))
    if page.page < page.pages - 1:
        turn.append(button(_("Older ›"), ShowHistory(page.page + 1)))
    where = [html(_("Page {page} of {pages}."), page=page.page + 1, pages=page.pages)] if page.pages > 1 else []
    return Screen(
        lines(
            html(title, count=page.total, spent=words.money(page.spent)),
            html(""),
            *entries,
            html(""),
            html(" ").join([*where, html(_("Tap one below to open it."))]),
        ),
        [*(keys[start : start + KEYS_IN_A_ROW] for start in range(0, len(keys), KEYS_IN_A_ROW)), turn, [button(_("‹ Menu"), Menu())]],
    )


def _entry(words: Words, number: int, purchase: Activation) -> Markup:
    """Write a purchase in two lines that fit a telephone: what it cost and what came of it, and when."""
    return html(
        "{number}. <b>{product}</b> · {price}\n{mark} {state} · {time}",
        number=number,
        mark=_mark(purchase),
        product=shorten(purchase.product_name, 30),
        price=words.money(purchase.price),
        state=state_name(words, purchase.state),
        time=moment(words, purchase.requested_at or purchase.offered_at),
    )
