"""Telegram's HTML parse mode, with its errors (tdlib/td, `parse_html` in td/telegram/MessageEntity.cpp).

Offsets and lengths of entities are in UTF-16 code units, offsets in errors are in bytes of the UTF-8 text.
"""

import re
from dataclasses import dataclass, field

from bot.sandbox.telegram.errors import ApiError, Json, bad_request

_SIMPLE = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
_TAGS = frozenset(_SIMPLE) | {"a", "code", "pre", "blockquote", "tg-emoji", "tg-time"}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-zA-Z]+))(;?)")
_DATE_FORMAT = re.compile(r"[rR]|[wWdDtT]*")
_USER_LINK = re.compile(r"tg://user\?id=(\d+)")
_LONGEST_REFERENCE = 10
_LAST_CHARACTER = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)
_SPACE = " \t\n\r\0\x0b"


def utf16_length(text: str) -> int:
    """Return the length of a text in UTF-16 code units, Telegram's measure of everything."""
    return len(text) + sum(character > "\uffff" for character in text)


@dataclass(slots=True)
class _Open:
    tag: str
    attributes: dict[str, str]
    offset: int
    start: int


@dataclass(slots=True)
class _Parser:
    source: str
    position: int = 0
    parts: list[str] = field(default_factory=list)
    written: int = 0
    stack: list[_Open] = field(default_factory=list)
    entities: list[Json] = field(default_factory=list)

    def error(self, text: str) -> ApiError:
        return bad_request(f"Can't parse entities: {text}")

    def byte_offset(self, position: int) -> int:
        return len(self.source[:position].encode())

    def peek(self) -> str:
        return self.source[self.position : self.position + 1]

    def write(self, text: str) -> None:
        self.parts.append(text)
        self.written += utf16_length(text)

    def run(self) -> tuple[str, list[Json]]:
        while self.position < len(self.source):
            character = self.peek()
            if character == "<":
                self.tag()
            elif character == "&":
                self.write(self.reference())
            else:
                end = min(
                    (found for found in (self.source.find(mark, self.position) for mark in "<&") if found >= 0),
                    default=len(self.source),
                )
                self.write(self.source[self.position : end])
                self.position = end
        if self.stack:
            raise self.error(f'Can\'t find end tag corresponding to start tag "{self.stack[-1].tag}"')
        return "".join(self.parts), self.entities

    def reference(self) -> str:
        """Read a character reference; what is none stays as it is written."""
        match = _REFERENCE.match(self.source, self.position)
        character = "" if match is None else _decode(match)
        self.position = match.end() if match and character else self.position + 1
        return character or "&"

    def tag(self) -> None:
        begin = self.position
        self.position += 1
        if self.peek() == "/":
            self.end_tag(begin)
        else:
            self.start_tag(begin)

    def read_until(self, stop: str) -> str:
        start = self.position
        while self.peek() and self.peek() not in stop:
            self.position += 1
        return self.source[start : self.position]

    def skip_space(self) -> None:
        while self.peek() and self.peek() in _SPACE:
            self.position += 1

    def start_tag(self, begin: int) -> None:
        offset = self.byte_offset(begin)
        name = self.read_until(_SPACE + ">").lower()
        if not self.peek():
            raise self.error(f"Unclosed start tag at byte offset {offset}")
        if name not in _TAGS:
            raise self.error(f'Unsupported start tag "{name}" at byte offset {offset}')
        attributes: dict[str, str] = {}
        while True:
            self.skip_space()
            if self.peek() == ">":
                break
            key, value = self.attribute(name, offset)
            attributes[key] = value
        self.position += 1
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise self.error(f'Tag "span" must have class "tg-spoiler" at byte offset {offset}')
        self.stack.append(_Open(name, attributes, self.written, len("".join(self.parts))))

    def attribute(self, tag: str, offset: int) -> tuple[str, str]:
        key = self.read_until(_SPACE + "=>")
        if not key:
            if not self.peek():
                raise self.error(f"Unclosed start tag at byte offset {offset}")
            raise self.error(f'Empty attribute name in the tag "{tag}" at byte offset {offset}')
        self.skip_space()
        if self.peek() != "=":
            if self.peek() == ">" or self.source[self.position - 1] in _SPACE:
                return key.lower(), ""
            raise self.error(f'Expected equal sign in declaration of an attribute of the tag "{tag}" at byte offset {offset}')
        self.position += 1
        self.skip_space()
        if not self.peek():
            raise self.error(f'Unclosed start tag "{tag}" at byte offset {offset}')
        value = self.quoted() if self.peek() in {"'", '"'} else self.token()
        if not self.peek():
            raise self.error(f"Unclosed start tag at byte offset {offset}")
        return key.lower(), value

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
        while self.peek() and ((self.peek().isascii() and self.peek().isalnum()) or self.peek() in ".-"):
            self.position += 1
        if self.peek() and self.peek() not in _SPACE + ">":
            raise self.error(f"Unexpected end of name token at byte offset {self.byte_offset(start)}")
        return self.source[start : self.position].lower()

    def end_tag(self, begin: int) -> None:
        offset = self.byte_offset(begin)
        if not self.stack:
            raise self.error(f"Unexpected end tag at byte offset {offset}")
        self.position += 1
        name = self.read_until(_SPACE + ">").lower()
        self.skip_space()
        if self.peek() != ">":
            raise self.error(f"Unclosed end tag at byte offset {offset}")
        self.position += 1
        opened = self.stack.pop()
        if name and name != opened.tag:
            raise self.error(f'Unmatched end tag at byte offset {offset}, expected "</{opened.tag}>", found "</{name}>"')
        if self.written > opened.offset:
            self.close(opened)

    def close(self, opened: _Open) -> None:
        place: Json = {"offset": opened.offset, "length": self.written - opened.offset}
        if opened.tag in _SIMPLE:
            self.entities.append({"type": _SIMPLE[opened.tag], **place})
        elif opened.tag == "blockquote":
            kind = "expandable_blockquote" if "expandable" in opened.attributes else "blockquote"
            self.entities.append({"type": kind, **place})
        elif opened.tag in {"pre", "code"}:
            self.close_code(opened, place)
        elif opened.tag == "a":
            self.close_link(opened, place)
        elif opened.tag == "tg-emoji":
            identifier = opened.attributes.get("emoji-id", "")
            if not identifier.isdigit() or int(identifier) == 0:
                raise self.error("Invalid custom emoji identifier specified")
            self.entities.append({"type": "custom_emoji", **place, "custom_emoji_id": identifier})
        else:
            self.entities.append(self.date_time(opened, place))

    def close_code(self, opened: _Open, place: Json) -> None:
        """A code tag that fills a pre tag names its language, whichever of them is inside."""
        language = opened.attributes.get("class", "")
        language = language.removeprefix("language-") if language.startswith("language-") else ""
        last = self.entities[-1] if self.entities else {}
        same_place = all(last.get(name) == value for name, value in place.items())
        if same_place and opened.tag == "pre" and last.get("type") == "code" and last.get("language"):
            last["type"] = "pre"
        elif same_place and opened.tag == "code" and last.get("type") == "pre" and language:
            last["language"] = language
        else:
            self.entities.append({"type": opened.tag, **place, **({"language": language} if language else {})})

    def close_link(self, opened: _Open, place: Json) -> None:
        url = opened.attributes.get("href") or "".join(self.parts)[opened.start :]
        user = _USER_LINK.fullmatch(url)
        if user:
            self.entities.append({"type": "text_mention", **place, "user": {"id": int(user[1])}})
            return
        checked = checked_link(url)
        if checked:
            self.entities.append({"type": "text_link", **place, "url": checked})

    def date_time(self, opened: _Open, place: Json) -> Json:
        unix, form = opened.attributes.get("unix", ""), opened.attributes.get("format", "")
        if not unix.lstrip("-").isdigit():
            raise self.error("Invalid Unix time specified")
        return date_time_entity(int(unix), form, place)


