"""The list of purchases that were made."""

from collections.abc import Sequence

from markupsafe import Markup
from telegram import InlineKeyboardButton

from bot.locales import Words
from bot.screens.callback import Callback
from bot.screens.callbacks import Menu, OpenCard, ShowHistory
from bot.screens.callbacks_money import Export, ShowSome, ShowSpending
from bot.screens.screen import PRIMARY, Rows, Screen, button, html, lines, moment, shorten
from bot.screens.welcome import ALL_PRODUCTS
from bot.services.statements import PAGE, History, Kept
from storage.models import Activation, State

KEYS_IN_A_ROW = 4
BY_DAY, BY_PRODUCT = "day", "product"
"""How a chart is split."""
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
    """Show a page of purchases, each of which opens its card, with what all of the listed ones cost, and the ways to list others."""
    _ = words.gettext
    if not page.overall:
        return nothing_bought(words)
    first = page.page * PAGE + 1
    entries = [_entry(words, number, purchase) for number, purchase in enumerate(page.purchases, first)]
    keys = [button(str(number), OpenCard(purchase.id)) for number, purchase in enumerate(page.purchases, first)]
    where = [html(_("Page {page} of {pages}."), page=page.page + 1, pages=page.pages)] if page.pages > 1 else []
    hint = [html(_("Tap one below to open it."))] if keys else []
    return Screen(
        lines(_title(words, page), html(""), *entries, html("") if entries else None, html(" ").join([*where, *hint]) if hint else None),
        [
            *(keys[start : start + KEYS_IN_A_ROW] for start in range(0, len(keys), KEYS_IN_A_ROW)),
            _turning(words, page),
            *_filters(words, page.kept),
            [button(_("📈 Spending"), ShowSpending(BY_DAY)), button(_("📄 Export"), Export())],
            [button(_("‹ Menu"), Menu())],
        ],
    )


def nothing_bought(words: Words) -> Screen:
    """Say that there is no history."""
    _ = words.gettext
    return Screen(
        html(_("🧾 <b>You have bought nothing yet.</b>")),
        [[button(_("🛒 Buy a number"), ALL_PRODUCTS, PRIMARY), button(_("‹ Menu"), Menu())]],
    )


def _title(words: Words, page: History) -> Markup:
    _, _n, count = words.gettext, words.ngettext, page.total
    titles = {
        Kept.ALL: _n("🧾 <b>{count} purchase</b>, {spent} spent", "🧾 <b>{count} purchases</b>, {spent} spent", count),
        Kept.ANSWERED: _n(
            "🧾 <b>{count} purchase with an SMS</b>, {spent} spent", "🧾 <b>{count} purchases with an SMS</b>, {spent} spent", count
        ),
        Kept.REFUNDED: _n(
            "🧾 <b>{count} refunded purchase</b>, {returned} came back", "🧾 <b>{count} refunded purchases</b>, {returned} came back", count
        ),
        Kept.DOUBTFUL: _n("🧾 <b>{count} purchase in doubt</b>", "🧾 <b>{count} purchases in doubt</b>", count),
    }
    none = {
        Kept.ANSWERED: _("🧾 <b>No purchase has brought an SMS yet.</b>"),
        Kept.REFUNDED: _("🧾 <b>No purchase was refunded.</b>"),
        Kept.DOUBTFUL: _("🧾 <b>No purchase is in doubt.</b> Each one brought a number or cost nothing."),
    }
    title = titles[page.kept] if count else none.get(page.kept, titles[page.kept])
    return html(title, count=count, spent=words.money(page.spent), returned=words.money(page.returned))


def _turning(words: Words, page: History) -> Sequence[InlineKeyboardButton]:
    _ = words.gettext
    newer = [button(_("‹ Newer"), _page(page.kept, page.page - 1))] if page.page > 0 else []
    older = [button(_("Older ›"), _page(page.kept, page.page + 1))] if page.page < page.pages - 1 else []
    return [*newer, *older]


def _filters(words: Words, present: Kept) -> Rows:
    """Give the ways to list others, two in a row, so that a telephone shows their words whole."""
    _ = words.gettext
    labels = {Kept.ALL: _("All"), Kept.ANSWERED: _("SMS"), Kept.REFUNDED: _("Refunded"), Kept.DOUBTFUL: _("In doubt")}
    keys = [button(f"✓ {label}" if kept is present else label, _page(kept, 0)) for kept, label in labels.items()]
    return [keys[:2], keys[2:]]


def _page(kept: Kept, page: int) -> Callback:
    return ShowHistory(page) if kept is Kept.ALL else ShowSome(kept.value, page)


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
