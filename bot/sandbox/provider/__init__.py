"""A simulated provider: its state, its API in both revisions, and the desk from which it is watched and disturbed."""

from bot.sandbox.provider.catalog import DEMO_ACCOUNTS, many_offers
from bot.sandbox.provider.faults import Fault, FaultKind, Faults
from bot.sandbox.provider.records import Account, Activation, CallEntry, LedgerEntry, Offer, Settings
from bot.sandbox.provider.routes import provider_routes
from bot.sandbox.provider.state import Provider

__all__ = [
    "DEMO_ACCOUNTS",
    "Account",
    "Activation",
    "CallEntry",
    "Fault",
    "FaultKind",
    "Faults",
    "LedgerEntry",
    "Offer",
    "Provider",
    "Settings",
    "many_offers",
    "provider_routes",
]
