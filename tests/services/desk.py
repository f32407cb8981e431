"""Everything that is done with broadcasts, in short: an owner, two admins, and people who hear of them."""

import pytest

from bot.services.admin.conducting import Conductor
from bot.services.admin.drafts import Drafts
from bot.services.admin.team import Team
from bot.services.broadcasts import Broadcasts
from bot.services.letters import Letter
from storage import chats
from storage.database import Database
from storage.models import BroadcastState, Outcome
from tests.services.world import Clock

OWNER, ADMIN, OTHER = 9001, 9002, 9003
CODES = ("en", "hi", "ru")
CARD = 5


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def team(database: Database, clock: Clock) -> Team:
    return Team(database, frozenset({OWNER}), clock)


@pytest.fixture
def broadcasts(database: Database, team: Team, clock: Clock) -> Broadcasts:
    return Broadcasts(database, team, clock, languages=CODES, per_second=25)


@pytest.fixture
def drafts(database: Database, team: Team, broadcasts: Broadcasts, clock: Clock) -> Drafts:
    return Drafts(database, team, broadcasts, clock, CODES)


@pytest.fixture
def conductor(database: Database, team: Team, broadcasts: Broadcasts, clock: Clock) -> Conductor:
    return Conductor(database, team, broadcasts, clock)


@pytest.fixture
async def people(database: Database, clock: Clock) -> list[int]:
    """Seven chats, of which the last cannot be written to, and two admins who never want announcements."""
    async with database.writing() as session:
        for chat_id in (*range(1, 8), ADMIN, OTHER):
            await chats.ensure(session, chat_id, "en", clock())
        await chats.change(session, 7, unreachable_at=clock())
        for admin_id in (ADMIN, OTHER):
            await chats.change(session, admin_id, admin_at=clock(), mutes_broadcasts=True)
    return list(range(1, 7))


class Desk:
    """Everything that is done with broadcasts, in short."""

    def __init__(self, drafts: Drafts, conductor: Conductor, sending: Broadcasts) -> None:
        self.drafts = drafts
        self.conductor = conductor
        self.sending = sending

    async def draft(self, admin_id: int = ADMIN, text: str = "Hello") -> str:
        return (await self.drafts.write(admin_id, Letter(text))).broadcast.id

    async def started(self, admin_id: int = ADMIN) -> str:
        broadcast_id = await self.draft(admin_id)
        await self.conductor.start(admin_id, broadcast_id, CARD)
        return broadcast_id

    async def sent(self, admin_id: int = ADMIN) -> str:
        broadcast_id = await self.started(admin_id)
        while claimed := await self.sending.claim(broadcast_id, 100):
            await self.sending.conclude(broadcast_id, sent(claimed))
        return broadcast_id

    async def state(self, broadcast_id: str) -> BroadcastState:
        return (await self.sending.progress(broadcast_id)).broadcast.state


@pytest.fixture
def desk(drafts: Drafts, conductor: Conductor, broadcasts: Broadcasts, people: list[int]) -> Desk:
    return Desk(drafts, conductor, broadcasts)


def sent(claimed: list[int]) -> list[tuple[int, Outcome | None, int | None]]:
    return [(chat_id, Outcome.SENT, 100 + chat_id) for chat_id in claimed]
