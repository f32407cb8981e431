"""The words that users read: gettext catalogs beside this file, English as their source, and money, dates and plurals by locale."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_percent, get_currency_precision, get_decimal_symbol
from babel.units import format_unit

CATALOGS = Path(__file__).parent
SOURCE = "en"
_SHORT = 10
_TENTH = 100
_UNITS = (("terabyte", 10**12), ("gigabyte", 10**9), ("megabyte", 10**6), ("kilobyte", 10**3))
_REGIONAL_INDICATOR_A = 0x1F1E6
_DIGITS = 64
"""More than the provider's longest amount has; with the usual 28, formatting one of 35 digits fails."""


class Words:
    """One language: translates, and writes money and dates as its readers do."""

    def __init__(self, locale: Locale, translations: NullTranslations, currency: str) -> None:
        self.locale = locale
        self.gettext = translations.gettext
        self.ngettext = translations.ngettext
        self._currency = currency

    @property
    def language(self) -> str:
        """The language's code, as Telegram spells it."""
        return str(self.locale.language)

    @property
    def currency(self) -> str:
        """The account's currency, by its code (ISO 4217)."""
        return self._currency

    @property
    def decimal_mark(self) -> str:
        """What stands before the fraction of a number."""
        return get_decimal_symbol(self.locale)

    def money(self, amount: Decimal) -> str:
        """Write an amount in the account's currency, with all its digits."""
        with localcontext(prec=_DIGITS):
            return format_currency(amount, self._currency, locale=self.locale, decimal_quantization=False)

    def plain(self, amount: Decimal) -> str:
        """Write an amount for other programs: a point, all its digits, and no fewer after it than the currency has."""
        with localcontext(prec=_DIGITS):
            places = Decimal(1).scaleb(-get_currency_precision(self._currency))
            return format(amount.quantize(places) if amount == amount.quantize(places) else amount, "f")

    def moment(self, time: datetime) -> str:
        """Write a date and time in UTC; clients that know better show their own."""
        return f"{format_datetime(time.astimezone(UTC), 'd MMM, HH:mm', locale=self.locale)} UTC"

    def local(self, time: datetime) -> str:
        """Write a date with its weekday, and a time, in the zone that the time comes in."""
        return format_datetime(time, "EEE, d MMM y, HH:mm", locale=self.locale)

    def day(self, day: date) -> str:
        """Write a day of about this year: its number and its month's short name."""
        return format_date(day, "d MMM", locale=self.locale)

    def figures(self, day: date) -> str:
        """Write a day of about this year in figures, in the language's order, for who cannot draw its letters."""
        return format_skeleton("Md", day, locale=self.locale)

    def duration(self, time: timedelta) -> str:
        """Write a time in seconds, minutes, hours and days, the two largest of them."""
        minutes, seconds = divmod(round(time.total_seconds()), 60)
        hours, minutes = divmod(minutes, 60)
        days, hours = divmod(hours, 24)
        parts = [(days, "day"), (hours, "hour"), (minutes, "minute"), (seconds, "second")]
        shown = [part for part in parts if part[0]][:2] or [(0, "second")]
        return " ".join(format_unit(count, f"duration-{unit}", "short", locale=self.locale) for count, unit in shown)

    def brief(self, time: timedelta) -> str:
        """Write a time of which fractions of a second matter: in milliseconds below a tenth, with one digit of it below ten seconds."""
        milliseconds = round(time / timedelta(milliseconds=1))
        if milliseconds < _TENTH:
            return format_unit(milliseconds, "duration-millisecond", "short", locale=self.locale)
        seconds = round(time.total_seconds(), 1)
        return self.duration(time) if seconds >= _SHORT else format_unit(seconds, "duration-second", "short", locale=self.locale)

    def size(self, count: int) -> str:
        """Write so many bytes in the largest unit of which there is at least one, in steps of a thousand."""
        unit, factor = next(((unit, factor) for unit, factor in _UNITS if count >= factor), _UNITS[-1])
        return format_unit(round(count / factor, 1), f"digital-{unit}", "short", locale=self.locale)

    def percent(self, part: int, whole: int) -> str:
        """Write a share in whole percents; not everything is never 100 %, and something is never 0 %."""
        share = 0 if not whole else 100 * part // whole
        return format_percent(max(share, 1) / 100 if part else 0, locale=self.locale)

    def country(self, code: str) -> str:
        """Name a country by its two-letter code, with its flag."""
        return f"{flag(code)} {self.territory(code)}".strip()

    def territory(self, code: str) -> str:
        """Name a country by its two-letter code."""
        return str(self.locale.territories.get(code.upper(), code.upper()))


class Languages:
    """Every language that has a catalog; anything else gets the source."""

    def __init__(self, currency: str, catalogs: Path = CATALOGS) -> None:
        self._currency = currency
        self._words = {SOURCE: Words(Locale.parse(SOURCE), NullTranslations(), currency)}
        for path in sorted(catalogs.glob("*/LC_MESSAGES/messages.po")):
            code = path.parent.parent.name
            self._words[code] = Words(Locale.parse(code), _compiled(path), currency)

    @property
    def codes(self) -> tuple[str, ...]:
        """The languages' codes, the source first."""
        return tuple(self._words)

    def words(self, code: str | None) -> Words:
        """Give the words for a language code of a client ("hi", "pt-br"): of its region, else its language, else the source's."""
        try:
            locale = Locale.parse((code or SOURCE).replace("-", "_"))
        except (UnknownLocaleError, ValueError):
            return self._words[SOURCE]
        found = (self._words.get(name) for name in (str(locale), locale.language))
        return next((words for words in found if words is not None), self._words[SOURCE])


def own_name(code: str) -> str:
    """Name a language as its own speakers do, with a capital letter where their script has one."""
    name = Locale.parse(code).display_name or code
    return name[:1].upper() + name[1:]


def flag(code: str) -> str:
    """Write a country's flag as the two regional indicators of its code; "" where the code is no two letters."""
    letters = code.upper()
    if len(letters) != 2 or not (letters.isascii() and letters.isalpha()):  # noqa: PLR2004  # ISO 3166-1 alpha-2.
        return ""
    return "".join(chr(_REGIONAL_INDICATOR_A + ord(letter) - ord("A")) for letter in letters)


def _compiled(path: Path) -> GNUTranslations:
    """Compile a catalog in memory, so that no build step stands between a translator and the bot."""
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return GNUTranslations(compiled)
