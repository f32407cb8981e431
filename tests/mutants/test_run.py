"""A whole run over a small tree: what it finds, remembers, refuses, and leaves alone."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = "def may_buy(balance, price):\n    return balance >= price\n"
WEAK = "from bot.otpbuddy.shop import may_buy\n\n\ndef test_it():\n    assert may_buy(2, 1)\n"
STRONG = f"{WEAK}    assert may_buy(1, 1)\n    assert not may_buy(1, 2)\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "tests" / "mutants", tmp_path / "tests" / "mutants", ignore=shutil.ignore_patterns("__pycache__", "test_*"))
    (tmp_path / "tests" / "mutants" / "equivalent.toml").write_text("")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\naddopts = ["--import-mode=importlib"]\npythonpath = ["."]\n'
        'markers = ["postgres", "browser", "processes"]\nasyncio_default_fixture_loop_scope = "function"\n'
    )
    for folder in ("bot/otpbuddy", "storage", "tests/otpbuddy"):
        (tmp_path / folder).mkdir(parents=True)
    for package in ("bot", "bot/otpbuddy", "storage"):
        (tmp_path / package / "__init__.py").touch()
    (tmp_path / "bot" / "otpbuddy" / "shop.py").write_text(CODE)
    return tmp_path


def run(tree: Path, tests: str, *options: str) -> tuple[int, str]:
    (tree / "tests" / "otpbuddy" / "test_shop.py").write_text(tests)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COVERAGE", "PYTHONPATH"))}
    command = [sys.executable, "-m", "tests.mutants.run", "--workers", "1", *options]
    ended = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout + ended.stderr


def test_what_no_test_notices_is_named_and_fails_the_run(tree: Path) -> None:
    status, said = run(tree, WEAK)
    assert status == 1
    assert "survived: bot/otpbuddy/shop.py: may_buy: return balance >= price → return balance > price" in said
    assert said.splitlines()[-2].split() == ["3", "2", "0", "1", "0", "66.7", "%"]
    assert (tree / "bot" / "otpbuddy" / "shop.py").read_text() == CODE


def test_what_was_noticed_is_remembered_and_what_was_not_is_tried_again(tree: Path) -> None:
    assert "3 mutants, 3 of them to be tried." in run(tree, WEAK)[1]
    status, said = run(tree, STRONG)
    assert "3 mutants, 1 of them to be tried." in said
    assert (status, said.splitlines()[-1].split()) == (0, ["3", "3", "0", "0", "0", "100.0", "%"])
    assert "3 mutants, 3 of them to be tried." in run(tree, STRONG, "--fresh", "bot/otpbuddy/shop.py")[1]


def test_only_what_survived_can_be_tried_again(tree: Path) -> None:
    run(tree, WEAK)
    status, said = run(tree, STRONG, "--again")
    assert "1 mutants, 1 of them to be tried." in said
    assert (status, said.splitlines()[-1].split()) == (0, ["1", "1", "0", "0", "0", "100.0", "%"])
    assert run(tree, STRONG, "--again")[0] == 1, "nothing is left to be tried"


def test_an_excuse_takes_a_survivor_out_of_the_score_and_must_be_needed(tree: Path) -> None:
    entry = '"may_buy: return balance >= price → return balance > *" = "they are never the same"\n'
    (tree / "tests" / "mutants" / "equivalent.toml").write_text(f'["bot/otpbuddy/shop.py"]\n{entry}')
    status, said = run(tree, WEAK)
    assert (status, said.splitlines()[-1].split()) == (0, ["3", "2", "0", "0", "1", "100.0", "%"])
    status, said = run(tree, STRONG)
    assert status == 1
    assert "excused without need: bot/otpbuddy/shop.py: may_buy" in said


def test_a_mistake_that_makes_a_test_wait_for_ever_is_noticed_too(tree: Path) -> None:
    waits = "import time\n" + STRONG.replace("    assert may_buy(1, 1)", "    while not may_buy(1, 1):\n        time.sleep(1)")
    status, said = run(tree, waits, "--patience", "10")
    assert (status, said.splitlines()[-1].split()) == (0, ["3", "2", "1", "0", "0", "100.0", "%"])


@pytest.mark.parametrize(
    ("tests", "sentence"),
    [
        (
            WEAK.replace("assert", "assert not"),
            "These fail on the code as it is, so they cannot judge any other: tests/otpbuddy/test_shop.py::test_it.",
        ),
        ("def test_it():\n    assert True\n", "No test runs through bot/otpbuddy/shop.py."),
    ],
)
def test_tests_that_cannot_judge_end_the_run(tree: Path, tests: str, sentence: str) -> None:
    status, said = run(tree, tests)
    assert status == 1
    assert sentence in said


def test_a_module_that_is_out_of_scope_is_no_success(tree: Path) -> None:
    assert run(tree, STRONG, "storage")[0] == 1
