"""Whatever Telegram sends: the bot lives, every private text is answered, and nothing of one chat reaches another."""

import asyncio
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from bot.sandbox.server import Sandbox
from tests.fuzz import updates
from tests.fuzz.engine import fuzz
from tests.fuzz.live import Live, live
from tests.sandbox.telegram_spec import needs_spec
from tests.support import bots
from tests.support.people import PATIENCE

Json = Any
SENDS = {"sendMessage", "editMessageText", "sendChatAction", "deleteMessage", "editMessageReplyMarkup"}


async def settled(bot: Live, *pushed: Json) -> None:
    """Push updates, and wait until a stranger who wrote after them was answered, and all of them were handled."""
    for update in pushed:
        bot.sandbox.telegram.push_update(update)
    await bot.during(bot.stranger().hears_nothing_more())
    await bot.during(nothing_is_left(bot))


async def nothing_is_left(bot: Live) -> None:
    """Wait until every update is marked as handled."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if bots.rows(bot.data, "SELECT count(*) FROM update_receipt WHERE handled_at IS NULL") == [(0,)]:
                return
            await asyncio.sleep(0.01)  # Nobody is told of a mark.


def only_to(bot: Live, since: int, allowed: set[int]) -> None:
    """Everything that was sent went to somebody whom the updates name, or to a stranger who asked for help."""
    for call in bot.calls(since):
        if call.method in SENDS and "How it works" not in str(call.params.get("text")):
            assert int(call.params["chat_id"]) in allowed, call


@needs_spec
async def test_the_bot_survives_every_update_that_the_specification_allows(sandbox: Sandbox, tmp_path: Path) -> None:
    async with live(sandbox, tmp_path) as bot:

        async def check(batch: list[Json]) -> None:
            since = len(sandbox.telegram.ledger)
            await settled(bot, *batch)
            only_to(bot, since, updates.ids(batch))

        await fuzz("specified updates", check, examples=15, batch=st.lists(updates.specified(), min_size=1, max_size=6))


async def test_every_private_text_is_answered_to_its_writer_alone(sandbox: Sandbox, tmp_path: Path) -> None:
    async with live(sandbox, tmp_path) as bot:

        async def check(person: Json, messages: list[tuple[Json, Json]]) -> None:
            since = len(sandbox.telegram.ledger)
            stranger = bot.stranger()
            user = {"is_bot": False, "language_code": "en", **person, "id": stranger.id}
            chat = {"id": stranger.id, "type": "private", "first_name": user["first_name"]}
            for number, (head, content) in enumerate(messages):
                message = {"message_id": 100_000 + number, "date": 1, **head, "chat": chat, "from": user, **content}
                sandbox.telegram.push_update({"message": message})
            await bot.during(stranger.hears_nothing_more())
            assert len(stranger.messages()) >= len(messages) + 1, [message.get("text") for message in stranger.messages()]
            only_to(bot, since, {stranger.id})

        messages = st.lists(st.tuples(updates.HEADS, updates.contents()), min_size=1, max_size=5)
        await fuzz("private messages", check, examples=20, person=updates.PEOPLE, messages=messages)


async def test_the_bot_survives_updates_that_are_none(sandbox: Sandbox, tmp_path: Path) -> None:
    async with live(sandbox, tmp_path) as bot:

        async def check(batch: list[Json]) -> None:
            since = len(sandbox.telegram.ledger)
            await settled(bot, *batch)
            for call in bot.calls(since):
                assert int(call.params.get("chat_id", 0)) not in {1001, 1002}

        await fuzz(
            "broken updates",
            check,
            examples=20,
            found=[{"batch": [update]} for update in FOUND],
            batch=st.lists(updates.broken(), min_size=1, max_size=5),
        )


PRIVATE = {"id": 10**9, "type": "private"}
WRITER = {"id": 10**9, "is_bot": False, "first_name": "E"}
FOUND: list[Json] = [
    {"message": {"message_id": 1, "date": 2**63, "chat": PRIVATE, "from": WRITER, "text": "x"}},
    {
        "message": {
            "message_id": 1,
            "date": 0,
            "chat": PRIVATE,
            "from": WRITER,
            "location": {"latitude": 0, "longitude": 0, "live_period": 2**52 - 1},
        }
    },
    {"message": {"message_id": 1, "date": 0, "chat": {"id": [], "type": "private"}, "from": WRITER, "text": "x"}},
    {"message": {"message_id": 1, "date": 0, "chat": PRIVATE, "from": {**WRITER, "id": {}}, "text": "x"}},
    {"message": {"message_id": 1, "date": 0, "chat": PRIVATE, "from": {**WRITER, "language_code": 5}, "text": "x"}},
    {"my_chat_member": {"chat": [], "from": [], "date": 0}},
]
"""Updates that once ended the bot or left somebody without an answer."""
