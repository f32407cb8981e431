"""The tables. What a row means is said here; what may happen to it is said in the services."""

from storage.models.broadcasts import Broadcast, BroadcastRecipient, BroadcastState, Outcome
from storage.models.chats import Alert, AlertKind, Chat, Favourite, SortOrder
from storage.models.house import AdminNotice, BootClock, Lease, SendBudget, UpdateReceipt
from storage.models.numbers import CLOSED, IN_FLIGHT, OPEN, Activation, Sms, State

__all__ = [
    "CLOSED",
    "IN_FLIGHT",
    "OPEN",
    "Activation",
    "AdminNotice",
    "Alert",
    "AlertKind",
    "BootClock",
    "Broadcast",
    "BroadcastRecipient",
    "BroadcastState",
    "Chat",
    "Favourite",
    "Lease",
    "Outcome",
    "SendBudget",
    "Sms",
    "SortOrder",
    "State",
    "UpdateReceipt",
]
