"""Updates as the Bot API's specification allows them and no test writes them, and such as it does not allow."""

import functools
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.texts import BEYOND, INTEGERS, texts
from tests.sandbox.telegram_spec import spec

Json = Any
DEEPEST = 3
CHAT_TYPES = ["private", "group", "supergroup", "channel", "sender"]
WORDS = texts(200)
PLAIN: dict[str, st.SearchStrategy[Json]] = {
    "Integer": INTEGERS,
    "String": WORDS,
    "Boolean": st.booleans(),
    "True": st.sampled_from([True]),
    "Float": st.floats(allow_nan=False, allow_infinity=False),
}
DATES = st.sampled_from([0, 1, 1_700_000_000, 2**31 - 1, 2**31, 4_102_444_800, 253_402_300_799])


@functools.cache
def of_type(name: str, depth: int = 0) -> st.SearchStrategy[Json]:
    """Give values of one of the specification's types, with some of the optional fields, fewer the deeper they are."""
    if name.startswith("Array of "):
        return st.lists(of_type(name.removeprefix("Array of "), depth + 1), max_size=2)
    if name in PLAIN:
        return PLAIN[name]
    described = spec()["types"][name]
    if "subtypes" in described:
        return st.sampled_from(described["subtypes"]).flatmap(lambda subtype: of_type(subtype, depth))
    return _object(name, depth)


@st.composite
def _object(draw: st.DrawFn, name: str, depth: int) -> Json:
    fields = spec()["types"][name].get("fields", [])
    optional = [field for field in fields if not field["required"]]
    limit = 0 if depth >= DEEPEST else 5 if depth <= 1 else 2
    chosen = draw(st.lists(st.sampled_from(optional), max_size=limit, unique_by=lambda field: str(field["name"]))) if optional else []
    return {field["name"]: draw(_field(field, depth)) for field in [*(field for field in fields if field["required"]), *chosen]}


def _field(field: dict[str, Any], depth: int) -> st.SearchStrategy[Json]:
    always = _always(field["description"])
    if always is not None:
        return st.just(always)
    if field["name"] == "date" or field["name"].endswith("_date"):
        return DATES
    if field["name"] == "type":
        return st.sampled_from([*CHAT_TYPES, "bot_command", "bold", "url", "new kind"])
    # Deep down only plain fields are left, or there would be no end.
    return st.one_of([of_type(kind, depth + 1) for kind in field["types"]])


def _always(description: str) -> str | None:
    _, found, rest = description.partition("always ")
    return rest.strip("“\"'").partition("”")[0].partition('"')[0] if found and rest[:1] in "“\"'" else None


KINDS = [
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "callback_query",
    "my_chat_member",
    "inline_query",
    "poll",
    "message_reaction",
    "chat_member",
    "business_message",
    "chat_join_request",
    "purchased_paid_media",
    "guest_message",
    "managed_bot",
    "chosen_inline_result",
]


@st.composite
def specified(draw: st.DrawFn) -> Json:
    """Give an update of any kind, known to the library or not."""
    kinds = {field["name"]: field["types"] for field in spec()["types"]["Update"]["fields"]}
    kind = draw(st.sampled_from([kind for kind in KINDS if kind in kinds]))
    return {kind: draw(of_type(kinds[kind][0]))}


ENTITIES = st.lists(
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(["bot_command", "bot_command", "bold", "url", "text_link", "custom_emoji", "new kind"]),
            "offset": st.one_of(st.integers(-5, 20), INTEGERS),
            "length": st.one_of(st.integers(-5, 20), INTEGERS),
        },
        optional={"url": WORDS, "language": WORDS, "custom_emoji_id": WORDS},
    ),
    max_size=3,
)
SERVICE: list[Json] = [
    {"new_chat_title": "x"},
    {"migrate_to_chat_id": -(10**12) - 5},
    {"pinned_message": {"chat": {"id": 5, "type": "private"}, "message_id": 1, "date": 0}},
    {
        "sticker": {
            "file_id": "a",
            "file_unique_id": "b",
            "type": "regular",
            "width": 1,
            "height": 1,
            "is_animated": False,
            "is_video": False,
        }
    },
    {"dice": {"emoji": "🎲", "value": 6}},
    {"contact": {"phone_number": "+1", "first_name": "\0"}},
    {"unheard_of": {"new": ["thing"]}},
    {
        "successful_payment": {
            "currency": "XTR",
            "total_amount": 2**52,
            "invoice_payload": "",
            "telegram_payment_charge_id": "",
            "provider_payment_charge_id": "",
        }
    },
    {},
]


