"""The production bot wired and not running: a test hands it what people did, update by update, and looks at what came of it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from telegram import Update

from bot import app
from bot.gateway.limiter import Limits
from bot.otpbuddy import Client
from bot.process import Bot
from bot.sandbox.server import Sandbox
from bot.services.pulse import Pulse
from storage import activations, chats
from storage.database import Database
from storage.models import Activation, Chat
from tests.support import bots
from tests.support.people import Message, Person
from tests.support.schema import sqlite_url


@dataclass
class Wired:
    """A bot whose updates are handled when the test says so, and whose jobs run when the test calls them."""

    sandbox: Sandbox
    bot: Bot
    clock: bots.Clock = field(default_factory=bots.Clock)

    async def handle(self) -> None:
        """Handle everything that people did, in order, and bring their chats up to date."""
        queue = self.sandbox.telegram.updates
        while pending := queue.pending():
            queue.remove(pending[:1])
            await self.bot.application.process_update(Update.de_json(pending[0], self.bot.application.bot))
        await self.bot.deliveries.drain()

    async def says(self, person: Person, text: str) -> list[Message]:
        """Let a person write, and return what the bot answered."""
        seen = {message["message_id"] for message in person.messages()}
        person.says(text)
        await self.handle()
        return [message for message in person.messages() if message["message_id"] not in seen]

    async def taps(self, person: Person, data: str, message: Message) -> None:
        """Let a person tap a button of a message, or forge one."""
        person.telegram.forge_callback(person.id, person.id, message["message_id"], data)
        await self.handle()

    async def chat(self, person: Person) -> Chat | None:
        async with self.bot.database.reading() as session:
            return await chats.get(session, person.id)

    async def activation(self, activation_id: str) -> Activation:
        async with self.bot.database.reading() as session:
            found = await activations.get(session, activation_id)
        assert found is not None
        return found

    async def connected(self, person: Person, token: str = "demo-token-alice") -> None:
        await self.says(person, "/start")
        assert "Connected." in (await self.says(person, f"/token {token}"))[-1]["text"]

    async def bought(self, person: Person, name: str = "WhatsApp") -> Message:
        """Connect and buy; returns the card."""
        await self.connected(person)
        found = (await self.says(person, name))[-1]
        await self.taps(person, self.data(found, name), found)
        offer = person.messages()[-1]
        await self.taps(person, self.data(offer, "Buy for"), offer)
        card = person.messages()[-1]
        assert "Waiting for the code" in card["text"]
        return card

    @staticmethod
    def data(message: Message, label: str) -> str:
        """Give what the first button carries whose label holds the text."""
        keys = [key for row in message["reply_markup"]["inline_keyboard"] for key in row]
        return str(next(key["callback_data"] for key in keys if label in key["text"]))


@asynccontextmanager
async def wire(
    sandbox: Sandbox, directory: Path, clock: bots.Clock | None = None, limits: Limits = bots.HURRIED, **settings: str
) -> AsyncIterator[Wired]:
    clock = clock or bots.Clock()
    configured = bots.settings(sandbox, directory, **settings)
    async with AsyncExitStack() as stack:
        assert configured.database_file is not None
        database = await stack.enter_async_context(Database(sqlite_url(configured.database_file)))
        pulse = Pulse(clock)
        client = await stack.enter_async_context(Client(configured.otpbuddy_base_url, clock=clock, heard=pulse.provider))
        bot = app.build(configured, database, client, clock=clock, limits=limits, pulse=pulse)
        await bot.application.initialize()
        stack.push_async_callback(bot.application.shutdown)
        stack.push_async_callback(bot.deliveries.drain)
        stack.push_async_callback(bot.notices.drain)
        stack.push_async_callback(bot.alarm_teller.drain)
        yield Wired(sandbox, bot, clock)


@pytest.fixture
async def wired(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Wired]:
    async with wire(sandbox, tmp_path) as bot:
        yield bot
