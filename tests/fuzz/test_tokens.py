"""Whatever stands after `/token`: the message is deleted, and nothing is kept but what the provider accepted."""

from pathlib import Path

from hypothesis import strategies as st

from bot.sandbox.server import Sandbox
from tests.fuzz.engine import fuzz
from tests.fuzz.live import RICH, live
from tests.fuzz.texts import texts
from tests.support import bots

REST = 4096 - len("/token ")
INPUTS = st.one_of(
    texts(REST),
    st.builds(lambda before, after: f"{before} {RICH} {after}"[-REST:], texts(60), texts(60)),
    st.builds(lambda address: f"https://otpbuddy.xyz/v1/api/getBalance?token={RICH}&{address}"[:REST], texts(60)),
    st.sampled_from(
        [
            RICH,
            RICH * 20,
            RICH[:-1],
            RICH.upper(),
            f'"{RICH}"',
            f"{RICH}.",
            f"<b>{RICH}</b>",
            f"\u202e{RICH}\u202c",
            f"{RICH}\0",
            "x" * REST,
        ]
    ),
)


async def test_nothing_is_kept_that_the_provider_did_not_accept(sandbox: Sandbox, tmp_path: Path) -> None:
    async with live(sandbox, tmp_path) as bot:

        async def check(text: str, how: str) -> None:
            eve = bot.stranger()
            asked = len(sandbox.provider.calls)

            async def journey() -> int:
                eve.says("/start")
                await eve.sees("Hello, Eve")
                whole = text if how == "awaited" else f"/token {text}"
                if how == "awaited":
                    eve.says("/token")
                    await eve.sees("Send me your otpbuddy API token")
                entities = [] if how == "awaited" else [{"type": "bot_command", "offset": 0, "length": 6}]
                sent = eve.sends(text=whole, **({"entities": entities} if entities else {}))
                await eve.hears_nothing_more()
                return int(sent["message_id"])

            message_id = await bot.during(journey())
            accepted = [call for call in list(sandbox.provider.calls)[asked:] if call.call == "getBalance" and call.outcome == "200"]
            kept = bots.rows(bot.data, "SELECT token IS NOT NULL FROM chat WHERE id = ?", eve.id)
            assert kept == [(int(bool(accepted)),)]
            if how == "awaited" or text.strip():
                assert message_id not in sandbox.telegram.chats[eve.id].messages

        text = INPUTS.filter(lambda text: bool(text.strip()))
        await fuzz("/token", check, examples=12, text=text, how=st.sampled_from(["command", "awaited"]))
