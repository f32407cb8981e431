"""Reads the ledgers of the sandbox and the bot's database after a campaign, and lists what must not be."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from bot.sandbox.server import Sandbox
from tests.chaos.books import Books

TAKEN_WITHIN = timedelta(seconds=1)
"""How much later than the sender's death Telegram may take what it sent."""
FORWARD = {
    "offered": {"requested"},
    "requested": {"rejected", "unknown", "active"},
    "unknown": {"not_charged", "charged", "unresolved", "active", "rejected"},
    "active": {"cancelling", "cancelled", "expired", "finished"},
    # A refused cancellation leaves the number where it was.
    "cancelling": {"active", "cancelled", "expired", "finished"},
}


@dataclass
class Findings:
    """What a campaign did and what of it was wrong."""

    kills: int = 0
    rotations: int = 0
    faults: int = 0
    operations: int = 0
    charges: int = 0
    messages: int = 0
    duplicates: int = 0
    unclear: int = 0
    """Messages that Telegram took and whose answer was lost."""
    deaths: list[datetime] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        counted = ", ".join(
            f"{name} {getattr(self, name)}"
            for name in ("kills", "rotations", "faults", "operations", "charges", "messages", "duplicates", "unclear")
        )
        return f"{counted}, violations {len(self.violations)}" + "".join(f"\n  {violation}" for violation in self.violations)


async def audit(sandbox: Sandbox, books: Books, findings: Findings, taps: set[str], texts: dict[str, int]) -> Findings:
    """Compare what happened with what may happen.

    `taps` are the offers whose Buy was tapped; `texts` are the SMS that were sent, each with the chat that it belongs to.
    """
    activations = await books.rows("SELECT * FROM activation")
    _money(sandbox, activations, taps, findings)
    await _messages(sandbox, books, texts, findings)
    for move in await books.rows("SELECT * FROM audit_move"):
        if move["after"] not in FORWARD.get(move["before"], set()):
            findings.violations.append(f"{move['activation_id']} went from {move['before']} to {move['after']}")
    return findings


def _money(sandbox: Sandbox, activations: list[dict[str, Any]], taps: set[str], findings: Findings) -> None:
    charged = {entry.purchase_id for entry in sandbox.provider.charges}
    findings.charges = len(sandbox.provider.charges)
    asked = [activation for activation in activations if activation["requested_at"] is not None]
    # A fault that strikes after the effect is written down beside the answer that it spoiled.
    outcomes = [call.outcome for call in sandbox.provider.calls if call.call == "getNumber"]
    calls = sum(not outcome.endswith("after the effect") for outcome in outcomes)
    if calls > len(asked):
        findings.violations.append(f"getNumber was sent {calls} times for {len(asked)} requested purchases")
    if untapped := {activation["id"] for activation in asked} - taps:
        findings.violations.append(f"bought without a tap: {untapped}")
    held = Counter(activation["provider_id"] for activation in activations if activation["provider_id"] is not None)
    findings.violations += [f"{provider_id} belongs to {count} activations" for provider_id, count in held.items() if count > 1]
    findings.violations += [f"{provider_id} was never charged" for provider_id in held.keys() - charged]
    # A charge without a number is one that the bot could only see in the balance, or not even there.
    doubtful = sum(activation["state"] in {"charged", "unresolved", "unknown"} for activation in activations)
    lost = len(charged - held.keys())
    if lost > doubtful:
        findings.violations.append(f"{lost} charges without a number, but only {doubtful} purchases that say so")
    findings.violations += [f"{a['id']} is still {a['state']}" for a in activations if a["state"] in {"requested", "unknown"}]


async def _messages(sandbox: Sandbox, books: Books, texts: dict[str, int], findings: Findings) -> None:
    found = await books.rows("SELECT text, delivered_at, chat_id FROM sms JOIN activation a ON a.id = activation_id")
    stored = {row["text"]: row for row in found}
    for text, row in stored.items():
        if row["delivered_at"] is None:
            findings.violations.append(f"stored and not pushed: {text}")
        if texts.get(text) != row["chat_id"]:
            findings.violations.append(f"chat {row['chat_id']} holds an SMS of {texts.get(text)}: {text}")
    await _given_out(sandbox, books, set(stored), findings)
    pushed: defaultdict[tuple[int, str], list[datetime]] = defaultdict(list)
    for call in sandbox.telegram.ledger:
        if call.method == "sendMessage" and call.message_id is not None:
            for text, owner in texts.items():
                if text in str(call.params.get("text", "")):
                    pushed[int(call.chat_id), text].append(call.at)
                    if int(call.chat_id) != owner:
                        findings.violations.append(f"{text} of {owner} reached {call.chat_id}")
    findings.messages = len(pushed)
    findings.duplicates = sum(len(copies) - 1 for copies in pushed.values())
    repeated = [(first, second) for copies in pushed.values() for first, second in pairwise(copies)]
    alive = sum(not any(first - TAKEN_WITHIN <= death <= second for death in findings.deaths) for first, second in repeated)
    if alive > findings.unclear:
        findings.violations.append(f"{alive} were pushed again by the same process, but only {findings.unclear} had no clear answer")
    findings.violations += [f"stored and never shown: {text}" for text in stored if not pushed[texts.get(text, 0), text]]


async def _given_out(sandbox: Sandbox, books: Books, stored: set[str], findings: Findings) -> None:
    """An open number was asked for its SMS after the last fault, and the provider shows all of them: none may be missing."""
    for row in await books.rows("SELECT id, provider_id FROM activation WHERE state IN ('active', 'cancelling')"):
        missing = set(sandbox.provider.activations[row["provider_id"]].sms) - stored
        if missing:
            findings.violations.append(f"{row['id']} never received {missing}")