def date_time_entity(unix_time: int, form: str, place: Json) -> Json:
    """Return a date_time entity with its format in Telegram's spelling; raises ApiError for an invalid format."""
    if not _DATE_FORMAT.fullmatch(form):
        raise bad_request("Can't parse entities: Invalid date-time format specified")
    entity: Json = {"type": "date_time", **place, "unix_time": unix_time}
    if form in {"r", "R"}:
        return {**entity, "date_time_format": "r"}
    last = {letter.lower(): letter for letter in form}
    spelled = ("w" if "w" in last else "") + last.get("d", "") + last.get("t", "")
    return {**entity, "date_time_format": spelled} if spelled else entity


def checked_link(url: str) -> str:
    """Return a link as Telegram keeps it (a scheme and at least a path), or an empty string for none."""
    url = url.strip()
    if re.match(r"(?:https?|tg|ton|tonsite|tel|mailto):", url, re.IGNORECASE):
        scheme, _, rest = url.partition(":")
        bare_host = scheme.lower() in {"http", "https"} and "/" not in rest.removeprefix("//")
        return url + "/" if bare_host and "?" not in rest else url
    if re.fullmatch(r"[^\s/@]+\.[^\s/@.]{2,}(?:/\S*)?", url):
        return f"http://{url}" if "/" in url else f"http://{url}/"
    return ""


def _decode(match: re.Match[str]) -> str:
    hexadecimal, decimal, name, _ = match.groups()
    if name:
        return _NAMED.get(name, "")
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    too_long = match.end() - len(match[4]) - match.start() >= _LONGEST_REFERENCE
    if code == 0 or code >= _LAST_CHARACTER or too_long:
        return ""
    if code in _SURROGATES:
        raise bad_request(
            "Can't parse entities: Text contains invalid Unicode characters after decoding HTML entities, "
            "check for unmatched surrogate code units"
        )
    return chr(code)


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Return text and entities, not yet sorted or fixed; raises ApiError "can't parse entities: …"."""
    return _Parser(source).run()
