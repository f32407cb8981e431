"""Every update finds the handler that is meant for it, and what Telegram shows of the bot is what it can do."""

from collections import Counter
from dataclasses import fields
from typing import Any

import pytest
from telegram import Update
from telegram.ext import CallbackQueryHandler, CommandHandler

from bot.commands import commands
from bot.handlers import JOURNEYS, fallback, handlers, token
from bot.locales import Languages
from bot.screens import callbacks
from bot.screens.callback import Callback
from tests.support.wired import Wired

KINDS: list[type[Any]] = [
    kind for kind in vars(callbacks).values() if isinstance(kind, type) and issubclass(kind, Callback) and kind is not Callback
]

ADMINS = {"admin", "broadcast", "stats", "health", "people", "mode", "invite", "usage"}
BY_HEART = {"admins", "audit", "ban", "unban", "limits", "write"}
"""Commands of admins that no list shows: what they do has buttons."""


def update(bot: Any, **body: Any) -> Update:
    made = Update.de_json({"update_id": 1, **body}, bot)
    assert made is not None
    return made


def tapped(data: str) -> dict[str, Any]:
    user = {"id": 1001, "is_bot": False, "first_name": "A"}
    return {"id": "1", "from": user, "chat_instance": "1", "data": data}


def test_what_the_others_leave_comes_last_and_tokens_come_before_searches() -> None:
    assert JOURNEYS[-1] is fallback
    assert JOURNEYS.index(token) < len(JOURNEYS) - 1
    assert len(set(JOURNEYS)) == len(JOURNEYS)


async def test_the_first_that_matches_takes_it(wired: Wired) -> None:
    """All handlers are in one group, where an update goes to one of them."""
    assert list(wired.bot.application.handlers) == [0]
    assert [type(handler) for handler in wired.bot.application.handlers[0]] == [type(handler) for handler in handlers(wired.bot.parts)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
async def test_every_button_has_one_handler_of_its_own_before_the_stale_ones(wired: Wired, kind: type[Any]) -> None:
    data = kind(*(1 if field.type in {int, "int"} else "abc" for field in fields(kind))).pack()
    made = update(wired.bot.application.bot, callback_query=tapped(data))
    taking = [handler for handler in handlers(wired.bot.parts) if isinstance(handler, CallbackQueryHandler) and handler.check_update(made)]
    assert len(taking) == 2
    assert [handler.pattern is None for handler in taking] == [False, True], "the last one answers whatever the others leave"


async def test_every_command_that_telegram_lists_is_handled_once(wired: Wired) -> None:
    words = Languages("INR").words("en")
    counted = Counter(name for handler in handlers(wired.bot.parts) if isinstance(handler, CommandHandler) for name in handler.commands)
    assert set(counted.values()) == {1}
    listed = {command.command for command in commands(words, admin=True)}
    assert listed | {"start", "menu"} | BY_HEART == set(counted)
    assert {command.command for command in commands(words)} == listed - ADMINS
    assert all(1 <= len(command.description) <= 256 for command in commands(words, admin=True))


async def test_every_handler_passes_over_what_is_not_meant_for_it(wired: Wired) -> None:
    before = len(wired.sandbox.telegram.ledger)
    for handler in handlers(wired.bot.parts):
        await handler.callback(Update(1), None)
    assert len(wired.sandbox.telegram.ledger) == before
