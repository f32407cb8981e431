"""The screens of those who run the bot."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from bot.locales import Words
from bot.screens.admin import menu, team
from bot.screens.screen import Screen
from bot.services.admin.team import PAGE, Record
from storage.models import Action, AuditEntry, Chat

NOON = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
LARGEST_ID = 2**52 - 1


def chat(outside: str, **values: Any) -> Chat:
    """Make the chat of somebody who calls themselves that."""
    return Chat(id=LARGEST_ID, created_at=NOON, name=outside[:128], **values)


def teams(outside: str, words: Words) -> Iterator[tuple[str, Screen]]:
    for owner in (False, True):
        yield f"admins' menu, {owner}", menu.menu(words, owner=owner)
    named = chat(outside, username="x" * 32, admin_at=NOON, admin_by=1)
    yield "an owner who never wrote", team.team(words, [], frozenset({1}))
    yield "owners and admins", team.team(words, [Chat(id=1, created_at=NOON), *[named] * 8], frozenset({1, 2}))
    yield "who is to be an admin", team.ask_admin(words)
    yield "nobody", team.nobody(words)
    yield "dismiss", team.confirm_dismissal(words, named)
    yield "named", team.named(words)
    yield "an empty record", team.record(words, Record([], 0, 1))
    entries = [AuditEntry(at=NOON, admin_id=LARGEST_ID, action=action, subject=str(LARGEST_ID), detail=outside) for action in Action]
    for page, start in enumerate(range(0, len(entries), PAGE)):
        yield f"record {page}", team.record(words, Record(entries[start : start + PAGE], page, 3))


def running(outside: str, words: Words) -> Iterator[tuple[str, Screen]]:
    """Draw them all, with a text from outside wherever one is shown."""
    yield from teams(outside, words)
