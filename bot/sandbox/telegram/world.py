"""The simulated Telegram as one object: Bot API calls from one side, people on the other, a ledger in between."""

import asyncio
import copy
from collections.abc import Callable
from typing import Any, TypeVar

from bot.sandbox.telegram import (
    methods_bot,
    methods_chats,
    methods_edit,
    methods_media,
    methods_queries,
    methods_send,
    methods_webhook,
)
from bot.sandbox.telegram.errors import ApiError, Json, conflict
from bot.sandbox.telegram.faults import Fault
from bot.sandbox.telegram.params import Params
from bot.sandbox.telegram.records import Call
from bot.sandbox.telegram.users import Users

Handler = Callable[[Any, Params], Any]
METHODS: dict[str, Handler] = {
    **methods_bot.METHODS,
    **methods_chats.METHODS,
    **methods_edit.METHODS,
    **methods_media.METHODS,
    **methods_queries.METHODS,
    **methods_send.METHODS,
    **methods_webhook.METHODS,
}
_BY_LOWER_CASE = {name.lower(): name for name in METHODS}
_LONGEST_POLL = 50
_DUMPED_CALLS = 12
_DUMPED_TEXT = 300
T = TypeVar("T")


def _unknown(_: Any, __: Params) -> Any:
    raise ApiError(404, "Not Found: method not found")


class Telegram(Users):
    """Telegram in the sandbox, see `State` for the constructor's arguments."""

    def call(self, method: str, params: Params) -> Any:
        """Do one Bot API call (not getUpdates) and return its result; method names ignore case as Telegram's do.

        Raises ApiError for a refusal. Either way the call is in the ledger.
        """
        name = _BY_LOWER_CASE.get(method.lower(), method)
        try:
            result = METHODS.get(name, _unknown)(self, params)
        except ApiError as error:
            self.record(name, params, error)
            raise
        self.record(name, params, None, result)
        return copy.deepcopy(result)

    def strike(self, method: str, params: Params) -> Fault | None:
        """Return the fault that strikes a call, or None."""
        fault = self.faults.strike(method, params.text("chat_id"))
        if fault is not None:
            self.changed.fire()
        return fault

    def record(self, method: str, params: Params, error: ApiError | None, result: Any = None) -> None:
        """Write a call into the ledger."""
        message_id = result.get("message_id") if isinstance(result, dict) else None
        shown = params.for_ledger()
        code, description = (error.code, error.description) if error else (None, None)
        self.ledger.append(Call(self.clock(), method, shown, error is None, code, description, message_id))
        self.changed.fire()

    async def get_updates(self, params: Params) -> list[Json]:
        """Do getUpdates: wait up to `timeout` seconds for updates; a second poller ends the first with a 409."""
        if self.webhook.url:
            raise conflict("can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
        allowed = params.strings("allowed_updates")
        if allowed is not None:
            self.updates.allowed = allowed
        self.updates.confirm(params.integer("offset"))
        limit = min(max(params.integer("limit", 100), 1), 100)
        seconds = min(max(params.integer("timeout"), 0), _LONGEST_POLL)
        mine = self.poller = object()
        self.changed.fire()
        try:
            async with asyncio.timeout(seconds):
                while not len(self.updates):
                    await self.changed.wait()
                    self._check_poller(mine)
        except TimeoutError:
            pass
        finally:
            if self.poller is mine:
                self.poller = None
                self.changed.fire()
        return self.updates.take(limit)

    def _check_poller(self, mine: object) -> None:
        if self.webhook.url:
            raise conflict("terminated by setWebhook request")
        if self.poller is not mine:
            raise conflict("terminated by other getUpdates request; make sure that only one bot instance is running")

    def messages(self, chat_id: int) -> list[Json]:
        """Return the messages that are in a chat now, oldest first."""
        return copy.deepcopy(list(self.chats[chat_id].messages.values()))

    def last_message(self, chat_id: int) -> Json:
        """Return the newest message of a chat; raises LookupError when there is none."""
        messages = self.messages(chat_id)
        if not messages:
            raise LookupError(f"Chat {chat_id} is empty.")
        return messages[-1]

    async def until(self, predicate: Callable[["Telegram"], T | None], timeout: float = 10) -> T:
        """Return what the predicate returns as soon as it is true, looking again after every change.

        Raises TimeoutError that shows the last calls when that takes longer than `timeout` seconds.
        """
        try:
            async with asyncio.timeout(timeout):
                while True:
                    found = predicate(self)
                    if found:
                        return found
                    await self.changed.wait()
        except TimeoutError as error:
            raise TimeoutError(f"Not within {timeout} s. The last calls were:\n{self.dump()}") from error

    async def until_message(self, chat_id: int, *, containing: str = "", after: int = 0, timeout: float = 10) -> Json:
        """Return the first message of the bot after `after` (a message_id) whose text or caption contains a string."""

        def find(telegram: "Telegram") -> Json | None:
            for message in telegram.messages(chat_id):
                text = message.get("text") or message.get("caption") or ""
                mine = message["from"]["id"] == telegram.bot["id"]
                if mine and message["message_id"] > after and containing in text:
                    return message
            return None

        return await self.until(find, timeout)

    def dump(self) -> str:
        """Return the last calls, one in a line, for people."""
        lines = []
        for call in self.ledger[-_DUMPED_CALLS:]:
            outcome = "ok" if call.ok else f"{call.error_code} {call.description}"
            lines.append(f"  {call.method} {call.params} → {outcome}"[:_DUMPED_TEXT])
        return "\n".join(lines) or "  (none)"
