"""What a closed HTML tag becomes: an entity, or nothing (tdlib/td, `parse_html` in td/telegram/MessageEntity.cpp)."""

import re
from dataclasses import dataclass

from bot.sandbox.telegram.errors import ApiError, Json, bad_request

SIMPLE_TAGS = {
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
TAGS = frozenset(SIMPLE_TAGS) | {"a", "code", "pre", "blockquote", "tg-emoji", "tg-time"}
_DATE_FORMAT = re.compile(r"[rR]|[wWdDtT]*")
_USER_LINK = re.compile(r"tg://user\?id=(\d+)")


@dataclass(frozen=True, slots=True)
class Tag:
    """An open tag: where it began in the resulting text, in UTF-16 code units and in parts written."""

    name: str
    attributes: dict[str, str]
    offset: int
    parts: int


def parse_error(text: str) -> ApiError:
    """Return a 400 "can't parse entities: …"."""
    return bad_request(f"Can't parse entities: {text}")


def close_tag(tag: Tag, length: int, inner: str, entities: list[Json]) -> None:
    """Add the entity of a tag around `length` code units of text `inner`; raises ApiError for a bad attribute."""
    place: Json = {"offset": tag.offset, "length": length}
    if tag.name in SIMPLE_TAGS:
        entities.append({"type": SIMPLE_TAGS[tag.name], **place})
    elif tag.name == "blockquote":
        kind = "expandable_blockquote" if "expandable" in tag.attributes else "blockquote"
        entities.append({"type": kind, **place})
    elif tag.name in {"pre", "code"}:
        _close_code(tag, place, entities)
    elif tag.name == "a":
        _close_link(tag, place, inner, entities)
    elif tag.name == "tg-emoji":
        identifier = tag.attributes.get("emoji-id", "")
        if not identifier.isdecimal() or int(identifier) == 0:
            raise parse_error("Invalid custom emoji identifier specified")
        entities.append({"type": "custom_emoji", **place, "custom_emoji_id": identifier})
    else:
        unix, form = tag.attributes.get("unix", ""), tag.attributes.get("format", "")
        if not is_date_format(form):
            raise parse_error("Invalid date format used")
        if unix.isdecimal() and int(unix) > 0:
            entities.append(date_time_entity(int(unix), form, place))


def _close_code(tag: Tag, place: Json, entities: list[Json]) -> None:
    """Add code or pre; a code tag that fills a pre tag names its language, whichever of them is inside."""
    language = tag.attributes.get("class", "")
    language = language.removeprefix("language-") if language.startswith("language-") else ""
    last = entities[-1] if entities else {}
    same_place = all(last.get(name) == value for name, value in place.items())
    if same_place and tag.name == "pre" and last.get("type") == "code" and last.get("language"):
        last["type"] = "pre"
    elif same_place and tag.name == "code" and last.get("type") == "pre" and language:
        last["language"] = language
    else:
        named = {"language": language} if language and tag.name == "code" else {}
        entities.append({"type": tag.name, **place, **named})


def _close_link(tag: Tag, place: Json, inner: str, entities: list[Json]) -> None:
    url = tag.attributes.get("href") or inner
    user = _USER_LINK.fullmatch(url)
    if user:
        entities.append({"type": "text_mention", **place, "user": {"id": int(user[1])}})
    elif checked_link(url):
        entities.append({"type": "text_link", **place, "url": checked_link(url)})


def is_date_format(form: str) -> bool:
    """Return whether a date-time format is relative ("r") or made of weekday, date and time letters."""
    return _DATE_FORMAT.fullmatch(form) is not None


def date_time_entity(unix_time: int, form: str, place: Json) -> Json:
    """Return a date_time entity with a valid format in the spelling that Telegram answers with."""
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
