"""The buttons by which admins look after people, invitations and the bot's mode."""

from dataclasses import dataclass

from bot.screens.callback import Callback


@dataclass(frozen=True, slots=True)
class ShowPeople(Callback, word="ppl", free_text=True):
    """A page, counted from 0, of the chats that a text means."""

    page: int
    query: str


@dataclass(frozen=True, slots=True)
class AskPeople(Callback, word="askppl"):
    """Ask who is looked for."""


@dataclass(frozen=True, slots=True)
class ShowPerson(Callback, word="who"):
    """Show a chat's card."""

    chat_id: str


@dataclass(frozen=True, slots=True)
class ShowHeld(Callback, word="held"):
    """List the numbers that a chat holds."""

    chat_id: str


@dataclass(frozen=True, slots=True)
class ShowPast(Callback, word="past"):
    """A page, counted from 0, of what a chat bought."""

    chat_id: str
    page: int


@dataclass(frozen=True, slots=True)
class AskBan(Callback, word="askban"):
    """Ask why a chat is to be banned."""

    chat_id: str


@dataclass(frozen=True, slots=True)
class Ban(Callback, word="ban"):
    """Ban a chat for one of the quick reasons."""

    chat_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unban(Callback, word="unban"):
    """Lift a ban."""

    chat_id: str


@dataclass(frozen=True, slots=True)
class ShowLimits(Callback, word="limits"):
    """Show what a chat is limited to."""

    chat_id: str


@dataclass(frozen=True, slots=True)
class SetLimit(Callback, word="limit"):
    """Limit a chat to so many, or to "default"; what is limited is said by the `Limit`'s value."""

    chat_id: str
    limit: str
    most: str


@dataclass(frozen=True, slots=True)
class AskMessage(Callback, word="askmsg"):
    """Ask what to write to a chat."""

    chat_id: str


@dataclass(frozen=True, slots=True)
class NameAdmin(Callback, word="hire"):
    """Make that user an admin."""

    user_id: str


@dataclass(frozen=True, slots=True)
class ShowMode(Callback, word="mode"):
    """Show who may use the bot."""


@dataclass(frozen=True, slots=True)
class SetMode(Callback, word="setmode"):
    """Let others use it from now on."""

    mode: str


@dataclass(frozen=True, slots=True)
class AskNotice(Callback, word="asknote"):
    """Ask what users are told while the bot is closed."""


@dataclass(frozen=True, slots=True)
class DropNotice(Callback, word="nonote"):
    """Tell them nothing in particular."""


@dataclass(frozen=True, slots=True)
class ShowInvites(Callback, word="invites"):
    """A page, counted from 0, of the invitations."""

    page: int


@dataclass(frozen=True, slots=True)
class NewInvite(Callback, word="newinv"):
    """Ask for how many a new invitation is."""


@dataclass(frozen=True, slots=True)
class InviteFor(Callback, word="invfor"):
    """Ask how long an invitation for so many chats is to last; 0 is for any number."""

    uses: int


@dataclass(frozen=True, slots=True)
class MakeInvite(Callback, word="mkinv"):
    """Make an invitation for so many chats and days; 0 is for any number."""

    uses: int
    days: int


@dataclass(frozen=True, slots=True)
class ShowInvite(Callback, word="inv"):
    """Show an invitation."""

    invite_id: str


@dataclass(frozen=True, slots=True)
class RevokeInvite(Callback, word="noinv"):
    """Let an invitation admit nobody any more."""

    invite_id: str


@dataclass(frozen=True, slots=True)
class ShowUsage(Callback, word="usage"):
    """List whose use stood out lately."""


@dataclass(frozen=True, slots=True)
class JudgeFine(Callback, word="fine"):
    """Judge a chat's use as fine."""

    chat_id: str
