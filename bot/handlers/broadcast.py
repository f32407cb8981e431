"""`/broadcast`, for admins only: preview, confirm, send."""

import json
from collections.abc import Sequence
from typing import Any

from telegram import Message
from telegram.ext import BaseHandler

from bot.gateway.limiter import Priority
from bot.handlers.turn import Parts, Turn, command, tap
from bot.screens import broadcast as screens
from bot.screens.callbacks import SendBroadcast, StopBroadcast
from bot.screens.welcome import not_understood
from bot.services.errors import NotFound


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List the handlers of this journey."""
    return [command(parts, "broadcast", draft), tap(parts, SendBroadcast, send), tap(parts, StopBroadcast, stop)]


async def draft(turn: Turn, _text: str) -> None:
    """Show the message as its recipients will see it, and ask."""
    if not turn.is_admin or turn.message is None:
        await turn.say(not_understood(turn.words))
        return
    text, entities = body(turn.message)
    if not text:
        await turn.say(screens.usage(turn.words))
        return
    await turn.parts.messenger.send_broadcast(turn.chat_id, text, entities, Priority.TAP)
    broadcast, count = await turn.parts.broadcasts.draft(turn.chat_id, text, entities)
    await turn.say(screens.confirm(turn.words, broadcast, count))


async def send(turn: Turn, tapped: SendBroadcast) -> None:
    """Start; the card becomes the progress."""
    if not turn.is_admin or turn.tapped is None:
        raise NotFound
    await turn.show(screens.progress(turn.words, await turn.parts.broadcasts.start(turn.chat_id, tapped.broadcast_id, turn.tapped)))


async def stop(turn: Turn, tapped: StopBroadcast) -> None:
    """Send to nobody any more."""
    if not turn.is_admin:
        raise NotFound
    await turn.show(screens.progress(turn.words, await turn.parts.broadcasts.stop(turn.chat_id, tapped.broadcast_id)))


def body(message: Message) -> tuple[str, str]:
    """Take the command off a message: the text after it, and its entities as JSON, moved accordingly.

    Entities count in UTF-16 code units (https://core.telegram.org/bots/api#messageentity).
    """
    whole = message.text or ""
    command_length = len(whole.split(maxsplit=1)[0])
    start = len(whole) - len(whole[command_length:].lstrip())
    offset = len(whole[:start].encode("utf-16-le")) // 2
    moved = [moved for entity in message.entities if (moved := _moved(entity.to_dict(), offset))["length"] > 0]
    return whole[start:], json.dumps(moved)


def _moved(entity: dict[str, Any], offset: int) -> dict[str, Any]:
    """Move an entity to the front; of one that begins before the text, what reaches into it stays."""
    start = max(entity["offset"], offset)
    return {**entity, "offset": start - offset, "length": entity["offset"] + entity["length"] - start}
