"""Secrets that are looked for wherever they must not be, in every spelling."""

import base64
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import quote

from bot.sandbox.server import PEOPLE, Sandbox
from bot.sandbox.telegram import Telegram
from storage.vault import new_key

CHAT_TOKEN = "CANARY+chat/7d1f0c2b9e64a853=="
RENEWED_TOKEN = "CANARY-renewed-c4b2a1908f7e6d5c"
WRONG_TOKEN = "CANARY-wrong-0a9b8c7d6e5f4321"
BOT_TOKEN = "100200300:CANARY-bot-5b0d3c7a9f1e2468"
KEY = new_key()
SECRETS = (CHAT_TOKEN, RENEWED_TOKEN, WRONG_TOKEN, BOT_TOKEN, BOT_TOKEN.partition(":")[2], KEY)


def spellings(secret: str) -> Iterator[bytes]:
    """Every way in which a secret may hide: raw, URL-encoded, and base64 wherever in a longer text it began."""
    yield secret.encode()
    yield quote(secret, safe="").encode()
    yield quote(secret).encode()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for before in range(3):
            encoded = encode(b"\0" * before + secret.encode())
            # The first and last characters depend on the neighbours.
            yield encoded[4 if before else 0 : len(encoded) // 4 * 4 - 4]


def leaks(content: bytes) -> list[bytes]:
    return [spelling for secret in SECRETS for spelling in spellings(secret) if spelling in content]


def _now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def with_canaries(clock: Callable[[], datetime] = _now) -> AsyncIterator[Sandbox]:
    """Run a sandbox whose bot has the canary as its token, with an account at the provider that has the chat's."""
    telegram = Telegram(clock=clock, bot_token=BOT_TOKEN)
    for user_id, name, username in PEOPLE:
        telegram.add_user(user_id, name, username=username)
    async with Sandbox(clock=clock, telegram=telegram) as running:
        running.provider.configure(auto_sms_after=None)
        running.provider.add_account(CHAT_TOKEN, Decimal(500), "Canary")
        yield running
