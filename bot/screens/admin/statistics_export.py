"""The statistics as a file for a spreadsheet: a line for each product of each day, with nobody's id in it."""

from collections.abc import Sequence
from datetime import timedelta

from bot.locales import Words
from bot.screens.admin.callbacks import AdminMenu, ShowStatistics
from bot.screens.export import Value, csv_file
from bot.screens.overview import BY_DAY
from bot.screens.screen import File, Screen, button, html, lines
from bot.services.admin.statistics import Cell


def export(words: Words, cells: Sequence[Cell], days: int) -> tuple[File, Screen]:
    """Write the figures into a file, with the words that go with it."""
    _ = words.gettext
    head = words.ngettext("📄 <b>Statistics of the last {count} day</b>", "📄 <b>Statistics of the last {count} days</b>", days)
    caption = lines(
        html(head, count=days),
        html(_("A line for each product on each day of UTC. It opens in any spreadsheet; no chat is named in it.")),
    )
    file = File(f"statistics-{days}-days.csv", csv_file(words, _heads(words), [_row(words, cell) for cell in cells]))
    return file, Screen(caption, [[button(_("📊 Statistics"), ShowStatistics(days, BY_DAY)), button(_("‹ Back"), AdminMenu())]])


def _heads(words: Words) -> list[str]:
    _ = words.gettext
    return [
        _("Day"),
        _("Product"),
        _("Product id"),
        _("Purchases"),
        _("Currency"),
        _("Cost"),
        _("Came back"),
        _("Numbers that ended or brought an SMS"),
        _("Numbers that brought an SMS"),
        _("Median seconds to the first SMS"),
        _("95th percentile of seconds to the first SMS"),
    ]


def _row(words: Words, cell: Cell) -> list[Value]:
    waits = cell.waits
    return [
        cell.day,
        cell.name,
        cell.product_id,
        cell.purchases,
        words.currency,
        cell.spent,
        cell.returned,
        waits.numbers,
        waits.answered,
        _seconds(waits.median),
        _seconds(waits.percentile_95),
    ]


def _seconds(time: timedelta | None) -> int | None:
    return None if time is None else round(time.total_seconds())
