"""Delivery of updates to the bot's webhook: in order for each chat, side by side for different ones, until accepted."""

import asyncio
from collections.abc import Callable

import httpx

from bot.sandbox.telegram.errors import Json
from bot.sandbox.telegram.world import Telegram

_ANSWER_WITHIN_SECONDS = 60.0
_LONGEST_WAIT_SECONDS = 30.0


def wait_before_retry(failures: int) -> float:
    """Return the seconds to wait after so many failures in a row: 0.5, 1, 2 … 30."""
    return float(min(_LONGEST_WAIT_SECONDS, 2.0 ** (failures - 2)))


class WebhookDelivery:
    """Posts pending updates while a webhook is set. Belongs to the event loop in which `start` is called."""

    def __init__(self, telegram: Telegram, backoff: Callable[[int], float]) -> None:
        """Deliver what waits in `telegram`, with `backoff` seconds after each failure."""
        self._telegram = telegram
        self._backoff = backoff
        self._loop: asyncio.Task[None] | None = None
        self._in_flight: dict[str, asyncio.Task[None]] = {}

    def start(self) -> None:
        """Begin to deliver, unless that is going on already."""
        if self._loop is None or self._loop.done():
            self._loop = asyncio.create_task(self._run(), name="sandbox-webhook")

    async def stop(self) -> None:
        """End the delivery; what was not accepted stays pending."""
        tasks = [task for task in (self._loop, *self._in_flight.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        async with httpx.AsyncClient(timeout=_ANSWER_WITHIN_SECONDS, trust_env=False) as client:
            while self._telegram.webhook.url:
                self._start_posts(client)
                await self._telegram.changed.wait()
            for task in self._in_flight.values():
                task.cancel()

    def _start_posts(self, client: httpx.AsyncClient) -> None:
        for update in self._telegram.updates.pending():
            key = chat_key(update)
            if key not in self._in_flight and len(self._in_flight) < self._telegram.webhook.max_connections:
                self._in_flight[key] = asyncio.create_task(self._post_until_accepted(client, key, update))

    async def _post_until_accepted(self, client: httpx.AsyncClient, key: str, update: Json) -> None:
        failures = 0
        try:
            while True:
                problem = await self._post(client, update)
                if problem is None:
                    self._telegram.updates.remove([update])
                    return
                failures += 1
                self._telegram.webhook.last_error = problem
                self._telegram.webhook.last_error_at = self._telegram.clock()
                self._telegram.changed.fire()
                await asyncio.sleep(self._backoff(failures))
        finally:
            del self._in_flight[key]
            self._telegram.changed.fire()

    async def _post(self, client: httpx.AsyncClient, update: Json) -> str | None:
        """Post one update; return None when it was accepted, else what getWebhookInfo says of it."""
        webhook = self._telegram.webhook
        headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret_token} if webhook.secret_token else {}
        try:
            response = await client.post(webhook.url, json=update, headers=headers)
        except httpx.TimeoutException:
            return "Read timeout expired"
        except httpx.ConnectError:
            return "Connection refused"
        except httpx.HTTPError:
            return "Connection closed"
        if response.is_success:
            return None
        return f"Wrong response from the webhook: {response.status_code} {response.reason_phrase}"


def chat_key(update: Json) -> str:
    """Return what orders an update: its chat, or its user, or itself."""
    for kind, body in update.items():
        if isinstance(body, dict):
            message = body.get("message", body)
            place = message.get("chat") or body.get("from") or {"id": kind}
            return str(place["id"])
    return str(update["update_id"])
