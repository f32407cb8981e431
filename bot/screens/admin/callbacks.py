"""The buttons of the admins; whoever else taps one, forged or left over, is told that there is nothing here."""

from dataclasses import dataclass

from bot.screens.callback import Callback


@dataclass(frozen=True, slots=True)
class AdminMenu(Callback, word="adm"):
    """Show the way to everything that admins do."""


@dataclass(frozen=True, slots=True)
class ShowStatistics(Callback, word="stats"):
    """Sum up the last so many days, by day or by product."""

    days: int
    by: str


@dataclass(frozen=True, slots=True)
class ExportStatistics(Callback, word="statcsv"):
    """Send the last so many days as a file."""

    days: int


@dataclass(frozen=True, slots=True)
class ShowHealth(Callback, word="health"):
    """Show how the bot is doing; `below` is 1 under an alarm, which stays where it is."""

    below: int


@dataclass(frozen=True, slots=True)
class ShowTeam(Callback, word="team"):
    """List the owners and admins."""


@dataclass(frozen=True, slots=True)
class AskAdmin(Callback, word="askadm"):
    """Ask who is to become an admin."""


@dataclass(frozen=True, slots=True)
class DismissAdmin(Callback, word="fire"):
    """Let that user be an admin no more; `confirmed` is 1 once the owner was asked."""

    user_id: str
    confirmed: int


@dataclass(frozen=True, slots=True)
class ShowAudit(Callback, word="audit"):
    """A page of the record of what admins did."""

    page: int
