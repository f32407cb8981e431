"""Random lives of activations over the real services, checked after every step.

`STATEFUL_EXAMPLES=1000 pytest tests/stateful` runs that many, different ones each time.
"""

import asyncio
import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.stateful.machine import Life
from tests.stateful.world import Place, empty, prepare

EXAMPLES = os.environ.get("STATEFUL_EXAMPLES")


def profile(examples: int, steps: int) -> settings:
    return settings(
        max_examples=int(EXAMPLES) if EXAMPLES else examples,
        stateful_step_count=50 if EXAMPLES else steps,
        derandomize=EXAMPLES is None,
        database=None,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink] if os.environ.get("SHRINK") else [Phase.generate],
    )


def live(runner: asyncio.Runner, url: str, profiled: settings) -> None:
    """Live many lives, each of which begins with an empty database."""
    lived: Counter[str] = Counter()

    class LifeThere(Life):
        def __init__(self) -> None:
            runner.run(empty(url))
            super().__init__(runner, Place(url))

        def teardown(self) -> None:
            super().teardown()
            lived.update(self.lived(), lives=1)

    try:
        run_state_machine_as_test(LifeThere, settings=profiled)
    finally:
        print(dict(lived))  # noqa: T201  # What a long run reports (`pytest -s`).


def test_on_sqlite(runner: asyncio.Runner, sqlite_url: str) -> None:
    live(runner, sqlite_url, profile(20, 40))


@pytest.mark.postgres
def test_on_postgres(runner: asyncio.Runner, postgres_url: str) -> None:
    runner.run(prepare(postgres_url))
    live(runner, postgres_url, profile(10, 40))
