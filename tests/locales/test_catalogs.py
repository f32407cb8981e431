"""Catalogs: picked up from a folder, and fit to be shown."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from bot.locales import CATALOGS, Languages
from bot.locales.template import SOURCES
from bot.screens.screen import html
from tests.locales.catalogs import fields, problems

POLISH = """
msgid ""
msgstr ""
"Language: pl\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\\n"

msgid "No"
msgstr "Nie"

msgid "Yes"
msgstr ""

#, fuzzy
msgid "Maybe"
msgstr "Nigdy"

msgid "{count} product"
msgid_plural "{count} products"
msgstr[0] "{count} produkt"
msgstr[1] "{count} produkty"
msgstr[2] "{count} produktów"

msgid "{count} chat"
msgid_plural "{count} chats"
msgstr[0] ""
msgstr[1] ""
msgstr[2] ""
"""


def put(directory: Path, name: str, catalog: str) -> Path:
    path = directory / name / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    path.write_text(catalog, encoding="utf-8")
    return path


def one(source: str, translation: str) -> str:
    return f'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "{source}"\nmsgstr "{translation}"\n'


def test_a_catalog_in_the_folder_is_a_language_of_the_bot_with_its_plurals(tmp_path: Path) -> None:
    put(tmp_path, "pl", POLISH)
    languages = Languages("INR", tmp_path)
    assert languages.codes == ("en", "pl")
    words = languages.words("pl-PL")
    assert words.language == "pl"
    assert words.gettext("No") == "Nie"
    counted = [words.ngettext("{count} product", "{count} products", count).format(count=count) for count in (1, 2, 5, 22)]
    assert counted == ["1 produkt", "2 produkty", "5 produktów", "22 produkty"]


def test_what_is_not_translated_or_uncertain_stays_english(tmp_path: Path) -> None:
    put(tmp_path, "pl", POLISH)
    words = Languages("INR", tmp_path).words("pl")
    assert [words.gettext(text) for text in ("Yes", "Maybe", "Unknown")] == ["Yes", "Maybe", "Unknown"]
    counted = [words.ngettext("{count} chat", "{count} chats", count) for count in (1, 2, 5)]
    assert counted == ["{count} chat", "{count} chats", "{count} chats"]


def test_a_region_has_its_own_words_and_else_those_of_its_language(tmp_path: Path) -> None:
    put(tmp_path, "pt", one("No", "Não"))
    put(tmp_path, "pt_BR", one("No", "Não, ué"))
    languages = Languages("INR", tmp_path)
    assert [languages.words(code).gettext("No") for code in ("pt-br", "pt-pt", "pt", "en", "es")] == ["Não, ué", "Não", "Não", "No", "No"]


def test_every_catalog_of_the_bot_can_be_shown() -> None:
    assert not [problem for path in CATALOGS.glob("*/LC_MESSAGES/messages.po") for problem in problems(path)]


def test_every_text_of_the_bot_can_be_filled_with_anything() -> None:
    with (SOURCES / "locales" / "messages.pot").open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    assert len(messages) > 100
    for message in messages:
        for text in message.id if isinstance(message.id, list | tuple) else [message.id]:
            # A name for each field: neither {} nor {0}, whose order a translator could not change.
            assert all(name.isidentifier() for name in fields(text)), text
            filled = html(text, **dict.fromkeys(fields(text), "{x}<i>%s"))
            assert "<i>%s" not in filled
            assert ("{x}&lt;i&gt;%s" in filled) == bool(fields(text))


WRONG = [
    ("Price: {price}", "Cena: {cena}"),
    ("Price: {price}", "Cena"),
    ("Price: {price}", "Cena: {price} {balance}"),
    ("Price: {price}", "Cena: {price"),
    ("Price: {price}", "Cena: {}"),
    ("Price: {price}", "Cena: {0}"),
    ("<b>Done</b>", "<b>Gotowe"),
    ("<b>Done</b>", "Gotowe"),
    ("<b>Done</b>", "<u>Gotowe</u>"),
    ("<b>Done</b>", "</b>Gotowe<b>"),
    ("Done", "Gotowe <"),
]


@pytest.mark.parametrize(("source", "translation"), WRONG)
def test_what_translators_get_wrong_is_found(tmp_path: Path, source: str, translation: str) -> None:
    assert len(problems(put(tmp_path, "pl", one(source, translation)))) == 1


@pytest.mark.parametrize("form", ["{count} produkty {x}", "produkty", "{count"])
def test_every_plural_form_is_looked_at(tmp_path: Path, form: str) -> None:
    assert not problems(put(tmp_path, "pl", POLISH))
    assert len(problems(put(tmp_path / "wrong", "pl", POLISH.replace("{count} produkty", form)))) == 1
