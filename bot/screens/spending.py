"""What was spent, as the words below a chart: everything that the picture shows, for who does not see it."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from markupsafe import Markup

from bot.locales import Words
from bot.screens import chart
from bot.screens.callbacks import Menu, ShowHistory
from bot.screens.callbacks_money import Export, ShowSpending
from bot.screens.overview import BY_DAY, BY_PRODUCT
from bot.screens.screen import PRIMARY, File, Rows, Screen, button, html, lines, shorten
from bot.screens.welcome import ALL_PRODUCTS
from bot.services.spending import DAYS, Spending

DETAILS_LENGTH = 560
"""Characters of a caption that its list may take; Telegram takes 1024 in all (https://core.telegram.org/bots/api#sendphoto)."""
NAME_LENGTH = 24


def picture(words: Words, spending: Spending, by: str) -> File:
    """Draw the chart; it takes a while."""
    draw = chart.by_product if by == BY_PRODUCT else chart.by_day
    return File(f"spending-{by}.png", draw(words, spending))


def nothing(words: Words) -> Screen:
    """Say that there is nothing to draw."""
    _ = words.gettext
    text = words.ngettext(
        "📈 <b>Nothing was bought in the last {count} day.</b>", "📈 <b>Nothing was bought in the last {count} days.</b>", DAYS
    )
    return Screen(
        html(text, count=DAYS),
        [
            [button(_("🛒 Buy a number"), ALL_PRODUCTS, PRIMARY)],
            [button(_("🧾 History"), ShowHistory(0)), button(_("‹ Menu"), Menu())],
        ],
    )


def caption(words: Words, spending: Spending, by: str) -> Screen:
    """Write what was spent, how often a code came and how long it took, with the days or products in a list that opens by a tap."""
    details = _products(words, spending) if by == BY_PRODUCT else _days(words, spending)
    return Screen(
        lines(*_totals(words, spending), *_codes(words, spending), html("<blockquote expandable>{details}</blockquote>", details=details)),
        _rows(words, by),
    )


def _totals(words: Words, spending: Spending) -> Iterable[Markup]:
    _ = words.gettext
    bought = words.ngettext("{count} purchase in {days} days", "{count} purchases in {days} days", spending.purchases)
    yield html(_("📈 <b>{spent} spent</b>"), spent=words.money(spending.spent)) + " · " + html(bought, count=spending.purchases, days=DAYS)
    if spending.returned:
        yield html(_("{returned} came back and is not counted."), returned=words.money(spending.returned))


def _codes(words: Words, spending: Spending) -> Iterable[Markup]:
    """Say how often an SMS came and how soon; numbers that still wait for one say nothing yet."""
    _, waits = words.gettext, spending.waits
    if waits.numbers:
        text = words.ngettext(
            "🔑 An SMS came on {answered} of {count} number ({share}).",
            "🔑 An SMS came on {answered} of {count} numbers ({share}).",
            waits.numbers,
        )
        yield html(text, answered=waits.answered, count=waits.numbers, share=words.percent(waits.answered, waits.numbers))
    if waits.median is not None and waits.percentile_95 is not None:
        times = {"median": words.duration(waits.median), "late": words.duration(waits.percentile_95)}
        yield html(_("⏱ Half of them within {median}, 95 of 100 within {late}."), **times)


def _days(words: Words, spending: Spending) -> Markup:
    """List the days on which something was bought, the latest first."""
    days = [day for day in reversed(spending.days) if day.purchases]
    return _listed(words, [html("{day} · {spent}", day=words.day(day.date), spent=words.money(day.spent)) for day in days])


def _products(words: Words, spending: Spending) -> Markup:
    """List the products as they are numbered in the picture."""
    shown, rest = chart.split(spending.products)
    listed = [
        html(
            "{number}. {name} · {spent} · ×{count}",
            number=number,
            name=shorten(product.name, NAME_LENGTH),
            spent=words.money(product.spent),
            count=product.purchases,
        )
        for number, product in enumerate(shown, 1)
    ]
    if rest:
        others = words.ngettext("{count} more: {spent}", "{count} more: {spent}", len(rest))
        spent = sum((product.spent for product in rest), Decimal(0))
        listed.append(html(others, count=len(rest), spent=words.money(spent)))
    return _listed(words, listed)


def _listed(words: Words, entries: Sequence[Markup]) -> Markup:
    """Put as many entries below each other as a caption takes, and say where some are left out."""
    kept: list[Markup] = []
    for entry in entries:
        if sum(len(other.striptags()) + 1 for other in (*kept, entry)) > DETAILS_LENGTH:
            kept.append(html(words.gettext("… and more: see the export.")))
            break
        kept.append(entry)
    return lines(*kept)


def _rows(words: Words, by: str) -> Rows:
    _ = words.gettext
    other = button(_("📊 By day"), ShowSpending(BY_DAY)) if by == BY_PRODUCT else button(_("📊 By product"), ShowSpending(BY_PRODUCT))
    return [
        [other],
        [button(_("🧾 History"), ShowHistory(0)), button(_("📄 Export"), Export())],
        [button(_("‹ Menu"), Menu())],
    ]
