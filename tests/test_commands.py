"""What Telegram shows of the bot in every language: commands, more of them for admins; without them it works all the same."""

import logging

import pytest

from bot.commands import commands, publish
from bot.locales import Languages
from bot.sandbox.server import ADMIN_ID
from bot.sandbox.telegram import FaultKind
from bot.sandbox.telegram.methods_bot import commands_for, text_for
from storage import chats
from tests.support.people import Person
from tests.support.wired import Wired, wired

__all__ = ["wired"]

LANGUAGES = Languages("INR")
SPEAKERS = {2001: "en", 2002: "hi", 2003: "ru", 2004: "fr"}
GROUP = -4001


async def published(wired: Wired) -> None:
    await publish(wired.bot.application.bot, LANGUAGES, [ADMIN_ID], wired.bot.parts.accounts.language)


def made(wired: Wired, prefix: str = "set") -> list[str]:
    return [call.method for call in wired.sandbox.telegram.ledger if call.method.startswith(f"{prefix}My") and call.ok]


async def test_everybody_sees_the_commands_in_their_language(wired: Wired) -> None:
    telegram = wired.sandbox.telegram
    for user_id, code in SPEAKERS.items():
        telegram.add_user(user_id, code, language_code=code)
    telegram.add_group(GROUP, "Friends", list(SPEAKERS))
    await published(wired)
    for user_id, code in SPEAKERS.items():
        words = LANGUAGES.words(code)
        assert commands_for(telegram, user_id) == [command.to_dict() for command in commands(words)]
        assert text_for(telegram, "short_description", code) == words.gettext(
            "Phone numbers from otpbuddy, and their one-time passwords the moment they arrive."
        )
    assert len({text_for(telegram, "description", code) for code in SPEAKERS.values()}) == 3
    assert commands_for(telegram, GROUP) == [], "the bot works in private chats only"


@pytest.mark.parametrize("code", LANGUAGES.codes)
def test_telegram_takes_what_the_bot_says_of_itself(code: str) -> None:
    """https://core.telegram.org/bots/api#botcommand; the simulated Telegram refuses descriptions that are too long."""
    for command in commands(LANGUAGES.words(code), admin=True):
        assert 3 <= len(command.description) <= 256


async def test_admins_see_more_commands_in_the_language_that_they_chose(wired: Wired, admin: Person) -> None:
    await wired.says(admin, "/start")
    async with wired.bot.database.writing() as session:
        await chats.change(session, ADMIN_ID, chosen_language="ru")
    await published(wired)
    shown = commands_for(wired.sandbox.telegram, ADMIN_ID)
    assert shown == [command.to_dict() for command in commands(LANGUAGES.words("ru"), admin=True)]
    running = ["admin", "broadcast", "stats", "health", "people", "mode", "invite", "usage"]
    assert [command["command"] for command in shown][-len(running) :] == running
    assert not set(running) & {command.command for command in commands(LANGUAGES.words("ru"))}


async def test_what_telegram_shows_already_is_not_sent_again(wired: Wired, admin: Person) -> None:
    await wired.says(admin, "/start")
    await published(wired)
    sent = made(wired)
    assert len(sent) == 3 * len(LANGUAGES.codes) + 1
    await published(wired)
    assert made(wired) == sent


@pytest.mark.parametrize("kind", [FaultKind.CUT, FaultKind.BAD_REQUEST])
async def test_commands_that_cannot_be_registered_are_only_logged(
    wired: Wired, admin: Person, caplog: pytest.LogCaptureFixture, kind: FaultKind
) -> None:
    await wired.says(admin, "/start")
    wired.sandbox.telegram.faults.add("setMyCommands", kind=kind)
    await published(wired)
    assert [record.levelno for record in caplog.records if record.name == "bot.commands"] == [logging.WARNING]
    assert made(wired).count("setMyCommands") == len(LANGUAGES.codes), "the other languages' and the admin's"


async def test_an_admin_whose_commands_are_refused_is_only_logged(wired: Wired, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    times = 1 + len(LANGUAGES.codes)
    wired.sandbox.telegram.faults.add("setMyCommands", kind=FaultKind.BAD_REQUEST, description="chat not found", count=times)
    await published(wired)
    levels = [record.levelno for record in caplog.records if record.name == "bot.commands"]
    assert levels == [logging.WARNING] * len(LANGUAGES.codes) + [logging.INFO]
