"""Chats that want a number cancelled when nothing comes."""

from typing import Any

from bot.services.holding import AutoCancel
from storage import chats
from storage.models import Activation
from tests.services.world import ALICE, World

MINUTES = 5


def auto_cancel(world: World) -> AutoCancel:
    return AutoCancel(world.database, world.life, world.clock)


async def wishes(world: World, chat_id: int = ALICE, **values: Any) -> None:
    async with world.database.writing() as session:
        await chats.change(session, chat_id, **values)


async def impatient(world: World, product_id: str = "wa", chat_id: int = ALICE) -> Activation:
    """Hold a number in a chat that gives up after five minutes."""
    await world.connected(chat_id)
    await wishes(world, chat_id, auto_cancel_minutes=MINUTES)
    return await world.holds(product_id, chat_id)
