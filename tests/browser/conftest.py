"""What the browser's tests share: one Chromium for each, and pages that complain about no error."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from playwright.async_api import Browser

from bot.sandbox.server import Sandbox
from tests.browser.support import ALICE, DESKTOP, Chat, chromium, chromium_path


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A Chromium of its own; the test is skipped without one, except where `CI_REQUIRE_BROWSER` is 1."""
    path = chromium_path()
    if path is None:
        if os.environ.get("CI_REQUIRE_BROWSER") == "1":
            pytest.fail("CI_REQUIRE_BROWSER is 1, but no Chromium was found.")
        pytest.skip("No Chromium was found.")
    async with chromium(path) as launched:
        yield launched


Opens = Callable[..., Awaitable[Chat]]


@pytest.fixture
async def open_chat(sandbox: Sandbox, browser: Browser) -> AsyncIterator[Opens]:
    """Open somebody's chat in a window of its own; an error on the console fails the test in the end."""
    opened: list[Chat] = []

    async def open_one(person: int | str = ALICE) -> Chat:
        context = await browser.new_context(
            viewport={"width": DESKTOP[0], "height": DESKTOP[1]},
            permissions=["clipboard-read", "clipboard-write"],
            reduced_motion="reduce",
        )
        chat = Chat(sandbox, await context.new_page())
        chat.page.on("pageerror", lambda error: chat.complaints.append(str(error)))
        chat.page.on("console", lambda said: chat.complaints.append(said.text) if said.type == "error" else None)
        opened.append(chat)
        await chat.opens(person)
        return chat

    yield open_one
    for chat in opened:
        await chat.page.context.close()
    assert [complaint for chat in opened for complaint in chat.complaints] == []


@pytest.fixture
async def chat(open_chat: Opens) -> Chat:
    """Alice's chat on a wide screen, with the provider's desk beside it."""
    return await open_chat()
