"""What a translator can get wrong, found before a user does."""

import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from bot.sandbox.telegram import ApiError
from bot.sandbox.telegram.html import parse_html
from bot.screens.screen import html

_TAG = re.compile(r"</?([a-z-]+)")


def fields(text: str) -> set[str]:
    """Name the fields that a template wants to be filled; raises ValueError for braces that do not match."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def problems(path: Path) -> list[str]:
    """Say what in a catalog would fail, or look wrong, once it is shown."""
    with path.open("rb") as file:
        catalog = read_po(file, locale=path.parent.parent.name)
    return [f"{message.id!r}: {problem}" for message in catalog if message.id for problem in _problems(message)]


def texts(message: Message) -> Iterator[tuple[str, str]]:
    """Pair every translation of a message with the text that it stands for; what is not translated is left out."""
    source = message.id[-1] if isinstance(message.id, list | tuple) else message.id
    translations = message.string if isinstance(message.string, list | tuple) else [message.string]
    return ((str(source), str(text)) for text in translations if text)


def _problems(message: Message) -> Iterator[str]:
    for source, text in texts(message):
        try:
            found = fields(text)
        except ValueError as error:
            yield f"{text!r} cannot be filled: {error}"
            continue
        if found != fields(source):
            yield f"{text!r} has the fields {sorted(found)} instead of {sorted(fields(source))}"
        elif sorted(_TAG.findall(text)) != sorted(_TAG.findall(source)):
            yield f"{text!r} has other tags"
        else:
            yield from _refused(text)


def _refused(text: str) -> Iterator[str]:
    try:
        parse_html(str(html(text, **dict.fromkeys(fields(text), "<&{x}>"))))
    except ApiError as error:
        yield f"{text!r} is refused by Telegram: {error.description}"
