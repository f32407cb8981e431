"""Answers of a provider that has lost its mind, broken on the wire: status line, headers, framing, packing, pieces."""

import gzip
import json
import zlib
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.documents import REFUSED, documents
from tests.fuzz.texts import texts

Json = Any


@dataclass(frozen=True)
class Reply:
    """Bytes for one request, in the pieces in which they leave, and how the connection ends: kept, closed, or held."""

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
        codes = [value for key, value in pairs if key == "status"]
        return dict(pairs) | ({"status": None} if any(code != codes[0] for code in codes) else {})

    try:
        value = json.loads(document.removeprefix("\ufeff"), object_pairs_hook=once)
    except (ValueError, RecursionError):
        return False
    code = value.get("status") if isinstance(value, dict) else None
    if isinstance(code, str) and code.strip().isascii() and code.strip().isdigit():
        code = int(code)
    return type(code) is int and code in REFUSED


STATUS_LINES: list[tuple[bytes, int | None]] = [
    *(
        (f"HTTP/1.1 {code} X".encode(), code)
        for code in (201, 204, 205, 206, 210, 301, 302, 400, 401, 403, 404, 405, 418, 429, 500, 503, 599)
    ),
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
RETRY = [
    b"12",
    b"-5",
    b"1e9",
    b"9" * 400,
    b"soon",
    b"Thu, 01 Jan 2026 12:00:30 GMT",
    b"Thu, 99 Foo 2026 25:61:61 +9999",
    b"Mon, 01 Jan 0001 00:00:00 +2359",
    b"Fri, 31 Dec 9999 23:59:59 -2359",
    b"1 Jan 2026",
    b",",
    b"Thu, 01 Jan 99999999999999999999 00:00:00 GMT",
    b"\xff\xfe",
    b"1 1 1 1 1",
]
HEADERS = st.lists(
    st.one_of(
        st.sampled_from(RETRY).map(lambda value: b"Retry-After: " + value),
        st.sampled_from([b"gzip", b"deflate", b"br", b"GZIP, gzip", b"identity", b"", b"\xe9"]).map(
            lambda value: b"Content-Encoding: " + value
        ),
        st.sampled_from([b"close", b"keep-alive", b"upgrade", b"\0"]).map(lambda value: b"Connection: " + value),
        st.sampled_from(
            [
                b"Content-Type: text/html; charset=utf-16",
                b"Location: /v1/api/getBalance",
                b"Set-Cookie: a=b",
                b"Content-Length: 5",
                b"Content-Length: -1",
                b"Content-Length: x",
                b"Transfer-Encoding: chunked",
                b"Transfer-Encoding: gzip",
                b"X: " + b"y" * 90_000,
                b"No colon",
                b": empty",
                b"Bad\x00name: x",
                b" folded",
                b"\xff: x",
            ]
        ),
    ),
    max_size=3,
)


@st.composite
def bodies(draw: st.DrawFn, call: str) -> tuple[bytes, tuple[str, ...]]:
    """Give a body and the texts that can be read out of it."""
    document = draw(
        st.one_of(documents(call), documents(call), documents(call), texts(200), st.sampled_from(["<html>502</html>", "", "null", "[]"]))
    )
    plain = document.encode("utf-8", "surrogatepass")
    kind = draw(
        st.sampled_from(
            ["as it is"] * 5 + ["bom", "cut", "junk before", "junk after", "twice", "bytes", "gzip", "zlib", "bomb", "long", "utf-16"]
        )
    )
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
    framing = draw(
        st.sampled_from(["length"] * 6 + ["chunked", "tiny chunks", "bad chunks", "until close", "too short", "too long", "two lengths"])
    )
    length = {"too short": max(len(body) - 3, 0), "too long": len(body) + 7}.get(framing, len(body))
    if framing in {"chunked", "tiny chunks", "bad chunks"}:
        headers = [b"Transfer-Encoding: chunked", *headers]
        sent = _chunked(body, 1 if framing == "tiny chunks" and len(body) < 3000 else 4096)
        sent = (
            draw(st.sampled_from([b"zz\r\n", b"-1\r\n", b"ffffffffffffffffffff\r\n", b"5;" + b"x" * 200_000]))
            if framing == "bad chunks"
            else sent
        )
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
        return replace(reply, pieces=(*(whole[start : start + 1] for start in range(min(len(whole), 60))), whole[60:]))
    if kind == "cut":
        return replace(reply, pieces=(whole[:at],))
    return replace(reply, pieces=()) if kind == "nothing" else reply
