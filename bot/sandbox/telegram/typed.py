"""What people type to format a text, as Telegram's own clients understand it: `**bold**`, `__italic__`, `[text](https://…)` and so on."""

import re
from typing import Any

from bot.sandbox.telegram.errors import Json
from bot.sandbox.telegram.utf16 import utf16_length

_MARKS = {"**": "bold", "__": "italic", "~~": "strikethrough", "||": "spoiler", "`": "code"}
_PIECE = re.compile(r"(\*\*|__|~~|\|\||`)(?=\S)(.+?)(?<=\S)\1|\[([^\]\n]+)\]\((https?://[^\s)]+)\)", re.DOTALL)


def typed(text: str) -> tuple[str, list[Json]]:
    """Take the marks off a text; returns it with the entities that they stood for, offsets in UTF-16 code units."""
    shown, entities, position = "", [], 0
    for piece in _PIECE.finditer(text):
        shown += text[position : piece.start()]
        start = utf16_length(shown)
        inner, nested = typed(piece[2]) if piece[1] and piece[1] != "`" else (piece[2] or piece[3], [])
        kind: dict[str, Any] = {"type": _MARKS[piece[1]]} if piece[1] else {"type": "text_link", "url": piece[4]}
        entities.append({**kind, "offset": start, "length": utf16_length(inner)})
        entities += [{**entity, "offset": entity["offset"] + start} for entity in nested]
        shown += inner
        position = piece.end()
    return shown + text[position:], entities
