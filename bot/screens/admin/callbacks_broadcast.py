"""The buttons of broadcasts, for their authors and for owners."""

from dataclasses import dataclass

from bot.screens.callback import Callback


@dataclass(frozen=True, slots=True)
class ShowBroadcasts(Callback, word="casts"):
    """A page of broadcasts, counted from 0."""

    page: int


@dataclass(frozen=True, slots=True)
class WriteBroadcast(Callback, word="write"):
    """Ask for the message of a new one."""


@dataclass(frozen=True, slots=True)
class OpenBroadcast(Callback, word="bopen"):
    """Show a broadcast as it is now: the draft, or the progress."""

    broadcast_id: str


@dataclass(frozen=True, slots=True)
class PreviewBroadcast(Callback, word="bview"):
    """Show a draft once more as its recipients will see it."""

    broadcast_id: str


@dataclass(frozen=True, slots=True)
class AskButtons(Callback, word="blink"):
    """Ask for the buttons of a draft."""

    broadcast_id: str


@dataclass(frozen=True, slots=True)
class ClearButtons(Callback, word="bbare"):
    """Take a draft's buttons off."""

    broadcast_id: str


@dataclass(frozen=True, slots=True)
class AskAudience(Callback, word="bwho"):
    """Show whom a draft may be for."""

    broadcast_id: str


@dataclass(frozen=True, slots=True)
class Aim(Callback, word="baim"):
    """Choose whom a draft is for: an audience and, after a hyphen, what it needs, such as `all` and `active-30`."""

    broadcast_id: str
    audience: str


@dataclass(frozen=True, slots=True)
class AskTime(Callback, word="bwhen"):
    """Ask when a draft shall be sent."""

    broadcast_id: str


@dataclass(frozen=True, slots=True)
class Schedule(Callback, word="bat"):
    """Send it at a time, in seconds since 1970."""

    broadcast_id: str
    at: str


@dataclass(frozen=True, slots=True)
class Unschedule(Callback, word="bnot"):
    """Make a scheduled one a draft again."""

    broadcast_id: str


@dataclass(frozen=True, slots=True)
class AskZone(Callback, word="bzone"):
    """Ask for the admin's time zone, on the way to when a draft shall be sent."""

    broadcast_id: str


@dataclass(frozen=True, slots=True)
class ChooseZone(Callback, word="btz"):
    """Choose one of the zones that are offered, by its place among them."""

    broadcast_id: str
    place: int


@dataclass(frozen=True, slots=True)
class SendBroadcast(Callback, word="cast"):
    """Send a draft now."""

    broadcast_id: str


@dataclass(frozen=True, slots=True)
class PauseBroadcast(Callback, word="bpaus"):
    """Write to nobody more for now."""

    broadcast_id: str


@dataclass(frozen=True, slots=True)
class ResumeBroadcast(Callback, word="bgo"):
    """Go on."""

    broadcast_id: str


@dataclass(frozen=True, slots=True)
class StopBroadcast(Callback, word="halt"):
    """Stop a broadcast, or throw its draft away."""

    broadcast_id: str


@dataclass(frozen=True, slots=True)
class RemoveBroadcast(Callback, word="bdel"):
    """Delete it from all chats; `confirmed` is 1 once the admin was asked."""

    broadcast_id: str
    confirmed: int


@dataclass(frozen=True, slots=True)
class RepeatBroadcast(Callback, word="bcopy"):
    """Make a draft that says the same."""

    broadcast_id: str
