"""Sealing the kept tokens anew with the newest key, while the bot runs."""

from dataclasses import dataclass

from sqlmodel import col

from bot.services.accounts import context_of
from storage import chats
from storage.database import Database
from storage.models import Chat
from storage.vault import Vault, VaultError


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many tokens were sealed anew, were sealed with the newest key already, and could not be opened with any."""

    done: int = 0
    current: int = 0
    lost: int = 0


async def reseal(database: Database, vault: Vault) -> Resealed:
    """Seal every token that is not sealed with the newest key; one chat at a time, so that it can be stopped and run again.

    A token that the chat replaces meanwhile is left alone, and one that no key opens stays as it is: its chat connects again.
    """
    done = current = lost = 0
    async with database.reading() as session:
        sealed = await chats.sealed(session)
    for chat_id, token in sealed:
        if vault.is_current(token):
            current += 1
            continue
        try:
            anew = vault.seal(vault.open(token, context_of(chat_id)), context_of(chat_id))
        except VaultError:
            lost += 1
            continue
        async with database.writing("seal a token anew") as session:
            done += await chats.change(session, chat_id, col(Chat.token) == token, token=anew)
    return Resealed(done, current, lost)
