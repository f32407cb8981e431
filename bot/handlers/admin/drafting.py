"""`/broadcast`: write a message to many chats, see it as they will, and choose for whom and when."""

import json
from collections.abc import Sequence
from typing import Any

from telegram import Message
from telegram.error import BadRequest
from telegram.ext import BaseHandler

from bot.gateway.limiter import Priority
from bot.handlers.admin.gate import admin_command, admin_tap
from bot.handlers.turn import Parts, Turn
from bot.screens import broadcast as below
from bot.screens.admin import drafts as screens
from bot.screens.admin import progress
from bot.screens.admin.callbacks_broadcast import (
    Aim,
    AskAudience,
    AskButtons,
    ClearButtons,
    OpenBroadcast,
    PreviewBroadcast,
    RepeatBroadcast,
    Unschedule,
    WriteBroadcast,
)
from bot.services.admin.drafts import MOST_DAYS, Draft
from bot.services.errors import NotFound
from bot.services.letters import BadButtonsError, Letter, LinkRows, parse_buttons
from storage.models import Audience, BroadcastState, Content

AWAITING_MESSAGE, AWAITING_BUTTONS, AWAITING_AUDIENCE = "cast", "castlink", "castwho"
"""What the next message is taken for; the latter two with the draft's id."""
UNSENT = frozenset({BroadcastState.DRAFT, BroadcastState.SCHEDULED})


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List the handlers of this journey."""
    return [
        admin_command(parts, "broadcast", lambda turn, text: _take_command(turn) if text else ask(turn)),
        admin_tap(parts, WriteBroadcast, lambda turn, _tapped: ask(turn)),
        admin_tap(parts, OpenBroadcast, open_one),
        admin_tap(parts, PreviewBroadcast, preview),
        admin_tap(parts, RepeatBroadcast, repeat),
        admin_tap(parts, AskButtons, ask_buttons),
        admin_tap(parts, ClearButtons, lambda turn, tapped: _link(turn, tapped.broadcast_id, ())),
        admin_tap(parts, AskAudience, ask_audience),
        admin_tap(parts, Aim, lambda turn, tapped: _aim(turn, tapped.broadcast_id, *tapped.audience.partition("-")[::2])),
        admin_tap(parts, Unschedule, unschedule),
    ]


async def ask(turn: Turn) -> None:
    """Ask for the message."""
    await turn.parts.accounts.await_message(turn.chat_id, AWAITING_MESSAGE)
    await turn.show(screens.ask_message(turn.words))


async def _take_command(turn: Turn) -> None:
    if turn.message is None:
        raise NotFound
    text, entities = body(turn.message)
    await _write(turn, Letter(text, entities))


async def take_message(turn: Turn, _about: str) -> None:
    """Take the admin's message for a broadcast; of what cannot be sent to everybody, another one is awaited."""
    letter = read(turn.message) if turn.message is not None else None
    if letter is None:
        await turn.parts.accounts.await_message(turn.chat_id, AWAITING_MESSAGE)
        await turn.say(screens.unsupported(turn.words))
        return
    await _write(turn, letter)


async def _write(turn: Turn, letter: Letter) -> None:
    """Show the message as it will arrive, before it is kept: Telegram has to take it."""
    if await _previewed(turn, letter):
        await _card(turn, await turn.parts.drafts.write(turn.chat_id, letter), anew=True)


async def _previewed(turn: Turn, letter: Letter) -> bool:
    try:
        await turn.parts.messenger.send_letter(turn.chat_id, letter, below.keyboard(turn.words, letter.buttons), Priority.TAP)
    except BadRequest as error:
        await turn.say(screens.refused(turn.words, error.message))
        return False
    return True


async def _card(turn: Turn, draft: Draft, *, anew: bool = False) -> None:
    """Show the draft's card; below a preview `anew`, and the one that was tapped has no buttons any more."""
    screen = screens.draft(turn.words, draft, turn.parts.now())
    if not anew:
        await turn.show(screen)
        return
    await turn.say(screen)
    if turn.tapped is not None:
        await turn.parts.messenger.strip(turn.chat_id, turn.tapped)


async def open_one(turn: Turn, tapped: OpenBroadcast) -> None:
    """Show a broadcast as it is now."""
    shown = await turn.parts.conductor.read(turn.chat_id, tapped.broadcast_id)
    if shown.broadcast.state in UNSENT:
        await _card(turn, await turn.parts.drafts.read(turn.chat_id, tapped.broadcast_id))
    else:
        await turn.show(progress.progress(turn.words, shown))


