"""Brings the translators' catalogs up to date: `python -m bot.locales.merge` puts what `bot.locales.template` collected into each of them.

New texts come in without a translation, a changed one keeps its old translation marked as fuzzy, and what is no longer said is dropped.
The bot shows English for whatever is missing or fuzzy.
"""

import io
import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from bot.locales import CATALOGS

_CHANGING = re.compile(
    r'^"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Generated-By|Report-Msgid-Bugs-To):.*\n', re.MULTILINE
)


def read(path: Path) -> Catalog:
    """Read a translator's catalog; its language is the name of its folder."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def merged(catalog: Catalog, template: Catalog) -> str:
    """Write a catalog as it is once it holds exactly the template's texts, in their order, and nothing that changes by itself."""
    catalog.update(template)
    written = io.BytesIO()
    write_po(written, catalog, width=0, ignore_obsolete=True)
    return _CHANGING.sub("", written.getvalue().decode())


def merge(catalogs: Path = CATALOGS) -> None:
    """Rewrite every catalog of a folder after the template in it."""
    with (catalogs / "messages.pot").open("rb") as file:
        template = read_po(file)
    for path in sorted(catalogs.glob("*/LC_MESSAGES/messages.po")):
        path.write_text(merged(read(path), template), encoding="utf-8")


if __name__ == "__main__":
    merge()
