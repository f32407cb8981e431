"""The chat page as a person uses it: a real Chromium, what it shows, and what is wrong with how it looks."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from bot.sandbox.server import Sandbox

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ALICE = 1001
PHONE, DESKTOP = (390, 844), (1280, 860)
COLOURS: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PATIENCE = 15_000
"""Milliseconds after which something that must be shown is taken for missing."""
AUDIT = (Path(__file__).parent / "audit.js").read_text(encoding="utf-8")
SETTLED = """async () => {
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  const ending = document.getAnimations().filter(one => one.effect.getComputedTiming().endTime < 3000);
  await Promise.allSettled(ending.map(one => one.finished));
}"""
"""Messages rise into their place; a position on the way there is not where they are."""
TABS = 120
"""More presses of Tab than the page has places to stop at."""


def chromium_path() -> str | None:
    """Find a Chromium on this machine."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@asynccontextmanager
async def chromium(path: str) -> AsyncIterator[Browser]:
    """Run a browser until the block ends."""
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            await browser.close()


@dataclass(frozen=True)
class Chat:
    """The page with one person's chat open."""

    sandbox: Sandbox
    page: Page
    complaints: list[str] = field(default_factory=list)
    """What the console called an error, and what no script caught."""
    turns: Iterator[bool] = field(default_factory=lambda: cycle((True, False)))

    async def opens(self, person: int | str) -> None:
        """Open somebody's private chat, or a group through somebody's eyes: "1001/-4001"."""
        await self.page.goto(f"{self.sandbox.url}/#{person}")
        await expect(self.page.get_by_test_id("chat-menu")).to_be_visible(timeout=PATIENCE)

    async def starts(self) -> None:
        await self.page.get_by_test_id("start").click()
        await self.sees("Hello")

    async def writes(self, text: str) -> None:
        await self.page.get_by_test_id("composer").fill(text)
        await self.page.get_by_test_id("send").click()

    def messages(self, *texts: str) -> Locator:
        """The bot's messages that show all of the texts."""
        found = self.page.locator('[data-testid="message"][data-out="false"]')
        for text in texts:
            found = found.filter(has_text=text)
        return found

    async def sees(self, *texts: str) -> Locator:
        """Wait for a message of the bot with all of the texts; the newest counts."""
        found = self.messages(*texts).last
        await expect(found).to_be_visible(timeout=PATIENCE)
        return found

    async def sees_last(self, *texts: str) -> Locator:
        """Wait until the chat's very last message is one with all of the texts."""
        last = self.page.get_by_test_id("message").last
        for text in texts:
            await expect(last).to_contain_text(text, timeout=PATIENCE)
        return last

    def button(self, label: str, within: Locator | None = None) -> Locator:
        """The newest button under a message whose label holds the text."""
        return (within or self.page).locator(f'[data-testid="kb"][data-label*="{label}"]').last

    async def taps(self, label: str, within: Locator | None = None) -> None:
        await self.button(label, within).click(timeout=PATIENCE)

    async def copied(self) -> str:
        """What is on the clipboard."""
        return str(await self.page.evaluate("navigator.clipboard.readText()"))

    async def connects(self, token: str = "demo-token-alice") -> None:
        await self.writes(f"/token {token}")
        await self.sees("Connected.")

    async def is_offered(self, name: str) -> Locator:
        """Search a product and choose it, up to the card that asks."""
        last = self.page.get_by_test_id("message").last
        before = await last.get_attribute("data-message-id")
        await self.writes(name)
        # What an earlier search found may still be the last message, and would be tapped before the new one comes below it.
        await expect(last).not_to_have_attribute("data-message-id", str(before), timeout=PATIENCE)
        await self.sees_last(f"“{name}”")
        await self.taps(name)
        return await self.sees_last(f"Buy a number for {name}?")

    async def buys(self, name: str) -> Locator:
        """Buy a product; returns the number's card, wherever it moves in the chat."""
        offer = await self.is_offered(name)
        card = self.page.locator(f'[data-message-id="{await offer.get_attribute("data-message-id")}"]')
        await self.taps("Buy for", offer)
        await expect(card).to_contain_text("Waiting for the code", timeout=PATIENCE)
        return card

    async def reaches(self, selector: str, key: Literal["Tab", "Shift+Tab"] = "Tab") -> None:
        """Press a key until the focus is on what the selector names."""
        for _ in range(TABS):
            if await self.page.evaluate("selector => document.activeElement?.matches(selector) ?? false", selector):
                return
            await self.page.keyboard.press(key)
        raise AssertionError(f"{key} does not reach {selector}.")

    async def looks_right(self, name: str) -> None:
        """Fail with everything that is cut, too small, too wide, too faint or in another one's place, in both sizes.

        Colours change no places, so they take turns: a screen that is light on the telephone is dark on the desk.
        """
        for size, colours in zip((PHONE, DESKTOP), COLOURS if next(self.turns) else COLOURS[::-1], strict=True):
            await self.page.set_viewport_size({"width": size[0], "height": size[1]})
            await self.page.emulate_media(color_scheme=colours)
            await self.page.evaluate(SETTLED)
            faults = await self.page.evaluate(AUDIT)
            assert faults == [], f"{name}, {size[0]} px wide, {colours}:\n" + "\n".join(faults)
