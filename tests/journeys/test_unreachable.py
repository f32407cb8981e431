"""Chats that cannot be written to, and groups that move: retries end, and what was missed is shown at the next /start."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.sandbox.server import Sandbox
from tests.support import bots
from tests.support.bots import Clock
from tests.support.people import Person

pytestmark = pytest.mark.usefixtures("bot")
LIFETIME = 1200
GROUP, SUPERGROUP = -5001, -1001234567890
Way = Callable[[Sandbox, Person], None]


def blocks(sandbox: Sandbox, person: Person) -> None:
    sandbox.telegram.block(person.id)


def blocks_silently(sandbox: Sandbox, person: Person) -> None:
    """As after an update that got lost: nobody told the bot."""
    sandbox.telegram.users[person.id].blocked = True


def deletes_the_account(sandbox: Sandbox, person: Person) -> None:
    sandbox.telegram.deactivate(person.id)


def is_not_found(sandbox: Sandbox, person: Person) -> None:
    sandbox.telegram.faults.add("*", kind="bad_request", count=10_000, chat_id=person.id, description="chat not found")


WAYS: list[Way] = [blocks, blocks_silently, deletes_the_account, is_not_found]


def comes_back(sandbox: Sandbox, person: Person) -> None:
    sandbox.telegram.faults.clear()
    known = sandbox.telegram.users[person.id]
    known.deactivated = False
    if sandbox.telegram.chats[person.id].bot_status == "kicked":
        sandbox.telegram.unblock(person.id)
    known.blocked = False


def knocks(sandbox: Sandbox, person: Person) -> int:
    """How often the bot tried in vain to write or draw something there."""
    return sum(not call.ok and str(call.chat_id) == str(person.id) for call in sandbox.telegram.ledger)


async def polled_on(sandbox: Sandbox, times: int = 3) -> None:
    """Wait for more questions for SMS: whatever the first of them brought has been tried to be told by then."""

    def asked() -> int:
        return sum(call.call == "getSms" for call in sandbox.provider.calls)

    so_far = asked()
    await sandbox.provider.until(lambda _: asked() >= so_far + times)


async def others_go_on(bob: Person) -> None:
    """Let somebody hold a number, so that the provider goes on being asked and whoever waits for a row looks again."""
    await bob.connects("demo-token-bob")
    await bob.buys("Discord")


async def gone(sandbox: Sandbox, directory: Path, person: Person) -> None:
    unreachable = "SELECT 1 FROM chat WHERE id = ? AND unreachable_at IS NOT NULL"
    await sandbox.provider.until(lambda _: bots.rows(directory, unreachable, person.id), timeout=20)


@pytest.mark.parametrize("goes", WAYS)
async def test_a_code_waits_for_a_chat_that_cannot_be_written_to(sandbox: Sandbox, alice: Person, tmp_path: Path, goes: Way) -> None:
    await alice.connects("demo-token-alice")
    card = await alice.buys("WhatsApp")
    await alice.sees("→ ₹461.50", after=card["message_id"] - 1)
    goes(sandbox, alice)
    sandbox.provider.send_sms(next(iter(sandbox.provider.activations.values())).number, "Your WhatsApp code: 123-456")
    await gone(sandbox, tmp_path, alice)
    await polled_on(sandbox)
    assert knocks(sandbox, alice) <= 1
    assert bots.rows(tmp_path, "SELECT count(*), count(delivered_at) FROM sms") == [(1, 0)]
    comes_back(sandbox, alice)
    sent = alice.says("/start")
    await alice.sees("What would you like to do?", after=sent["message_id"])
    await alice.sees("🔑 123456", "Your WhatsApp code", after=card["message_id"])
    await alice.sees("Code received")
    assert sum("123-456" in text for text in alice.history()) == 1


@pytest.mark.parametrize("goes", WAYS)
async def test_a_card_is_brought_up_to_date_at_the_next_start(
    sandbox: Sandbox, alice: Person, bob: Person, clock: Clock, tmp_path: Path, goes: Way
) -> None:
    await alice.connects("demo-token-alice")
    card = await alice.buys("WhatsApp")
    await alice.sees("→ ₹461.50", after=card["message_id"] - 1)
    goes(sandbox, alice)
    clock.advance(seconds=LIFETIME)
    await others_go_on(bob)
    await sandbox.provider.until(lambda _: bots.rows(tmp_path, "SELECT 1 FROM activation WHERE state = 'expired'"), timeout=20)
    await gone(sandbox, tmp_path, alice)
    assert knocks(sandbox, alice) <= 1
    comes_back(sandbox, alice)
    alice.says("/start")
    shown = await alice.sees("Time is over, no code came", "₹38.50 came back")
    assert shown["message_id"] == card["message_id"]


@pytest.mark.parametrize("goes", WAYS)
async def test_a_broadcast_counts_who_is_gone_and_reaches_who_came_back(
    sandbox: Sandbox, admin: Person, alice: Person, bob: Person, tmp_path: Path, goes: Way
) -> None:
    await others_go_on(bob)
    alice.says("/start")
    await alice.sees("Hello, Alice")
    admin.says("/start")
    goes(sandbox, alice)
    if goes is blocks:
        await gone(sandbox, tmp_path, alice)
    admin.says("/broadcast First news")
    await admin.taps("Send to", await admin.sees("Send it?"))
    if goes is blocks:
        await admin.sees("Sent", "2 of 2 chats", "Delivered: 2")
    else:
        await admin.sees("Sent", "3 of 3 chats", "Delivered: 2", "Blocked the bot: 1")
    assert knocks(sandbox, alice) == (0 if goes is blocks else 1)
    await gone(sandbox, tmp_path, alice)
    sent = admin.says("/broadcast Second news")
    await admin.taps("Send to", await admin.sees("Send it?", after=sent["message_id"]))
    await admin.sees("Sent", "2 of 2 chats", after=sent["message_id"])
    comes_back(sandbox, alice)
    sent = alice.says("/start")
    await alice.sees("Not connected yet", after=sent["message_id"])
    sent = admin.says("/broadcast Third news")
    await admin.taps("Send to", await admin.sees("Send it?", "3 chats", after=sent["message_id"]))
    await alice.sees("Third news")
    assert not any("First news" in text or "Second news" in text for text in alice.history())


async def test_an_answer_follows_a_group_that_becomes_a_supergroup_and_nothing_is_kept_of_either(
    sandbox: Sandbox, alice: Person, tmp_path: Path
) -> None:
    sandbox.telegram.add_group(GROUP, "Friends", [alice.id])
    held = sandbox.telegram.faults.add("sendMessage", kind="hold", chat_id=GROUP)
    sandbox.telegram.send_text(alice.id, "/help@otpbuddy_bot", GROUP)
    await sandbox.telegram.until(lambda _: held.struck)
    sandbox.telegram.migrate_group(GROUP, SUPERGROUP)
    held.release()
    await sandbox.telegram.until(lambda telegram: any("private" in m.get("text", "") for m in telegram.messages(SUPERGROUP)), timeout=20)
    tries = [call for call in sandbox.telegram.ledger if call.method == "sendMessage"]
    assert [(str(call.chat_id), call.ok) for call in tries] == [(str(GROUP), False), (str(SUPERGROUP), True)]
    await alice.hears_nothing_more()
    assert bots.rows(tmp_path, "SELECT id FROM chat WHERE id < 0") == []
    assert bots.rows(tmp_path, "SELECT count(*) FROM chat") == [(1,)]
