"""Faults on demand: what the provider or the network do wrong for the next calls of a name."""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

CANONICAL = {
    "getBalance": "balance",
    "getNumber": "buy",
    "getSms": "sms",
    "setStatus": "cancel",
    "cancelNumber": "cancel",
    "getStatus": "status",
    "getProducts": "products",
}
"""The API's names of calls → the names that faults may use for them besides."""

GARBAGE: dict[str, bytes] = {
    "html": b"<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>",
    "empty": b"",
    "truncated": b'{"status": 200, "data": {"num',
    "nan": b'{"status": 200, "data": {"balance": NaN, "number": NaN, "id": NaN}, "message": NaN}',
    "deep": b"[" * 100_000,
    "big_int": b'{"status": ' + b"9" * 5000 + b"}",
    "big_balance": b'{"status": 200, "data": {"balance": ' + b"9" * 5000 + b"}}",
    "list": b'[{"status": 200, "message": "Your code is 123456"}]',
    "surrogate": b'{"status": 200, "message": "\\ud83d your code is 123456", "data": {"number": "\\ud83d", "id": "\\udc00"}}',
    "null_data": b'{"status": 200, "data": null}',
    "true_status": b'{"status": true, "data": {"balance": 1}}',
    "object_id": b'{"status": 200, "data": {"number": 919876543210, "id": {"a": 1}}}',
    "currency": '{"status": 200, "data": [{"product_name": "WhatsApp", "price": "9.50 ₹", "product_id": "wa"}]}'.encode(),
    "unknown_code": b'{"status": 299, "message": "Something new"}',
    "too_large": b'{"status": 200, "message": "' + b"x" * (300 * 1024) + b'"}',
}
"""Bodies that no reference explains, by the name that a fault's `variant` takes."""


class FaultKind(StrEnum):
    """What goes wrong."""

    CODE = "code"
    """The envelope says `code`."""
    HTTP = "http"
    """HTTP `status` with an HTML body, and `retry_after` in the header where it is given."""
    GARBAGE = "garbage"
    """The body is `body`, or the `variant` of `GARBAGE`."""
    BOM = "bom"
    """The right answer after a byte order mark."""
    DRIP = "drip"
    """The right answer, one byte every `seconds`."""
    DELAY = "delay"
    """The right answer, `seconds` late."""
    HANG = "hang"
    """No answer as long as the caller waits."""
    CUT = "cut"
    """The connection is closed without an answer; after the effect, in the middle of the answer."""
    BOMB = "bomb"
    """50 MiB of JSON in 50 KiB of gzip."""
    HOLD = "hold"
    """The call waits until the fault is released, then goes on normally."""


@dataclass(eq=False, slots=True)
class Fault:
    """A fault that strikes `count` more times (None: until cleared), for one account's `label` or for all.

    `call` is the API's name of a call, its plain name ("buy"), or "*". With `after` the call has its effect first.
    """

    call: str
    kind: FaultKind
    count: int | None = None
    label: str | None = None
    after: bool = False
    code: int = 205
    status: int = 502
    retry_after: str | None = None
    variant: str = "html"
    body: bytes | None = None
    seconds: float = 0.5
    struck: int = 0
    released: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    def __post_init__(self) -> None:
        """Refuse with ValueError what could not strike."""
        if self.call not in {"*", *CANONICAL, *CANONICAL.values()}:
            raise ValueError(f"There is no call {self.call!r}.")
        if self.variant not in GARBAGE:
            raise ValueError(f"There is no garbage {self.variant!r}.")

    def matches(self, call: str, label: str) -> bool:
        """Say whether the fault is meant for this call of this account."""
        if self.count is not None and self.count <= 0:
            return False
        return self.call in {"*", call, CANONICAL[call]} and self.label in {None, label}

    @property
    def is_over(self) -> bool:
        """Say whether nothing is left to strike or to release."""
        return self.count == 0 and (self.kind is not FaultKind.HOLD or self.released.is_set())

    @property
    def garbage(self) -> bytes:
        """The body to answer with."""
        return GARBAGE[self.variant] if self.body is None else self.body

    def release(self) -> None:
        """Let held calls go on, and end the fault."""
        self.count = 0
        self.released.set()

    def as_json(self) -> dict[str, Any]:
        """Give what the desk shows of it."""
        shown = ("call", "kind", "count", "label", "after", "code", "status", "retry_after", "variant", "seconds", "struck")
        return {name: getattr(self, name) for name in shown}


class Faults:
    """The faults that are on, oldest first; the first that matches a call strikes."""

    def __init__(self) -> None:
        self.active: list[Fault] = []

    def add(self, call: str, kind: FaultKind | str, **options: Any) -> Fault:
        """Turn a fault on; "cut_after", "hang_after" and "hold_after" are those kinds after the effect.

        Raises ValueError or TypeError for what is no fault.
        """
        plain = str(kind).removesuffix("_after")
        if plain != str(kind):
            options["after"] = True
        fault = Fault(call, FaultKind(plain), **options)
        self.active.append(fault)
        return fault

    def strike(self, call: str, label: str) -> Fault | None:
        """Give the fault that strikes this call, counting it, or None."""
        self.active = [fault for fault in self.active if not fault.is_over]
        for fault in self.active:
            if fault.matches(call, label):
                fault.count = None if fault.count is None else fault.count - 1
                fault.struck += 1
                return fault
        return None

    def clear(self) -> None:
        """Turn every fault off and release what is held."""
        for fault in self.active:
            fault.release()
        self.active.clear()
