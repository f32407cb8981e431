"""Formatted text: parse mode or given entities, trimmed, nested by Telegram's rules, with what is found automatically.

The rules are those of `fix_formatted_text` in tdlib/td and of https://core.telegram.org/bots/api#formatting-options.
"""

from typing import Any

from bot.sandbox.telegram.detect import detect_entities
from bot.sandbox.telegram.errors import ApiError, Json, bad_request
from bot.sandbox.telegram.html import parse_html
from bot.sandbox.telegram.markup import checked_link, date_time_entity, is_date_format
from bot.sandbox.telegram.params import get_field
from bot.sandbox.telegram.utf16 import utf16_length

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
_SPLITTABLE = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler"})
_CODE = frozenset({"code", "pre"})
_QUOTES = frozenset({"blockquote", "expandable_blockquote"})
_GIVEN = _SPLITTABLE | _CODE | _QUOTES | {"text_link", "text_mention", "custom_emoji", "date_time"}
_AUTOMATIC = frozenset({"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number"})
_PRIORITY = ("expandable_blockquote", "blockquote", "pre", "code", "text_link", "text_mention", "bold", "italic")


def format_text(text: str, parse_mode: str = "", given: Any = None) -> tuple[str, list[Json]]:
    """Return text and entities as Telegram stores them; offsets and lengths are in UTF-16 code units."""
    mode = parse_mode.lower()
    if text and mode == "html":
        text, entities = parse_html(text)
    elif text and mode not in {"", "none"}:
        raise bad_request("Unsupported parse_mode")
    else:
        entities = _given_entities(given)
    text, entities = _trim(_clean(text), _inside(text, entities))
    entities = _nest(entities)
    entities += detect_entities(text, entities)
    return text, _sorted(entities)


def _clean(text: str) -> str:
    """Replace control characters one for one, so that offsets stay true."""
    return "".join(" " if character < " " and character != "\n" else character for character in text)


def _given_entities(given: Any) -> list[Json]:
    if not isinstance(given, list):
        return []
    entities = []
    for item in given:
        try:
            entity = _given_entity(item)
        except ApiError as error:
            raise bad_request(f"Can't parse MessageEntity: {error.reason}") from error
        if entity is not None:
            entities.append(entity)
    return entities


def _given_entity(item: Any) -> Json | None:
    if not isinstance(item, dict):
        raise bad_request("expected an Object")
    place = {name: get_field(item, name, int, required=True) for name in ("offset", "length")}
    kind = get_field(item, "type", str, required=True)
    if kind in _AUTOMATIC:
        return None
    if kind not in _GIVEN:
        raise bad_request("Unsupported type specified")
    return _details(kind, place, item)


def _details(kind: str, place: Json, item: Json) -> Json | None:
    """Return an entity with the fields that only its kind has; None for a link that is none."""
    entity: Json = {"type": kind, **place}
    if kind == "pre" and get_field(item, "language", str):
        entity["language"] = item["language"]
    elif kind == "text_link":
        url = checked_link(get_field(item, "url", str, required=True))
        return entity | {"url": url} if url else None
    elif kind == "text_mention":
        user = get_field(item, "user", dict, required=True)
        entity["user"] = {"id": get_field(user, "id", int, required=True)}
    elif kind == "custom_emoji":
        entity["custom_emoji_id"] = str(get_field(item, "custom_emoji_id", str, required=True))
    elif kind == "date_time":
        form = get_field(item, "date_time_format", str) or ""
        if not is_date_format(form):
            raise bad_request("Invalid date-time format specified")
        return date_time_entity(get_field(item, "unix_time", int, required=True), form, place)
    return entity


def _inside(text: str, entities: list[Json]) -> list[Json]:
    """Drop entities that are empty or begin outside of the text, cut those that end outside."""
    size = utf16_length(text)
    kept = []
    for entity in entities:
        start, end = max(0, entity["offset"]), min(size, entity["offset"] + entity["length"])
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    return kept


def _trim(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Strip white space at both ends, at the start only as far as no entity begins there."""
    stripped = text.rstrip(" \n")
    first = min((entity["offset"] for entity in entities), default=len(stripped))
    cut = 0
    while cut < min(first, len(stripped)) and stripped[cut] in " \n":
        cut += 1
    moved = [{**entity, "offset": entity["offset"] - cut} for entity in entities]
    return stripped[cut:], _inside(stripped[cut:], moved)


def _end(entity: Json) -> int:
    return int(entity["offset"]) + int(entity["length"])


def _overlap(one: Json, other: Json) -> bool:
    return bool(one["offset"] < _end(other) and other["offset"] < _end(one))


def _nest(entities: list[Json]) -> list[Json]:
    """Apply the nesting rules: nothing inside code, no quote inside a quote, styles split around code."""
    code: list[Json] = []
    for entity in _sorted([entity for entity in entities if entity["type"] in _CODE]):
        if not any(_overlap(entity, other) for other in code):
            if entity["type"] == "code":
                entity.pop("language", None)
            code.append(entity)
    result = list(code)
    for entity in _sorted([entity for entity in entities if entity["type"] not in _CODE]):
        kind = entity["type"]
        if kind in _SPLITTABLE:
            result += _without(entity, code)
        elif kind in _QUOTES:
            if not any(other["type"] in _QUOTES and _overlap(entity, other) for other in result):
                result.append(entity)
        elif not any(other["type"] not in _QUOTES | _SPLITTABLE and _overlap(entity, other) for other in result):
            result.append(entity)
    return result


def _without(entity: Json, holes: list[Json]) -> list[Json]:
    parts, start = [], entity["offset"]
    for hole in holes:
        if _overlap(entity, hole):
            if hole["offset"] > start:
                parts.append({**entity, "offset": start, "length": hole["offset"] - start})
            start = max(start, _end(hole))
    if start < _end(entity):
        parts.append({**entity, "offset": start, "length": _end(entity) - start})
    return parts


def _sorted(entities: list[Json]) -> list[Json]:
    order = {kind: rank for rank, kind in enumerate(_PRIORITY)}
    return sorted(entities, key=lambda entity: (entity["offset"], -entity["length"], order.get(entity["type"], len(order))))
