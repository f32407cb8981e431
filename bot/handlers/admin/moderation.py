"""Banning, limiting and writing to a chat: by the buttons of its card, and by `/ban`, `/unban`, `/limits` and `/write` with its id."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from telegram.ext import BaseHandler

from bot.handlers.admin.gate import admin_command, admin_tap, tell
from bot.handlers.admin.people import of, show
from bot.handlers.admin.team import read_id
from bot.handlers.turn import Parts, Turn
from bot.screens import access
from bot.screens.admin import moderation as screens
from bot.screens.admin.callbacks_people import AskBan, AskMessage, Ban, SetLimit, ShowLimits, Unban
from bot.services.admin.people import Limit
from bot.services.errors import Banned, NotFound

AWAITING_REASON, AWAITING_MESSAGE = "ban", "write"
"""The next message is why a chat is banned, or what is written to it; its id follows after a colon."""
_LIMITS = 2


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List the handlers of this journey."""
    return [
        *(_about_somebody(parts, name, react) for name, react in COMMANDS.items()),
        admin_tap(parts, AskBan, lambda turn, tapped: ask_reason(turn, of(tapped.chat_id))),
        admin_tap(parts, Ban, lambda turn, tapped: _quick(turn, of(tapped.chat_id), tapped.reason)),
        admin_tap(parts, Unban, lambda turn, tapped: unban(turn, of(tapped.chat_id))),
        admin_tap(parts, ShowLimits, lambda turn, tapped: limits(turn, of(tapped.chat_id))),
        admin_tap(parts, SetLimit, lambda turn, tapped: set_limit(turn, of(tapped.chat_id), tapped.limit, tapped.most)),
        admin_tap(parts, AskMessage, lambda turn, tapped: ask_message(turn, of(tapped.chat_id))),
    ]


def _about_somebody(parts: Parts, name: str, react: Callable[[Turn, int, str], Awaitable[None]]) -> BaseHandler[Any, Any, Any]:
    """Handle a command whose first word is a chat's id; how it is written is said where that is missing."""

    async def handle(turn: Turn, text: str) -> None:
        first, _, rest = text.partition(" ")
        chat_id = read_id(first)
        if chat_id is None:
            await turn.show(screens.how_to(turn.words, name))
        else:
            await react(turn, chat_id, rest.strip())

    return admin_command(parts, name, handle)


async def ask_reason(turn: Turn, chat_id: int) -> None:
    """Ask why a chat is to be banned."""
    chat = await turn.parts.accounts.chat(chat_id)
    await turn.parts.accounts.await_message(turn.chat_id, f"{AWAITING_REASON}:{chat_id}")
    await turn.show(screens.ask_reason(turn.words, chat))


async def _quick(turn: Turn, chat_id: int, reason: str) -> None:
    if reason not in access.QUICK_REASONS:
        raise NotFound
    await ban(turn, chat_id, reason)


async def take_reason(turn: Turn, about: str) -> None:
    """Ban for the reason that was sent; what is no text bans nobody, and is asked for once more."""
    text = (turn.message.text or "").strip() if turn.message is not None else ""
    await (ban(turn, of(about), text) if text else ask_reason(turn, of(about)))


async def ban(turn: Turn, chat_id: int, reason: str) -> None:
    """Ban a chat, tell its user, and show its card."""
    chat, done = await turn.parts.people.ban(turn.chat_id, chat_id, reason)
    await show(turn, chat_id)
    if done:
        await tell(turn, chat, access.kept_out(turn.parts.languages.words(chat.speaks), Banned(chat.ban_reason)))


async def unban(turn: Turn, chat_id: int, _rest: str = "") -> None:
    """Lift a ban, tell its user, and show its card."""
    chat, done = await turn.parts.people.unban(turn.chat_id, chat_id)
    await show(turn, chat_id)
    if done:
        await tell(turn, chat, access.ban_lifted(turn.parts.languages.words(chat.speaks)))


async def limits(turn: Turn, chat_id: int) -> None:
    """Show a chat's limits."""
    await turn.show(screens.limits(turn.words, await turn.parts.accounts.chat(chat_id), turn.parts.ceilings))


async def set_limit(turn: Turn, chat_id: int, limit: str, most: str) -> None:
    """Set one of a chat's limits as a button says, and show them."""
    if limit not in set(Limit):
        raise NotFound
    await turn.parts.people.limit(turn.chat_id, chat_id, Limit(limit), _most(most))
    await limits(turn, chat_id)


async def _write_limits(turn: Turn, chat_id: int, text: str) -> None:
    """Set both limits as they were typed; with none, show them."""
    typed = text.split()
    if len(typed) not in {0, _LIMITS}:
        await turn.show(screens.how_to(turn.words, "limits"))
        return
    wanted = [(limit, _most(most)) for limit, most in zip(Limit, typed, strict=False)]
    for limit, most in wanted:
        await turn.parts.people.limit(turn.chat_id, chat_id, limit, most)
    await limits(turn, chat_id)


def _most(written: str) -> int | None:
    """Read a limit; None is what holds for all. Raises `NotFound` for what is neither."""
    if written == screens.DEFAULT:
        return None
    if not (written.isascii() and written.isdecimal()) or len(written) > len("999"):
        raise NotFound
    return int(written)


async def ask_message(turn: Turn, chat_id: int) -> None:
    """Ask what to write to a chat."""
    chat = await turn.parts.accounts.chat(chat_id)
    await turn.parts.accounts.await_message(turn.chat_id, f"{AWAITING_MESSAGE}:{chat_id}")
    await turn.show(screens.ask_message(turn.words, chat))


async def take_message(turn: Turn, about: str) -> None:
    """Send what was sent."""
    await write(turn, of(about), (turn.message.text or "").strip() if turn.message is not None else "")


async def write(turn: Turn, chat_id: int, text: str) -> None:
    """Write to a chat in the team's name; that it was tried is on record whatever comes of it."""
    if not text or len(text.encode("utf-16-le")) > 2 * screens.MESSAGE_LENGTH:
        await turn.show(screens.not_a_text(turn.words, await turn.parts.accounts.chat(chat_id)))
        return
    chat = await turn.parts.people.write(turn.chat_id, chat_id, text)
    arrived = await tell(turn, chat, screens.from_the_team(turn.parts.languages.words(chat.speaks), text))
    await turn.show(screens.written(turn.words, chat, arrived=arrived))


async def _ban(turn: Turn, chat_id: int, reason: str) -> None:
    await (ban(turn, chat_id, reason) if reason else ask_reason(turn, chat_id))


COMMANDS: dict[str, Callable[[Turn, int, str], Awaitable[None]]] = {
    "ban": _ban,
    "unban": unban,
    "limits": _write_limits,
    "write": write,
}
