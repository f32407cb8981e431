"""Mutation testing: small mistakes are made in the code, one at a time, and those are counted that the tests notice.

    python -m tests.mutants.run [--workers 2] [--patience 60] [--again | --fresh] [module or folder ...]

The mistakes are made in copies of the tree. Each is tried with the tests that run through its line, first those that noticed most of the
module's mistakes so far, then the quickest. What came of it is kept in `.mutants`, so that a run which was stopped goes on: what was
noticed is not tried again while its module stays as it is. Mistakes that change nothing anybody could notice stand with their reasons in
`equivalent.toml`; they are tried all the same, and an entry that is noticed, or fits no mistake, fails the run as a score below the goal
does.
"""

import argparse
import compileall
import hashlib
import json
import os
import py_compile
import re
import shutil
import signal
import sys
import tempfile
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from tests.mutants.looking import KEPT, Seen, files, look, preload
from tests.mutants.operators import Mutant, mutants
from tests.mutants.trial import OURS, OUTPUT, RESULT, end, finish, fork, judge

SCOPE = {
    "bot/otpbuddy": ("tests/otpbuddy",),
    "bot/services": ("tests/services",),
    "bot/logs.py": ("tests/test_logs.py", "tests/test_log_lines.py", "tests/test_redaction.py"),
    "storage/vault.py": ("tests/storage/test_vault.py", "tests/services/test_rotation.py"),
}
"""What is mutated, and the tests that have to notice."""
GOAL = 95.0
"""Percent."""
RESULTS = KEPT / "results.jsonl"
EQUIVALENT = Path(__file__).with_name("equivalent.toml")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a mutant of the module as it was then: "killed" or "hung" by a test, or "survived"."""

    module: str
    digest: str
    name: str
    outcome: str
    by: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Job:
    """A mutant to be tried, with the module as it is, and the tests for it."""

    module: Path
    original: str
    mutant: Mutant
    tests: dict[str, float]

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is remembered by."""
        return str(self.module), hashlib.sha256(self.original.encode()).hexdigest()[:16], self.mutant.name


