"""What a broadcast says: a text, picture or file, with buttons that open links."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from storage.models import Broadcast, Content
from storage.text import storable

ROWS, BUTTONS_IN_A_ROW = 10, 3
LABEL_LENGTH, ADDRESS_LENGTH = 48, 1024
"""Characters."""
_BUTTON = re.compile(r"(.+?)\s+[-–—]\s+(\S+)")
_SPACE = re.compile(r"\s")


class BadButtonsError(ValueError):
    """Nothing can be made of `line`; it is empty where there are too many lines, or none."""

    def __init__(self, line: str = "") -> None:
        super().__init__(line)
        self.line = line


@dataclass(frozen=True, slots=True)
class LinkButton:
    """A button that opens an address."""

    text: str
    url: str


LinkRows = tuple[tuple[LinkButton, ...], ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as it is sent to everybody. `entities` is JSON, as Telegram describes them; `text` is the caption of a picture or file."""

    text: str
    entities: str = "[]"
    content: Content = Content.TEXT
    file_id: str | None = None
    buttons: LinkRows = ()

    @classmethod
    def of(cls, broadcast: Broadcast) -> "Letter":
        """Read what a broadcast says."""
        return cls(broadcast.text, broadcast.entities, broadcast.content, broadcast.file_id, read_buttons(broadcast.buttons))


def read_buttons(written: str) -> LinkRows:
    """Read rows of buttons as they are kept."""
    return tuple(tuple(LinkButton(button["text"], button["url"]) for button in row) for row in json.loads(written))


def write_buttons(rows: LinkRows) -> str:
    """Write rows of buttons as they are kept: JSON, lists of objects with `text` and `url`."""
    return json.dumps([[{"text": button.text, "url": button.url} for button in row] for row in rows], ensure_ascii=False)


def parse_buttons(typed: str) -> LinkRows:
    """Read buttons as an admin types them: `Label - https://…`, one row to a line, `|` between two in a row.

    Raises `BadButtonsError` with the line that is none.
    """
    lines = [line.strip() for line in storable(typed).splitlines() if line.strip()]
    if not 1 <= len(lines) <= ROWS:
        raise BadButtonsError
    return tuple(_row(line) for line in lines)


def _row(line: str) -> tuple[LinkButton, ...]:
    parts: Sequence[str] = re.split(r"\s+\|\s+", line)
    found = [_BUTTON.fullmatch(part) for part in parts]
    buttons = tuple(LinkButton(match[1], match[2]) for match in found if match is not None)
    fits = len(buttons) == len(parts) <= BUTTONS_IN_A_ROW
    if not fits or not all(len(button.text) <= LABEL_LENGTH and is_link(button.url) for button in buttons):
        raise BadButtonsError(line)
    return buttons


def is_link(url: str) -> bool:
    """Whether a button may open this address: one of the web with a host, or one that Telegram itself opens."""
    if len(url) > ADDRESS_LENGTH or _SPACE.search(url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.netloc) and (parts.scheme == "tg" or (parts.scheme in {"https", "http"} and "." in parts.netloc.strip(".")))
