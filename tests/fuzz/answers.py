"""Answers of a provider that has lost its mind: right ones of both revisions, broken at every level from a value to the wire."""

import gzip
import json
import zlib
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.texts import texts

Json = Any
HEX = "63dca665627000000000beef"
BASES: dict[str, list[Json]] = {
    "balance": [{"status": 200, "data": {"balance": 500}}, {"status": "200", "data": [{"balance": "41.80"}]}],
    "products": [
        {"status": 200, "data": {"WhatsApp": {"id": "wa", "price": 9.5}, "Вконтакте": {"id": "vk", "price": "12"}}},
        {"status": 200, "data": [{"product_name": "WhatsApp", "price": "9.50", "product_id": "wa"}]},
    ],
    "buy": [{"status": 200, "data": {"number": "919163001234", "id": HEX}}, {"status": "200", "data": {"number": 919163001234, "id": 7}}],
    "sms": [
        {"status": 210, "message": "Waiting for message"},
        {"status": 200, "message": "Your Code is 123456"},
        {"status": 200, "data": [{"message": "one 1111"}, "two 2222"], "message": "ok"},
    ],
    "cancel": [{"status": 200, "message": "Cancelled"}, {"status": 200, "data": "Cancelled"}],
}
REFUSALS = [{"status": code, "message": "No"} for code in (201, 202, 203, 204, 205, 206)]
REFUSED = frozenset({201, 202, 203, 204, 206})


@dataclass(frozen=True)
class Raw:
    """A piece of JSON that no writer of JSON writes."""

    text: str


@dataclass(frozen=True)
class Twice:
    """A value whose key is there twice, first with another value."""

    first: Json
    then: Json


RAWS = ["NaN", "-Infinity", "1e400", "-0", "-0.0", "0.1e-30", "9" * 45, "9" * 5000, "00012", "1E+2", "202.0", "2.02e2", "200.5", "41.800000000000004",
        "1e-999999999999", '"\\ud83d"', '"\\u0000"', "[" * 2000 + "]" * 2000, "{" * 10, "'200'", "undefined", "", "//"]  # fmt: skip
VALUES = st.one_of(
    st.sampled_from([None, True, False, 0, 1, -1, 200, 201, 202, 205, 210, 299, "200", " 202 ", "202", "२०२", "true", "", [], {}, [[]], [None]]),
    st.sampled_from(RAWS).map(Raw),
    st.integers(),
    st.floats(),
    texts(600, surrogates=True),
    st.recursive(st.none() | st.integers() | texts(12), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts(8), inner, max_size=3)),
)


def write(value: Json) -> str:
    """Write JSON, keys that are there twice and raw pieces included."""
    if isinstance(value, Raw):
        return value.text
    if isinstance(value, Twice):
        return write(value.then)
    if isinstance(value, list):
        return f"[{', '.join(map(write, value))}]"
    if isinstance(value, dict):
        pairs = [
            (key, item) for key, entry in value.items() for item in ((entry.first, entry.then) if isinstance(entry, Twice) else (entry,))
        ]
        return f"{{{', '.join(f'{json.dumps(key)}: {write(item)}' for key, item in pairs)}}}"
    return json.dumps(value)


