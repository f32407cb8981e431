"""Runs an asynchronous check on generated values, inside the loop of the test that asks, so that one bot lives through all of them."""

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

LONG_RUN = int(os.environ.get("FUZZ_EXAMPLES") or 0)
"""Examples for each target; 0 means the few that every run of the tests takes, the same ones each time."""
RAN: Counter[str] = Counter()
"""Examples that ran, by target, for the summary after a long run."""

Check = Callable[..., Awaitable[None]]


def profile(examples: int) -> settings:
    """Say how many examples a target gets: so many, or what a long run asks for, and then different ones each time."""
    return settings(
        max_examples=LONG_RUN or examples,
        derandomize=not LONG_RUN,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        print_blob=bool(LONG_RUN),
    )


async def fuzz(
    target: str,
    check: Check,
    *,
    examples: int,
    found: Sequence[dict[str, Any]] = (),
    **strategies: st.SearchStrategy[Any],
) -> None:
    """Run `check` with values of the strategies; what once failed, in `found`, goes first.

    Hypothesis is synchronous, so it runs in a thread of its own and hands each example to this loop.
    """
    loop = asyncio.get_running_loop()

    def one(**values: Any) -> None:
        RAN[target] += 1
        asyncio.run_coroutine_threadsafe(_awaited(check(**values)), loop).result()

    run = given(**strategies)(one)
    for values in reversed(found):
        run = example(**values)(run)
    await asyncio.to_thread(profile(examples)(run))


async def _awaited(work: Awaitable[None]) -> None:
    await work
