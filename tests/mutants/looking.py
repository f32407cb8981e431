"""Which tests run through which lines, and how long they take: seen once, and again where a test or a module changed."""

import contextlib
import hashlib
import importlib
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from tests.mutants.trial import OUTPUT, RESULT, finish, see

KEPT = Path(".mutants")


@dataclass(slots=True)
class Seen:
    """Module → line → the tests that run through it; test → its seconds; the libraries that were imported.

    The lines in `outside` were run outside any test as well, as all are that an import runs.
    """

    lines: dict[str, dict[int, set[str]]] = field(default_factory=dict)
    outside: dict[str, set[int]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    libraries: list[str] = field(default_factory=list)

    def tests(self, module: str, lines: Iterable[int]) -> dict[str, float]:
        """The tests that run through any of these lines, the quickest first; then, where an import does as well, all in the same files.

        A module that holds nothing but what an import runs is tried with the tests of its folder's other modules.
        """
        found = self.lines[module]
        direct = {test for line in lines for test in found.get(line, ())}
        others: set[str] = set()
        if not direct or self.outside[module].intersection(lines):
            folder = module.rpartition("/")[0]
            around = [self.lines[name] for name in self.lines if name.rpartition("/")[0] == folder]
            concerned = {test.partition("::")[0] for seen in ([found] if found else around) for tests in seen.values() for test in tests}
            others = {test for test in self.seconds if test.partition("::")[0] in concerned} - direct
        if not direct and not others:
            sys.exit(f"No test runs through {module}.")
        return {test: self.seconds[test] for tests in (direct, others) for test in sorted(tests, key=lambda one: (self.seconds[one], one))}


def digest(paths: Iterable[Path]) -> str:
    """Name the contents of files."""
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()[:16]


def files(places: Iterable[str], pattern: str = "*.py") -> list[Path]:
    """List files that are named themselves, and the Python files of folders that fit the pattern."""
    return [found for place in map(Path, places) for found in ([place] if place.is_file() else sorted(place.rglob(pattern)))]


def look(copy: Path, modules: Sequence[Path], chosen: Sequence[Path], tests: Sequence[Path]) -> Seen:
    """See what the test files cover of the chosen modules, those anew that changed since; what is seen of the other modules is kept too.

    What fails on unchanged code, twice, ends the program: it could not judge any other.
    """
    helpers = sorted({*Path("tests/support").glob("*.py"), *(found for test in tests for found in test.parent.glob("*.py"))} - {*tests})
    digests = {str(test): digest([test, *helpers]) for test in tests}
    now = {str(module): digest([module]) for module in modules}
    kept = KEPT / f"{'-'.join(modules[0].parts)}.json"
    known: dict[str, dict[str, Any]] = json.loads(kept.read_text("utf-8")) if kept.exists() else {}

    def is_fresh(name: str) -> bool:
        part = known.get(name, {"digest": ""})
        return bool(part["digest"] == digests[name]) and all(part["modules"].get(str(module)) == now[str(module)] for module in chosen)

    failed: list[str] = []
    for _ in range(2):
        if stale := [name for name in digests if not is_fresh(name)]:
            sys.stdout.write(f"Looking which lines {len(stale)} test files run through.\n")
            sys.stdout.flush()
            finish(copy, partial(see, list(now), stale))
            if not (copy / RESULT).exists():
                sys.exit((copy / OUTPUT).read_text("utf-8"))
            shown = json.loads((copy / RESULT).read_text("utf-8"))
            failed = shown["failed"]
            sound = [name for name in stale if not any(_is_of(test, name) for test in failed)]
            known |= {name: _part(shown, name) | {"digest": digests[name], "modules": now} for name in sound}
            kept.write_text(json.dumps(known), "utf-8")
    if failed:
        sys.exit(f"These fail on the code as it is, so they cannot judge any other: {', '.join(failed)}.")
    return _together(modules, [known[name] for name in digests])


def preload(seen: Seen) -> None:
    """Import the libraries here, so that no fork of this process has to."""
    for name in seen.libraries:
        with contextlib.suppress(Exception):  # Some can be imported only by the one library that they belong to.
            importlib.import_module(name)


def _is_of(test: str, file: str) -> bool:
    return test.partition("::")[0] == file


def _part(shown: dict[str, Any], file: str) -> dict[str, Any]:
    """What was seen of one test file."""
    return {
        "lines": {
            module: {line: own for line, tests in lines.items() if (own := [test for test in tests if _is_of(test, file)])}
            for module, lines in shown["lines"].items()
        },
        "outside": shown["outside"],
        "seconds": {test: seconds for test, seconds in shown["seconds"].items() if _is_of(test, file)},
        "libraries": shown["libraries"],
    }


def _together(modules: Sequence[Path], parts: Sequence[dict[str, Any]]) -> Seen:
    seen = Seen({str(module): defaultdict(set) for module in modules}, {str(module): set() for module in modules})
    for part in parts:
        seen.seconds |= part["seconds"]
        seen.libraries = list(dict.fromkeys([*seen.libraries, *part["libraries"]]))
        for module in seen.lines:
            seen.outside[module].update(part["outside"][module])
            for line, tests in part["lines"][module].items():
                seen.lines[module][int(line)].update(tests)
    return seen
