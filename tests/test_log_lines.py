"""What a line of the log looks like: values keep their kind, text keeps to its line, and errors come with their traceback."""

import io
import json
import logging
import threading
import warnings
from decimal import Decimal
from typing import Any

import pytest
import structlog

from bot.logs import REDACTED, configure_logging

pytestmark = pytest.mark.usefixtures("restored")


@pytest.fixture
def console() -> io.StringIO:
    stream = io.StringIO()
    configure_logging("DEBUG", "console", stream=stream)
    return stream


@pytest.fixture
def stream() -> io.StringIO:
    stream = io.StringIO()
    configure_logging("DEBUG", "json", stream=stream)
    return stream


def told(stream: io.StringIO) -> dict[str, Any]:
    """The only line."""
    (line,) = stream.getvalue().splitlines()
    read: dict[str, Any] = json.loads(line)
    return read


def test_values_keep_their_kind(stream: io.StringIO) -> None:
    values = {"none": None, "yes": True, "count": 3, "share": 0.5, "words": ["a", 1, None], "pair": (1, 2), "by_name": {"a": {"b": None}}}
    structlog.get_logger("bot.test").info("kinds", **values)
    assert {name: told(stream)[name] for name in values} == values | {"pair": [1, 2]}


def test_what_json_does_not_know_is_told_in_words(stream: io.StringIO) -> None:
    structlog.get_logger("bot.test").info(
        "odd", price=Decimal("9.50"), error=ValueError("bad"), raw=b"caf\xc3\xa9", other=bytearray(b"\xff!"), some={"only"}
    )
    line = told(stream)
    assert [line[name] for name in ("price", "error", "raw", "other", "some")] == ["9.50", "ValueError('bad')", "café", "\\xff!", ["only"]]


def test_a_field_named_like_a_secret_shows_only_what_can_be_none(stream: io.StringIO) -> None:
    structlog.get_logger("bot.test").info(
        "seen", token="abc", token_count=3, cookie=None, password=True, deep={"api_key": ["x"], "secret": 1.5}
    )
    line = told(stream)
    assert (line["token"], line["token_count"], line["cookie"], line["password"]) == (REDACTED, 3, None, True)
    assert line["deep"] == {"api_key": REDACTED, "secret": 1.5}


def nested(levels: int, kind: type) -> Any:
    value: Any = "core"
    for _ in range(levels):
        value = [value] if kind is list else {"in": value}
    return value


@pytest.mark.parametrize("kind", [list, dict])
def test_six_levels_are_taken_apart_and_what_is_deeper_is_told_in_words(stream: io.StringIO, kind: type) -> None:
    structlog.get_logger("bot.test").info("deep", six=nested(6, kind), seven=nested(7, kind))
    line = told(stream)
    assert line["six"] == nested(6, kind)
    innermost = line["seven"]
    for _ in range(6):
        (innermost,) = innermost if kind is list else innermost.values()
    assert innermost == str(nested(1, kind))


def test_a_line_of_another_library_has_its_extra_fields(stream: io.StringIO) -> None:
    logging.getLogger("other").info("asked", extra={"url": "/a", "color_message": "painted"})
    line = told(stream)
    assert list(line) == ["timestamp", "level", "logger", "event", "url"]
    assert (line["event"], line["url"]) == ("asked", "/a")


def test_a_line_without_an_event_has_an_empty_one(stream: io.StringIO) -> None:
    structlog.get_logger("bot.test").info(chat_id=1)
    assert list(told(stream)) == ["timestamp", "level", "logger", "event", "chat_id"]
    assert told(stream)["event"] == ""


def test_letters_of_every_script_stay_readable(stream: io.StringIO) -> None:
    structlog.get_logger("bot.test").info("Вася")
    assert '"Вася"' in stream.getvalue()


def test_what_cannot_be_formatted_still_says_when_and_where(stream: io.StringIO) -> None:
    logging.getLogger().handlers[:] = [handler for handler in logging.getLogger().handlers if type(handler).__module__ == "bot.logs"]
    template = "odd %d"
    logging.getLogger("other").error(template, "words")
    line = told(stream)
    assert list(line) == ["timestamp", "level", "logger", "event"]
    assert (line["level"], line["logger"], line["event"]) == ("error", "other", "A log record could not be formatted (TypeError).")


