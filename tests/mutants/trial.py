"""What happens in a process of its own: tests run on a copy of the tree, with a mistake in it or, to see what covers what, without.

The processes are forks of one that has imported the libraries but nothing of the bot, so that each starts in a moment and still
imports the bot anew. Nothing here writes anywhere but in the copy.
"""

import contextlib
import json
import os
import resource
import signal
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import _lru_cache_wrapper
from pathlib import Path

import coverage
import pytest

OURS = ("bot", "storage", "tests")
MOST_MEMORY = 4 << 30
"""Bytes of address space: a mistake may take a bound away, and the machine is not to suffer for it."""
LIKELY = 8
"""How many tests are run before all others, those that noticed most of the module's mistakes so far."""
OUTPUT, RESULT = ".output", ".result"
_OPTIONS = (
    *("-q", "--assert=plain", "--tb=line", "-p", "no:cacheprovider", "-p", "no:xdist"),
    # The modules do not know which database they are on, and other processes would not be watched.
    *("-m", "not postgres and not browser and not processes"),
)


def fork(copy: Path, work: Callable[[], int]) -> int:
    """Do `work` in a new process, and process group, inside `copy`; returns its id. Its exit status is what `work` returns."""
    (copy / RESULT).unlink(missing_ok=True)
    child = os.fork()
    if child:
        return child
    status = os.EX_SOFTWARE
    try:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        output = os.open(copy / OUTPUT, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(output, 1)
        os.dup2(output, 2)
        _move_into(copy)
        status = work()
    finally:
        # Whatever happened, this process must not go on as if it were the one that it was forked from.
        os._exit(status)


def end(child: int) -> None:
    """End what is left of such a process, and of all that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)


def finish(copy: Path, work: Callable[[], int]) -> int:
    """Do `work` in a new process and wait for it; returns its exit status, negative where a signal ended it."""
    child = fork(copy, work)
    try:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    finally:
        end(child)


def _move_into(copy: Path) -> None:
    root = str(Path.cwd())
    os.chdir(copy)
    sys.path[:] = [str(copy), *(entry for entry in sys.path if entry not in {"", root})]
    for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
        del sys.modules[name]


class _Watch:
    """A plugin that runs the wanted tests in the wanted order and notes what becomes of them."""

    def __init__(self, wanted: Collection[str], begins: Callable[[str], object]) -> None:
        """Take the tests, and whom to tell of each that begins."""
        self._place = {name: place for place, name in enumerate(wanted)}
        self._begins = begins
        self.seconds: dict[str, float] = {}
        self.failed: list[str] = []

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        # Where a mistake changes the tests' own names, all of them are run.
        chosen = [item for item in items if item.nodeid in self._place]
        items[:] = sorted(chosen, key=lambda item: self._place[item.nodeid]) or items

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        _forget()
        self._begins(nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration
        if report.failed:
            self.failed.append(report.nodeid)


def _forget() -> None:
    """Empty the caches of functions: what an earlier test asked for would keep the next one from running through their lines."""
    for module in [module for name, module in sys.modules.items() if name.partition(".")[0] in OURS]:
        for function in vars(module).values():
            if isinstance(function, _lru_cache_wrapper):
                function.cache_clear()


def judge(wanted: Mapping[str, float], patience: int) -> int:
    """Run tests (name → seconds that it usually takes) up to the first that fails, and write down which; returns pytest's exit status.

    A test that takes `patience` seconds more than ten times the usual, as one that waits for ever does, ends the process by SIGALRM.
    """
    sys.dont_write_bytecode = True
    signal.alarm(patience)
    names = list(wanted)
    status, watch = 0, _Watch((), print)
    # Most mistakes are noticed by the first tests, and the files of the others need not be read for these.
    for some in filter(None, (names[:LIKELY], names[LIKELY:])):
        watch = _Watch(some, lambda name: signal.alarm(patience + round(10 * wanted.get(name, 0.0))))
        status = int(pytest.main(["-x", *_OPTIONS, *dict.fromkeys(name.partition("::")[0] for name in some)], plugins=[watch]))
        if status:
            break
    Path(RESULT).write_text(next(iter(watch.failed), "the import"), encoding="utf-8")
    return status


def see(modules: Collection[str], tests: Sequence[str]) -> int:
    """Run tests on unchanged code and write down which lines each covers; returns pytest's exit status."""
    watching = coverage.Coverage(data_file=None, include=[str(Path(module).absolute()) for module in modules], config_file=False)
    watching.set_option("run:concurrency", ["thread", "greenlet"])
    watch = _Watch((), watching.switch_context)
    watching.start()
    status = pytest.main([*_OPTIONS, *tests], plugins=[watch])
    watching.stop()
    found = {module: watching.get_data().contexts_by_lineno(str(Path(module).absolute())) for module in modules}
    lines = {module: {line: [test for test in tests if test] for line, tests in found[module].items()} for module in modules}
    outside = {module: [line for line, tests in found[module].items() if "" in tests] for module in modules}
    libraries = [name for name in sys.modules if name.partition(".")[0] not in {*OURS, "__main__", "conftest"}]
    seen = {"lines": lines, "outside": outside, "seconds": watch.seconds, "failed": watch.failed, "libraries": libraries}
    Path(RESULT).write_text(json.dumps(seen), encoding="utf-8")
    return int(status)
