"""Faults on demand: what Telegram or the network do wrong for the next calls of a method."""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.sandbox.telegram.errors import ApiError, bad_request, forbidden, too_many_requests


class FaultKind(StrEnum):
    """What goes wrong. "After" means that the call has had its effect before its answer is lost."""

    RETRY_AFTER = "retry_after"
    """429, with `retry_after` seconds."""
    HTTP_ERROR = "http_error"
    """An HTTP error of a proxy, `status` (default 502), with an HTML body."""
    BLOCKED = "blocked"
    """403 "bot was blocked by the user"."""
    BAD_REQUEST = "bad_request"
    """400 with `description`."""
    HANG = "hang"
    """No effect, and no answer as long as the caller waits."""
    HANG_AFTER = "hang_after"
    CUT = "cut"
    """No effect, and the connection ends without a whole answer."""
    CUT_AFTER = "cut_after"
    HOLD = "hold"
    """The call waits until the fault is released, then goes on normally."""


@dataclass(eq=False, slots=True)
class Fault:
    """A fault that strikes `count` more times; `method` "*" means every method but getUpdates."""

    method: str
    kind: FaultKind
    count: int = 1
    chat_id: int | None = None
    retry_after: int = 1
    status: int = 502
    description: str = "Bad Request: fault on demand"
    struck: int = field(default=0, init=False)
    _released: asyncio.Event = field(default_factory=asyncio.Event, init=False, repr=False)

    def matches(self, method: str, chat_id: str) -> bool:
        """Return whether the fault is meant for this call."""
        if self.count <= 0 or (self.chat_id is not None and chat_id != str(self.chat_id)):
            return False
        if self.method == "*":
            return method.lower() != "getupdates"
        return self.method.lower() == method.lower()

    def refusal(self) -> ApiError | None:
        """Return the answer of the kinds that are refusals by the Bot API itself."""
        if self.kind is FaultKind.RETRY_AFTER:
            return too_many_requests(self.retry_after)
        if self.kind is FaultKind.BLOCKED:
            return forbidden("bot was blocked by the user")
        if self.kind is FaultKind.BAD_REQUEST:
            return bad_request(self.description.removeprefix("Bad Request: "))
        return None

    @property
    def is_over(self) -> bool:
        """Return whether nothing is left to strike or to release."""
        return self.count <= 0 and (self.kind is not FaultKind.HOLD or self._released.is_set())

    def release(self) -> None:
        """Let held calls go on, and end the fault."""
        self.count = 0
        self._released.set()

    async def released(self) -> None:
        """Return when the fault is released."""
        await self._released.wait()


class Faults:
    """The faults that are on, oldest first; the first that matches a call strikes."""

    def __init__(self) -> None:
        """Start without faults."""
        self.active: list[Fault] = []

    def add(self, method: str, *, kind: FaultKind | str, count: int = 1, **options: Any) -> Fault:
        """Turn a fault on for the next `count` calls of a method ("*" for all).

        `options` are the other fields of Fault; raises ValueError or TypeError for what is no fault.
        """
        fault = Fault(method, FaultKind(kind), count, **options)
        self.active.append(fault)
        return fault

    def strike(self, method: str, chat_id: str) -> Fault | None:
        """Return the fault that strikes this call, counting it, or None."""
        self.active = [fault for fault in self.active if not fault.is_over]
        for fault in self.active:
            if fault.matches(method, chat_id):
                fault.count -= 1
                fault.struck += 1
                return fault
        return None

    def clear(self) -> None:
        """Turn every fault off and release what is held."""
        for fault in self.active:
            fault.release()
        self.active.clear()
