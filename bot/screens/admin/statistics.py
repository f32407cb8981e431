"""How the bot did over some days: the chart that users know for their own spending, and all of it in words for who does not see it."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from bot.locales import Words
from bot.screens import chart
from bot.screens.admin.callbacks import AdminMenu, ExportStatistics, ShowStatistics
from bot.screens.overview import BY_DAY, BY_PRODUCT
from bot.screens.screen import PRIMARY, File, Rows, Screen, button, html, lines, shorten, units
from bot.services.admin.statistics import PERIODS, Statistics
from bot.services.spending import Waits

TEXT_LENGTH = 1000
"""Of the caption in UTF-16 code units; Telegram takes 1024 in all (https://core.telegram.org/bots/api#sendphoto)."""
NAME_LENGTH = 20


def picture(words: Words, report: Statistics, by: str) -> File:
    """Draw the chart; it takes a while."""
    draw = chart.by_product if by == BY_PRODUCT else chart.by_day
    return File(f"statistics-{report.days}-{by}.png", draw(words, report.spending))


def statistics(words: Words, report: Statistics, by: str) -> Screen:
    """Write everything down, with the days or products in a list that opens by a tap."""
    _ = words.gettext
    top = lines(*_chats(words, report), html(""), *_purchases(words, report), *_times(words, report))
    room = TEXT_LENGTH - units(top)
    details = _listed(words, _products(words, report) if by == BY_PRODUCT else _days(words, report), room)
    shown = lines(top, html("<blockquote expandable>{details}</blockquote>", details=details)) if details else top
    return Screen(shown, _rows(words, report, by))


def _chats(words: Words, report: Statistics) -> Iterator[Markup]:
    _, visits = words.gettext, report.visits
    head = words.ngettext("📊 <b>Statistics of the last {count} day</b>", "📊 <b>Statistics of the last {count} days</b>", report.days)
    yield html(head, count=report.days)
    yield html(
        _("👥 Chats: {chats}. With an account: {connected}, can be written to: {reachable}. New: {new}, seen: {active}."),
        chats=visits.chats,
        connected=visits.connected,
        reachable=visits.reachable,
        new=visits.new,
        active=visits.active,
    )
    yield html(_("📱 Active numbers now: {count}."), count=report.active_numbers)


def _purchases(words: Words, report: Statistics) -> Iterator[Markup]:
    _, spending, waits = words.gettext, report.spending, report.spending.waits
    if not spending.purchases:
        yield html(_("🛒 Nothing was bought."))
        return
    bought = words.ngettext("🛒 {count} purchase, {spent} spent.", "🛒 {count} purchases, {spent} spent.", spending.purchases)
    yield html(bought, count=spending.purchases, spent=words.money(spending.spent))
    if spending.returned:
        yield html(_("{returned} came back and is not counted."), returned=words.money(spending.returned))
    if waits.numbers:
        text = words.ngettext(
            "🔑 An SMS came on {answered} of {count} number ({share}).",
            "🔑 An SMS came on {answered} of {count} numbers ({share}).",
            waits.numbers,
        )
        yield html(text, answered=waits.answered, count=waits.numbers, share=words.percent(waits.answered, waits.numbers))


def _times(words: Words, report: Statistics) -> Iterator[Markup]:
    _, waits, pushed = words.gettext, report.spending.waits, report.to_chat
    if waits.median is not None and waits.percentile_95 is not None:
        text = _("⏱ From the purchase to the first SMS: half within {median}, 95 of 100 within {late}.")
        yield html(text, median=words.duration(waits.median), late=words.duration(waits.percentile_95))
    if pushed.median is not None and pushed.percentile_95 is not None:
        text = _("📨 From the poll that brought an SMS to its chat: half within {median}, 95 of 100 within {late}.")
        yield html(text, median=words.brief(pushed.median), late=words.brief(pushed.percentile_95))


def _days(words: Words, report: Statistics) -> Sequence[Markup]:
    """List the days on which something was bought, the latest first."""
    return [
        html("{day} · {spent} · ×{count}", day=words.day(day.date), spent=words.money(day.spent), count=day.purchases)
        + _answers(words, report.by_day.get(day.date.isoformat()))
        for day in reversed(report.spending.days)
        if day.purchases
    ]


def _products(words: Words, report: Statistics) -> Sequence[Markup]:
    """List the products as they are numbered in the picture."""
    return [
        html(
            "{number}. {name} · {spent} · ×{count}",
            number=number,
            name=shorten(product.name, NAME_LENGTH),
            spent=words.money(product.spent),
            count=product.purchases,
        )
        + _answers(words, report.by_product.get(product.product_id))
        for number, product in enumerate(report.spending.products, 1)
    ]


def _answers(words: Words, waits: Waits | None) -> Markup:
    """Say how many brought an SMS, and what half of them took at most."""
    if waits is None or not waits.numbers:
        return html("")
    share = html(" · 🔑 {share}", share=words.percent(waits.answered, waits.numbers))
    return share if waits.median is None else share + html(" · ⏱ {median}", median=words.duration(waits.median))


def _listed(words: Words, entries: Sequence[Markup], room: int) -> Markup:
    """Put as many entries below each other as there is room for, and say where some are left out."""
    rest = html(words.gettext("… and more: see the export."))
    kept: list[Markup] = []
    left = room - units(rest)
    for entry in entries:
        left -= units(entry) + 1
        if left < 0:
            kept.append(rest)
            break
        kept.append(entry)
    return lines(*kept)


def _rows(words: Words, report: Statistics, by: str) -> Rows:
    _ = words.gettext
    by = BY_PRODUCT if by == BY_PRODUCT else BY_DAY
    other = button(_("📊 By day"), ShowStatistics(report.days, BY_DAY))
    if by == BY_DAY:
        other = button(_("📊 By product"), ShowStatistics(report.days, BY_PRODUCT))
    periods = [
        button(_period(words, days, chosen=days == report.days), ShowStatistics(days, by), PRIMARY if days == report.days else None)
        for days in PERIODS
    ]
    return [periods, [other, button(_("📄 Export"), ExportStatistics(report.days))], [button(_("‹ Back"), AdminMenu())]]


def _period(words: Words, days: int, *, chosen: bool) -> str:
    label = words.ngettext("{count} day", "{count} days", days).format(count=days)
    return f"✓ {label}" if chosen else label
