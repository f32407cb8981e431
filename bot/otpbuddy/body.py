"""From the bytes of an HTTP answer to its text, within bounds of memory that the server cannot move."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from bot.otpbuddy.values import UnclearError

MAX_BODY = 256 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over HTTP: the status, the headers (names in lower case) and the body as it was sent.

    `body` is None where it was longer than `MAX_BODY` bytes and reading stopped.
    """

    http_status: int
    headers: Mapping[str, str]
    body: bytes | None


def decode(answer: Answer) -> str:
    """Give the body as text, unpacked, at most `MAX_BODY` bytes of it.

    Bytes that are not UTF-8 become U+FFFD: the fields that must be exact refuse that character, and in an SMS it is
    better than losing the SMS.

    Raises:
        UnclearError: for a body that is too large, damaged, or packed in a way that was not asked for.

    """
    body = answer.body
    if body is not None:
        body = _unpack(body, answer.headers.get("content-encoding", "").strip().lower())
    if body is None or len(body) > MAX_BODY:
        raise UnclearError("answer", f"more than {MAX_BODY // 1024} KiB")
    return body.decode("utf-8-sig", errors="replace")


def _unpack(body: bytes, encoding: str) -> bytes:
    if encoding in {"", "identity"}:
        return body
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        raise UnclearError("answer", f"content encoding {encoding!r}")
    # Servers disagree on whether "deflate" has the zlib header; 47 recognises gzip and zlib, -15 is neither.
    for window in (47, -15):
        inflater = zlib.decompressobj(window)
        try:
            unpacked = inflater.decompress(body, MAX_BODY + 1)
        except zlib.error:
            continue
        if inflater.eof or len(unpacked) > MAX_BODY:
            return unpacked
    raise UnclearError("answer", f"damaged {encoding} data")
