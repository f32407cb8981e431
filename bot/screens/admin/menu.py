"""The admins' menu."""

from bot.locales import Words
from bot.screens.admin.callbacks import ShowAudit, ShowHealth, ShowStatistics, ShowTeam
from bot.screens.admin.callbacks_broadcast import ShowBroadcasts
from bot.screens.admin.callbacks_people import ShowMode, ShowPeople
from bot.screens.callbacks import Menu
from bot.screens.overview import BY_DAY
from bot.screens.screen import Screen, button, html
from bot.services.admin.statistics import USUAL


def menu(words: Words, *, owner: bool) -> Screen:
    """Show the way to everything that this admin may do."""
    _ = words.gettext
    owners = [[button(_("👮 Admins"), ShowTeam()), button(_("📜 Record"), ShowAudit(0))]] if owner else []
    return Screen(
        html(_("🛠 <b>Running the bot</b>\nOnly admins see this. What you do here is recorded.")),
        [
            [button(_("📣 Broadcast"), ShowBroadcasts(0)), button(_("📊 Statistics"), ShowStatistics(USUAL, BY_DAY))],
            [button(_("👥 People"), ShowPeople(0, "")), button(_("🚪 Access"), ShowMode())],
            [button(_("🩺 Health"), ShowHealth(0))],
            *owners,
            [button(_("‹ Menu"), Menu())],
        ],
    )
