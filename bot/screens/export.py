"""All of a chat's purchases as a file for a spreadsheet, and the message that brings it."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal, localcontext
from typing import TypeAlias

from bot.locales import Words
from bot.screens.callbacks import Menu, ShowHistory
from bot.screens.overview import state_name
from bot.screens.screen import File, Screen, button, html, lines
from bot.services.numbers import international
from bot.services.statements import refunded
from storage.models import CLOSED, OPEN, State
from storage.statements import Entry

FILE_NAME = "otpbuddy-purchases.csv"
Value: TypeAlias = str | int | Decimal | datetime | None
BYTE_ORDER_MARK = "\ufeff"
"""By which spreadsheets know UTF-8."""
_DIGITS = 64
"""More than the provider's longest amount has; with the usual 28, a difference would be rounded."""
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a cell begins with that a spreadsheet would calculate (https://owasp.org/www-community/attacks/CSV_Injection)."""


def export(words: Words, entries: Sequence[Entry]) -> tuple[File, Screen]:
    """Write the purchases into a file, with the words that go with it."""
    _ = words.gettext
    text = words.ngettext("📄 <b>{count} purchase</b>, the oldest first.", "📄 <b>{count} purchases</b>, the oldest first.", len(entries))
    caption = lines(
        html(text, count=len(entries)), html(_("It opens in any spreadsheet. Times are UTC; codes and your token are not in it."))
    )
    file = File(FILE_NAME, table(words, entries))
    return file, Screen(caption, [[button(_("🧾 History"), ShowHistory(0)), button(_("‹ Menu"), Menu())]])


def table(words: Words, entries: Sequence[Entry]) -> bytes:
    """Write the purchases as CSV (RFC 4180) in UTF-8, with the marks that spreadsheets of the language expect.

    Amounts have all their digits, times are ISO 8601 of UTC without a zone, and no cell is a formula.
    """
    return csv_file(words, _heads(words), (_row(words, entry) for entry in entries))


def csv_file(words: Words, heads: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """Write lines with their heads as CSV, as `table` says."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=";" if words.decimal_mark == "," else ",")
    writer.writerow(heads)
    with localcontext(prec=_DIGITS):
        for row in rows:
            writer.writerow([_cell(words, value) for value in row])
    return (BYTE_ORDER_MARK + written.getvalue()).encode("utf-8", "replace")


def _heads(words: Words) -> list[str]:
    _ = words.gettext
    return [
        _("Bought"),
        _("Product"),
        _("Product id"),
        _("Country"),
        _("Number"),
        _("State"),
        _("Currency"),
        _("Price"),
        _("Came back"),
        _("Cost"),
        _("Balance before the purchase"),
        _("Balance after the purchase"),
        _("Balance before the end"),
        _("Balance after the end"),
        _("SMS"),
        _("First SMS"),
        _("Seconds to the first SMS"),
        _("Ended"),
        _("otpbuddy id"),
        _("Record"),
    ]


def _row(words: Words, entry: Entry) -> list[Value]:
    bought = entry.purchase
    back = refunded(bought.price, bought.closing_before, bought.closing_after)
    waited = None
    if entry.first_sms_at is not None and bought.purchased_at is not None:
        waited = max(0, round((entry.first_sms_at - bought.purchased_at).total_seconds()))
    return [
        bought.requested_at or bought.offered_at,
        bought.product_name,
        bought.product_id,
        bought.country,
        # Without its plus, which would make it a formula; with its spaces, which keep it from becoming 9.2E+11.
        international(bought.number, bought.country).removeprefix("+") if bought.number else None,
        state_name(words, bought.state),
        words.currency,
        bought.price,
        back,
        bought.price - back if bought.state in CLOSED | OPEN | {State.CHARGED} else None,
        bought.balance_before,
        bought.balance_after,
        bought.closing_before,
        bought.closing_after,
        entry.sms,
        entry.first_sms_at,
        waited,
        bought.closed_at,
        bought.provider_id,
        bought.id,
    ]


def _cell(words: Words, value: Value) -> str:
    """Write a value; a text that a spreadsheet would calculate gets an apostrophe, an amount below zero does not."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return words.plain(value).replace(".", words.decimal_mark)
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, int):
        return str(value)
    text = value.replace("\x00", "")
    return f"'{text}" if text.lstrip().startswith(_FORMULAS) or text.startswith(_FORMULAS) else text
