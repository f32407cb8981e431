"""The queue of updates for the bot, with the confirmation rules of `getUpdates`."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass

from bot.sandbox.telegram.errors import Json

FIRST_UPDATE_ID = 710_000_001
_NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(slots=True)
class _Entry:
    update: Json
    again: bool = False


class UpdateQueue:
    """Updates that Telegram still keeps for the bot, oldest first.

    An update is forgotten when `getUpdates` is called with a higher offset, see
    https://core.telegram.org/bots/api#getupdates. Updates of kinds that the bot did not ask for are never queued.
    """

    def __init__(self) -> None:
        """Start empty, with Telegram's default choice of kinds."""
        self._entries: list[_Entry] = []
        self._next_id = FIRST_UPDATE_ID
        self.past: dict[int, Json] = {}
        self.allowed: list[str] = []

    def __len__(self) -> int:
        return len(self._entries)

    def push(self, kind: str, body: Json) -> int | None:
        """Queue an update of a kind such as "message"; return its update_id, None when the bot did not ask for it."""
        wanted = kind in self.allowed if self.allowed else kind not in _NOT_BY_DEFAULT
        if not wanted:
            return None
        update_id = self._next_id
        self._next_id += 1
        update: Json = {"update_id": update_id, kind: copy.deepcopy(body)}
        self.past[update_id] = update
        self._entries.append(_Entry(update))
        return update_id

    def repeat(self, update_id: int) -> None:
        """Queue an update of the past once more under its old id; raises KeyError for an unknown one."""
        self._entries.append(_Entry(self.past[update_id], again=True))

    def push_raw(self, update: Json) -> int:
        """Queue an update as it is, numbering it when it has no update_id; return its update_id."""
        update_id = int(update.get("update_id", self._next_id))
        self._next_id = max(self._next_id, update_id + 1)
        update = {"update_id": update_id, **{name: value for name, value in update.items() if name != "update_id"}}
        self.past[update_id] = update
        self._entries.append(_Entry(update, again=True))
        return update_id

    def confirm(self, offset: int) -> None:
        """Forget what an offset confirms; a negative one keeps only so many from the end."""
        if offset > 0:
            self._entries = [entry for entry in self._entries if entry.again or entry.update["update_id"] >= offset]
        elif offset < 0:
            self._entries = self._entries[offset:]

    def pending(self) -> list[Json]:
        """Return what waits, oldest first; it is not to be changed."""
        return [entry.update for entry in self._entries]

    def take(self, limit: int) -> list[Json]:
        """Return what a poller gets: new ones stay until confirmed, repeated ones are told once more."""
        taken = self._entries[:limit]
        for entry in taken:
            entry.again = False
        return [copy.deepcopy(entry.update) for entry in taken]

    def remove(self, updates: Sequence[Json]) -> None:
        """Forget updates that a webhook accepted, one entry for each."""
        for update in updates:
            for index, entry in enumerate(self._entries):
                if entry.update["update_id"] == update["update_id"]:
                    del self._entries[index]
                    break

    def clear(self) -> None:
        """Forget everything, as `drop_pending_updates` asks."""
        self._entries.clear()
