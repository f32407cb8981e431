"""The list of purchases that were made."""

from collections.abc import Sequence

from markupsafe import Markup
from telegram import InlineKeyboardButton

from bot.locales import Words
from bot.screens.callback import Callback
from bot.screens.callbacks import Menu, OpenCard, ShowHistory
from bot.screens.callbacks_money import Export, ShowBought, ShowOf, ShowSome, ShowSpending
from bot.screens.screen import LABEL_LENGTH, PRIMARY, Rows, Screen, button, html, lines, moment, shorten
from bot.screens.welcome import ALL_PRODUCTS
from bot.services.statements import PAGE, Bought, History, Kept
from storage.models import Activation, State

KEYS_IN_A_ROW = 4
NAME_LENGTH = 60
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
    entries = [entry(words, number, purchase) for number, purchase in enumerate(page.purchases, first)]
    keys = [button(str(number), OpenCard(purchase.id)) for number, purchase in enumerate(page.purchases, first)]
    where = [html(_("Page {page} of {pages}."), page=page.page + 1, pages=page.pages)] if page.pages > 1 else []
    hint = [html(_("Tap one below to open it."))] if keys else []
    return Screen(
        lines(_title(words, page), html(""), *entries, html("") if entries else None, html(" ").join([*where, *hint]) if hint else None),
        [
            *(keys[start : start + KEYS_IN_A_ROW] for start in range(0, len(keys), KEYS_IN_A_ROW)),
            _turning(words, page),
            *_filters(words, page),
            [button(_("📈 Spending"), ShowSpending(BY_DAY)), button(_("📄 Export"), Export())],
            [button(_("‹ Menu"), Menu())],
        ],
    )


def bought(words: Words, products: Sequence[Bought], page: int) -> Screen:
    """Ask whose purchases to list; each product with how often it was bought and what that took."""
    _ = words.gettext
    if not products:
        return nothing_bought(words)
    pages = -(-len(products) // PAGE)
    page = min(page, pages - 1)
    keys = [button(_label(words, product), ShowOf(product.key, 0)) for product in products[page * PAGE : (page + 1) * PAGE]]
    where = html(_("Page {page} of {pages}."), page=page + 1, pages=pages) if pages > 1 else None
    turn = [button(_("‹ Previous"), ShowBought(page - 1))] if page > 0 else []
    turn += [button(_("Next ›"), ShowBought(page + 1))] if page < pages - 1 else []
    return Screen(
        lines(html(_("🧾 <b>Which product’s purchases?</b>")), where),
        [*([key] for key in keys), turn, [button(_("‹ Back"), ShowHistory(0)), button(_("‹ Menu"), Menu())]],
    )


def _label(words: Words, product: Bought) -> str:
    plainly = f"{shorten(product.name, 24)} · ×{product.count}"
    priced = f"{plainly} · {words.money(product.spent)}"
    return priced if len(priced) < LABEL_LENGTH else plainly


def nothing_bought(words: Words) -> Screen:
    """Say that there is no history."""
    _ = words.gettext
    return Screen(
        html(_("🧾 <b>You have bought nothing yet.</b>")),
        [[button(_("🛒 Buy a number"), ALL_PRODUCTS, PRIMARY), button(_("‹ Menu"), Menu())]],
    )


def _title(words: Words, page: History) -> Markup:
    _, count = words.gettext, page.total
    titles = {
        Kept.ALL: words.ngettext("🧾 <b>{count} purchase</b>, {spent} spent", "🧾 <b>{count} purchases</b>, {spent} spent", count),
        Kept.ANSWERED: words.ngettext(
            "🧾 <b>{count} purchase with an SMS</b>, {spent} spent", "🧾 <b>{count} purchases with an SMS</b>, {spent} spent", count
        ),
        Kept.REFUNDED: words.ngettext(
            "🧾 <b>{count} refunded purchase</b>, {returned} came back", "🧾 <b>{count} refunded purchases</b>, {returned} came back", count
        ),
        Kept.DOUBTFUL: words.ngettext("🧾 <b>{count} purchase in doubt</b>", "🧾 <b>{count} purchases in doubt</b>", count),
    }
    none = {
        Kept.ANSWERED: _("🧾 <b>No purchase has brought an SMS yet.</b>"),
        Kept.REFUNDED: _("🧾 <b>No purchase was refunded.</b>"),
        Kept.DOUBTFUL: _("🧾 <b>No purchase is in doubt.</b> Each one brought a number or cost nothing."),
    }
    title = titles[page.kept] if count else none.get(page.kept, titles[page.kept])
    told = html(title, count=count, spent=words.money(page.spent), returned=words.money(page.returned))
    return told if page.product is None else lines(told, html(_("Only {product}."), product=shorten(page.product, NAME_LENGTH)))


def _turning(words: Words, page: History) -> Sequence[InlineKeyboardButton]:
    _ = words.gettext
    newer = [button(_("‹ Newer"), _page(page, page.page - 1))] if page.page > 0 else []
    older = [button(_("Older ›"), _page(page, page.page + 1))] if page.page < page.pages - 1 else []
    return [*newer, *older]


def _filters(words: Words, present: History) -> Rows:
    """Give the ways to list others, two in a row, so that a telephone shows their words whole."""
    _ = words.gettext
    if present.product is not None:
        return [[button(_("All"), ShowHistory(0)), button(_("Other product"), ShowBought(0))]]
    labels = {Kept.ALL: _("All"), Kept.ANSWERED: _("SMS"), Kept.REFUNDED: _("Refunded"), Kept.DOUBTFUL: _("In doubt")}
    keys = [button(f"✓ {label}" if kept is present.kept else label, _of(kept, 0)) for kept, label in labels.items()]
    return [keys[:2], keys[2:], [button(_("One product"), ShowBought(0))]]


def _page(shown: History, page: int) -> Callback:
    return _of(shown.kept, page) if shown.product is None else ShowOf(shown.key, page)


def _of(kept: Kept, page: int) -> Callback:
    return ShowHistory(page) if kept is Kept.ALL else ShowSome(kept.value, page)


def entry(words: Words, number: int, purchase: Activation) -> Markup:
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
