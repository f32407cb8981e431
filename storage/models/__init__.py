"""The tables. What a row means is said here; what may happen to it is said in the services."""

from storage.models.admins import Action, AuditEntry, House, Invite, Mode
from storage.models.broadcasts import Audience, Broadcast, BroadcastRecipient, BroadcastState, Content, Outcome, Removal
from storage.models.chats import Alert, AlertKind, Chat, Favourite, SortOrder, UnusualUse
from storage.models.house import AdminNotice, Alarm, BootClock, Lease, ProcessBeat, SendBudget, UpdateReceipt
from storage.models.numbers import CLOSED, IN_FLIGHT, OPEN, Activation, Sms, State

__all__ = [
    "CLOSED",
    "IN_FLIGHT",
    "OPEN",
    "Action",
    "Activation",
    "AdminNotice",
    "Alarm",
    "Alert",
    "AlertKind",
    "Audience",
    "AuditEntry",
    "BootClock",
    "Broadcast",
    "BroadcastRecipient",
    "BroadcastState",
    "Chat",
    "Content",
    "Favourite",
    "House",
    "Invite",
    "Lease",
    "Mode",
    "Outcome",
    "ProcessBeat",
    "Removal",
    "SendBudget",
    "Sms",
    "SortOrder",
    "State",
    "UnusualUse",
    "UpdateReceipt",
]
