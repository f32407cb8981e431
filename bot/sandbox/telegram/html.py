"""Telegram's HTML parse mode, with its errors (tdlib/td, `parse_html` in td/telegram/MessageEntity.cpp).

Offsets and lengths of entities are in UTF-16 code units, offsets in errors are in bytes of the UTF-8 text.
"""

import re
from dataclasses import dataclass, field

from bot.sandbox.telegram.errors import ApiError, Json
from bot.sandbox.telegram.markup import TAGS, Tag, close_tag, parse_error
from bot.sandbox.telegram.utf16 import utf16_length

_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-zA-Z]+));?")
_PLAIN = re.compile(r"[^<&]+")
_TOKEN = re.compile(r"[A-Za-z0-9.-]*")
_LONGEST_REFERENCE = 10
_LAST_CHARACTER = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)
_SPACE = " \t\n\r\0\x0b"


@dataclass(slots=True)
class _Parser:
    source: str
    position: int = 0
    parts: list[str] = field(default_factory=list)
    written: int = 0
    stack: list[Tag] = field(default_factory=list)
    entities: list[Json] = field(default_factory=list)

    def run(self) -> tuple[str, list[Json]]:
        while self.position < len(self.source):
            plain = _PLAIN.match(self.source, self.position)
            if plain:
                self.write(plain[0])
                self.position = plain.end()
            elif self.peek() == "&":
                self.write(self.reference())
            elif self.source.startswith("</", self.position):
                self.end_tag()
            else:
                self.start_tag()
        if self.stack:
            raise parse_error(f'Can\'t find end tag corresponding to start tag "{self.stack[-1].name}"')
        return "".join(self.parts), self.entities

    def peek(self) -> str:
        return self.source[self.position : self.position + 1]

    def write(self, text: str) -> None:
        self.parts.append(text)
        self.written += utf16_length(text)

    def fail(self, text: str, position: int) -> ApiError:
        return parse_error(f"{text} at byte offset {len(self.source[:position].encode())}")

    def read_until(self, stop: str) -> str:
        start = self.position
        while self.peek() and self.peek() not in stop:
            self.position += 1
        return self.source[start : self.position]

    def skip_space(self) -> None:
        while self.peek() and self.peek() in _SPACE:
            self.position += 1

    def reference(self) -> str:
        """Read a character reference; what is none stays as it is written."""
        match = _REFERENCE.match(self.source, self.position)
        character = _decode(match) if match else ""
        self.position = match.end() if match and character else self.position + 1
        return character or "&"

    def start_tag(self) -> None:
        begin = self.position
        self.position += 1
        name = self.read_until(_SPACE + ">").lower()
        if not self.peek():
            raise self.fail("Unclosed start tag", begin)
        if name not in TAGS:
            raise self.fail(f'Unsupported start tag "{name}"', begin)
        attributes: dict[str, str] = {}
        while True:
            self.skip_space()
            if self.peek() == ">":
                break
            key, value = self.attribute(name, begin)
            attributes[key] = value
        self.position += 1
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise self.fail('Tag "span" must have class "tg-spoiler"', begin)
        self.stack.append(Tag(name, attributes, self.written, len(self.parts)))

    def attribute(self, tag: str, begin: int) -> tuple[str, str]:
        key = self.read_until(_SPACE + "=>/\"'")
        if not key:
            raise self.fail(f'Empty attribute name in the tag "{tag}"', begin)
        self.skip_space()
        if self.peek() and self.peek() != "=":
            return key, ""
        self.position += 1
        self.skip_space()
        if not self.peek():
            raise self.fail(f'Unclosed start tag "{tag}"', begin)
        value = self.quoted() if self.peek() in {"'", '"'} else self.token()
        if not self.peek():
            raise self.fail("Unclosed start tag", begin)
        return key, value

    def quoted(self) -> str:
        quote = self.peek()
        self.position += 1
        value: list[str] = []
        while self.peek() and self.peek() != quote:
            if self.peek() == "&":
                value.append(self.reference())
            else:
                value.append(self.peek())
                self.position += 1
        self.position += 1
        return "".join(value)

    def token(self) -> str:
        start = self.position
        match = _TOKEN.match(self.source, start)
        self.position = match.end() if match else start
        if self.peek() not in {*_SPACE, ">"}:
            raise self.fail("Unexpected end of name token", start)
        return self.source[start : self.position].lower()

    def end_tag(self) -> None:
        begin = self.position
        if not self.stack:
            raise self.fail("Unexpected end tag", begin)
        self.position += 2
        name = self.read_until(_SPACE + ">").lower()
        self.skip_space()
        if self.peek() != ">":
            raise self.fail("Unclosed end tag", begin)
        self.position += 1
        tag = self.stack.pop()
        if name and name != tag.name:
            reason = self.fail("Unmatched end tag", begin).reason.removeprefix("Can't parse entities: ")
            raise parse_error(f'{reason}, expected "</{tag.name}>", found "</{name}>"')
        if self.written > tag.offset:
            close_tag(tag, self.written - tag.offset, "".join(self.parts[tag.parts :]), self.entities)


def _decode(match: re.Match[str]) -> str:
    hexadecimal, decimal, name = match.groups()
    if name:
        return _NAMED.get(name, "")
    too_long = len(match[0].removesuffix(";")) >= _LONGEST_REFERENCE
    if too_long:
        return ""
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    if code == 0 or code >= _LAST_CHARACTER:
        return ""
    if code in _SURROGATES:
        raise parse_error("Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units")
    return chr(code)


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Return text and entities, not yet sorted or fixed; raises ApiError "can't parse entities: …"."""
    return _Parser(source).run()
