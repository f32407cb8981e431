"""The bot as a process that is killed, told to stop, or started with something wrong."""

import signal
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.server import BOT_TOKEN, Sandbox
from tests.support import bots
from tests.support.bots import Clock
from tests.support.people import Message, Person

pytestmark = pytest.mark.processes

CODE = "Your WhatsApp code: 123-456"


def sms(sandbox: Sandbox, text: str = CODE) -> None:
    sandbox.provider.send_sms(list(sandbox.provider.activations.values())[-1].number, text)


def asked(sandbox: Sandbox, call: str) -> int:
    return sum(entry.call == call and "after the effect" not in entry.outcome for entry in sandbox.provider.calls)


def activations(directory: Path) -> list[tuple[Any, ...]]:
    return bots.rows(directory, "SELECT state FROM activation")


async def called(sandbox: Sandbox, count: int) -> None:
    """Wait until Telegram has been called so many times in all."""
    await sandbox.telegram.until(lambda telegram: len(telegram.ledger) >= count, timeout=20)


async def sees_the_code_once(person: Person, card: Message) -> None:
    await person.sees("🔑 123456", CODE, after=card["message_id"])
    await person.sees("Code received", "123456")
    assert sum(CODE in message["text"] for message in person.messages()) == 1


async def test_a_kill_after_the_card_was_shown_loses_no_code(sandbox: Sandbox, alice: Person, tmp_path: Path) -> None:
    async with bots.process(bots.environment(sandbox, tmp_path), tmp_path) as process:
        await alice.connects("demo-token-alice")
        card = await alice.buys("WhatsApp")
        await process.kill()
        await process.start()
        sms(sandbox)
        await sees_the_code_once(alice, card)
    assert asked(sandbox, "getNumber") == 1


async def test_a_kill_before_the_card_was_shown_shows_it_after_the_restart(sandbox: Sandbox, alice: Person, tmp_path: Path) -> None:
    async with bots.process(bots.environment(sandbox, tmp_path), tmp_path) as process:
        await alice.connects("demo-token-alice")
        offer = await alice.is_offered("WhatsApp")
        sandbox.telegram.faults.add("editMessageText", kind="hang", count=100)
        await alice.taps("Buy for", offer)
        await sandbox.provider.until(lambda _: asked(sandbox, "getSms"), timeout=20)
        await process.kill()
        assert activations(tmp_path) == [("active",)]
        sandbox.telegram.faults.clear()
        await process.start()
        card = await alice.sees("Waiting for the code")
        assert card["message_id"] == offer["message_id"]
        sms(sandbox)
        await sees_the_code_once(alice, card)
    assert len(sandbox.provider.charges) == 1


async def test_a_code_that_comes_while_the_bot_is_down_is_pushed_after_the_restart(sandbox: Sandbox, alice: Person, tmp_path: Path) -> None:
    async with bots.process(bots.environment(sandbox, tmp_path), tmp_path) as process:
        await alice.connects("demo-token-alice")
        card = await alice.buys("WhatsApp")
        await process.kill()
        sms(sandbox)
        await process.start()
        await sees_the_code_once(alice, card)


async def test_a_kill_between_the_commit_of_a_code_and_its_push_pushes_it_after_the_restart(
    sandbox: Sandbox, alice: Person, tmp_path: Path
) -> None:
    async with bots.process(bots.environment(sandbox, tmp_path), tmp_path) as process:
        await alice.connects("demo-token-alice")
        card = await alice.buys("WhatsApp")
        held = sandbox.telegram.faults.add("sendMessage", kind="hang", count=100)
        sms(sandbox)
        await sandbox.provider.until(lambda _: held.struck, timeout=20)
        await process.kill()
        sandbox.telegram.faults.clear()
        await process.start()
        await sees_the_code_once(alice, card)


async def test_a_kill_while_the_provider_is_answering_a_purchase_is_told_as_doubt_then_by_the_balance_and_never_sent_again(
    sandbox: Sandbox, alice: Person, clock: Clock, tmp_path: Path
) -> None:
    async with bots.process(bots.environment(sandbox, tmp_path), tmp_path) as process:
        await alice.connects("demo-token-alice")
        offer = await alice.is_offered("WhatsApp")
        held = sandbox.provider.faults.add("buy", "hold_after", count=1)
        await alice.taps("Buy for", offer)
        await sandbox.provider.until(lambda _: held.struck, timeout=20)
        await process.kill()
        assert activations(tmp_path) == [("requested",)]
        held.release()
        await process.start()
        doubt = await alice.sees("otpbuddy gave no clear answer", "checking your balance")
        assert doubt["message_id"] == offer["message_id"]
        assert activations(tmp_path) == [("unknown",)]
        assert await process.end() == 0
    clock.advance(seconds=21)
    async with bots.running(bots.settings(sandbox, tmp_path), clock):
        await alice.sees("Charged, but no number was received", "₹500.00 → ₹461.50")
    assert len(sandbox.provider.charges) == 1
    assert asked(sandbox, "getNumber") == 1


