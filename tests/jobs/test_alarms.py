"""Admins are told of what is wrong once, and once when it is over, whatever Telegram does meanwhile."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from bot.otpbuddy import OtpbuddyError
from bot.sandbox.server import ADMIN_ID, Sandbox
from bot.sandbox.telegram import FaultKind
from bot.services.admin.alarms import QUIET
from tests.support.people import Person
from tests.support.wired import Wired, wire

FAILS = "otpbuddy does not answer as it should: 5 of 6 calls"


def heard(person: Person) -> list[str]:
    """Read what an admin was told of alarms."""
    return [message["text"].splitlines()[0] for message in person.messages() if message["text"].startswith(("🚨 Alarm", "✅ All clear"))]


async def sweep(wired: Wired) -> None:
    await wired.bot.alarm_teller.sweep()
    await wired.bot.alarm_teller.drain()


async def ask(wired: Wired, person: Person, times: int = 1) -> None:
    """Let the provider be asked for a balance."""
    for _ in range(times):
        with suppress(OtpbuddyError):
            await wired.bot.parts.accounts.balance(person.id)


async def provider_fails(wired: Wired, alice: Person) -> None:
    await wired.connected(alice)
    wired.sandbox.provider.faults.add("getBalance", "http", count=5)
    await ask(wired, alice, 5)


async def provider_heals(wired: Wired, alice: Person, after: timedelta = QUIET) -> None:
    wired.clock.ahead += after
    await ask(wired, alice)


async def test_a_provider_that_is_down_is_told_once_and_so_is_its_coming_back(wired: Wired, alice: Person, admin: Person) -> None:
    await wired.says(admin, "/start")
    await sweep(wired)
    assert heard(admin) == []
    await provider_fails(wired, alice)
    for _ in range(3):
        await sweep(wired)
    [told] = [message for message in admin.messages() if message["text"].startswith("🚨 Alarm")]
    assert FAILS in told["text"]
    await wired.taps(admin, wired.data(told, "Health"), told)
    assert "1 alarm is on" in admin.messages()[-1]["text"]
    await provider_heals(wired, alice, timedelta(minutes=4))
    await sweep(wired)
    assert heard(admin) == ["🚨 Alarm"], "it stays, and is not over yet"
    await provider_heals(wired, alice, QUIET)
    for _ in range(3):
        await sweep(wired)
    assert heard(admin) == ["🚨 Alarm", "✅ All clear: otpbuddy answers again."]
    assert "was on for 9 min" in admin.messages()[-1]["text"]


async def test_all_admins_are_told_each_in_their_language(wired: Wired, alice: Person, bob: Person, admin: Person) -> None:
    await wired.says(admin, "/start")
    bob.telegram.users[bob.id].language_code = "ru"
    await wired.says(bob, "/start")
    await wired.says(admin, f"/admins {bob.id}")
    await provider_fails(wired, alice)
    await sweep(wired)
    assert heard(admin) == ["🚨 Alarm"]
    assert bob.messages()[-1]["text"].startswith("🚨 Тревога")
    assert not [message for message in alice.messages() if "🚨" in message["text"]]


async def test_an_alarm_that_telegram_does_not_take_is_told_later(wired: Wired, alice: Person, bob: Person, admin: Person) -> None:
    """Who was told is not told again while another admin still has to be."""
    for person in (admin, bob):
        await wired.says(person, "/start")
    await wired.says(admin, f"/admins {bob.id}")
    await provider_fails(wired, alice)
    fault = wired.sandbox.telegram.faults.add("sendMessage", kind=FaultKind.HTTP_ERROR, count=2, chat_id=bob.id)
    await sweep(wired)
    assert (heard(admin), heard(bob)) == (["🚨 Alarm"], [])
    while fault.count:
        wired.clock.advance(seconds=60)
        await sweep(wired)
    wired.clock.advance(seconds=60)
    await sweep(wired)
    await sweep(wired)
    assert (heard(admin), heard(bob)) == (["🚨 Alarm"], ["🚨 Alarm"])


async def test_what_was_over_before_telegram_came_back_is_told_as_over(wired: Wired, alice: Person, admin: Person) -> None:
    await wired.says(admin, "/start")
    await provider_fails(wired, alice)
    wired.sandbox.telegram.faults.add("sendMessage", kind=FaultKind.HTTP_ERROR, chat_id=ADMIN_ID)
    await sweep(wired)
    assert heard(admin) == []
    await provider_heals(wired, alice)
    await sweep(wired)
    await sweep(wired)
    assert heard(admin) == ["✅ All clear: otpbuddy answers again."]


async def test_a_telegram_that_fails_is_told_when_it_answers_again(wired: Wired, alice: Person, admin: Person) -> None:
    await wired.says(admin, "/start")
    wired.sandbox.telegram.faults.add("sendMessage", kind=FaultKind.HTTP_ERROR, count=5, chat_id=alice.id)
    for _ in range(5):
        await wired.says(alice, "/help")
    await sweep(wired)
    assert "Telegram does not answer as it should: 5 of" in admin.messages()[-1]["text"]


@pytest.mark.parametrize("ids", ["", "4711"], ids=["without admins", "with one who never wrote"])
async def test_where_nobody_can_be_told_nothing_is_told_for_ever(sandbox: Sandbox, alice: Person, tmp_path: Path, ids: str) -> None:
    async with wire(sandbox, tmp_path, ADMIN_IDS=ids) as wired:
        await provider_fails(wired, alice)
        for _ in range(3):
            await sweep(wired)
        asked = [call for call in sandbox.telegram.ledger if str(call.params.get("chat_id")) == "4711" and call.method == "sendMessage"]
        assert len(asked) == (1 if ids else 0)


async def test_an_alarm_before_a_crash_is_told_after_it(sandbox: Sandbox, alice: Person, admin: Person, tmp_path: Path) -> None:
    async with wire(sandbox, tmp_path) as wired:
        await wired.says(admin, "/start")
        await provider_fails(wired, alice)
        sandbox.telegram.faults.add("sendMessage", kind=FaultKind.CUT, chat_id=ADMIN_ID)
        await sweep(wired)
        assert heard(admin) == []
    async with wire(sandbox, tmp_path, wired.clock) as again:
        await sweep(again)
        await sweep(again)
        assert heard(admin) == ["🚨 Alarm"]


async def test_an_sms_that_does_not_get_into_its_chat_is_an_alarm(wired: Wired, alice: Person, admin: Person) -> None:
    await wired.says(admin, "/start")
    await wired.bot.checkup.beat()
    await wired.bought(alice)
    [held] = await wired.bot.parts.statements.held(alice.id)
    wired.sandbox.telegram.faults.add("sendMessage", kind=FaultKind.BAD_REQUEST, count=9, chat_id=alice.id, description="something new")
    await wired.bot.parts.life.record(held.id, ["Your code is 123456"])
    await wired.bot.deliveries.drain()
    wired.clock.advance(minutes=2, seconds=30)
    await sweep(wired)
    told = admin.messages()[-1]["text"]
    assert "SMS do not get into their chats. Waiting: 1, the oldest for 2 min 30 sec" in told
    assert "123456" not in told
