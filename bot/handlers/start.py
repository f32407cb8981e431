"""`/start`, `/help` and the menu."""

from collections.abc import Sequence
from typing import Any

from telegram.ext import BaseHandler

from bot.commands import publish_for
from bot.handlers import shop, token
from bot.handlers.turn import Parts, Turn, command, tap
from bot.screens import access, welcome
from bot.screens.callbacks import Choose, Help, Menu
from bot.screens.links import CONNECT, SHOP, invite_in, product_in
from bot.services.errors import NotInvited


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List the handlers of this journey."""
    return [
        command(parts, "start", start),
        command(parts, "menu", lambda turn, _text: menu(turn)),
        command(parts, "help", lambda turn, _text: explain(turn)),
        tap(parts, Menu, lambda turn, _tapped: menu(turn)),
        tap(parts, Help, lambda turn, _tapped: explain(turn)),
    ]


async def start(turn: Turn, text: str) -> None:
    """Greet once; afterwards it is the menu, or what the link that led here is for."""
    key, invite_id = product_in(text), invite_in(text)
    invited = invite_id is not None and await turn.parts.doors.enter(turn.chat_id, invite_id)
    if turn.new:
        uninvited = isinstance(await turn.parts.accounts.obstacle(turn.chat_id), NotInvited)
        await turn.say((welcome.uninvited if uninvited else welcome.greeting)(turn.words, turn.name))
    elif invited:
        await turn.say(access.admitted(turn.words))
    elif key is not None:
        await shop.choose(turn, Choose(key))
    elif text == CONNECT:
        await token.ask(turn)
    elif text == SHOP:
        await shop.search(turn, "")
    else:
        await menu(turn)
        if turn.chat.chosen_language is not None:
            # Its own list of commands stays as it was when the language was chosen, and a newer bot may have more of them.
            await publish_for(turn.parts.bot, turn.words, turn.chat_id, chosen=True, admin=turn.is_admin)


async def menu(turn: Turn) -> None:
    """Show the menu, and wait for no token any more."""
    if turn.chat.awaiting is not None:
        await turn.parts.accounts.await_token(turn.chat_id, awaited=False)
    obstacle = await turn.parts.accounts.obstacle(turn.chat_id)
    connected = turn.chat.token is not None
    if isinstance(obstacle, NotInvited) and not connected:
        raise obstacle
    await turn.show(welcome.menu(turn.words, connected=connected, admin=turn.is_admin, obstacle=obstacle))


async def explain(turn: Turn) -> None:
    """Show the help."""
    await turn.show(welcome.help_screen(turn.words, turn.parts.ceilings.of(turn.chat), admin=turn.is_admin))
