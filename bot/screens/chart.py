"""Pictures of what was spent: dark on white, which looks the same in every colour scheme, with no words that would need translating.

The words are in the caption below; the picture holds amounts, dates as figures, and names of products in the scripts that its font has.
Drawing takes some tens of milliseconds, so it belongs on a thread of its own.
"""

import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from functools import cache, lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot.locales import Words
from bot.screens.screen import shorten
from bot.services.spending import Day, Share, Spending

FONTS = Path(__file__).parent / "fonts"
WIDTH = 1000
"""Pixels; on a telephone they are shown at about a third of that."""
FINE = 2
"""Everything is drawn so many times as large and then reduced, which smooths its edges."""
EDGE = 48
PAPER, INK, FAINT, GRID, BAR, REST = "#ffffff", "#17212b", "#65717d", "#e3e8ed", "#2f8fe5", "#9db4c9"
HEAD, TEXT, SMALL, SMALLEST = 68, 40, 36, 20
PLOT_HEIGHT = 430
GAP = 16
"""Between two labels below the bars."""
LINES = 4
"""Lines across the chart, at most."""
PRODUCTS = 8
"""Products with a bar of their own; the rest share the last one."""
NAME_LENGTH = 60


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A picture on which places and sizes are given in pixels of the finished one."""

    image: Image.Image
    pen: ImageDraw.ImageDraw

    def write(self, x: float, y: float, text: str, size: int, *, colour: str = INK, bold: bool = False, anchor: str = "la") -> None:
        self.pen.text((x * FINE, y * FINE), text, fill=colour, font=_font(size * FINE, bold=bold), anchor=anchor)

    def box(self, left: float, top: float, right: float, bottom: float, colour: str, radius: float = 0) -> None:
        corners = (left * FINE, top * FINE, max(left, right) * FINE, max(top, bottom) * FINE)
        self.pen.rounded_rectangle(corners, radius * FINE, fill=colour)

    def bar(self, left: float, top: float, right: float, bottom: float) -> None:
        """Draw a bar that stands on something: round on top, flat below."""
        place = (left * FINE, top * FINE, right * FINE, bottom * FINE)
        self.pen.rounded_rectangle(place, min(8, (bottom - top) / 2) * FINE, fill=BAR, corners=(True, True, False, False))

    def finished(self) -> bytes:
        written = io.BytesIO()
        size = (self.image.width // FINE, self.image.height // FINE)
        self.image.resize(size, Image.Resampling.LANCZOS).quantize(128).save(written, "PNG", optimize=True)
        return written.getvalue()


def by_day(words: Words, spending: Spending) -> bytes:
    """Draw a bar for each day, as a PNG."""
    height = 2 * EDGE + HEAD + 90 + PLOT_HEIGHT + 60
    sheet = _sheet(height)
    _head(sheet, words, spending)
    highest = max((day.spent for day in spending.days), default=Decimal(0))
    step = _step(highest)
    top = step * max(1, int((highest / step).to_integral_value(ROUND_CEILING)))
    labels = [words.money(step * number) for number in range(int(top / step) + 1)]
    left = EDGE + max(_width(label, SMALL) for label in labels) + 20
    floor = EDGE + HEAD + 110 + PLOT_HEIGHT
    for number, label in enumerate(labels):
        y = floor - PLOT_HEIGHT * float(step * number / top)
        sheet.box(left, y - 1, WIDTH - EDGE, y + 1, GRID)
        sheet.write(left - 18, y, label, SMALL, colour=FAINT, anchor="rm")
    _days(sheet, words, spending.days, top, (left, floor))
    return sheet.finished()


def _days(sheet: _Sheet, words: Words, days: Sequence[Day], top: Decimal, corner: tuple[float, float]) -> None:
    left, floor = corner
    room = (WIDTH - EDGE - left) / max(1, len(days))
    for place, day in enumerate(days):
        tall = PLOT_HEIGHT * float(max(day.spent, Decimal(0)) / top)
        x = left + room * place
        if tall:
            sheet.bar(x + room * 0.16, floor - max(tall, 4), x + room * 0.84, floor)
    # Weeks are counted from the last day, whose label stands at the edge; where one would touch the next, it is left out.
    free = float(WIDTH)
    for place in range(len(days) - 1, -1, -7):
        label, x = _date(words, days[place].date), left + room * place
        width = _width(label, SMALL)
        start = WIDTH - EDGE - width if place == len(days) - 1 else x + (room - width) / 2
        if start + width <= free:
            sheet.write(start, floor + 16, label, SMALL, colour=FAINT)
            free = start - GAP


def by_product(words: Words, spending: Spending) -> bytes:
    """Draw a bar for each product, the dearest first, as a PNG; the numbers are those of the caption's list."""
    shown, rest = split(spending.products)
    row = TEXT + 58
    sheet = _sheet(2 * EDGE + HEAD + 90 + row * (len(shown) + bool(rest)))
    _head(sheet, words, spending)
    most = max((product.spent for product in (*shown, *rest[:1])), default=Decimal(0))
    if rest:
        most = max(most, sum((product.spent for product in rest), Decimal(0)))
    y = EDGE + HEAD + 90
    for number, product in enumerate(shown, 1):
        _row(sheet, y, (f"{number}. {_name(product)}", words.money(product.spent)), _share(product.spent, most), BAR)
        y += row
    if rest:
        spent = sum((product.spent for product in rest), Decimal(0))
        _row(sheet, y, (f"+{len(rest)}", words.money(spent)), _share(spent, most), REST)
    return sheet.finished()


