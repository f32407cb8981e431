"""Rows for tests of the storage, made directly."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from storage import chats
from storage.database import Database
from storage.models import Activation, State

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CHAT = 1001


async def chat(database: Database, chat_id: int = CHAT, **values: Any) -> int:
    async with database.writing() as session:
        await chats.ensure(session, chat_id, "en", NOW)
        if values:
            await chats.change(session, chat_id, **values)
    return chat_id


async def activation(database: Database, activation_id: str = "a", **values: Any) -> str:
    """Write an activation of the chat, offered unless told otherwise."""
    filled: dict[str, Any] = {
        "id": activation_id,
        "chat_id": CHAT,
        "state": State.OFFERED,
        "product_id": "wa",
        "product_name": "WhatsApp",
        "country": "in",
        "price": Decimal("38.50"),
        "offered_at": NOW,
    }
    async with database.writing() as session:
        session.add(Activation(**(filled | values)))
    return activation_id


async def number(database: Database, activation_id: str, **values: Any) -> str:
    """Write an activation that is a number."""
    filled: dict[str, Any] = {
        "state": State.ACTIVE,
        "provider_id": f"p-{activation_id}",
        "purchased_at": NOW,
        "expires_at": NOW + timedelta(minutes=20),
        "requested_at": NOW,
    }
    return await activation(database, activation_id, **(filled | values))
