"""An owner, an admin whom they named, and somebody who is neither."""

import pytest

from bot.services.access import Access
from bot.services.admin.team import Team
from storage.models import Action
from tests.services.world import ALICE, BOB, World

OWNER, ADMIN, NOBODY = 7, 8, 4711


@pytest.fixture
async def staff(world: World) -> Team:
    """The team, with chats of its own and Alice's and Bob's beside them."""
    world.accounts.access = Access(frozenset({OWNER}))
    for chat_id, name in ((OWNER, "Olga"), (ADMIN, "Ádám"), (ALICE, "Alice Smith"), (BOB, "Боб")):
        await world.accounts.enter(chat_id, "en", name=name, username=f"user_{chat_id}")
    team = Team(world.database, frozenset({OWNER}), world.clock)
    await team.name(OWNER, ADMIN)
    return team


async def recorded(team: Team, skip: int = 1) -> list[tuple[int, Action, str, str]]:
    """Read what is on record, the oldest entry first, without how the admin was named."""
    record = await team.record(OWNER, 0)
    return [(entry.admin_id, entry.action, entry.subject, entry.detail) for entry in reversed(record.entries)][skip:]
