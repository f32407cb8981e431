"""Which country a number is from, where there are several: by name and flag, the ones used before first."""

from collections.abc import Callable, Sequence

from bot.locales import Words
from bot.screens.callback import Callback
from bot.screens.screen import Rows, button
from bot.services.spelling import plain

COUNTRIES_ON_A_PAGE = 24
"""Telegram takes at most 100 buttons in a message, and nobody scrolls through as many."""
_ONE_BELOW_THE_OTHER = 8
"""So many have a row each, where the longest name has room; more stand in two columns."""


def arranged(words: Words, codes: Sequence[str], used: Sequence[str]) -> list[str]:
    """Put the countries that were used before first; a list that needs pages is sorted by names, or nobody would find any."""
    rest = [code for code in codes if code not in used]
    if len(codes) > COUNTRIES_ON_A_PAGE:
        rest.sort(key=lambda code: plain(words.territory(code)))
    return [*(code for code in used if code in codes), *rest]


def country_rows(
    words: Words,
    codes: Sequence[str],
    page: int,
    *,
    choose: Callable[[str], Callback],
    turn: Callable[[int], Callback],
    chosen: str | None = None,
) -> Rows:
    """Make a page of buttons, counted from 0, for countries and for the neighbouring pages; the chosen country has a tick."""
    _ = words.gettext
    pages = -(-len(codes) // COUNTRIES_ON_A_PAGE)
    page = min(max(page, 0), pages - 1)
    shown = codes[page * COUNTRIES_ON_A_PAGE : (page + 1) * COUNTRIES_ON_A_PAGE]
    keys = [button(f"✓ {words.country(code)}" if code == chosen else words.country(code), choose(code)) for code in shown]
    turns = [button(_("‹ Previous"), turn(page - 1))] if page > 0 else []
    if page < pages - 1:
        turns.append(button(_("Next ›"), turn(page + 1)))
    columns = 1 if len(codes) <= _ONE_BELOW_THE_OTHER else 2
    return [*(keys[start : start + columns] for start in range(0, len(keys), columns)), turns]
