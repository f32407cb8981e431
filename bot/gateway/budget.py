"""How much may happen in how much time: two kinds of budget, and a bounded collection of them by key."""

from collections import deque
from collections.abc import Callable, Hashable
from typing import Generic, Protocol, TypeVar


class Budget(Protocol):
    """What may be spent, one piece at a time; all times are seconds of one monotonic clock."""

    def ready_at(self) -> float:
        """Tell from when on one more may be spent."""
        ...

    def take(self, now: float) -> None:
        """Spend one; the caller has looked at `ready_at` before."""
        ...

    def give_back(self) -> None:
        """Undo the latest `take` that was not undone: what it was spent on did not happen."""
        ...

    def is_full(self, now: float) -> bool:
        """Tell whether nothing is spent, so that a new budget would be the same."""
        ...


class Window:
    """At most `limit` in any stretch of `period` seconds, exactly."""

    def __init__(self, limit: int, period: float) -> None:
        self._period = period
        self._taken: deque[float] = deque([float("-inf")] * limit, maxlen=limit)

    def ready_at(self) -> float:
        """Tell from when on one more may be spent."""
        return self._taken[0] + self._period

    def take(self, now: float) -> None:
        """Spend one."""
        self._taken.append(now)

    def give_back(self) -> None:
        """Undo the latest `take`."""
        self._taken.pop()
        self._taken.appendleft(float("-inf"))

    def is_full(self, now: float) -> bool:
        """Tell whether nothing of the last period is spent."""
        return self._taken[-1] + self._period <= now


class Bucket:
    """One every `interval` seconds in the long run, and up to `burst` at once after a rest.

    Kept as the time at which it is full again (the generic cell rate algorithm), so that it is one number and needs no refilling.
    """

    def __init__(self, interval: float, burst: int) -> None:
        self._interval = interval
        self._slack = interval * (burst - 1)
        self._full_at = float("-inf")

    def ready_at(self) -> float:
        """Tell from when on one more may be spent."""
        return self._full_at - self._slack

    def take(self, now: float) -> None:
        """Spend one."""
        self._full_at = max(self._full_at, now) + self._interval

    def give_back(self) -> None:
        """Undo the latest `take`."""
        self._full_at -= self._interval

    def is_full(self, now: float) -> bool:
        """Tell whether nothing is spent."""
        return self._full_at <= now


class All:
    """Several budgets that must all have one to spare."""

    def __init__(self, *parts: Budget) -> None:
        self._parts = parts

    def ready_at(self) -> float:
        """Tell from when on one more may be spent."""
        return max(part.ready_at() for part in self._parts)

    def take(self, now: float) -> None:
        """Spend one of each."""
        for part in self._parts:
            part.take(now)

    def give_back(self) -> None:
        """Undo the latest `take`."""
        for part in self._parts:
            part.give_back()

    def is_full(self, now: float) -> bool:
        """Tell whether nothing of any is spent."""
        return all(part.is_full(now) for part in self._parts)


K = TypeVar("K", bound=Hashable)
B = TypeVar("B", bound=Budget)


class Budgets(Generic[K, B]):
    """A budget for each key, made when first asked for.

    Full ones are dropped whenever the collection has doubled, so that it holds at most about twice the keys that spent something lately.
    """

    def __init__(self, make: Callable[[K], B], *, sweep_at: int = 1024) -> None:
        self._make = make
        self._budgets: dict[K, B] = {}
        self._smallest_sweep = sweep_at
        self._sweep_at = sweep_at

    def __len__(self) -> int:
        return len(self._budgets)

    def of(self, key: K, now: float) -> B:
        """Return the key's budget. It is dropped later unless something was taken from it."""
        budget = self._budgets.get(key)
        if budget is None:
            if len(self._budgets) >= self._sweep_at:
                self._sweep(now)
            budget = self._budgets[key] = self._make(key)
        return budget

    def _sweep(self, now: float) -> None:
        self._budgets = {key: budget for key, budget in self._budgets.items() if not budget.is_full(now)}
        self._sweep_at = max(self._smallest_sweep, 2 * len(self._budgets))
