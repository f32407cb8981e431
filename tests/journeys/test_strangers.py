"""Forged and stale taps, and texts from outside that try to be more than texts."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.provider.records import Offer
from bot.sandbox.server import Sandbox
from tests.support import bots
from tests.support.people import Person

pytestmark = pytest.mark.usefixtures("bot")

TABLES = {
    "activation": "SELECT id, chat_id, state, version, provider_id FROM activation ORDER BY id",
    "chat": "SELECT id, token, balance FROM chat ORDER BY id",
    "sms": "SELECT * FROM sms ORDER BY id",
    "broadcast": "SELECT id, state, version FROM broadcast ORDER BY id",
    "broadcast_recipient": "SELECT * FROM broadcast_recipient",
}
RTL = "\u202e"


def everything(directory: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Read what no stranger may change."""
    return {table: bots.rows(directory, query) for table, query in TABLES.items()}


@pytest.mark.parametrize("word", ["buy", "no", "card", "ask", "void", "keep", "done", "more"])
async def test_a_tap_that_names_another_chats_number_finds_nothing_and_changes_nothing(
    sandbox: Sandbox, alice: Person, bob: Person, tmp_path: Path, word: str
) -> None:
    await alice.connects("demo-token-alice")
    await bob.connects("demo-token-bob")
    await alice.buys("WhatsApp")
    offer = await alice.is_offered("Google")
    await sandbox.telegram.until(lambda _: bots.rows(tmp_path, "SELECT count(*) FROM activation WHERE balance_after IS NOT NULL") == [(1,)])
    before, money = everything(tmp_path), len(sandbox.provider.ledger)
    mine = bob.messages()[-1]
    ids = [activation_id for activation_id, *_ in before["activation"]]
    assert len(ids) == 2
    for activation_id in ids:
        last = bob.messages()[-1]["message_id"]
        bob.forges(f"{word}:{activation_id}", mine)
        bob.forges(f"{word}:{activation_id}", offer, chat_id=alice.id)
        # Each tap has its turn among the updates of the chat that it names.
        await bob.hears_nothing_more()
        await alice.hears_nothing_more()
        told = [message["text"] for message in bob.messages() if message["message_id"] > last]
        assert word == "no" or any("not here any more" in text for text in told)
    assert everything(tmp_path) == before
    assert len(sandbox.provider.ledger) == money
    assert not any(call.call in {"setStatus", "cancelNumber"} for call in sandbox.provider.calls)


GARBAGE = [
    ":",
    "buy",
    "buy:",
    "buy:a:b",
    "void:' OR 1=1 --",
    "shop:-1:x",
    "shop:99999999999:x",
    "bye:7:7",
    "cast",
    "\x00\x01",
    "🔑" * 16,
    "x" * 64,
    "old:format:1",
]


async def test_stale_and_garbled_buttons_are_answered_and_change_nothing(sandbox: Sandbox, alice: Person, tmp_path: Path) -> None:
    await alice.connects("demo-token-alice")
    await alice.buys("WhatsApp")
    await sandbox.telegram.until(lambda _: bots.rows(tmp_path, "SELECT count(*) FROM activation WHERE balance_after IS NOT NULL") == [(1,)])
    before = everything(tmp_path)
    on = alice.messages()[0]
    queries = [alice.forges(data, on) for data in GARBAGE]
    await sandbox.telegram.until(lambda telegram: all(telegram.queries[query].answer is not None for query in queries))
    await alice.hears_nothing_more()
    [shown] = [message for message in alice.messages() if message["message_id"] == on["message_id"]]
    assert "not here any more" in shown["text"], "in place, however often"
    assert everything(tmp_path) == before
    assert len(sandbox.provider.charges) == 1


async def test_a_query_that_is_too_old_to_be_answered_still_has_its_effect(sandbox: Sandbox, alice: Person) -> None:
    await alice.connects("demo-token-alice")
    offer = await alice.is_offered("WhatsApp")
    sandbox.telegram.faults.add(
        "answerCallbackQuery", kind="bad_request", description="query is too old and response timeout expired or query ID is invalid"
    )
    await alice.taps("Buy for", offer)
    await alice.sees("Waiting for the code")
    assert len(sandbox.provider.charges) == 1


