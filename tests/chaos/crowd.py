"""People who do not mind: they tap on what they see, SMS come, prices change, and faults strike, all at random."""

import random
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.server import Sandbox
from bot.sandbox.telegram.faults import Fault, FaultKind
from tests.chaos.audit import Findings
from tests.support.people import Person

USERS = 6
FIRST = 2001
"""The id of the first of them."""
PROVIDER_FAULTS: tuple[dict[str, Any], ...] = (
    {"call": "buy", "kind": "cut"},
    {"call": "buy", "kind": "cut", "after": True},
    {"call": "buy", "kind": "code", "code": 205},
    {"call": "buy", "kind": "garbage", "after": True},
    {"call": "buy", "kind": "code", "code": 202},
    {"call": "sms", "kind": "http", "status": 503},
    {"call": "sms", "kind": "garbage"},
    {"call": "sms", "kind": "cut", "after": True},
    {"call": "cancel", "kind": "cut", "after": True},
    {"call": "cancel", "kind": "code", "code": 206},
    {"call": "balance", "kind": "code", "code": 205},
    {"call": "products", "kind": "http", "status": 500},
)
TELEGRAM_FAULTS: tuple[dict[str, Any], ...] = (
    {"method": "sendMessage", "kind": "cut_after"},
    {"method": "sendMessage", "kind": "cut"},
    {"method": "sendMessage", "kind": "retry_after"},
    {"method": "editMessageText", "kind": "cut_after"},
    {"method": "editMessageText", "kind": "http_error"},
    {"method": "answerCallbackQuery", "kind": "bad_request", "description": "query is too old and response timeout expired"},
    {"method": "getMe", "kind": "cut"},
)
BUTTONS = (
    "Cancel",
    "Yes, cancel",
    "No, keep",
    "Done",
    "Buy again",
    "Try again",
    "Refresh",
    "Menu",
    "Not now",
    "Back",
    "favourite",
    "Favourites",
    "Recent",
    "By price",
    "Next",
    "Try to cancel again",
)
WEIGHTS = {"buy": 8, "pick": 4, "more": 2, "ask": 2, "void": 8, "keep": 2, "done": 2, "card": 2, "swap": 6, "quit": 2, "wait": 2}
"""How often a kind of button is tapped; all others once."""


@dataclass
class Crowd:
    """What was done by whom is noted for the audit."""

    sandbox: Sandbox
    chance: random.Random
    findings: Findings
    taps: set[str] = field(default_factory=set)
    """The offers whose Buy was tapped."""
    texts: dict[str, int] = field(default_factory=dict)
    """The SMS that were sent, each with the chat that it belongs to."""
    unclear: list[Fault] = field(default_factory=list)
    """The faults that lose the answer to a message."""

    def persons(self) -> list[Person]:
        """Give all of them."""
        return [Person(self.sandbox, FIRST + number) for number in range(USERS)]

    def act(self) -> None:
        """Let one of them do something, or something happen to all of them."""
        person = Person(self.sandbox, FIRST + self.chance.randrange(USERS))
        self.findings.operations += 1
        roll = self.chance.random()
        if roll < 0.12:
            person.says(self.chance.choice(["whatsapp", "telegram", "google", "/numbers", "/history", "/balance", "/start", "hello"]))
        elif roll < 0.62:
            self._tap(person)
        elif roll < 0.82:
            self._send_sms()
        elif roll < 0.86:
            self._break_something()
        elif roll < 0.88:
            self.sandbox.provider.configure(revision=self.chance.choice([1, 2]), cancel_policy=self.chance.choice(["refund", "refuse"]))
        else:
            self._tap(person, twice=True)

    def _tap(self, person: Person, *, twice: bool = False) -> None:
        """Tap something on one of the newest messages, once or twice."""
        found = []
        for message in person.messages()[-6:]:
            for row in message.get("reply_markup", {}).get("inline_keyboard", []):
                found += [(message["message_id"], button["callback_data"]) for button in row if "callback_data" in button]
        if not found:
            return
        kinds = sorted({data.partition(":")[0] for _, data in found} - {"bye", "token", "erase"})
        if not kinds:
            return
        # Money and numbers first; of every kind of button the newest message's is as likely as any other.
        kind = self.chance.choices(kinds, [WEIGHTS.get(kind, 1) for kind in kinds])[0]
        message_id, data = self.chance.choice([tap for tap in found if tap[1].partition(":")[0] == kind])
        if data.startswith("buy:"):
            self.taps.add(data.removeprefix("buy:"))
        for _ in range(2 if twice else 1):
            person.telegram.tap(person.id, person.id, message_id, data)

    def _send_sms(self) -> None:
        waiting = [activation for activation in self.sandbox.provider.activations.values() if activation.is_open]
        if not waiting:
            return
        activation = self.chance.choice(waiting)
        text = f"Your code is {self.chance.randrange(100_000, 999_999)}. Ref-{len(self.texts)}."
        self.texts[text] = FIRST + int(activation.account.removeprefix("user "))
        self.sandbox.provider.send_sms(activation.id, text)

    def _break_something(self) -> None:
        self.findings.faults += 1
        if self.chance.random() < 0.6:
            self.sandbox.provider.faults.add(count=self.chance.randint(1, 2), **self.chance.choice(PROVIDER_FAULTS))
        else:
            fault = self.sandbox.telegram.faults.add(**self.chance.choice(TELEGRAM_FAULTS))
            if (fault.method, fault.kind) == ("sendMessage", FaultKind.CUT_AFTER):
                self.unclear.append(fault)