async def test_a_tap_that_was_received_and_not_handled_is_handled_after_the_restart(
    sandbox: Sandbox, alice: Person, tmp_path: Path
) -> None:
    async with bots.process(bots.environment(sandbox, tmp_path), tmp_path) as process:
        await alice.connects("demo-token-alice")
        offer = await alice.is_offered("WhatsApp")
        held = sandbox.telegram.faults.add("answerCallbackQuery", kind="hang", count=100)
        await alice.taps("Buy for", offer)
        await sandbox.telegram.until(lambda _: held.struck, timeout=20)
        # Telegram forgets the update with the next request, which proves that it is stored.
        await sandbox.telegram.until(lambda telegram: not telegram.updates.pending(), timeout=20)
        await process.kill()
        assert asked(sandbox, "getNumber") == 0
        sandbox.telegram.faults.clear()
        await process.start()
        await alice.sees("Waiting for the code")
    assert len(sandbox.provider.charges) == 1
    assert asked(sandbox, "getNumber") == 1


async def test_kills_at_any_moment_of_a_purchase_never_charge_twice(sandbox: Sandbox, alice: Person, tmp_path: Path) -> None:
    async with bots.process(bots.environment(sandbox, tmp_path), tmp_path) as process:
        await alice.connects("demo-token-alice")
        offer = await alice.is_offered("WhatsApp")
        await alice.taps("Buy for", offer)
        for step in range(1, 5):
            until = len(sandbox.telegram.ledger) + step
            await called(sandbox, until)
            await process.kill()
            await process.start()
        settled = "SELECT state FROM activation WHERE state NOT IN ('offered', 'requested')"
        await sandbox.provider.until(lambda _: bots.rows(tmp_path, settled), timeout=30)
    assert bots.rows(tmp_path, settled) in ([("active",)], [("unknown",)])
    assert len(sandbox.provider.charges) <= 1
    assert asked(sandbox, "getNumber") <= 1


async def test_being_told_to_stop_ends_an_idle_bot_with_success(sandbox: Sandbox, alice: Person, tmp_path: Path) -> None:
    async with bots.process(bots.environment(sandbox, tmp_path), tmp_path) as process:
        alice.says("/start")
        await alice.sees("Hello, Alice")
        assert await process.end(signal.SIGTERM) == 0


async def test_being_told_to_stop_finishes_the_purchase_in_hand(sandbox: Sandbox, alice: Person, tmp_path: Path) -> None:
    async with bots.process(bots.environment(sandbox, tmp_path), tmp_path) as process:
        await alice.connects("demo-token-alice")
        offer = await alice.is_offered("WhatsApp")
        held = sandbox.provider.faults.add("buy", "hold_after", count=1)
        await alice.taps("Buy for", offer)
        await sandbox.provider.until(lambda _: held.struck, timeout=20)
        assert process.process is not None
        process.process.send_signal(signal.SIGTERM)
        # It has left its long poll, so it has heard the signal.
        await sandbox.telegram.until(lambda telegram: telegram.poller is None, timeout=20)
        held.release()
        assert await process.ended() == 0
        assert activations(tmp_path) == [("active",)]
        await alice.sees("Waiting for the code")


async def test_being_told_to_stop_hands_back_what_does_not_end_in_time(sandbox: Sandbox, alice: Person, tmp_path: Path) -> None:
    async with bots.process(bots.environment(sandbox, tmp_path), tmp_path) as process:
        await alice.connects("demo-token-alice")
        offer = await alice.is_offered("WhatsApp")
        held = sandbox.provider.faults.add("buy", "hold_after", count=1)
        await alice.taps("Buy for", offer)
        await sandbox.provider.until(lambda _: held.struck, timeout=20)
        assert await process.end(signal.SIGTERM) == 0
        assert activations(tmp_path) == [("requested",)]
        held.release()
        await process.start()
        await alice.sees("otpbuddy gave no clear answer")
    assert asked(sandbox, "getNumber") == 1


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"TELEGRAM_BOT_TOKEN": "100200300:CANARY-of-a-wrong-token-5e1f"}, "TELEGRAM_BOT_TOKEN"),
        ({"ADMIN_IDS": "@admin"}, "ADMIN_IDS"),
        ({"TELEGRAM_BOT_TOKEN": ""}, "TELEGRAM_BOT_TOKEN"),
        ({"DATABASE_URL": "mysql://root:CANARY-password@localhost/x"}, "DATABASE_URL"),
        ({"TOKEN_KEYS": "CANARY-key"}, "TOKEN_KEYS"),
    ],
)
async def test_a_wrong_setting_ends_the_process_with_one_sentence_that_quotes_no_secret(
    sandbox: Sandbox, tmp_path: Path, wrong: dict[str, str], named: str
) -> None:
    async with bots.process(bots.environment(sandbox, tmp_path, LOG_LEVEL="WARNING", **wrong), tmp_path) as process:
        assert await process.ended() == 2
    said = process.log.read_text()
    assert named in said
    assert said.strip().count("\n") == 0
    assert "Traceback" not in said
    assert "CANARY" not in said
    assert BOT_TOKEN.partition(":")[2] not in said


async def test_a_bot_that_finds_telegram_down_waits_for_it(sandbox: Sandbox, alice: Person, tmp_path: Path) -> None:
    down = sandbox.telegram.faults.add("getMe", kind="http_error", count=1)
    async with bots.process(bots.environment(sandbox, tmp_path), tmp_path) as process:
        alice.says("/start")
        await alice.sees("Hello, Alice")
        assert down.struck == 1
        assert await process.end(signal.SIGTERM) == 0
