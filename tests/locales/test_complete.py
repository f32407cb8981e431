"""Every language says everything: no text is missing, uncertain or left over, and what is said survives being shown."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from bot.locales import CATALOGS, Languages
from bot.locales.merge import merge, merged, read
from tests.locales.catalogs import texts

PATHS = sorted(CATALOGS.glob("*/LC_MESSAGES/messages.po"))
HOW = "run `make words`, then translate in {path} what is empty or marked as fuzzy (and take the mark away)"
COMMAND = re.compile(r"(?<![\w<])/[a-z]{3,}\b")
WRITING = {"hi": re.compile(r"[\u0900-\u097f]"), "ru": re.compile(r"[\u0400-\u04ff]")}
_LETTER = re.compile(r"[^\W\d_]")
_FILLED = re.compile(r"<[^>]*>|\{[^}]*\}")

complete = pytest.mark.skipif(
    os.environ.get("TRANSLATIONS_COMPLETE") != "1",
    reason="Texts may wait for their translators while a change is made; TRANSLATIONS_COMPLETE=1, as in .ci/run, asks for all of them.",
)


def template() -> Catalog:
    with (CATALOGS / "messages.pot").open("rb") as file:
        return read_po(file)


def untranslated(catalog: Catalog) -> Iterator[str]:
    """Name the texts that a reader of this language would see in English."""
    for message in catalog:
        strings = message.string if isinstance(message.string, list | tuple) else [message.string]
        if message.id and (message.fuzzy or not all(strings)):
            yield f"{'fuzzy' if message.fuzzy else 'missing'}: {message.id!r}"


def translations(path: Path) -> Iterator[tuple[Message, str, str]]:
    for message in read(path):
        if message.id:
            yield from ((message, source, text) for source, text in texts(message))


def test_the_bot_speaks_english_hindi_and_russian() -> None:
    assert set(Languages("INR").codes) == {"en", "hi", "ru"}


@complete
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parent.parent.name)
def test_nothing_is_missing_uncertain_or_left_over(path: Path) -> None:
    catalog = read(path)
    assert path.read_text("utf-8") == merged(read(path), template()), HOW.format(path=path)
    assert list(untranslated(catalog)) == [], HOW.format(path=path)
    assert not catalog.obsolete, HOW.format(path=path)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parent.parent.name)
def test_commands_and_leading_signs_are_those_of_the_source(path: Path) -> None:
    """A button keeps its sign, so that a menu looks the same in every language, and a command stays one that the bot knows."""
    wrong = [
        text
        for _, source, text in translations(path)
        if sorted(COMMAND.findall(source)) != sorted(COMMAND.findall(text)) or _sign(source) != _sign(text)
    ]
    assert wrong == []


def _sign(text: str) -> str:
    """Give what a text begins with before its first letter, digit, tag or field."""
    found = re.match(r"[^\w<{/«“(]*", text)
    return found[0].strip() if found is not None else ""


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parent.parent.name)
def test_translations_are_written_in_their_own_script(path: Path) -> None:
    script = WRITING[path.parent.parent.name]
    worded = [(source, text) for _, source, text in translations(path) if _LETTER.search(_FILLED.sub("", source))]
    assert [text for _, text in worded if not script.search(text)] == []


WORDS = '# Words.\nmsgid ""\nmsgstr ""\n"Language: ru\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
OLD = """
#: b.py
msgid "Gone"
msgstr "Ушло"

#: b.py
msgid "A number is here"
msgstr "Номер здесь"

#: a.py
msgid "Kept"
msgstr "Есть"
"""
NEW = """
#: a.py
msgid "Kept"
msgstr ""

#: c.py
msgid "A number is there"
msgstr ""

#: c.py
msgid "Wholly new"
msgstr ""
"""


def test_merging_keeps_what_stands_marks_what_changed_and_drops_what_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "ru" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    path.write_text(WORDS + OLD, encoding="utf-8")
    (tmp_path / "messages.pot").write_text(WORDS + NEW, encoding="utf-8")
    merge(tmp_path)
    catalog = read(path)
    assert [message.id for message in catalog if message.id] == ["Kept", "A number is there", "Wholly new"]
    assert list(untranslated(catalog)) == ["fuzzy: 'A number is there'", "missing: 'Wholly new'"]
    assert "Gone" not in path.read_text("utf-8")
    assert Languages("INR", tmp_path).words("ru").gettext("A number is there") == "A number is there", "an old translation may be wrong now"
    once = path.read_text("utf-8")
    merge(tmp_path)
    assert path.read_text("utf-8") == once, "nothing changes by itself"
