"""The settings: one list of what can be decided, each with its present value, and a page for those with more than two choices."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from telegram import InlineKeyboardButton

from bot.locales import Words, own_name
from bot.screens.callback import Callback
from bot.screens.callbacks import ChooseSetting, Forget, Menu, ShowChoices, ShowSettings
from bot.screens.screen import Rows, Screen, button, html, lines
from bot.services.preferences import NONE, OFF, ON, Options, Preference
from storage.models import Chat, SortOrder

COUNTRIES_ON_A_PAGE = 10
AMOUNTS_IN_A_ROW = 3


def settings(words: Words, chat: Chat, options: Options) -> Screen:
    """List the settings; what has two values is turned over by a tap, the others open a page."""
    _ = words.gettext
    below = words.money(chat.low_balance) if chat.low_balance is not None else ""
    by_price = chat.sort_order is SortOrder.PRICE
    rows = [
        (_("🌐 Language: {language}").format(language=own_name(words.language)), _opens(Preference.LANGUAGE)),
        (_("🌍 Country: {country}").format(country=_country(words, chat, options)), _opens(Preference.COUNTRY)),
        (
            _("↕️ Products: by price") if by_price else _("↕️ Products: by name"),
            ChooseSetting(Preference.SORT, SortOrder.NAME if by_price else SortOrder.PRICE),
        ),
        (_("⏱ Auto-cancel: {after}").format(after=_after(words, chat.auto_cancel_minutes)), _opens(Preference.AUTO_CANCEL)),
        (
            _("⏰ Warn before the end: on") if chat.warn_before_expiry else _("⏰ Warn before the end: off"),
            _turns(Preference.WARNING, on=chat.warn_before_expiry),
        ),
        (_("🔕 Codes: without sound") if chat.quiet else _("🔔 Codes: with sound"), _turns(Preference.SOUND, on=not chat.quiet)),
        (
            _("💰 Low balance: below {amount}").format(amount=below) if below else _("💰 Low balance: no alert"),
            _opens(Preference.LOW_BALANCE),
        ),
        (
            _("📣 Announcements: off") if chat.mutes_broadcasts else _("📣 Announcements: on"),
            _turns(Preference.ANNOUNCEMENTS, on=not chat.mutes_broadcasts),
        ),
        (_("🗑 Forget me"), Forget(0)),
        (_("‹ Menu"), Menu()),
    ]
    asked = len(options.countries) > 1
    return Screen(
        html(_("⚙️ <b>Settings</b>\nTap what you want to change.")),
        [[button(label, leads_to)] for label, leads_to in rows if asked or leads_to != _opens(Preference.COUNTRY)],
    )


def _opens(preference: Preference) -> Callback:
    return ShowChoices(preference, 0)


def _turns(preference: Preference, *, on: bool) -> Callback:
    return ChooseSetting(preference, OFF if on else ON)


def _country(words: Words, chat: Chat, options: Options) -> str:
    known = chat.country is not None and chat.country in options.countries
    return words.country(chat.country or "") if known else words.gettext("ask each time")


def _after(words: Words, minutes: int | None) -> str:
    if not minutes:
        return words.gettext("off")
    return words.ngettext("after {count} minute", "after {count} minutes", minutes).format(count=minutes)


def choices(words: Words, preference: Preference, chat: Chat, options: Options, page: int = 0) -> Screen | None:
    """Show what there is to choose for a setting; None for one that has no page of its own."""
    pages: dict[Preference, Callable[[], Screen]] = {
        Preference.LANGUAGE: lambda: _languages(words, chat, options),
        Preference.COUNTRY: lambda: _countries(words, chat, options, page),
        Preference.AUTO_CANCEL: lambda: _auto_cancel(words, chat, options),
        Preference.LOW_BALANCE: lambda: _low_balance(words, chat, options),
    }
    draw = pages.get(preference)
    return draw() if draw is not None else None


def _languages(words: Words, chat: Chat, options: Options) -> Screen:
    _ = words.gettext
    rows = [[_choice(own_name(code), Preference.LANGUAGE, code, chosen=chat.chosen_language == code)] for code in options.languages]
    automatic = _choice(_("As in Telegram"), Preference.LANGUAGE, NONE, chosen=chat.chosen_language is None)
    return Screen(html(_("🌐 <b>Which language shall I speak?</b>")), [*rows, [automatic], _back(words)])


def _countries(words: Words, chat: Chat, options: Options, page: int) -> Screen:
    _ = words.gettext
    pages = -(-len(options.countries) // COUNTRIES_ON_A_PAGE)
    page = min(page, pages - 1)
    shown = options.countries[page * COUNTRIES_ON_A_PAGE : (page + 1) * COUNTRIES_ON_A_PAGE]
    keys = [_choice(words.country(code), Preference.COUNTRY, code, chosen=chat.country == code) for code in shown]
    turn = []
    if page > 0:
        turn.append(button(_("‹ Previous"), ShowChoices(Preference.COUNTRY, page - 1)))
    if page < pages - 1:
        turn.append(button(_("Next ›"), ShowChoices(Preference.COUNTRY, page + 1)))
    ask = _choice(_("Ask each time"), Preference.COUNTRY, NONE, chosen=chat.country not in options.countries)
    return Screen(
        lines(
            html(_("🌍 <b>Where shall your numbers be from?</b>")),
            html(_("You see the country before you buy, and can change it there.")),
        ),
        [[ask], *([key] for key in keys), turn, _back(words)],
    )


def _auto_cancel(words: Words, chat: Chat, options: Options) -> Screen:
    _ = words.gettext
    off = _choice(_("Off"), Preference.AUTO_CANCEL, NONE, chosen=not chat.auto_cancel_minutes)
    rows = [
        [
            _choice(
                words.ngettext("After {count} minute", "After {count} minutes", count).format(count=count),
                Preference.AUTO_CANCEL,
                str(count),
                chosen=chat.auto_cancel_minutes == count,
            )
        ]
        for count in options.auto_cancel
    ]
    return Screen(
        lines(
            html(_("⏱ <b>Cancel a number that gets no SMS?</b>")),
            html(_("I look for a code once more before I cancel, and show you what came back to your balance.")),
        ),
        [[off], *rows, _back(words)],
    )


def _low_balance(words: Words, chat: Chat, options: Options) -> Screen:
    _ = words.gettext
    off = _choice(_("No alert"), Preference.LOW_BALANCE, NONE, chosen=chat.low_balance is None)
    keys = [
        _choice(words.money(Decimal(amount)), Preference.LOW_BALANCE, str(amount), chosen=chat.low_balance == amount)
        for amount in options.low_balance
    ]
    now = html(_("Now: below {amount}."), amount=words.money(chat.low_balance)) if chat.low_balance is not None else None
    return Screen(
        lines(
            html(_("💰 <b>Below which balance shall I warn you?</b>")),
            now,
            html(_("I warn you once, and again only after it was above. Choose, or type an amount:")),
        ),
        [[off], *_in_rows(keys, AMOUNTS_IN_A_ROW), _back(words)],
    )


def _choice(label: str, preference: Preference, value: str, *, chosen: bool) -> InlineKeyboardButton:
    """Make a button for one choice; the present one is marked with a word's sign that screen readers read."""
    return button(f"✓ {label}" if chosen else label, ChooseSetting(preference, value))


def _in_rows(keys: Sequence[InlineKeyboardButton], length: int) -> Rows:
    return [keys[start : start + length] for start in range(0, len(keys), length)]


def _back(words: Words) -> list[InlineKeyboardButton]:
    return [button(words.gettext("‹ Settings"), ShowSettings())]
