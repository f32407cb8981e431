"""What holds for the tree as a whole."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot import VERSION
from bot.settings import Settings, load_settings

ROOT = Path(__file__).resolve().parents[1]
TOKEN = "1:abc"
LOCKS = ("requirements.txt", "requirements-dev.txt")

LONGEST_PYTHON_FILE = 300
ALLOWED_TO_BE_LONG: dict[str, str] = {}
"""Path of a longer file, and the reason why it may be."""


def tracked() -> list[Path]:
    """Every file that is, or is about to be, in the repository."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout, so nothing says which files belong to the project")
    # A checkout may belong to another user, as in a container; reading the list of its files is safe all the same.
    command = [git, "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [ROOT / name for name in sorted(set(names)) if name and (ROOT / name).is_file()]


def example() -> dict[str, tuple[str, str]]:
    """Variable → its value and the comment above it in .env.example."""
    found: dict[str, tuple[str, str]] = {}
    for block in (ROOT / ".env.example").read_text(encoding="utf-8").split("\n\n"):
        comments = [line for line in block.splitlines() if line.startswith("#")]
        others = [line for line in block.splitlines() if line and not line.startswith("#")]
        assert len(others) <= 1, f"one setting to a block, under its own comment: {others}"
        for line in others:
            name, _, value = line.partition("=")
            assert name not in found, f"{name} is there twice"
            found[name] = (value, " ".join(comments))
    return found


def test_imports_run_one_way() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_setting_is_in_the_example_with_a_comment_and_the_other_way_round() -> None:
    assert set(example()) == {name.upper() for name in Settings.model_fields}
    assert not [name for name, (_, comment) in example().items() if len(comment) < len("# a few words")]


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_the_example_shows_the_default(name: str) -> None:
    value, _ = example()[name.upper()]
    field = Settings.model_fields[name]
    if field.is_required():
        assert value == ""
        return
    assert getattr(load_settings({"TELEGRAM_BOT_TOKEN": TOKEN, name.upper(): value}), name) == field.default
    assert bool(value) == bool(field.default), "an empty value would say nothing of the default"


def test_no_file_names_a_package_registry() -> None:
    # Put together here, or this file would be the first one found.
    hosts = [".".join(parts).encode() for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"))]
    assert not [(path.name, host) for path in tracked() for host in hosts if host in path.read_bytes().lower()]


def test_no_python_file_is_too_long_to_read() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in tracked() if path.suffix == ".py"}
    long = {name for name, length in lengths.items() if length > LONGEST_PYTHON_FILE}
    assert long == set(ALLOWED_TO_BE_LONG)


def test_every_silenced_warning_has_its_reason() -> None:
    # The bracketed letter keeps these patterns from finding themselves.
    silenced = re.compile(r"# n[o]qa|# type: i[g]nore|# pragma: n[o] cover")
    reasoned = re.compile(r"# (n[o]qa: [A-Z0-9, ]+|type: i[g]nore\[[a-z, -]+\]|pragma: n[o] cover)( # n[o]qa: [A-Z0-9, ]+)? +(-|#) \S+ \S+")
    bare = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        if path.suffix == ".py" and "versions" not in path.parts
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if silenced.search(line) and not reasoned.search(line)
    ]
    assert not bare


@pytest.mark.parametrize("name", LOCKS)
def test_requirements_are_pinned_with_hashes_and_name_no_address(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*-(?!-hash)", text, re.MULTILINE)
    entries = re.split(r"\n(?=\S)", text.strip())
    assert len(entries) > 20
    assert not [entry for entry in entries if not re.match(r"[a-z0-9-]+(\[[a-z,-]+\])?==\S+.*\\\n    --hash=sha256:[0-9a-f]{64}\b", entry)]


def test_what_runs_is_what_is_tested() -> None:
    pins = [set(re.findall(r"^[a-z0-9-]+==\S+", (ROOT / name).read_text("utf-8"), re.MULTILINE)) for name in LOCKS]
    assert pins[0] <= pins[1]


def test_the_licence_is_mit() -> None:
    assert (ROOT / "LICENSE").read_text("utf-8").startswith("MIT License\n\nCopyright (c) ")
    assert 'license = "MIT"' in (ROOT / "pyproject.toml").read_text("utf-8")


def test_make_help_explains_every_command() -> None:
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE") and name != "MFLAGS"}
    told = subprocess.run([make], cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert phony is not None
    assert re.findall(r"^  make (\w+) +\S", told, re.MULTILINE) == phony[1].split()


def test_ci_is_a_program_that_ends_with_the_tests() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    subprocess.run(["/bin/sh", "-c", 'bash -n "$0"', script], check=True)
    last = script.read_text("utf-8").rstrip().splitlines()[-1]
    assert last.split(" ARGS=")[0] == "make --no-print-directory test"
    assert "--only-rerun 'TimeoutError|" in last, "only what waited in vain may be run once more"


def test_the_version_that_is_shown_is_the_projects() -> None:
    assert f'version = "{VERSION}"' in (ROOT / "pyproject.toml").read_text("utf-8").splitlines()
