"""Reads the ledgers of the sandbox and the bot's database after a campaign, and lists what must not be."""

import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.sandbox.server import Sandbox

FORWARD = {
    "offered": {"requested"},
    "requested": {"rejected", "unknown", "active"},
    "unknown": {"not_charged", "charged", "unresolved", "active", "rejected"},
    "active": {"cancelling", "cancelled", "expired", "finished"},
    # A refused cancellation leaves the number where it was.
    "cancelling": {"active", "cancelled", "expired", "finished"},
}
WATCH = """
CREATE TABLE IF NOT EXISTS audit_move (activation_id TEXT, before TEXT, after TEXT);
CREATE TRIGGER IF NOT EXISTS audit_moves AFTER UPDATE OF state ON activation WHEN old.state <> new.state
BEGIN INSERT INTO audit_move VALUES (old.id, old.state, new.state); END;
"""


@dataclass
class Findings:
    """What a campaign did and what of it was wrong."""

    kills: int = 0
    faults: int = 0
    operations: int = 0
    charges: int = 0
    messages: int = 0
    duplicates: int = 0
    violations: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        counted = ", ".join(
            f"{name} {getattr(self, name)}" for name in ("kills", "faults", "operations", "charges", "messages", "duplicates")
        )
        return f"{counted}, violations {len(self.violations)}" + "".join(f"\n  {violation}" for violation in self.violations)


def watch(database: Path) -> None:
    """Have the database write every change of state down, so that none escapes the audit."""
    with sqlite3.connect(database, timeout=30) as connection:
        connection.executescript(WATCH)


def rows(database: Path, query: str) -> list[dict[str, Any]]:
    with sqlite3.connect(database, timeout=30) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(query)]


def in_doubt(database: Path) -> int:
    """How many purchases have no outcome, and how many updates, SMS and cards still wait for the bot."""
    doubtful = "SELECT count(*) AS n FROM activation WHERE state IN ('requested', 'unknown')"
    undelivered = "SELECT count(*) AS n FROM sms WHERE delivered_at IS NULL"
    undrawn = "SELECT count(*) AS n FROM activation WHERE state <> 'offered' AND card_version < version"
    unhandled = "SELECT count(*) AS n FROM update_receipt WHERE handled_at IS NULL"
    return sum(rows(database, query)[0]["n"] for query in (doubtful, undelivered, undrawn, unhandled))


def audit(sandbox: Sandbox, database: Path, findings: Findings, taps: set[str], texts: dict[str, int]) -> Findings:
    """Compare what happened with what may happen.

    `taps` are the offers whose Buy was tapped; `texts` are the SMS that were sent, each with the chat that it belongs to.
    """
    activations = rows(database, "SELECT * FROM activation")
    _money(sandbox, activations, taps, findings)
    _messages(sandbox, database, texts, findings)
    for move in rows(database, "SELECT * FROM audit_move"):
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


def _messages(sandbox: Sandbox, database: Path, texts: dict[str, int], findings: Findings) -> None:
    stored = {
        row["text"]: row for row in rows(database, "SELECT text, delivered_at, chat_id FROM sms JOIN activation a ON a.id = activation_id")
    }
    for text, row in stored.items():
        if row["delivered_at"] is None:
            findings.violations.append(f"stored and not pushed: {text}")
        if texts.get(text) != row["chat_id"]:
            findings.violations.append(f"chat {row['chat_id']} holds an SMS of {texts.get(text)}: {text}")
    _given_out(sandbox, database, set(stored), findings)
    pushed: Counter[tuple[int, str]] = Counter()
    for call in sandbox.telegram.ledger:
        if call.method == "sendMessage" and call.message_id is not None:
            for text, owner in texts.items():
                if text in str(call.params.get("text", "")):
                    pushed[int(call.chat_id), text] += 1
                    if int(call.chat_id) != owner:
                        findings.violations.append(f"{text} of {owner} reached {call.chat_id}")
    findings.messages = len(pushed)
    findings.duplicates = sum(count - 1 for count in pushed.values())
    if findings.duplicates > findings.kills + findings.faults:
        findings.violations.append(f"{findings.duplicates} duplicates are more than kills and unclear sends explain")
    findings.violations += [f"stored and never shown: {text}" for text in stored if not pushed[texts.get(text, 0), text]]


def _given_out(sandbox: Sandbox, database: Path, stored: set[str], findings: Findings) -> None:
    """An open number was asked for its SMS after the last fault, and the provider shows all of them: none may be missing."""
    for row in rows(database, "SELECT id, provider_id FROM activation WHERE state IN ('active', 'cancelling')"):
        missing = set(sandbox.provider.activations[row["provider_id"]].sms) - stored
        if missing:
            findings.violations.append(f"{row['id']} never received {missing}")
