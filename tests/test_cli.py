"""The commands of `python -m bot`: what they print, and the status with which they exit."""

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.cli import main
from bot.settings import Settings
from storage.sole import only_process
from storage.vault import Vault
from tests.support.bots import ROOT

TOKEN = "123456789:AACanaryCanaryCanaryCanaryCanaryCan"
COMMANDS = ("run", "web", "worker", "migrate", "key", "demo")


def bot(directory: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a directory of its own, with nothing but these settings."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=directory,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_explains_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    for command in COMMANDS:
        assert re.search(rf"^ +{command} +\w", shown, re.MULTILINE), command


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_own_help(capsys: pytest.CaptureFixture[str], command: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert f"python -m bot {command}" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["run", "--nonsense"], ["demo", "--port", "many"], ["key", "nonsense"]])
def test_a_wrong_command_line_is_explained(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("usage: python -m bot")


def test_a_key_is_new_each_time_and_opens_a_vault(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["key"]) == 0
    assert main(["key"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first != second
    assert Vault([first]).open(Vault([first]).seal(b"x", "context"), "context") == b"x"


def test_the_module_is_the_command_line(tmp_path: Path) -> None:
    done = bot(tmp_path, "key")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.strip()) == 44


@pytest.mark.parametrize("command", [["run"], ["web"], ["worker"], ["migrate"], ["key", "rotate"]], ids=" ".join)
@pytest.mark.parametrize(
    ("env", "sentence"),
    [({}, "TELEGRAM_BOT_TOKEN must be set"), ({"TELEGRAM_BOT_TOKEN": TOKEN, "CURRENCY": "shells"}, "CURRENCY must be")],
    ids=["missing", "wrong"],
)
def test_a_bad_setting_is_named_in_one_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
    env: dict[str, str],
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert main(command) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(sentence)
    assert shown.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_migrating_makes_the_database_and_may_be_repeated(tmp_path: Path) -> None:
    for _ in range(2):
        done = bot(tmp_path, "migrate", TELEGRAM_BOT_TOKEN=TOKEN)
        assert done.returncode == 0, done.stderr
    with closing(sqlite3.connect(tmp_path / "data" / "bot.sqlite3")) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {"chat", "activation", "sms", "alembic_version"} <= tables


@pytest.mark.parametrize("command", ["run", "migrate"])
def test_a_failure_is_logged_and_exits_with_one(tmp_path: Path, command: str) -> None:
    (tmp_path / "bot.sqlite3").write_bytes(b"this is no database" * 100)
    url = f"sqlite+aiosqlite:///{tmp_path / 'bot.sqlite3'}"
    done = bot(tmp_path, command, TELEGRAM_BOT_TOKEN=TOKEN, DATABASE_URL=url)
    assert done.returncode == 1
    assert "not a database" in done.stdout + done.stderr
    assert TOKEN not in done.stdout + done.stderr
    assert TOKEN.partition(":")[2] not in done.stdout + done.stderr


def test_a_key_that_was_rotated_is_in_the_key_file(tmp_path: Path) -> None:
    for expected in (1, 2):
        done = bot(tmp_path, "key", "rotate", TELEGRAM_BOT_TOKEN=TOKEN)
        assert done.returncode == 0, done.stderr
        assert "Sealed anew: 0." in done.stdout
        [keys] = [path for path in (tmp_path / "data").iterdir() if "key" in path.name]
        assert len(keys.read_text("ascii").split()) >= expected
        assert keys.stat().st_mode & 0o777 == 0o600
        assert not [key for key in keys.read_text("ascii").split() if key in done.stdout + done.stderr]


@pytest.mark.parametrize("command", ["web", "worker"])
def test_several_processes_do_not_share_an_sqlite_file(tmp_path: Path, command: str) -> None:
    done = bot(tmp_path, command, TELEGRAM_BOT_TOKEN=TOKEN)
    assert done.returncode == 2
    assert done.stderr.startswith("DATABASE_URL must be PostgreSQL")
    assert done.stderr.count("\n") == 1


def test_a_second_process_on_the_same_file_is_told_so_in_one_sentence(tmp_path: Path) -> None:
    database = tmp_path / "bot.sqlite3"
    with only_process(database):
        done = bot(tmp_path, "run", TELEGRAM_BOT_TOKEN=TOKEN, DATABASE_URL=f"sqlite+aiosqlite:///{database}")
    assert done.returncode == 2
    assert done.stderr == f"Another process of the bot is running on {database}: stop it first, or use PostgreSQL.\n"
