"""Random lives of activations over the real services, checked after every step.

`STATEFUL_EXAMPLES=1000 pytest -s tests/stateful` lives that many, different ones each time, and says what happened in them. With `SHRINK=1`
a life in which something goes wrong is shortened, which takes minutes.
"""

import asyncio
import os
from collections import Counter
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from starlette.types import Receive, Scope, Send

from bot.sandbox.serve import serve
from tests.stateful.machine import Life
from tests.stateful.world import Place, empty

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


@dataclass
class Provider:
    """Serves the provider of the life that is lived at present."""

    base: str | None = None
    place: Place | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.place is not None
        await self.place.app(scope, receive, send)

    def move(self, url: str) -> Place:
        """Make the place of the next life."""
        self.place = Place(url, self.base)
        return self.place


def live(runner: asyncio.Runner, url: str, profiled: settings, provider: Provider) -> None:
    """Live many lives, each of which begins with an empty database."""
    lived: Counter[str] = Counter()

    class LifeThere(Life):
        def __init__(self) -> None:
            runner.run(empty(url))
            super().__init__(runner, provider.move(url))

        def teardown(self) -> None:
            super().teardown()
            lived.update(self.lived(), lives=1)

    try:
        run_state_machine_as_test(LifeThere, settings=profiled)
    finally:
        print(dict(lived))  # noqa: T201  # What a long run reports (`pytest -s`).


def test_on_sqlite(runner: asyncio.Runner, life_url: str) -> None:
    live(runner, life_url, profile(15, 40), Provider())


@pytest.mark.postgres
def test_on_postgres(runner: asyncio.Runner, migrated_url: str) -> None:
    live(runner, migrated_url, profile(8, 40), Provider())


def test_over_the_network(runner: asyncio.Runner, life_url: str) -> None:
    """The same with the client's own connections, where a broken one is broken for real."""
    provider = Provider()
    serving = serve(provider)
    provider.base = f"{runner.run(serving.__aenter__())}/v1/api"
    try:
        live(runner, life_url, profile(5, 40), provider)
    finally:
        runner.run(serving.__aexit__(None, None, None))