@st.composite
def contents(draw: st.DrawFn) -> Json:
    """Give what a message holds beside its head: a text or a caption with any entities, or something else."""
    kind = draw(st.sampled_from(["text", "text", "text", "caption", "service"]))
    if kind == "service":
        return draw(st.sampled_from(SERVICE))
    text = draw(texts(4096).filter(bool))
    more = {"photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]} if kind == "caption" else {}
    entities = draw(ENTITIES)
    return {kind: text, **more, **({f"{'caption_' if kind == 'caption' else ''}entities": entities} if entities else {})}


HEADS = st.fixed_dictionaries(
    {},
    optional={
        "date": DATES,
        "edit_date": DATES,
        "message_thread_id": INTEGERS,
        "sender_chat": st.just({"id": -(10**12) - 9, "type": "channel", "title": "\0"}),
        "via_bot": st.just({"id": 9, "is_bot": True, "first_name": "b"}),
        "forward_origin": st.one_of(
            st.just({"type": "hidden_user", "sender_user_name": "", "date": 0}), st.just({"type": "new kind", "date": 0})
        ),
        "media_group_id": WORDS,
        "author_signature": WORDS,
        "has_protected_content": st.just(True),  # The Bot API's own type.
        "reply_to_message": st.just({"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}}),
        "external_reply": st.just({"origin": {"type": "channel", "date": 0, "chat": {"id": -1, "type": "channel"}, "message_id": 1}}),
        "quote": st.just({"text": "", "position": 2**31}),
        "business_connection_id": WORDS,
        "is_topic_message": st.just(True),  # As above.
        "unheard_of": st.just([[]]),
    },
)
PEOPLE = st.fixed_dictionaries(
    {"first_name": texts(64)},
    optional={
        "last_name": texts(64),
        "username": texts(32),
        "language_code": st.one_of(
            st.sampled_from(["", "xx", "pt-br", "zh-hans", "a" * 40, "en_", "../..", "🇮🇳", "-", "de-DE-1996"]), texts(20)
        ),
        "is_premium": st.just(True),  # As above.
        "unheard_of": st.just({}),
    },
)

WRONG: st.SearchStrategy[Json] = st.one_of(
    st.sampled_from([None, True, "", "5", [], {}, [[]], {"id": {}}, [{"id": 1}], 1.5, -1.0, {"id": "x"}, {"id": []}]),
    BEYOND,
    texts(20),
)


@st.composite
def broken(draw: st.DrawFn) -> Json:
    """Give an update of which one to three values, anywhere, are something else, or are missing."""
    update = draw(known())
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(_paths(update)))
        update = _replaced(update, path, draw(WRONG)) if draw(st.booleans()) else _dropped(update, path)
    return update


@st.composite
def known(draw: st.DrawFn) -> Json:
    """Give an update of a kind that the bot asks for, as it should be."""
    user = {"id": draw(st.integers(10**9, 2**52 - 1)), "is_bot": False, "language_code": "en", **draw(PEOPLE)}
    chat = draw(st.sampled_from([{"id": user["id"], "type": "private"}, {"id": -(10**12) - 77, "type": "supergroup", "title": "G"}]))
    message = {"message_id": draw(INTEGERS), "date": 0, "chat": chat, "from": user, **draw(contents())}
    kind = draw(st.sampled_from(["message", "edited_message", "callback_query", "inline_query", "my_chat_member"]))
    if kind == "inline_query":
        return {kind: {"id": draw(WORDS), "from": user, "query": draw(texts(256)), "offset": draw(texts(64)), "chat_type": "sender"}}
    if kind == "callback_query":
        return {kind: {"id": draw(WORDS), "from": user, "message": message, "chat_instance": "1", "data": draw(texts(64))}}
    if kind == "my_chat_member":
        member = {"user": user, "status": draw(st.sampled_from(["member", "kicked", "left", "new kind"])), "until_date": 0}
        return {kind: {"chat": chat, "from": user, "date": 0, "old_chat_member": member, "new_chat_member": member}}
    return {kind: message}


def _paths(value: Json, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path for key, item in inner for path in ((*here, key), *_paths(item, (*here, key)))] or [()]


def _replaced(value: Json, path: tuple[Any, ...], new: Json) -> Json:
    if not path:
        return value
    copied = value.copy()
    copied[path[0]] = _replaced(value[path[0]], path[1:], new) if len(path) > 1 else new
    return copied


def _dropped(value: Json, path: tuple[Any, ...]) -> Json:
    if not path:
        return value
    copied = value.copy()
    if len(path) > 1:
        copied[path[0]] = _dropped(value[path[0]], path[1:])
    else:
        del copied[path[0]]
    return copied


def ids(value: Json) -> set[int]:
    """Collect every chat and user that an update names."""
    return set(_numbers(value))


def _numbers(value: Json) -> list[int]:
    if isinstance(value, dict):
        return [number for item in value.values() for number in _numbers(item)]
    if isinstance(value, list):
        return [number for item in value for number in _numbers(item)]
    return [value] if type(value) is int else []
