"""Unpacking within bounds, and waiting as asked."""

import gzip
import os
import subprocess
import sys
import tracemalloc
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.otpbuddy.body import MAX_BODY, Answer, decode
from bot.otpbuddy.errors import OtpbuddyError
from bot.otpbuddy.protocol import balance, read
from bot.otpbuddy.retry_after import seconds
from bot.otpbuddy.values import UnclearError

ROOT = Path(__file__).resolve().parents[2]
TEXT = '{"status": 200}'


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("", TEXT.encode()),
        ("identity", TEXT.encode()),
        ("gzip", gzip.compress(TEXT.encode(), mtime=0)),
        (" gzip ", gzip.compress(TEXT.encode(), mtime=0)),
        ("X-GZIP", gzip.compress(TEXT.encode(), mtime=0)),
        ("deflate", zlib.compress(TEXT.encode())),
        ("deflate", raw_deflate(TEXT.encode())),
    ],
)
def test_bodies_are_unpacked_although_it_was_not_asked_for(encoding: str, packed: bytes) -> None:
    assert decode(Answer(200, {"content-encoding": encoding}, packed)) == TEXT


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("br", b"x"),
        ("gzip, gzip", b"x"),
        ("gzip", b"not gzip"),
        ("gzip", gzip.compress(TEXT.encode(), mtime=0)[:-9]),
        ("gzip", gzip.compress(b"x" * MAX_BODY, mtime=0)[:-1]),
        ("gzip", b""),
        ("", b"x" * (MAX_BODY + 1)),
        ("gzip", gzip.compress(b"x" * (MAX_BODY + 1), mtime=0)),
        ("", None),
    ],
)
def test_what_cannot_be_unpacked_or_is_too_large_is_unclear(encoding: str, packed: bytes | None) -> None:
    with pytest.raises(UnclearError) as caught:
        decode(Answer(200, {"content-encoding": encoding}, packed))
    assert caught.value.field == "answer"


def test_an_encoding_that_was_not_asked_for_is_named() -> None:
    with pytest.raises(UnclearError) as caught:
        decode(Answer(200, {"content-encoding": "br"}, b"x"))
    assert caught.value.came == "content encoding 'br'"
    with pytest.raises(UnclearError) as caught:
        decode(Answer(200, {"content-encoding": "gzip"}, b"x"))
    assert caught.value.came == "damaged gzip data"


def test_a_body_may_refer_back_as_far_as_its_format_allows() -> None:
    block = "".join(map(str, range(100_000, 105_400)))
    assert 2**14 < len(block) < 2**15
    assert decode(Answer(200, {"content-encoding": "deflate"}, raw_deflate(f"{block}{block}".encode()))) == block * 2


def test_a_body_of_just_the_allowed_size_is_read() -> None:
    assert len(decode(Answer(200, {}, b"x" * MAX_BODY))) == MAX_BODY
    assert len(decode(Answer(200, {"content-encoding": "gzip"}, gzip.compress(b"x" * MAX_BODY, mtime=0)))) == MAX_BODY


def test_a_bomb_costs_no_memory() -> None:
    bomb = gzip.compress(b"\0" * (50 * 1024 * 1024))
    tracemalloc.start()
    try:
        with pytest.raises(UnclearError):
            decode(Answer(200, {"content-encoding": "gzip"}, bomb))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * MAX_BODY


NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("0", 0.0),
        ("7", 7.0),
        (" 1.5 ", 1.5),
        ("301", 300.0),
        ("300", 300.0),
        ("9" * 5000, 300.0),
        ("Thu, 01 Jan 2026 12:00:30 GMT", 30.0),
        ("Thu, 01 Jan 2026 12:00:30 -0000", 30.0),
        ("Thu, 01 Jan 2026 14:00:30 +0200", 30.0),
        ("Thu, 01 Jan 2026 11:00:00 GMT", 0.0),
        ("Fri, 02 Jan 2026 12:00:00 GMT", 300.0),
        ("Thu, 99 Jan 2026 12:00:00 GMT", None),
        ("Thu, 01 Jan 2026 12:00:00 +9999999999999", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_capped(header: str | None, wait: float | None) -> None:
    assert seconds(header, NOW) == wait


def test_a_date_without_a_zone_is_in_utc_wherever_the_bot_runs() -> None:
    header = "Thu, 01 Jan 2026 12:00:30 -0000"
    assert seconds(header, NOW) == 30.0
    asks = f"from bot.otpbuddy.retry_after import seconds; print(seconds({header!r}, {NOW!r}))"
    environment = os.environ | {"TZ": "Asia/Tokyo"}
    said = subprocess.run([sys.executable, "-c", asks], cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    assert said == "30.0\n"


@given(st.binary(max_size=300), st.sampled_from([200, 204, 302, 404, 500]))
def test_no_body_whatever_is_a_crash_or_a_success(body: bytes, http_status: int) -> None:
    with pytest.raises(OtpbuddyError):
        read(balance(), Answer(http_status, {}, body), redact=str, now=lambda: NOW)
