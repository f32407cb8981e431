"""The web process's endpoints: updates from Telegram, and how it is doing for whoever watches over it."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.gateway.webhook import Webhook
from storage import census
from storage.census import Census
from storage.database import Database
from storage.models import State
from storage.updates import is_outage

logger = logging.getLogger(__name__)

READY_WITHIN = 3.0
"""Seconds in which the database has to answer."""


def application(webhook: Webhook, database: Database, clock: Callable[[], datetime]) -> Starlette:
    """Put the endpoints together: `/telegram`, `/healthz`, `/readyz` and `/metrics`."""

    async def healthz(_request: Request) -> Response:
        """Answer at all: a process that is deaf has ended."""
        return PlainTextResponse("ok\n")

    async def readyz(_request: Request) -> Response:
        """Tell whether updates can be stored now."""
        return PlainTextResponse("ok\n") if await _counted(database) is not None else _away()

    async def metrics(_request: Request) -> Response:
        counted = await _counted(database)
        return Response(exposition(counted, clock()), media_type=CONTENT_TYPE_LATEST) if counted is not None else _away()

    return Starlette(routes=[webhook.route, Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)])


def _away() -> Response:
    return PlainTextResponse("the database is away\n", status_code=503)


async def _counted(database: Database) -> Census | None:
    """Count, or give None where the database is away."""
    try:
        async with asyncio.timeout(READY_WITHIN):
            return await census.take(database)
    except Exception as error:
        if not is_outage(error):
            raise
        logger.error("the database is away: %s", type(error).__name__)  # noqa: TRY400 - an outage, not a bug.
        return None


def exposition(counted: Census, now: datetime) -> bytes:
    """Write the counts in the text format that Prometheus reads; they are of the whole bot, whichever process is asked."""
    registry = CollectorRegistry()

    def gauge(name: str, meaning: str, value: float) -> None:
        Gauge(f"otpbuddy_bot_{name}", meaning, registry=registry).set(value)

    gauge("chats", "Chats that ever wrote to the bot.", counted.chats)
    gauge("chats_connected", "Chats with an otpbuddy account.", counted.connected)
    gauge("chats_unreachable", "Chats that cannot be written to.", counted.unreachable)
    states = Gauge("otpbuddy_bot_activations", "Purchases by state.", ["state"], registry=registry)
    for state in State:
        states.labels(state=state.value).set(counted.activations.get(state, 0))
    gauge("sms_undelivered", "SMS that are still to be pushed.", counted.undelivered)
    oldest = counted.oldest_undelivered_at
    gauge("sms_undelivered_seconds", "Age of the oldest of them.", (now - oldest).total_seconds() if oldest is not None else 0.0)
    gauge("updates_unhandled", "Updates that are stored and not handled.", counted.unhandled)
    gauge("broadcast_recipients_waiting", "Chats that a broadcast has not been sent to yet.", counted.recipients_waiting)
    gauge("processes", "Processes that share the database.", counted.processes)
    return generate_latest(registry)
