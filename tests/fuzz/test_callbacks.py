"""Whatever a forged button carries: it is answered, nothing of others changes, and what no button of ours carries finds nothing."""

from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from bot.sandbox.server import Sandbox
from bot.screens import callbacks, callbacks_money
from bot.screens.callback import Callback, unpack
from tests.fuzz.engine import fuzz
from tests.fuzz.live import RICH, live
from tests.fuzz.texts import texts
from tests.support import bots
from tests.support.people import PATIENCE, Person

NAMED = vars(callbacks) | vars(callbacks_money)
WORDS = sorted(kind.word for kind in NAMED.values() if isinstance(kind, type) and issubclass(kind, Callback) and kind is not Callback)
TABLES = {
    "activation": "SELECT * FROM activation ORDER BY id",
    "chat": "SELECT * FROM chat WHERE id IN (1001, 1002) ORDER BY id",
    "sms": "SELECT * FROM sms ORDER BY id",
    "broadcast": "SELECT * FROM broadcast ORDER BY id",
    "broadcast_recipient": "SELECT * FROM broadcast_recipient",
}
TOKEN_BOB = "token-of-bob-0123456789"


def everything(directory: Path) -> dict[str, list[tuple[Any, ...]]]:
    return {table: bots.rows(directory, query) for table, query in TABLES.items()}


@st.composite
def forged(draw: st.DrawFn) -> str:
    """Give a button's data: any text, or a word of ours with ids that are not, or are, somebody's; `#n` stands for the n-th of them."""
    if draw(st.booleans()):
        return draw(st.one_of(texts(64), st.binary(min_size=1, max_size=64).map(lambda data: data.decode(errors="replace")), texts(300)))
    fields = st.one_of(
        st.sampled_from(["#0", "#1", "#2", "#0 ", "#0%", "'", "0", "1", "-1", "999999", "9999999", "", "in", "%", "\0"]), texts(20)
    )
    return ":".join([draw(st.sampled_from([*WORDS, "BUY", "buy ", ""])), *draw(st.lists(fields, max_size=3))])


FOUND = [("", "eve"), ("", "alice"), ("buy:#0", "alice"), ("void:#0", "eve"), ("cast:#2", "eve"), ("no:#1", "alice")]


async def test_forged_data_has_no_effect_on_anybody_else(
    sandbox: Sandbox, alice: Person, bob: Person, admin: Person, tmp_path: Path
) -> None:
    sandbox.provider.add_account(TOKEN_BOB, sandbox.provider.accounts["demo-token-alice"].balance, "Bob's")
    async with live(sandbox, tmp_path) as bot:

        async def furnish() -> None:
            await alice.connects(RICH)
            await bob.connects(TOKEN_BOB)
            await alice.buys("WhatsApp")
            await bob.is_offered("Google")
            admin.says("/broadcast hello")
            await admin.hears_nothing_more()

        await bot.during(furnish())
        await sandbox.telegram.until(
            lambda _: (
                bots.rows(bot.data, "SELECT count(*) FROM activation WHERE balance_after IS NOT NULL AND card_version = version") == [(1,)]
            )
        )
        before, money = everything(bot.data), len(sandbox.provider.ledger)
        ids = [row[0] for row in (*before["activation"], *before["broadcast"])]
        assert len(ids) == 3

        async def check(data: str, whose: str) -> None:
            for number, name in enumerate(ids):
                data = data.replace(f"#{number}", name)
            eve = bot.stranger()

            async def journey() -> None:
                first = eve.says("/start")
                await eve.sees("Hello, Eve")
                on = {"eve": eve.messages()[-1], "alice": alice.messages()[-1], "gone": {"message_id": 4_000_000}}[whose]
                query = eve.forges(data, on, chat_id=alice.id if whose == "alice" else eve.id)
                await sandbox.telegram.until(lambda telegram: telegram.queries[query].answer is not None, PATIENCE)
                if unpack(data) is None:
                    # A query about a message of another chat waits in that chat's line, beside Eve's own.
                    await eve.sees("not here any more", after=first["message_id"])
                await eve.hears_nothing_more()

            await bot.during(journey())
            assert everything(bot.data) == before
            assert len(sandbox.provider.ledger) == money
            assert not any(call.call in {"setStatus", "cancelNumber"} for call in sandbox.provider.calls)

        found = [{"data": data, "whose": whose} for data, whose in FOUND]
        await fuzz("callback data", check, examples=12, found=found, data=forged(), whose=st.sampled_from(["eve", "eve", "alice", "gone"]))
