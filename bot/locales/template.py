"""Collects the words that users read: `python -m bot.locales.template` prints the template that translators start from.

The template says nothing that changes by itself (no times, no line numbers, no versions), so that it is the same wherever it is made, and
a test can tell when it is out of date.
"""

import io
import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

SOURCES = Path(__file__).resolve().parents[1]
_HEADER = "# The words of the otpbuddy bot. `make words` collects them; translations are in <language>/LC_MESSAGES/messages.po."
_CHANGING = re.compile(r'^"(POT-Creation-Date|Generated-By):.*\n', re.MULTILINE)


def template(sources: Path = SOURCES) -> str:
    """Collect every text that is marked for translation in a folder of Python sources, sorted by file."""
    catalog = Catalog(project="otpbuddy-bot", version="1", header_comment=_HEADER, fuzzy=False)
    for name, _line, message, comments, context in extract_from_dir(sources, [("**.py", "python")]):
        catalog.add(message, locations=[(f"{sources.name}/{Path(name).as_posix()}", 0)], auto_comments=comments, context=context)
    written = io.BytesIO()
    write_po(written, catalog, width=0, sort_by_file=True, include_lineno=False)
    return _CHANGING.sub("", written.getvalue().decode())


if __name__ == "__main__":
    sys.stdout.write(template())