async def preview(turn: Turn, tapped: PreviewBroadcast) -> None:
    """Show once more what will be sent, with the card below it."""
    draft = await turn.parts.drafts.read(turn.chat_id, tapped.broadcast_id)
    if draft.broadcast.state not in UNSENT:
        raise NotFound
    if await _previewed(turn, Letter.of(draft.broadcast)):
        await _card(turn, draft, anew=True)


async def repeat(turn: Turn, tapped: RepeatBroadcast) -> None:
    """Make a draft that says the same as one that was sent."""
    draft = await turn.parts.drafts.again(turn.chat_id, tapped.broadcast_id)
    if await _previewed(turn, Letter.of(draft.broadcast)):
        await _card(turn, draft, anew=True)


async def ask_buttons(turn: Turn, tapped: AskButtons) -> None:
    """Ask for a draft's buttons."""
    draft = await turn.parts.drafts.read(turn.chat_id, tapped.broadcast_id)
    await turn.parts.accounts.await_message(turn.chat_id, f"{AWAITING_BUTTONS}:{tapped.broadcast_id}")
    await turn.show(screens.ask_buttons(turn.words, draft))


async def take_buttons(turn: Turn, broadcast_id: str) -> None:
    """Put the buttons that were typed below a draft."""
    try:
        rows = parse_buttons(turn.typed)
    except BadButtonsError as error:
        draft = await turn.parts.drafts.read(turn.chat_id, broadcast_id)
        await turn.parts.accounts.await_message(turn.chat_id, f"{AWAITING_BUTTONS}:{broadcast_id}")
        await turn.show(screens.ask_buttons(turn.words, draft, error.line))
        return
    await _link(turn, broadcast_id, rows)


async def _link(turn: Turn, broadcast_id: str, rows: LinkRows) -> None:
    letter = Letter.of((await turn.parts.drafts.read(turn.chat_id, broadcast_id)).broadcast)
    if await _previewed(turn, Letter(letter.text, letter.entities, letter.content, letter.file_id, rows)):
        await _card(turn, await turn.parts.drafts.link(turn.chat_id, broadcast_id, rows), anew=True)


async def ask_audience(turn: Turn, tapped: AskAudience) -> None:
    """Show whom a draft may be for."""
    await _ask_audience(turn, tapped.broadcast_id)


async def _ask_audience(turn: Turn, broadcast_id: str) -> None:
    draft = await turn.parts.drafts.read(turn.chat_id, broadcast_id)
    await turn.parts.accounts.await_message(turn.chat_id, f"{AWAITING_AUDIENCE}:{broadcast_id}")
    await turn.show(screens.ask_audience(turn.words, draft, turn.parts.languages.codes, turn.chat_id))


async def take_audience(turn: Turn, broadcast_id: str) -> None:
    """Take a number for days, or for the id of one chat; for anything else, ask again."""
    typed = turn.typed.strip()
    if not (typed.isascii() and typed.isdecimal() and int(typed)):
        await _ask_audience(turn, broadcast_id)
        return
    kind = Audience.ACTIVE if int(typed) <= MOST_DAYS else Audience.ONE
    await _aim(turn, broadcast_id, kind, str(int(typed)))


async def _aim(turn: Turn, broadcast_id: str, audience: str, value: str) -> None:
    await _card(turn, await turn.parts.drafts.aim(turn.chat_id, broadcast_id, audience, value))


async def unschedule(turn: Turn, tapped: Unschedule) -> None:
    """Make a scheduled broadcast a draft again; where it has begun meanwhile, show how far it is."""
    await turn.parts.drafts.unschedule(turn.chat_id, tapped.broadcast_id)
    await open_one(turn, OpenBroadcast(tapped.broadcast_id))


def read(message: Message) -> Letter | None:
    """Read what a message would say to everybody; None for what is neither a text nor one picture nor one file."""
    if message.text:
        return Letter(message.text, _written(message.entities))
    caption, entities = message.caption or "", _written(message.caption_entities)
    if message.photo:
        return Letter(caption, entities, Content.PHOTO, message.photo[-1].file_id)
    # A moving picture comes as a document as well (https://core.telegram.org/bots/api#message), and cannot be sent as one.
    if message.document is not None and message.animation is None:
        return Letter(caption, entities, Content.DOCUMENT, message.document.file_id)
    return None


def _written(entities: Sequence[Any]) -> str:
    return json.dumps([entity.to_dict() for entity in entities])


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
