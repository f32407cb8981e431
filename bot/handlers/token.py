"""Connecting an account and forgetting it; a message with a token is deleted whatever comes of it."""

import re
from collections.abc import Sequence
from typing import Any

from pydantic import SecretStr
from telegram.ext import BaseHandler

from bot.handlers.turn import Parts, Turn, command, tap
from bot.otpbuddy import OtpbuddyError
from bot.screens import account
from bot.screens.callbacks import Connect, Disconnect
from bot.screens.problems import passes, with_retry
from bot.services.accounts import AWAITING_TOKEN
from bot.services.errors import HoldsNumbers, ServiceError, TokenRefused

_WORD = re.compile(r"[A-Za-z0-9_\-.~+/=]{8,512}")
_IN_ADDRESS = re.compile(rf"\btoken=({_WORD.pattern})", re.IGNORECASE)
_SURE = re.compile(r"(?=[A-Za-z_-]*[0-9])(?=[0-9_-]*[A-Za-z])[A-Za-z0-9_-]{20,512}")
_SPEAKS_OF_ONE = re.compile(r"token|otpbuddy|\bapi\b|токен|टोकन|टोकेन", re.IGNORECASE)
_QUERIED = re.compile(rf"[?&]token={_WORD.pattern}", re.IGNORECASE)


def find_token(text: str) -> SecretStr:
    """Find the token in a message that is meant to be one: alone, quoted, or with a sentence around it.

    Raises `TokenRefused` where nothing in it can be a token.
    """
    words = _IN_ADDRESS.findall(text) or _WORD.findall(text)
    if not words:
        raise TokenRefused
    # The full stop of a sentence is no part of it.
    return SecretStr(max((word.strip(".") for word in words), key=len))


def is_surely_token(text: str, *, spoken_of: bool = False) -> bool:
    """Whether a message that nobody asked for holds a token: in an address of the API, or a long word of letters and digits.

    Such a word has to stand alone, or where a token is `spoken_of`: in the message itself, or by what it answers.
    """
    if _QUERIED.search(text) is not None:
        return True
    found = _SURE.search(text)
    return found is not None and (spoken_of or found[0] == text.strip() or _SPEAKS_OF_ONE.search(text) is not None)


def handlers(parts: Parts) -> Sequence[BaseHandler[Any, Any, Any]]:
    """List the handlers of this journey."""
    return [
        command(parts, "token", token),
        command(parts, "logout", lambda turn, _text: disconnect(turn, Disconnect(0))),
        tap(parts, Connect, lambda turn, _tapped: ask(turn)),
        tap(parts, Disconnect, disconnect),
    ]


async def token(turn: Turn, text: str) -> None:
    """Connect with the token after the command, or ask for it."""
    if text:
        await connect(turn, text)
    else:
        await ask(turn)


async def ask(turn: Turn) -> None:
    """Take the next message for the token, unless the chat may not connect: nobody shall send one in vain."""
    await turn.parts.accounts.may_connect(turn.chat_id)
    await turn.parts.accounts.await_token(turn.chat_id, awaited=True)
    await turn.show(account.ask_for_token(turn.words, turn.parts.site, connected=turn.chat.token is not None))


async def connect(turn: Turn, text: str) -> None:
    """Delete the message first, then check what it holds; a refused token is awaited anew."""
    message_id = turn.update.effective_message.message_id if turn.update.effective_message is not None else None
    deleted = message_id is not None and await turn.parts.messenger.delete(turn.chat_id, message_id)
    try:
        balance = await turn.parts.accounts.connect(turn.chat_id, find_token(text))
    except TokenRefused as error:
        await turn.parts.accounts.await_token(turn.chat_id, awaited=True)
        await turn.say(turn.explained(error))
    except (ServiceError, OtpbuddyError) as error:
        screen = turn.explained(error)
        await turn.say(with_retry(turn.words, screen, Connect()) if passes(error) else screen)
    else:
        await turn.say(account.connected(turn.words, balance, deleted=deleted))


async def disconnect(turn: Turn, tapped: Disconnect) -> None:
    """Forget the token, once the user knows what hangs on it."""
    if turn.chat.token is None:
        await turn.show(account.nothing_to_disconnect(turn.words))
        return
    try:
        await turn.parts.accounts.disconnect(turn.chat_id, abandon=bool(tapped.abandon))
    except HoldsNumbers as error:
        await turn.show(account.confirm_disconnect(turn.words, error.count))
    else:
        await turn.show(account.disconnected(turn.words))


def awaited(turn: Turn) -> bool:
    """Whether the chat's next message is taken for a token."""
    return turn.chat.awaiting == AWAITING_TOKEN