def say(*lines: str) -> None:
    """Print lines, at once."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def copy_of(root: Path, target: Path) -> Path:
    """Copy the tree, with bytecode that is checked against its source: a mutant must never run as what it was made from."""
    shutil.copytree(root, target, ignore=shutil.ignore_patterns(".*", "data", "docs", "__pycache__"))
    for folder in OURS:
        compileall.compile_dir(target / folder, quiet=2, invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)
    return target


def attempt(jobs: Sequence[Job], copies: Sequence[Path], patience: int) -> Iterator[tuple[Job, str, str, float]]:
    """Try the mutants, one in each copy at a time; gives each with its outcome, the test that noticed it, and the seconds it took."""
    waiting, free, running = list(reversed(jobs)), list(copies), dict[int, tuple[Job, Path, float]]()
    noticed: defaultdict[Path, Counter[str]] = defaultdict(Counter)
    try:
        while waiting or running:
            while waiting and free:
                job, copy = waiting.pop(), free.pop()
                (copy / job.module).write_text(job.mutant.source, "utf-8")
                tests = likeliest(job.tests, noticed[job.module])
                running[fork(copy, partial(judge, tests, patience))] = job, copy, time.monotonic()
            child, status = os.wait()
            job, copy, started = running.pop(child)
            end(child)
            (copy / job.module).write_text(job.original, "utf-8")
            free.append(copy)
            code = os.waitstatus_to_exitcode(status)
            by = (copy / RESULT).read_text("utf-8") if (copy / RESULT).exists() else f"signal {-code}" if code < 0 else "an exit"
            outcome = {0: "survived", -signal.SIGALRM: "hung"}.get(code, "killed")
            noticed[job.module][by] += 1
            yield job, outcome, "" if code == 0 else by, time.monotonic() - started
    finally:
        for child in running:
            end(child)


def likeliest(tests: dict[str, float], noticed: Counter[str]) -> dict[str, float]:
    """Put the tests first that noticed the most so far; the others keep their order."""
    return dict(sorted(tests.items(), key=lambda test: -noticed[test[0]]))


def plan(copy: Path, wanted: Sequence[str], only: Sequence[str], patience: int) -> Iterator[Job]:
    """List what there is to try in the wanted modules, with all tests that have to notice or some of them only."""
    for place, tests in SCOPE.items():
        modules = files([place])
        chosen = [module for module in modules if any(module.is_relative_to(name) for name in wanted or [place])]
        if not chosen:
            continue
        seen = look(copy, modules, chosen, files(only or tests, "test_*.py"))
        preload(seen)
        prove(copy, seen, patience)
        for module in chosen:
            source = (copy / module).read_text("utf-8")
            yield from (Job(module, source, mutant, seen.tests(str(module), mutant.lines)) for mutant in mutants(source))


def prove(copy: Path, seen: Seen, patience: int) -> None:
    """Try no mistake at all, with the quickest tests; if that did not survive, no death would mean anything."""
    quickest = dict(sorted(seen.seconds.items(), key=lambda test: test[1])[:50])
    if finish(copy, partial(judge, quickest, patience)):
        sys.exit("Unchanged code does not pass its tests here:\n" + (copy / OUTPUT).read_text("utf-8"))


def remembered() -> dict[tuple[str, str, str], Result]:
    """Read what earlier runs found; of each mutant the newest counts."""
    lines = RESULTS.read_text("utf-8").splitlines() if RESULTS.exists() else []
    found = [Result(**json.loads(line)) for line in lines]
    return {(result.module, result.digest, result.name): result for result in found}


def excuses() -> dict[str, list[tuple[str, Callable[[str], object]]]]:
    """Read which mutants are equivalent: module → the entries, each with its test; `*` in an entry stands for anything."""
    listed = tomllib.loads(EQUIVALENT.read_text("utf-8"))
    return {
        module: [(entry, re.compile(re.escape(entry).replace(r"\*", ".*")).fullmatch) for entry in entries]
        for module, entries in listed.items()
    }


def report(results: Sequence[Result]) -> bool:
    """Print the figures by module; True where the goal is reached and every excuse is one."""
    excused = excuses()
    total: Counter[str] = Counter()
    row = "{:<34}{:>9}{:>8}{:>7}{:>10}{:>12}{:>8}".format
    say(row("", "mutants", "killed", "hung", "survived", "equivalent", "score"))
    bad: list[str] = []
    for module in dict.fromkeys(result.module for result in results):
        mine = [result for result in results if result.module == module]
        fits = {entry: [result for result in mine if is_named(result.name)] for entry, is_named in excused.get(module, [])}
        alike = {result.name for found in fits.values() for result in found if result.outcome == "survived"}
        count = Counter("equivalent" if result.name in alike else result.outcome for result in mine)
        total += count
        say(row(module, *_figures(count)))
        bad += [f"survived: {module}: {result.name}" for result in mine if result.outcome == "survived" and result.name not in alike]
        bad += [f"excused without need: {module}: {entry}" for entry, found in fits.items() if not any(one.name in alike for one in found)]
    say(row("", *_figures(total)), *bad)
    return _score(total) >= GOAL and not any(line.startswith("excused") for line in bad)


def _score(count: Counter[str]) -> float:
    noticed = count["killed"] + count["hung"]
    return 100 * noticed / max(noticed + count["survived"], 1)


def _figures(count: Counter[str]) -> tuple[object, ...]:
    return count.total(), count["killed"], count["hung"], count["survived"], count["equivalent"], f"{_score(count):.1f} %"


def main() -> int:
    """Run what the command line asks for; returns the exit status."""
    parser = argparse.ArgumentParser(description="Mutation testing.")
    parser.add_argument("modules", nargs="*", help=f"modules or folders within {', '.join(SCOPE)}; all of them unless given")
    parser.add_argument("--workers", type=int, default=2, help="how many mutants to try at a time")
    parser.add_argument("--tests", nargs="+", default=[], help="test files or folders to try, instead of all that have to notice")
    parser.add_argument("--patience", type=int, default=60, help="seconds that a test may take beside ten times what it usually does")
    parser.add_argument("--again", action="store_true", help="try only what survived an earlier run")
    parser.add_argument("--fresh", action="store_true", help="forget what earlier runs found")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped."))
    if options.fresh:
        shutil.rmtree(KEPT, ignore_errors=True)
    KEPT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, RESULTS.open("a", encoding="utf-8") as kept:
        copies = [copy_of(Path.cwd(), Path(folder, str(number))) for number in range(options.workers)]
        jobs = list(plan(copies[0], options.modules, options.tests, options.patience))
        before = remembered()
        known = {key: result for key, result in before.items() if result.outcome != "survived"}
        if options.again:
            jobs = [job for job in jobs if job.key in before.keys() - known.keys()]
        found = {job.key: known[job.key] for job in jobs if job.key in known}
        # Those that cost the least if no test notices come first, so that a run which is stopped has tried the most.
        left = sorted((job for job in jobs if job.key not in known), key=lambda job: sum(job.tests.values()))
        say(f"{len(jobs)} mutants, {len(left)} of them to be tried.")
        for job, outcome, by, seconds in attempt(left, copies, options.patience):
            found[job.key] = result = Result(*job.key, outcome, by, round(seconds, 1))
            kept.write(json.dumps(asdict(result)) + "\n")
            kept.flush()
            if outcome == "survived":
                say(f"{job.module}:{job.mutant.lines.start} {job.mutant.name}")
    reached = bool(jobs) and report([found[job.key] for job in jobs])
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
