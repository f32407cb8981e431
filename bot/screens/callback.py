"""What a button carries: typed, ids only, at most 64 bytes (https://core.telegram.org/bots/api#inlinekeyboardbutton)."""

import re
from dataclasses import dataclass, fields
from typing import ClassVar, Self, get_type_hints

MAX_BYTES = 64
SEPARATOR = ":"
_ID = re.compile(r"[A-Za-z0-9_-]{1,24}")
_NUMBER = re.compile(r"[0-9]{1,6}")
_WORDS: dict[str, type["Callback"]] = {}


@dataclass(frozen=True, slots=True)
class Callback:
    """A tap's meaning. Fields are ids, page numbers or, last, a search text; subclasses name their `word`."""

    word: ClassVar[str] = ""
    free_text: ClassVar[bool] = False
    """Whether the last field is text that a user typed, cut to what fits."""

    def __init_subclass__(cls, word: str = "", *, free_text: bool = False) -> None:
        super(Callback, cls).__init_subclass__()
        # A dataclass with slots is built twice under one name; both times it is the same callback.
        cls.word, cls.free_text = word or cls.word, free_text or cls.free_text
        _WORDS[cls.word] = cls

    def pack(self) -> str:
        """Write the callback as a button's data."""
        data = SEPARATOR.join([self.word, *(str(getattr(self, field.name)) for field in fields(self))])
        if self.free_text:
            return data.encode(errors="ignore")[:MAX_BYTES].decode(errors="ignore")
        return data

    @classmethod
    def of(cls, values: list[str]) -> Self | None:
        """Build the callback from its written fields; None where they are not of their kind."""
        names = fields(cls)
        if len(values) != len(names):
            return None
        kinds = get_type_hints(cls)
        read: list[str | int] = []
        for position, (field, value) in enumerate(zip(names, values, strict=True)):
            if cls.free_text and position == len(names) - 1:
                read.append(value)
            elif kinds[field.name] is int and _NUMBER.fullmatch(value):
                read.append(int(value))
            elif kinds[field.name] is str and _ID.fullmatch(value):
                read.append(value)
            else:
                return None
        return cls(*read)


def is_id(text: str) -> bool:
    """Whether a text may be the id of something."""
    return _ID.fullmatch(text) is not None


def unpack(data: str) -> Callback | None:
    """Read a button's data; None for anything that no button of ours carries."""
    word, _, rest = data.partition(SEPARATOR)
    kind = _WORDS.get(word)
    if kind is None or len(data.encode(errors="replace")) > MAX_BYTES:
        return None
    count = len(fields(kind))
    values = rest.split(SEPARATOR, count - 1) if count else []
    return kind.of(values) if count or not rest else None
