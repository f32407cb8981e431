"""Receiving updates by webhook: 200 is said only when one is safely stored, so that Telegram keeps what is not.

Telegram sends the secret that `setWebhook` named in a header with every update (https://core.telegram.org/bots/api#setwebhook), and sends
an update again until it is answered with a status of 200.
"""

import asyncio
import hashlib
import hmac
import json
import logging

from pydantic import SecretStr
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.gateway.receipt import Intake, Raw, is_update
from storage.updates import is_outage

logger = logging.getLogger(__name__)

PATH = "/telegram"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
LARGEST = 1024 * 1024
"""Bytes. A message holds 4096 characters and 100 buttons, so an update is far smaller."""
BODY_WITHIN = 10.0
"""Seconds in which a body has to arrive."""


def secret_of(bot_token: SecretStr) -> str:
    """Make the webhook's secret: every process of a bot knows it without being told, and it does not tell the token."""
    return hmac.new(bot_token.get_secret_value().encode(), b"otpbuddy-bot webhook", hashlib.sha256).hexdigest()


class Webhook:
    """The endpoint that Telegram posts updates to."""

    def __init__(self, intake: Intake, secret: str, *, body_within: float = BODY_WITHIN) -> None:
        self._intake = intake
        self._secret = secret.encode()
        self._body_within = body_within
        self._unclear: set[int] = set()
        """Updates that may have been stored although the database did not say so, and that Telegram will send again."""

    @property
    def route(self) -> Route:
        """The endpoint's place."""
        return Route(PATH, self.receive, methods=["POST"])

    async def receive(self, request: Request) -> Response:
        """Store one update and hand it on; nothing of a request is read before its secret is found right."""
        given = request.headers.get(HEADER, "")
        if not hmac.compare_digest(given.encode(errors="replace"), self._secret):
            return Response(status_code=403)
        body = await _body(request, self._body_within)
        if isinstance(body, Response):
            return body
        update = _parsed(body)
        if update is None:
            logger.error("Telegram sent what is no update (%d bytes)", len(body))
            return Response(status_code=400)
        try:
            new = await self._intake.store([update], attempt=2 if update["update_id"] in self._unclear else 1)
        except Exception as error:
            if not is_outage(error):
                raise
            self._unclear.add(update["update_id"])
            logger.error("the database is away, Telegram is to send the update again: %s", type(error).__name__)  # noqa: TRY400 - no bug.
            return Response(status_code=503, headers={"Retry-After": "1"})
        self._unclear.discard(update["update_id"])
        await self._intake.hand_on(new)
        return Response(status_code=200)


async def _body(request: Request, within: float) -> bytes | Response:
    """Read the body; a response where it is too large, too slow or cut off."""
    announced = request.headers.get("Content-Length", "")
    if announced.isdecimal() and int(announced) > LARGEST:
        return Response(status_code=413)
    body = bytearray()
    try:
        async with asyncio.timeout(within):
            async for chunk in request.stream():
                body += chunk
                if len(body) > LARGEST:
                    return Response(status_code=413)
    except TimeoutError:
        return Response(status_code=408)
    except ClientDisconnect:
        return Response(status_code=400)
    return bytes(body)


def _parsed(body: bytes) -> Raw | None:
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return update if is_update(update) else None
