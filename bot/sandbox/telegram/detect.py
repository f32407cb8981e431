"""Entities that Telegram finds by itself: commands, mentions, hashtags, cashtags, links, addresses, phone numbers."""

import re

from bot.sandbox.telegram.errors import Json
from bot.sandbox.telegram.utf16 import utf16_length

_BEFORE = r"(?<![\w@/#$.])"
_PATTERNS = (
    ("url", re.compile(r"(?<![\w@])(?:https?|tg|ton)://[^\s<>\"«»]+", re.IGNORECASE)),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[a-z0-9-]+\.)+[a-z]{2,8}(?!\w)", re.IGNORECASE)),
    (
        "url",
        re.compile(
            r"(?<![\w@./-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+"
            r"(?:com|org|net|io|me|dev|app|ru|in|de|uk|info|eu|co)(?!\w)(?:[/?][^\s<>\"«»]*)?",
            re.IGNORECASE,
        ),
    ),
    ("bot_command", re.compile(r"(?<![\w/@<>])/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z]\w{2,31})?(?![\w/])", re.ASCII)),
    ("mention", re.compile(_BEFORE + r"@[a-zA-Z][a-zA-Z0-9_]{2,31}(?!\w)")),
    ("hashtag", re.compile(_BEFORE + r"#(?=\w*[^\W\d])\w{1,256}")),
    ("cashtag", re.compile(_BEFORE + r"\$[A-Z]{1,8}(?!\w)")),
    ("phone_number", re.compile(r"(?<![\w+])\+\d(?:[ ()-]?\d){7,14}(?![\w-])")),
)
_TRAILING = ".,:;!?'\"…)"


def detect_entities(text: str, taken: list[Json]) -> list[Json]:
    """Return entities found in a text, none of them touching those of `taken` that are links or code.

    Telegram's own rules for links are far longer (a list of all top-level domains); the common ones are known here.
    """
    blocked = [
        (entity["offset"], entity["offset"] + entity["length"])
        for entity in taken
        if entity["type"] in {"code", "pre", "text_link", "text_mention", "custom_emoji", "date_time"}
    ]
    found: list[Json] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            value = match[0].rstrip(_TRAILING) if kind == "url" else match[0]
            start = utf16_length(text[: match.start()])
            end = start + utf16_length(value)
            if all(end <= first or start >= last for first, last in blocked):
                blocked.append((start, end))
                found.append({"type": kind, "offset": start, "length": end - start})
    return found
