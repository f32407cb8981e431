"""Take the README's pictures anew, from the running sandbox with the production bot in it: `python -m tests.browser.pictures`."""

import asyncio
import os
import sys
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.async_api import Browser, ViewportSize, expect

from bot.sandbox.child import BotProcess
from bot.sandbox.demo import bot_environment
from bot.sandbox.server import Sandbox
from tests.browser.support import ALICE, DESKTOP, PATIENCE, PHONE, SETTLED, Chat, chromium, chromium_path
from tests.support.people import Person

BOB = 1002
DOCS = Path(__file__).resolve().parents[2] / "docs"
COLOURS = 256
SMS = "Your WhatsApp code: 482-913\n\nDon't share this code with others"


async def main() -> None:
    """Live the journeys, and take pictures on the way."""
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
                takes = _Camera(sandbox, browser)
                await _live(sandbox, takes)
                await _live_in_hindi(sandbox, takes)
                await _live_in_russian(sandbox, takes)
            finally:
                await sandbox.bot.stop()


@dataclass(frozen=True)
class _Camera:
    """Takes pictures of somebody's chat as it is at that moment."""

    sandbox: Sandbox
    browser: Browser

    async def phone(self, name: str, colours: Literal["light", "dark"], words: str, person: int = ALICE) -> None:
        """Take a telephone's screen once it shows the words."""
        await self._take(name, PHONE, colours, words, person, scale=2)

    async def desk(self, name: str, words: str) -> None:
        """Take the whole page."""
        await self._take(name, DESKTOP, "light", words, ALICE, scale=1)

    async def _take(
        self, name: str, size: tuple[int, int], colours: Literal["light", "dark"], words: str, person: int, *, scale: int
    ) -> None:
        viewport: ViewportSize = {"width": size[0], "height": size[1]}
        context = await self.browser.new_context(
            viewport=viewport, color_scheme=colours, device_scale_factor=scale, reduced_motion="reduce"
        )
        chat = Chat(self.sandbox, await context.new_page())
        await chat.opens(person)
        await expect(chat.messages(words).last).to_be_visible(timeout=PATIENCE)
        await chat.page.evaluate(SETTLED)
        taken = await chat.page.screenshot()
        await context.close()
        # A page has few colours, and a README is loaded by many.
        small = Image.open(BytesIO(taken)).convert("RGB").quantize(COLOURS, kmeans=4, dither=Image.Dither.NONE)
        small.save(DOCS / f"{name}.png", optimize=True)


async def _live(sandbox: Sandbox, takes: _Camera) -> None:
    bob, alice = Person(sandbox, BOB), Person(sandbox, ALICE)
    await bob.connects("demo-token-bob")
    await alice.connects("demo-token-alice")
    sent = alice.says("телеграм")
    await alice.sees("“телеграм”", after=sent["message_id"])
    sent = alice.says("watsap")
    await alice.sees("“watsap”", after=sent["message_id"])
    await takes.phone("find-light", "light", "“watsap”")
    await alice.taps("WhatsApp")
    offer = await alice.sees("Buy a number for WhatsApp?")
    await takes.phone("offer-dark", "dark", "Buy a number for WhatsApp?")
    await alice.taps("Buy for", offer)
    await alice.sees("Waiting for the code")
    sandbox.provider.send_sms(next(iter(sandbox.provider.activations.values())).number, SMS)
    await alice.sees("🔑 482913")
    await alice.sees("Code received")
    await takes.phone("chat-light", "light", "🔑 482913")
    await takes.desk("sandbox", "🔑 482913")
    await alice.buys("Telegram")
    await alice.buys("Google")
    sent = alice.says("/numbers")
    await alice.sees("3 active numbers", after=sent["message_id"])
    await takes.phone("numbers-dark", "dark", "3 active numbers")


async def _live_in_hindi(sandbox: Sandbox, takes: _Camera) -> None:
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
    await takes.phone("chat-hindi", "light", "🔑 482913", BOB)


async def _live_in_russian(sandbox: Sandbox, takes: _Camera) -> None:
    """Let them move to a client that speaks Russian."""
    sandbox.telegram.add_user(BOB, "Иван", language_code="ru")
    ivan = Person(sandbox, BOB)
    sent = ivan.says("/settings")
    await ivan.sees("Настройки", after=sent["message_id"])
    await takes.phone("settings-russian", "dark", "Настройки", BOB)


if __name__ == "__main__":
    asyncio.run(main())
