"""When to ask for an SMS next: a pure function of a number's age, so that nothing has to be remembered."""

from datetime import timedelta
from typing import Protocol

CURVE = ((60, 1.0), (180, 2.0), (600, 4.0))
"""Up to so many seconds of age, ask every so many shortest intervals: most codes come within the first minute."""
LATE = 8.0
"""The same for older numbers."""


class Schedule(Protocol):
    """Gives the time from one question to the next for a number of that age and product."""

    def __call__(self, age: timedelta, product_id: str) -> timedelta:
        """Give the delay."""
        ...


def longest_pause(shortest: timedelta) -> timedelta:
    """Give the longest pause of that schedule."""
    return shortest * LATE


def curve(shortest: timedelta) -> Schedule:
    """Make the schedule that asks often while a number is young."""

    def schedule(age: timedelta, product_id: str) -> timedelta:  # noqa: ARG001  # A learned schedule will tell products apart.
        seconds = age.total_seconds()
        return shortest * next((factor for limit, factor in CURVE if seconds < limit), LATE)

    return schedule
