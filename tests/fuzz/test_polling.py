"""A provider that answers anything at all, under a running bot: the bot lives, no number is lost, and the SMS arrives in the end."""

import functools
from pathlib import Path

from hypothesis import strategies as st

from bot.sandbox.server import Sandbox
from tests.fuzz.answers import Reply, replies
from tests.fuzz.engine import fuzz
from tests.fuzz.live import RICH, live
from tests.fuzz.raw import RawServer
from tests.fuzz.texts import texts
from tests.support import bots
from tests.support.bots import Clock

ANSWERS = st.lists(
    replies("sms").map(lambda reply: Reply(reply.pieces, "close", reply.http_status, reply.documents)), min_size=1, max_size=4
)


async def test_a_number_outlives_whatever_the_provider_answers(sandbox: Sandbox, tmp_path: Path) -> None:
    clock = Clock()
    server = RawServer(behind=sandbox.url)
    async with server.running(), live(sandbox, tmp_path, clock, OTPBUDDY_BASE_URL=f"{server.url}/v1/api") as bot:

        async def check(answers: list[Reply], text: str) -> None:
            eve = bot.stranger()
            server.only = "getSms"

            async def journey() -> None:
                await eve.connects(RICH)
                card = await eve.buys("WhatsApp")
                bought = list(sandbox.provider.activations.values())[-1]
                served = len(server.served)
                server.script.extend(answers)
                while server.script:
                    # The bot backs off from a provider like this, for minutes where it was asked to, so time has to pass.
                    clock.advance(seconds=5)
                    with clock.running(speed=30):
                        await server.until(functools.partial(server.has_served, len(server.served) + 1))
                (state,) = bots.rows(bot.data, "SELECT state FROM activation WHERE chat_id = ?", eve.id)
                assert state == ("active",) or any(reply.says_no or reply.http_status in {204, 205} for reply in server.served[served:])
                if any(reply.http_status in {401, 403} for reply in server.served[served:]):
                    eve.says(f"/token {RICH}")
                    await eve.sees("Connected.", after=card["message_id"])
                sandbox.provider.send_sms(bought.id, f"Your code is 918273 {text}")
                # What the provider said may end the number, even now, and it is asked for once more a little later.
                with clock.running(speed=30):
                    await eve.sees("918273", after=card["message_id"])

            await bot.during(journey())

        await fuzz("polls", check, examples=5, answers=ANSWERS, text=texts(1000))