def test_fields_stand_in_their_order_on_the_console(console: io.StringIO) -> None:
    structlog.get_logger("bot.test").info("ordered", zebra=1, ant=2)
    assert console.getvalue().rstrip().endswith("zebra=1 ant=2")


def test_only_control_characters_are_escaped_on_the_console(console: io.StringIO) -> None:
    logging.getLogger("other").info("".join(map(chr, range(0x100))))
    controls = {*range(0x20), *range(0x7F, 0xA0)}
    assert "".join(f"\\x{code:02x}" if code in controls else chr(code) for code in range(0x100)) in console.getvalue()


def test_tracebacks_and_stacks_keep_their_lines_on_the_console(console: io.StringIO) -> None:
    logger = logging.getLogger("other")
    try:
        int("x")
    except ValueError:
        logger.exception("failed", stack_info=True)
    lines = console.getvalue().splitlines()
    assert "Traceback (most recent call last):" in lines
    assert any(line.startswith("ValueError: ") for line in lines)
    assert "Stack (most recent call last):" in lines
    assert any(line.startswith(f'  File "{__file__}"') for line in lines)


def test_a_field_that_is_named_like_a_traceback_costs_no_line(console: io.StringIO) -> None:
    structlog.get_logger("bot.test").info("odd", stack=5, exception=["canary"])
    assert "odd" in console.getvalue()
    assert {"5", "['canary']"} < set(console.getvalue().splitlines())


def test_no_traceback_is_nothing(stream: io.StringIO) -> None:
    structlog.get_logger("bot.test").info("fine", stack=None, exception="two\nlines")
    assert (told(stream)["stack"], told(stream)["exception"]) == (None, "two\nlines")


def test_what_nobody_caught_is_told_with_its_traceback(stream: io.StringIO) -> None:
    def fail() -> None:
        raise RuntimeError("broken")

    class Bad:
        def __del__(self) -> None:
            fail()

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    Bad()
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [(line["level"], line["logger"]) for line in lines] == [("critical", "bot"), ("error", "bot")]
    assert all(line["exception"].startswith("Traceback") and line["exception"].endswith("RuntimeError: broken") for line in lines)


def test_a_thread_that_ends_itself_is_no_failure(stream: io.StringIO) -> None:
    threading.excepthook(threading.ExceptHookArgs((SystemExit, None, None, None)))
    assert stream.getvalue() == ""


def test_warnings_go_to_the_log() -> None:
    stream = io.StringIO()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        configure_logging("INFO", "json", stream=stream)
        warnings.warn("on its way out", stacklevel=1)
        logging.captureWarnings(capture=False)
    assert "on its way out" in told(stream)["event"]


def test_what_is_under_the_cap_is_not_even_put_together(stream: io.StringIO) -> None:
    assert not logging.getLogger("httpx").isEnabledFor(logging.INFO)
    assert logging.getLogger("httpx").isEnabledFor(logging.WARNING)
    assert not logging.getLogger("telegram").isEnabledFor(logging.DEBUG)
    assert logging.getLogger("telegram").isEnabledFor(logging.INFO)


def test_a_level_above_the_caps_counts_for_libraries_too() -> None:
    stream = io.StringIO()
    configure_logging("ERROR", "json", stream=stream)
    logging.getLogger("httpx").warning("quiet")
    logging.getLogger("httpx").error("loud")
    assert told(stream)["event"] == "loud"


def test_a_logger_of_structlog_is_the_standard_librarys(stream: io.StringIO) -> None:
    assert isinstance(structlog.get_logger("bot.test").bind(), structlog.stdlib.BoundLogger)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("kind", "no_color", "coloured"), [(Terminal, "", True), (Terminal, "1", False), (io.StringIO, "", False)])
def test_colours_are_for_terminals_that_want_them(
    monkeypatch: pytest.MonkeyPatch, kind: type[io.StringIO], no_color: str, coloured: bool
) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    stream = kind()
    configure_logging("INFO", "console", stream=stream)
    logging.getLogger("bot").info("seen")
    assert "seen" in stream.getvalue()
    assert ("\x1b[" in stream.getvalue()) is coloured