def split(products: Sequence[Share]) -> tuple[Sequence[Share], Sequence[Share]]:
    """Part products into those that are shown one by one and the rest, of which there is never only one."""
    return (products, ()) if len(products) <= PRODUCTS + 1 else (products[:PRODUCTS], products[PRODUCTS:])


def _row(sheet: _Sheet, y: float, texts: tuple[str, str], share: float, colour: str) -> None:
    name, amount = texts
    sheet.write(WIDTH - EDGE, y, amount, TEXT, bold=True, anchor="ra")
    sheet.write(EDGE, y, _fitting(name, TEXT, WIDTH - 2 * EDGE - _width(amount, TEXT, bold=True) - 30), TEXT)
    top = y + TEXT + 18
    sheet.box(EDGE, top, WIDTH - EDGE, top + 14, GRID, 7)
    if share:
        sheet.box(EDGE, top, EDGE + max(14, (WIDTH - 2 * EDGE) * share), top + 14, colour, 7)


def _share(spent: Decimal, most: Decimal) -> float:
    return float(spent / most) if most > 0 and spent > 0 else 0.0


def _head(sheet: _Sheet, words: Words, spending: Spending) -> None:
    """Write the sum and the period on top."""
    dates = f"{_date(words, spending.days[0].date)} – {_date(words, spending.days[-1].date)}"
    sheet.write(WIDTH - EDGE, EDGE + HEAD, dates, TEXT, colour=FAINT, anchor="rs")
    amount, size = words.money(spending.spent), HEAD
    while size > SMALLEST and _width(amount, size, bold=True) > WIDTH - 2 * EDGE - _width(dates, TEXT) - 30:
        size -= 2
    sheet.write(EDGE, EDGE + HEAD, amount, size, bold=True, anchor="ls")


def _date(words: Words, day: date) -> str:
    """Write a day with its month's name where the font has its letters."""
    text = words.day(day)
    return text if _is_drawable(text) else words.figures(day)


def _name(product: Share) -> str:
    """Give those words of a product's name that the font can draw, else its id, else nothing; the caption has its number and all of it."""
    for text in (product.name, product.product_id):
        drawable = [word for word in unicodedata.normalize("NFC", text).split() if _is_drawable(word)]
        if drawable:
            return shorten(" ".join(drawable), NAME_LENGTH)
    return ""


@lru_cache(maxsize=1000)
def _is_drawable(text: str) -> bool:
    """Whether the regular font has a glyph for every character; what it has not, it draws as one and the same box."""
    font = _font(24, bold=False)
    box = bytes(font.getmask("\uffff"))
    return all(sign == " " or bytes(font.getmask(sign)) not in {box, b""} for sign in set(text))


def _step(highest: Decimal) -> Decimal:
    """Give the distance of the lines: 1, 2 or 5 of some power of ten, for not more than four of them."""
    if highest <= 0:
        return Decimal(1)
    unit = Decimal(1).scaleb((highest / LINES).adjusted())
    return next(unit * factor for factor in (1, 2, 5, 10) if unit * factor * LINES >= highest)


def _fitting(text: str, size: int, room: float, *, bold: bool = False) -> str:
    """Cut a text to what fits."""
    kept = text
    while kept and _width(kept if kept == text else f"{kept}…", size, bold=bold) > room:
        kept = kept[:-1].rstrip()
    return kept if kept == text else f"{kept}…"


def _width(text: str, size: int, *, bold: bool = False) -> float:
    return _font(size, bold=bold).getlength(text)


@cache
def _font(size: int, *, bold: bool) -> ImageFont.FreeTypeFont:
    """Load the font; without the optional shaping library, so that pictures are the same everywhere."""
    path = FONTS / ("NotoSans-SemiBold.ttf" if bold else "NotoSans-Regular.ttf")
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


def _sheet(height: int) -> _Sheet:
    image = Image.new("RGB", (WIDTH * FINE, height * FINE), PAPER)
    return _Sheet(image, ImageDraw.Draw(image))
