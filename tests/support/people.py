"""People in tests: they write, tap what they see, and wait for what must come, never for a time."""

from dataclasses import dataclass
from typing import Any

from bot.sandbox.server import Sandbox
from bot.sandbox.telegram import Telegram

Message = dict[str, Any]
PATIENCE = 20.0
"""Seconds after which something that must come is taken for missing."""


@dataclass(frozen=True)
class Person:
    """A user in the simulated Telegram, in their private chat with the bot."""

    sandbox: Sandbox
    id: int

    @property
    def telegram(self) -> Telegram:
        return self.sandbox.telegram

    def says(self, text: str) -> Message:
        return self.telegram.send_text(self.id, text)

    def sends(self, **content: Any) -> Message:
        """Send something that is no plain text (a caption, a picture, formatting), as the Bot API describes a Message."""
        chat = self.telegram.chats[self.id]
        self.telegram.users[self.id].started = True
        message = self.telegram.store_message(chat, self.telegram.users[self.id].as_user(), content)
        self.telegram.push("message", message)
        return message

    def edits(self, message: Message, text: str) -> Message:
        return self.telegram.edit_text(self.id, message["message_id"], text)

    def forges(self, data: str, message: Message, chat_id: int | None = None) -> str:
        """Tap a button that Telegram never showed this user."""
        return self.telegram.forge_callback(self.id, self.id if chat_id is None else chat_id, message["message_id"], data)

    def data(self, label: str, message: Message) -> str:
        """Read what the button with that label carries."""
        buttons = self.telegram.buttons(self.id, message["message_id"])
        return next(str(button["callback_data"]) for button in buttons if label in button["text"])

    def history(self) -> list[str]:
        """Every text that the bot ever showed in the chat, before and after each edit, oldest first."""
        happenings = [happening.message for happening in self.telegram.chats[self.id].history if happening.message is not None]
        return [str(message.get("text", "")) for message in happenings if message["from"]["is_bot"]]

    async def hears_nothing_more(self) -> None:
        """Wait until the bot has handled everything that was sent before, in this chat's order."""
        sent = self.says("/help")
        await self.sees("How it works", after=sent["message_id"])

    def messages(self) -> list[Message]:
        """What the chat shows now, oldest first, the bot's messages only."""
        return [message for message in self.telegram.messages(self.id) if message["from"]["is_bot"]]

    async def sees(self, *texts: str, after: int = 0) -> Message:
        """Wait for a message of the bot that holds all of the texts; the newest of them counts."""

        def look(_telegram: Telegram) -> Message | None:
            shown = [m for m in self.messages() if m["message_id"] > after and all(text in m.get("text", "") for text in texts)]
            return shown[-1] if shown else None

        try:
            found = await self.telegram.until(look, timeout=PATIENCE)
        except TimeoutError:
            shown = "\n".join(repr(message.get("text")) for message in self.messages())
            raise AssertionError(f"{self.id} does not see {texts}; the chat shows:\n{shown}") from None
        assert found is not None
        return found

    def labels(self, message: Message) -> list[str]:
        return [button["text"] for row in message.get("reply_markup", {}).get("inline_keyboard", []) for button in row]

    async def taps(self, label: str, message: Message | None = None) -> Message:
        """Wait for a button whose label holds the text, on that message or on the newest that has one, and tap it."""

        def look(_telegram: Telegram) -> tuple[Message, str] | None:
            shown = [m for m in self.messages() if message is None or m["message_id"] == message["message_id"]]
            for candidate in reversed(shown):
                for row in candidate.get("reply_markup", {}).get("inline_keyboard", []):
                    for button in row:
                        if label in button["text"] and "callback_data" in button:
                            return candidate, button["callback_data"]
            return None

        try:
            found = await self.telegram.until(look, timeout=PATIENCE)
        except TimeoutError:
            raise AssertionError(f"{self.id} finds no button {label!r} on {[self.labels(m) for m in self.messages()]}") from None
        assert found is not None
        self.telegram.tap(self.id, self.id, found[0]["message_id"], found[1])
        return found[0]

    async def searches(self, text: str, *, offset: str = "", chat_id: int | None = None) -> tuple[str, Message]:
        """Type after the bot's name, in the chat with it or another one; return the query's id and what it was answered."""
        query_id = self.telegram.inline_query(self.id, text, offset, chat_id)
        try:
            answer = await self.telegram.until(lambda telegram: telegram.queries[query_id].answer, timeout=PATIENCE)
        except TimeoutError:
            raise AssertionError(f"{self.id} gets no answer to the inline query {text!r}") from None
        assert answer is not None
        return query_id, answer

    async def connects(self, token: str) -> None:
        self.says("/start")
        self.says(f"/token {token}")
        await self.sees("Connected.")

    async def is_offered(self, name: str) -> Message:
        """Search a product and choose it, up to the card that asks."""
        sent = self.says(name)
        await self.sees("product", after=sent["message_id"])
        await self.taps(name)
        return await self.sees("Buy a number for", after=sent["message_id"])

    async def buys(self, name: str) -> Message:
        """Buy a product and return the number's card."""
        offer = await self.is_offered(name)
        await self.taps("Buy for", offer)
        return await self.sees("Waiting for the code", after=offer["message_id"] - 1)
