"""The collected words are those of the sources."""

import ast
import re
import runpy
from pathlib import Path

import pytest

from bot.locales import template as collecting
from bot.locales.template import SOURCES, template

TEMPLATE = SOURCES / "locales" / "messages.pot"
MARKS = {"_", "gettext", "ngettext"}


def marked_calls(tree: ast.AST) -> list[ast.Call]:
    """Find the calls that mark a text for translation, whatever they are called on."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [call for call in calls if getattr(call.func, "attr", getattr(call.func, "id", "")) in MARKS]


def test_the_collected_words_are_up_to_date() -> None:
    assert TEMPLATE.read_text(encoding="utf-8") == template(), "run `make words`"


def test_the_module_prints_them(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(collecting.__file__, run_name="__main__")
    assert capsys.readouterr().out == template()


def test_texts_plurals_and_fields_are_collected_without_anything_that_changes_by_itself(tmp_path: Path) -> None:
    source = 'def show(words):\n    _ = words.gettext\n    return _("Hello {name}"), words.ngettext("{count} day", "{count} days", 2)\n'
    for name in ("b.py", "a.py"):
        (tmp_path / "bot").mkdir(exist_ok=True)
        (tmp_path / "bot" / name).write_text(source)
    collected = template(tmp_path / "bot")
    places = "#: bot/a.py bot/b.py\n#, python-brace-format\n"
    assert f'{places}msgid "Hello {{name}}"\nmsgstr ""\n' in collected
    assert f'{places}msgid "{{count}} day"\nmsgid_plural "{{count}} days"\nmsgstr[0] ""\nmsgstr[1] ""\n' in collected
    assert "charset=utf-8" in collected
    assert "Creation-Date" not in collected
    assert "Generated-By" not in collected
    (tmp_path / "bot" / "a.py").write_text("\n\n" + source)
    assert template(tmp_path / "bot") == collected


@pytest.mark.parametrize("path", sorted(SOURCES.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCES)))
def test_what_translates_has_no_other_name(path: Path) -> None:
    """What is called by a name of its own is not recognised by those who collect, and stays English without a word."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called = {id(call.func) for call in marked_calls(tree)}
    assigned = {id(part): node for node in ast.walk(tree) if isinstance(node, ast.Assign) for part in ast.walk(node.value)}
    for part in ast.walk(tree):
        if isinstance(part, ast.Attribute) and part.attr in MARKS and isinstance(part.ctx, ast.Load) and id(part) not in called:
            targets = [ast.unparse(target) for target in assigned[id(part)].targets]
            assert all(target.endswith(part.attr) or (part.attr == "gettext" and "_" in re.split(r"[(), ]+", target)) for target in targets)


@pytest.mark.parametrize("path", sorted(SOURCES.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCES)))
def test_every_marked_text_is_written_out(path: Path) -> None:
    """A text that is put together before it is translated is in no catalog, and stays English without a word."""
    for call in marked_calls(ast.parse(path.read_text(encoding="utf-8"))):
        texts = call.args[:2] if len(call.args) > 1 else call.args
        assert all(isinstance(text, ast.Constant) and isinstance(text.value, str) and text.value for text in texts), ast.unparse(call)
