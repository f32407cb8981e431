"""Take the README's pictures anew, from the running sandbox with the production bot in it: `python -m tests.browser.pictures`."""

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, expect

from bot.sandbox.child import BotProcess
from bot.sandbox.demo import bot_environment
from bot.sandbox.server import Sandbox
from tests.browser.support import ALICE, DESKTOP, PATIENCE, PHONE, SETTLED, Chat, chromium, chromium_path
from tests.support.people import Person

BOB = 1002
DOCS = Path(__file__).resolve().parents[2] / "docs"
SMS = "Your WhatsApp code: 482-913\n\nDon't share this code with others"


async def main() -> None:
    """Live the journey up to the pushed code, and take a picture of it in every light."""
    path = chromium_path()
    if path is None:
        raise SystemExit("No Chromium was found.")
    DOCS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        async with Sandbox() as sandbox, chromium(path) as browser:
            sandbox.provider.configure(auto_sms_after=None)
            sandbox.bot = BotProcess(
                [sys.executable, "-m", "bot", "run"], env=bot_environment(sandbox, Path(directory), os.environ), cwd=Path(directory)
            )
            await sandbox.bot.start()
            try:
                await sandbox.telegram.until(lambda telegram: telegram.poller, timeout=PATIENCE / 1000)
                await _live(sandbox)
                await _picture(sandbox, browser, "chat-light", PHONE, "light", scale=2)
                await _picture(sandbox, browser, "chat-dark", PHONE, "dark", scale=2)
                await _picture(sandbox, browser, "sandbox", DESKTOP, "light", scale=1)
                await _live_in_hindi(sandbox)
                await _picture(sandbox, browser, "chat-hindi", PHONE, "light", scale=2, person=BOB)
            finally:
                await sandbox.bot.stop()


async def _live(sandbox: Sandbox) -> None:
    bob, alice = Person(sandbox, BOB), Person(sandbox, ALICE)
    await bob.connects("demo-token-bob")
    await alice.connects("demo-token-alice")
    sent = alice.says("whatsapp")
    await alice.sees("“whatsapp”", after=sent["message_id"])
    await alice.taps("WhatsApp")
    await alice.taps("Buy for", await alice.sees("Buy a number for WhatsApp?"))
    await alice.sees("Waiting for the code")
    sandbox.provider.send_sms(next(iter(sandbox.provider.activations.values())).number, SMS)
    await alice.sees("🔑 482913")
    await alice.sees("Code received")


async def _live_in_hindi(sandbox: Sandbox) -> None:
    """Let the second person be somebody whose client speaks Hindi."""
    sandbox.telegram.add_user(BOB, "Asha", language_code="hi")
    asha = Person(sandbox, BOB)
    sent = asha.says("whatsapp")
    await asha.sees("“whatsapp”", after=sent["message_id"])
    await asha.taps("WhatsApp")
    await asha.taps("में खरीदें", await asha.sees("WhatsApp के लिए नंबर खरीदें?"))
    await asha.sees("कोड का इंतज़ार है")
    sandbox.provider.send_sms(list(sandbox.provider.activations.values())[-1].number, SMS)
    await asha.sees("🔑 482913")
    await asha.sees("कोड मिल गया")


async def _picture(
    sandbox: Sandbox,
    browser: Browser,
    name: str,
    size: tuple[int, int],
    colours: Literal["light", "dark"],
    *,
    scale: int,
    person: int = ALICE,
) -> None:
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=colours, device_scale_factor=scale, reduced_motion="reduce"
    )
    chat = Chat(sandbox, await context.new_page())
    await chat.opens(person)
    await expect(chat.messages("🔑 482913").last).to_be_visible(timeout=PATIENCE)
    await chat.page.evaluate(SETTLED)
    await chat.page.screenshot(path=DOCS / f"{name}.png")
    await context.close()


if __name__ == "__main__":
    asyncio.run(main())
