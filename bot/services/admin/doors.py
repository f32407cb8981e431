"""Who may come in: the bot's mode, and the invitations."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col

from bot.services.admin.team import Team
from bot.services.errors import Banned, InviteOver, NotFound
from storage import chats, house
from storage.database import Database
from storage.models import Action, Chat, House, Invite, Mode
from storage.text import storable

PAGE = 6
NOTICE_LENGTH = 300
MOST_USES, MOST_DAYS = 10_000, 3_650


@dataclass(frozen=True, slots=True)
class Invites:
    """A page of invitations, the newest first, with the number of all pages and the time by which they are judged."""

    invites: Sequence[Invite]
    page: int
    pages: int
    now: datetime


def state_of(invite: Invite, now: datetime) -> str:
    """Say whether an invitation still admits somebody: "valid", "revoked", "used" or "expired"."""
    if invite.revoked_at is not None:
        return "revoked"
    if invite.max_uses is not None and invite.uses >= invite.max_uses:
        return "used"
    return "expired" if invite.expires_at is not None and invite.expires_at <= now else "valid"


class Doors:
    """Opens and closes the bot, and invites."""

    def __init__(self, database: Database, team: Team, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._team = team
        self._clock = clock

    def now(self) -> datetime:
        """Tell the time by which invitations are judged."""
        return self._clock()

    async def present(self) -> House:
        """Tell how the bot is set; raises nothing."""
        async with self._database.reading() as session:
            return await house.read(session) or House(name=house.NAME, mode=Mode.OPEN, changed_at=self._clock())

    async def set_mode(self, admin_id: int, mode: Mode) -> None:
        """Let others in from now on; raises `NotFound` where it is no admin who asks."""
        async with self._team.acting(admin_id, Action.SET_MODE, detail=mode.value) as deed:
            deed.done = await house.set_mode(deed.session, self._clock(), mode)

    async def set_notice(self, admin_id: int, notice: str | None) -> None:
        """Say what users are told while the bot is closed; None for nothing in particular. Raises as `set_mode`."""
        kept = storable(notice, NOTICE_LENGTH).strip() if notice else None
        async with self._team.acting(admin_id, Action.SET_MODE, detail=f"notice: {kept or '-'}") as deed:
            await house.change(deed.session, self._clock(), notice=kept or None)

    async def invite(self, admin_id: int, uses: int, days: int) -> Invite:
        """Make an invitation for so many chats and days, 0 for any number of them; raises `NotFound` where that is out of bounds."""
        if not (0 <= uses <= MOST_USES and 0 <= days <= MOST_DAYS):
            raise NotFound
        now = self._clock()
        made = Invite(
            id=secrets.token_urlsafe(12),
            created_by=admin_id,
            created_at=now,
            expires_at=now + timedelta(days=days) if days else None,
            max_uses=uses or None,
        )
        async with self._team.acting(admin_id, Action.INVITE, made.id, f"{uses or '∞'} × {days or '∞'} d") as deed:
            deed.session.add(made)
        return made

    async def revoke(self, admin_id: int, invite_id: str) -> Invite:
        """Let an invitation admit nobody any more; whom it admitted stays. Raises `NotFound`."""
        async with self._team.acting(admin_id, Action.REVOKE_INVITE, invite_id) as deed:
            deed.done = await house.revoke_invite(deed.session, invite_id, self._clock())
            found = await house.invite(deed.session, invite_id)
            if found is None:
                raise NotFound
            return found

    async def look(self, invite_id: str) -> Invite:
        """Read an invitation; raises `NotFound`."""
        async with self._database.reading() as session:
            found = await house.invite(session, invite_id)
        if found is None:
            raise NotFound
        return found

    async def invites(self, page: int) -> Invites:
        """Read a page of invitations, the last one where there are not so many."""
        async with self._database.reading() as session:
            pages = max(1, -(-await house.count_invites(session) // PAGE))
            page = min(page, pages - 1)
            return Invites(await house.invites(session, page * PAGE, PAGE), page, pages, self._clock())

    async def enter(self, chat_id: int, invite_id: str) -> bool:
        """Admit a chat that followed an invitation; False where it is admitted already, which uses nothing up.

        Raises `Banned`, and `InviteOver` with why the invitation admits nobody: of newcomers that use the last one at once, one gets in.
        """
        now = self._clock()
        async with self._database.writing("admit by an invitation") as session:
            await chats.lock(session, chat_id)
            chat = await chats.get(session, chat_id)
            if chat is None:
                raise NotFound
            if chat.banned_at is not None:
                raise Banned(chat.ban_reason)
            if chat.admitted_at is not None or self._team.is_admin(chat):
                return False
            if not await house.use_invite(session, invite_id, now):
                found = await house.invite(session, invite_id)
                raise InviteOver(state_of(found, now) if found is not None else "unknown")
            return await chats.change(session, chat_id, col(Chat.admitted_at).is_(None), admitted_at=now, invite_id=invite_id)
