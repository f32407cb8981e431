"""Refusals of the Bot API, in Telegram's own words (tdlib/telegram-bot-api, `Client::fail_query_with_error`)."""

from typing import Any

Json = dict[str, Any]
"""An object of the Bot API as decoded JSON."""


class ApiError(Exception):
    """A Bot API call that ends in `{"ok": false, …}`.

    `code` is both the `error_code` and the HTTP status, `parameters` a ResponseParameters object or None,
    `reason` the description before Telegram's prefix and lower-casing, for use inside of other descriptions.
    """

    def __init__(self, code: int, description: str, parameters: Json | None = None, reason: str = "") -> None:
        """Keep what the answer will say."""
        super().__init__(f"{code} {description}")
        self.reason = reason or description
        self.code = code
        self.description = description
        self.parameters = parameters

    def as_json(self) -> Json:
        """Return the body of the answer."""
        body: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters is not None:
            body["parameters"] = self.parameters
        return body


def bad_request(text: str, parameters: Json | None = None) -> ApiError:
    """Return a 400 whose text is prefixed and lower-cased at its start as Telegram does it."""
    shouting = text[1:2] == "_" or text[1:2].isupper()
    return ApiError(400, "Bad Request: " + (text if shouting else text[:1].lower() + text[1:]), parameters, text)


def forbidden(text: str) -> ApiError:
    """Return a 403."""
    return ApiError(403, f"Forbidden: {text}")


def conflict(text: str) -> ApiError:
    """Return a 409."""
    return ApiError(409, f"Conflict: {text}")


def too_many_requests(retry_after: int) -> ApiError:
    """Return a 429 that asks to wait so many seconds."""
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after})
