"""What the journeys share: one clock for the bot, the provider and Telegram, and the production bot running in this process."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.server import Sandbox
from tests.support import bots
from tests.support.bots import Clock


@pytest.fixture
def clock() -> Clock:
    """Time for everybody; it can be moved forward."""
    return Clock()


@pytest.fixture
async def sandbox(clock: Clock) -> AsyncIterator[Sandbox]:
    """A fresh simulated Telegram and provider that live by the test's clock; no SMS comes by itself."""
    async with Sandbox(clock=clock) as running:
        running.provider.configure(auto_sms_after=None)
        yield running


@pytest.fixture(params=[1, 2], ids=["revision-1", "revision-2"])
def revision(request: pytest.FixtureRequest, sandbox: Sandbox) -> int:
    """Let the provider speak one of the two revisions of its API."""
    number: int = request.param
    sandbox.provider.configure(revision=number)
    return number


@pytest.fixture
async def bot(sandbox: Sandbox, tmp_path: Path, clock: Clock) -> AsyncIterator[None]:
    """Run the production bot as long as the test does."""
    async with bots.running(bots.settings(sandbox, tmp_path), clock):
        yield