def _paths(value: Json, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [here, *(path for key, item in inner for path in _paths(item, (*here, key)))]


def _changed(value: Json, path: tuple[Any, ...], change: Any) -> Json:
    if not path:
        return change(value)
    copied = value.copy()
    copied[path[0]] = _changed(value[path[0]], path[1:], change)
    return copied


def documents(call: str) -> st.SearchStrategy[str]:
    """Give an answer's JSON: a right one or a refusal, as it is or broken."""
    return mutated(BASES[call] + REFUSALS)


@st.composite
def mutated(draw: st.DrawFn, bases: list[Json]) -> str:
    """Give JSON with up to three of its values replaced, doubled, removed or added."""
    value: Json = draw(st.sampled_from(bases))
    for _ in range(draw(st.integers(0, 3))):
        path = draw(st.sampled_from(_paths(value)))
        kind = draw(st.sampled_from(["replace", "replace", "double", "remove", "add"]))
        if kind == "replace":
            value = _changed(value, path, lambda _old, new=draw(VALUES): new)
        elif kind == "double" and path and isinstance(path[-1], str):
            value = _changed(value, path, lambda old, first=draw(VALUES): old if isinstance(old, Twice) else Twice(first, old))
        elif kind == "add":
            added = (draw(texts(20)), draw(VALUES))
            value = _changed(value, path, lambda old, pair=added: {**old, pair[0]: pair[1]} if isinstance(old, dict) else [old, pair[1]])
        elif kind == "remove" and path:
            value = _changed(value, path[:-1], lambda old, key=path[-1]: _without(old, key))
    return write(value)


def _without(value: Json, key: Any) -> Json:
    if isinstance(value, dict):
        return {name: item for name, item in value.items() if name != key}
    return [item for index, item in enumerate(value) if index != key]


@dataclass(frozen=True)
class Reply:
    """Bytes for one request, in the pieces in which they leave, and how the connection ends: kept, closed, or held until the caller goes."""

    pieces: tuple[bytes, ...]
    ends: str = "close"
    http_status: int | None = 200
    """As a reader of the status line would see it; None where there is none to see."""
    documents: tuple[str, ...] = field(default=(), repr=False)
    """Every text that a reader of the body could take for the answer."""

    @property
    def says_no(self) -> bool:
        """Whether it can be taken for a definite refusal: by its HTTP status, or by a code that stands in it once."""
        return self.http_status in {401, 403, 404} or any(map(_refuses, self.documents))


def _refuses(document: str) -> bool:
    def once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        if len({key for key, _ in pairs}) != len(pairs):
            raise ValueError("a key is there twice")
        return dict(pairs)

    try:
        value = json.loads(document.removeprefix("\ufeff"), object_pairs_hook=once)
    except (ValueError, RecursionError):
        return False
    code = value.get("status") if isinstance(value, dict) else None
    if isinstance(code, str) and code.strip().isascii() and code.strip().isdigit():
        code = int(code)
    return type(code) is int and code in REFUSED


STATUS_LINES: list[tuple[bytes, int | None]] = [
    *((f"HTTP/1.1 {code} X".encode(), code) for code in (201, 204, 205, 206, 210, 301, 302, 400, 401, 403, 404, 405, 418, 429, 500, 503, 599)),
    (b"HTTP/1.0 200 OK", 200),
    (b"HTTP/1.1 200", 200),
    (b"HTTP/1.1 404 ", 404),
    (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK", 200),
    (b"HTTP/1.1 101 Switching Protocols", 101),
    (b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 401 No", 401),
    (b"HTTP/1.1 999 What", 999),
    (b"HTTP/1.1 000 What", 0),
    (b"HTTP/2 200 OK", None),
    (b"HTTP/1.1 20O OK", None),
    (b"HTTP/1.1  401 OK", None),
    (b"SSH-2.0-OpenSSH_9.2", None),
    (b"", None),
    (b"\x16\x03\x01", None),
    (b"HTTP/1.1 200 " + b"K" * 200_000, None),
]
RETRY = [b"12", b"-5", b"1e9", b"9" * 400, b"soon", b"Thu, 01 Jan 2026 12:00:30 GMT", b"Thu, 99 Foo 2026 25:61:61 +9999", b"Mon, 01 Jan 0001 00:00:00 +2359",
         b"Fri, 31 Dec 9999 23:59:59 -2359", b"1 Jan 2026", b",", b"Thu, 01 Jan 99999999999999999999 00:00:00 GMT", b"\xff\xfe", b"1 1 1 1 1"]  # fmt: skip
HEADERS = st.lists(
    st.one_of(
        st.sampled_from(RETRY).map(lambda value: b"Retry-After: " + value),
        st.sampled_from([b"gzip", b"deflate", b"br", b"GZIP, gzip", b"identity", b"", b"\xe9"]).map(lambda value: b"Content-Encoding: " + value),
        st.sampled_from([b"close", b"keep-alive", b"upgrade", b"\0"]).map(lambda value: b"Connection: " + value),
        st.sampled_from([b"Content-Type: text/html; charset=utf-16", b"Location: /v1/api/getBalance", b"Set-Cookie: a=b", b"Content-Length: 5",
                         b"Content-Length: -1", b"Content-Length: x", b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip", b"X: " + b"y" * 90_000,
                         b"No colon", b": empty", b"Bad\x00name: x", b" folded", b"\xff: x"]),  # fmt: skip
    ),
    max_size=3,
)  # fmt: skip


@st.composite
def bodies(draw: st.DrawFn, call: str) -> tuple[bytes, tuple[str, ...]]:
    """Give a body and the texts that can be read out of it."""
    document = draw(st.one_of(documents(call), documents(call), documents(call), texts(200), st.sampled_from(["<html>502</html>", "", "null", "[]"])))
    plain = document.encode("utf-8", "surrogatepass")
    kind = draw(st.sampled_from(["as it is"] * 5 + ["bom", "cut", "junk before", "junk after", "twice", "bytes", "gzip", "zlib", "bomb", "long", "utf-16"]))
    changed: dict[str, bytes] = {
        "bom": b"\xef\xbb\xbf" + plain,
        "cut": plain[: draw(st.integers(0, len(plain)))],
        "junk before": draw(st.binary(max_size=4)) + plain,
        "junk after": plain + draw(st.binary(max_size=4)),
        "twice": plain + plain,
        "bytes": draw(st.binary(max_size=200)),
        "gzip": gzip.compress(plain, mtime=0),
        "zlib": zlib.compress(plain),
        "bomb": gzip.compress(b"[" * 3_000_000, mtime=0),
        "long": plain + b" " * 400_000,
        "utf-16": document.encode("utf-16", "surrogatepass"),
    }
    body = changed.get(kind, plain)
    return body, (document, body.decode(errors="replace"))


def _chunked(body: bytes, size: int) -> bytes:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


@st.composite
def replies(draw: st.DrawFn, call: str) -> Reply:
    """Give a whole answer: a status line, headers, a body framed rightly or wrongly, sent in pieces, cut, or followed by silence."""
    status_line, http_status = (b"HTTP/1.1 200 OK", 200) if draw(st.booleans()) else draw(st.sampled_from(STATUS_LINES))
    headers = [] if draw(st.booleans()) else draw(HEADERS)
    body, seen = draw(bodies(call))
    framing = draw(st.sampled_from(["length"] * 6 + ["chunked", "tiny chunks", "bad chunks", "until close", "too short", "too long", "two lengths"]))
    length = {"too short": max(len(body) - 3, 0), "too long": len(body) + 7}.get(framing, len(body))
    if framing in {"chunked", "tiny chunks", "bad chunks"}:
        headers = [b"Transfer-Encoding: chunked", *headers]
        sent = _chunked(body, 1 if framing == "tiny chunks" and len(body) < 3000 else 4096)
        sent = draw(st.sampled_from([b"zz\r\n", b"-1\r\n", b"ffffffffffffffffffff\r\n", b"5;" + b"x" * 200_000])) if framing == "bad chunks" else sent
        seen = (*seen, "")
    else:
        headers = headers if framing == "until close" else [b"Content-Length: %d" % length, *headers]
        headers = [*headers, b"Content-Length: %d" % (length + 1)] if framing == "two lengths" else headers
        sent = body
        seen = (*seen, body[:length].decode(errors="replace"), body[:5].decode(errors="replace"))
    whole = b"\r\n".join([status_line, *headers, b"", b""]) + sent
    ends = draw(st.sampled_from(["keep"] * 6 + ["close"] * 6 + ["hold"]))
    reply = Reply((whole,), ends, http_status, seen)
    return _in_pieces(draw, reply)


def _in_pieces(draw: st.DrawFn, reply: Reply) -> Reply:
    (whole,) = reply.pieces
    kind = draw(st.sampled_from(["whole"] * 6 + ["halves", "bytes", "cut", "nothing"]))
    at = draw(st.integers(0, min(len(whole), 4000)))
    if kind == "halves":
        return replace(reply, pieces=(whole[:at], whole[at:]))
    if kind == "bytes":
        return replace(reply, pieces=tuple(whole[start : start + 1] for start in range(min(len(whole), 60))) + (whole[60:],))
    if kind == "cut":
        return replace(reply, pieces=(whole[:at],))
    return replace(reply, pieces=()) if kind == "nothing" else reply
