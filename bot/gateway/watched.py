"""Requests to Telegram, of which somebody counts how many fail."""

from typing import Any, Protocol

from telegram.error import TelegramError
from telegram.request import HTTPXRequest
from typing_extensions import override

SERVERS_FAULT = 500
"""From this status on it was Telegram, or something on the way there, that failed; below, it answered."""


class Heard(Protocol):
    """Is told of each request when it ends."""

    def __call__(self, *, failed: bool) -> None:
        """Take note."""
        ...


class WatchedRequest(HTTPXRequest):
    """The library's requests; a refusal, a pause that Telegram asks for and a chat that cannot be written to are answers."""

    def __init__(self, heard: Heard, **options: Any) -> None:
        super().__init__(**options)
        self._heard = heard

    @override
    async def do_request(self, *args: Any, **options: Any) -> tuple[int, bytes]:
        try:
            status, body = await super().do_request(*args, **options)
        except TelegramError:
            self._heard(failed=True)
            raise
        self._heard(failed=status >= SERVERS_FAULT)
        return status, body
