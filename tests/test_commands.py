"""What Telegram shows of the bot: commands for everybody, more of them for admins; without them it works all the same."""

import json
import logging
from typing import Any

import pytest

from bot.commands import publish
from bot.locales import Languages
from bot.sandbox.server import ADMIN_ID
from bot.sandbox.telegram import FaultKind
from tests.support.people import Person
from tests.support.wired import Wired, wired

__all__ = ["wired"]

WORDS = Languages("INR").words("en")


def named(wired: Wired) -> list[tuple[str, list[str]]]:
    """List the calls that set commands: their scope, and the commands."""
    calls = [call.params for call in wired.sandbox.telegram.ledger if call.method == "setMyCommands" and call.ok]
    return [(_decoded(call["scope"])["type"], [command["command"] for command in _decoded(call["commands"])]) for call in calls]


def _decoded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


async def test_everybody_sees_the_commands_and_admins_one_more(wired: Wired, admin: Person) -> None:
    await wired.says(admin, "/start")
    await publish(wired.bot.application.bot, WORDS, frozenset({ADMIN_ID}))
    (everybody, common), (one_chat, more) = named(wired)
    assert (everybody, one_chat) == ("default", "chat")
    assert more == [*common, "broadcast"]
    assert {"buy", "numbers", "balance", "history", "token", "logout", "help"} == set(common)
    methods = [call.method for call in wired.sandbox.telegram.ledger]
    assert {"setMyDescription", "setMyShortDescription"} <= set(methods)


@pytest.mark.parametrize("kind", [FaultKind.CUT, FaultKind.BAD_REQUEST])
async def test_commands_that_cannot_be_registered_are_only_logged(
    wired: Wired, admin: Person, caplog: pytest.LogCaptureFixture, kind: FaultKind
) -> None:
    await wired.says(admin, "/start")
    wired.sandbox.telegram.faults.add("setMyCommands", kind=kind)
    await publish(wired.bot.application.bot, WORDS, frozenset({ADMIN_ID}))
    assert [record.levelno for record in caplog.records if record.name == "bot.commands"] == [logging.WARNING]
    assert [scope for scope, _ in named(wired)] == ["chat"]


async def test_an_admin_whose_commands_are_refused_is_only_logged(wired: Wired, admin: Person, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await wired.says(admin, "/start")
    wired.sandbox.telegram.faults.add("setMyCommands", kind=FaultKind.BAD_REQUEST, description="chat not found", chat_id=None, count=2)
    await publish(wired.bot.application.bot, WORDS, frozenset({ADMIN_ID}))
    assert [record.levelno for record in caplog.records if record.name == "bot.commands"] == [logging.WARNING, logging.INFO]
