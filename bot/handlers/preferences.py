"""`/settings` and `/forget`: what the user decides about the bot, up to being forgotten."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from telegram.ext import BaseHandler

from bot.commands import publish_for
from bot.handlers.turn import Parts, Turn, command, tap
from bot.screens import farewell
from bot.screens import preferences as screens
from bot.screens.callbacks import ChooseSetting, Forget, ShowChoices, ShowSettings
from bot.services.amounts import parse_amount
from bot.services.errors import NotFound
from bot.services.preferences import Preference

AWAITING_AMOUNT = "low balance"
"""What the next message is taken for, in at most 16 characters."""


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List the handlers of this journey."""
    return [
        command(parts, "settings", lambda turn, _text: show(turn)),
        command(parts, "forget", lambda turn, _text: forget(turn, Forget(0))),
        tap(parts, ShowSettings, lambda turn, _tapped: show(turn)),
        tap(parts, ShowChoices, choices),
        tap(parts, ChooseSetting, choose),
        tap(parts, Forget, forget),
    ]


async def show(turn: Turn) -> None:
    """List the settings."""
    await turn.show(screens.settings(turn.words, turn.chat, turn.parts.preferences.options))


async def choices(turn: Turn, tapped: ShowChoices) -> None:
    """Show what there is to choose for one setting; an amount may be typed as well."""
    try:
        preference = Preference(tapped.name)
    except ValueError:
        raise NotFound from None
    screen = screens.choices(turn.words, preference, turn.chat, turn.parts.preferences.options, tapped.page)
    if screen is None:
        raise NotFound
    if preference is Preference.LOW_BALANCE:
        await turn.parts.accounts.await_message(turn.chat_id, AWAITING_AMOUNT)
    await turn.show(screen)


async def choose(turn: Turn, tapped: ChooseSetting) -> None:
    """Keep a choice and show the list with it, in the language that was chosen."""
    preference = await turn.parts.preferences.choose(turn.chat_id, tapped.name, tapped.value)
    turn = await _anew(turn)
    await show(turn)
    if preference is Preference.LANGUAGE:
        await publish_for(turn.parts.bot, turn.words, turn.chat_id, chosen=turn.chat.chosen_language is not None, admin=turn.is_admin)


async def _anew(turn: Turn) -> Turn:
    """Read the chat again after a change."""
    chat = await turn.parts.accounts.chat(turn.chat_id)
    return replace(turn, chat=chat, words=turn.parts.languages.words(chat.speaks))


def awaits_amount(turn: Turn) -> bool:
    """Whether the chat's next message may be the balance below which to warn."""
    return turn.chat.awaiting == AWAITING_AMOUNT


async def take_amount(turn: Turn, text: str) -> bool:
    """Warn below the balance that was typed; False where the message is no amount, so that it can be taken for a product's name."""
    await turn.parts.accounts.await_message(turn.chat_id, None)
    amount = parse_amount(text)
    if amount is None:
        return False
    await turn.parts.preferences.warn_below(turn.chat_id, amount)
    await show(await _anew(turn))
    return True


async def forget(turn: Turn, tapped: Forget) -> None:
    """Forget the chat, once the user knows what is lost with it."""
    if not tapped.confirmed:
        await turn.show(farewell.confirm(turn.words, await turn.parts.farewell.belongings(turn.chat_id)))
        return
    left = await turn.parts.farewell.forget(turn.chat_id)
    await turn.show(farewell.forgotten(turn.words, left))
    if turn.chat.chosen_language is not None:
        await publish_for(turn.parts.bot, turn.words, turn.chat_id, chosen=False, admin=turn.is_admin)