HOSTILE = [
    "<b>bold</b> & <a href='tg://user?id=1'>link</a> &lt; code 123456",
    "*bold* _italic_ `{braces}` {0} %s %(x)s [link](http://example.com) code 123456",
    f"{RTL}654321 edoc\u200b\u200d code 123456 \ufeff",
    "'; DROP TABLE sms; -- code 123456",
    "🇮🇳👨‍👩‍👧‍👦 code 123456",
]


@pytest.mark.parametrize("text", HOSTILE)
async def test_an_sms_is_shown_literally_whatever_is_in_it(sandbox: Sandbox, alice: Person, text: str) -> None:
    await alice.connects("demo-token-alice")
    card = await alice.buys("WhatsApp")
    sandbox.provider.send_sms(next(iter(sandbox.provider.activations.values())).number, text)
    pushed = await alice.sees(text.strip(), after=card["message_id"])
    assert {entity["type"] for entity in pushed["entities"]} <= {"code", "blockquote", "bold", "url", "phone_number"}
    assert not any(entity["type"] == "text_link" for entity in pushed["entities"])
    await alice.sees("Code received")


async def test_an_sms_of_ten_thousand_characters_is_shortened_and_its_code_comes_first(sandbox: Sandbox, alice: Person) -> None:
    await alice.connects("demo-token-alice")
    card = await alice.buys("WhatsApp")
    text = ("Your WhatsApp code: 123-456 " + "&<>👍" * 2500)[:10_000]
    sandbox.provider.send_sms(next(iter(sandbox.provider.activations.values())).number, text)
    pushed = await alice.sees("🔑 123456", "Your WhatsApp code", after=card["message_id"])
    assert pushed["text"].startswith("🔑 123456")
    assert len(pushed["text"].encode("utf-16-le")) // 2 <= 4096
    assert "…" in pushed["text"]


@pytest.mark.parametrize("name", ["<b>Evil</b> & {name} %s", f"{RTL}live\u200b", "_*`[", "N" * 3000, "<" * 3000, "👨‍👩‍👧‍👦" * 40])
async def test_a_product_is_sold_whatever_its_name_is(sandbox: Sandbox, alice: Person, name: str) -> None:
    sandbox.provider.set_products([Offer("evil", name, Decimal("1.50"))])
    await alice.connects("demo-token-alice")
    sent = alice.says("/buy")
    listed = await alice.sees("1 product", after=sent["message_id"])
    await alice.taps("₹1.50", listed)
    offer = await alice.sees("Buy a number for", name[:10].strip(), after=sent["message_id"])
    await alice.taps("Buy for", offer)
    await alice.sees("Waiting for the code", name[:10].strip())
    sandbox.provider.send_sms(next(iter(sandbox.provider.activations.values())).number, "Your code is 123456")
    await alice.sees("🔑 123456", name[:10].strip(), after=offer["message_id"])
    sent = alice.says("/history")
    await alice.sees("1 purchase", name[:10].strip(), after=sent["message_id"])


async def test_a_user_is_greeted_literally_whatever_their_name_is(sandbox: Sandbox) -> None:
    name = f"<b>Eve</b> & {{name}} %s {RTL}🇮🇳"
    sandbox.telegram.add_user(1066, name)
    eve = Person(sandbox, 1066)
    eve.says("/start")
    await eve.sees(f"Hello, {name}!")


async def test_one_who_sends_without_end_is_slowed_down_and_nobody_else_notices(sandbox: Sandbox, alice: Person, bob: Person) -> None:
    alice.says("/start")
    await alice.sees("Hello, Alice")
    for _ in range(1000):
        alice.says("x")
    bob.says("/start")
    await bob.sees("Hello, Bob")
    await alice.sees("too fast")
    assert sum("too fast" in text for text in alice.history()) == 1
