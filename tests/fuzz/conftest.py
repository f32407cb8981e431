"""Says after a long run how much was tried."""

import pytest

from tests.fuzz.engine import LONG_RUN, RAN


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if LONG_RUN and RAN:
        terminalreporter.section("fuzzed")
        for target, count in sorted(RAN.items()):
            terminalreporter.line(f"{count:8d}  {target}")
