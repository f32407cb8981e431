"""A real browser on the chat page, for the tests of the page."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.sandbox.server import Sandbox

playwright = pytest.importorskip("playwright.async_api", reason="Playwright is not installed.")

_NAMES = ("chromium", "chromium-browser", "google-chrome")
BROWSER = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
# Without a sandbox of its own (tests may run as root), and silent towards the rest of the world.
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

needs_browser = [pytest.mark.browser, pytest.mark.skipif(BROWSER is None, reason="No Chromium was found.")]
expect = playwright.expect


@asynccontextmanager
async def open_chat(sandbox: Sandbox, path: str = "/#1001") -> AsyncIterator[Any]:
    """Yield a Playwright page that shows an empty chat; a script error on it fails the test in the end."""
    errors: list[str] = []
    async with playwright.async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=BROWSER, args=list(_ARGUMENTS))
        context = await browser.new_context(viewport={"width": 1280, "height": 860}, permissions=["clipboard-read", "clipboard-write"])
        page = await context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        await page.goto(sandbox.url + path)
        await page.get_by_test_id("start").wait_for()
        yield page
        await browser.close()
    assert errors == []
