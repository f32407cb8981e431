import asyncio
import base64
import http.server
import io
import json
import logging
import re
import sys
import threading
import warnings
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import aiosqlite
import httpx
import pytest
import structlog
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.logs import REDACTED, configure_logging

BOT_TOKEN = "123456789:AACanary-Canary_CanaryCanaryCanaryC"
BOT_SECRET = BOT_TOKEN.partition(":")[2]
KEY = "Q2FuYXJ5Q2FuYXJ5Q2FuYXJ5Q2FuYXJ5Q2FuYXJ5Q2E="
PASSWORD = "canary p@ss/wörd+'\"\\"
SECRETS = tuple(map(SecretStr, (BOT_TOKEN, KEY, PASSWORD)))
OTHER_TOKEN = "canaryOfAUser0123456789"


class Log:
    """The stream that the logs go to, and what may not be in it."""

    def __init__(self, fmt: str) -> None:
        self.stream = io.StringIO()
        self.fmt = fmt

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    def check(self) -> str:
        assert self.text, "nothing was logged, so nothing is proved"
        lower = self.text.lower()
        assert "canary" not in lower
        for secret in (BOT_TOKEN, BOT_SECRET, KEY, PASSWORD, OTHER_TOKEN):
            assert quote(secret, safe="").lower() not in lower
            assert base64.b64encode(secret.encode()).decode().rstrip("=")[:-1] not in self.text
        if self.fmt == "json":
            assert all(isinstance(json.loads(line), dict) for line in self.text.splitlines())
        return self.text


@pytest.fixture(params=["console", "json"])
def log(request: pytest.FixtureRequest, restored: None) -> Log:
    log = Log(request.param)
    configure_logging("DEBUG", request.param, SECRETS, stream=log.stream)
    return log


@pytest.fixture
def server() -> Iterator[str]:
    # The library's own handler answers 501 to every call and logs to standard error; both are fine here.
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


def test_event_fields_and_nested_values_are_clean(log: Log) -> None:
    structlog.get_logger("bot.test").info(
        f"asked /bot{BOT_TOKEN}/getMe",
        address=f"https://otpbuddy.xyz/v1/api/getBalance?token={OTHER_TOKEN}",
        nested={"deep": [{"url": f"?token={OTHER_TOKEN}"}, (KEY,), {PASSWORD}], KEY: 1, "api_key": OTHER_TOKEN},
        raw=PASSWORD.encode(),
        error=ValueError(f"bad {PASSWORD}"),
        token=OTHER_TOKEN,
        password=b"canary",
        deepest=[[[[[[[[[f"token={OTHER_TOKEN}"]]]]]]]]],
        **{f"name {KEY}": 2},
    )
    assert log.check().count(REDACTED) >= 10


def test_a_field_that_is_no_secret_stays(log: Log) -> None:
    structlog.get_logger("bot.test").info("polled", chat_id=4503599627370495, found=None, price="9.50", token_count=3)
    for word in ("polled", "4503599627370495", "9.50", "bot.test", "token_count"):
        assert word in log.text


def test_other_libraries_lines_are_clean(log: Log) -> None:
    logging.getLogger("other").debug("asked %s", f"/bot{BOT_TOKEN}/x", extra={"url": f"?token={OTHER_TOKEN}", "color_message": "canary"})
    assert "other" in log.check()


def test_tracebacks_are_clean(log: Log) -> None:
    def fail() -> None:
        try:
            int(f"bad {KEY}")
        except ValueError as error:
            error.add_note(f"see ?token={OTHER_TOKEN}")
            raise ExceptionGroup("several", [RuntimeError(BOT_TOKEN), OSError(PASSWORD)]) from error

    try:
        fail()
    except ExceptionGroup:
        structlog.get_logger("bot.test").exception("failed")
        logging.getLogger("other").exception("failed too")
    # The lines of source in a traceback name the test's own variables, never their values.
    text = log.text
    for word in ("ExceptionGroup", "RuntimeError", "failed too", "Traceback"):
        assert word in text
    log.check()


def test_a_stack_is_clean_and_whole(log: Log) -> None:
    structlog.get_logger("bot.test").info("here", stack_info=True)
    logging.getLogger("other").info("there", stack_info=True)
    assert log.check().count("test_a_stack_is_clean_and_whole") == 2


def test_uncaught_exceptions_take_the_same_way(log: Log) -> None:
    def fail() -> None:
        raise RuntimeError(f"GET https://x/?token={OTHER_TOKEN}")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    try:
        fail()
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    assert log.check().count("nobody caught this") == 2


def test_an_interrupt_is_no_failure(log: Log) -> None:
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert log.text == ""


def test_an_error_that_nobody_can_be_told_of_is_logged(log: Log) -> None:
    class Bad:
        def __del__(self) -> None:
            raise RuntimeError(KEY)

    Bad()
    assert "Nobody could be told" in log.check()


def test_warnings_take_the_same_way(log: Log) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=False)
        logging.captureWarnings(capture=True)
        warnings.warn(f"old ?token={OTHER_TOKEN}", stacklevel=1)
    assert "old ?token=" in log.check()


async def test_real_calls_leave_no_token(log: Log, server: str) -> None:
    # Levels set later by somebody else do not lift the cap either.
    for name in ("httpx", "httpcore", "httpcore.http11"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    async with httpx.AsyncClient() as client:
        for path in (f"/bot{BOT_TOKEN}/getMe", f"/v1/api/getBalance?token={OTHER_TOKEN}"):
            response = await client.get(server + path)
            try:
                response.raise_for_status()
            except httpx.HTTPStatusError:
                structlog.get_logger("bot.test").exception("refused", request=response.request, response=response)
    assert "HTTP Request" not in log.check()
    assert "HTTPStatusError" in log.text


async def test_statements_and_their_parameters_are_not_logged(log: Log) -> None:
    for name in ("aiosqlite", "sqlalchemy", "sqlalchemy.engine", "sqlalchemy.engine.Engine"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    async with aiosqlite.connect(":memory:") as connection:
        await connection.execute("SELECT ?", ("canary",))
    engine = create_async_engine("sqlite+aiosqlite://")
    async with engine.connect() as session:
        await session.execute(text("SELECT :value"), {"value": "canary"})
    await engine.dispose()
    logging.getLogger("aiosqlite").warning("trouble")
    log.check()
    assert "SELECT" not in log.text


@pytest.mark.parametrize(
    ("name", "hidden", "shown"),
    [
        ("telegram.ext.Application", logging.DEBUG, logging.INFO),
        ("apscheduler.scheduler", logging.INFO, logging.WARNING),
        ("httpx", logging.INFO, logging.WARNING),
        ("httpcore.connection", logging.INFO, logging.WARNING),
        ("sqlalchemy.engine.Engine", logging.INFO, logging.WARNING),
        ("aiosqlite", logging.INFO, logging.WARNING),
    ],
)
def test_caps_hold_at_debug(log: Log, name: str, hidden: int, shown: int) -> None:
    logging.getLogger(name).setLevel(logging.DEBUG)
    logging.getLogger(name).log(hidden, "under the cap")
    logging.getLogger(name).log(shown, "over the cap")
    assert "under" not in log.text
    assert "over the cap" in log.text


async def test_asyncio_reports_are_shown_clean(log: Log) -> None:
    asyncio.get_running_loop().call_exception_handler({"message": f"lost ?token={OTHER_TOKEN}"})
    assert "lost" in log.check()


def test_the_level_counts_and_the_last_call_wins(restored: None) -> None:
    first, second = io.StringIO(), io.StringIO()
    configure_logging("DEBUG", "console", stream=first)
    configure_logging("WARNING", "json", stream=second)
    structlog.get_logger("bot.test").info("quiet")
    structlog.get_logger("bot.test").warning("loud")
    assert first.getvalue() == ""
    assert [json.loads(line)["event"] for line in second.getvalue().splitlines()] == ["loud"]


def test_a_json_line_is_one_object_with_the_usual_keys_first(restored: None) -> None:
    stream = io.StringIO()
    configure_logging("INFO", "json", stream=stream)
    structlog.get_logger("bot.test").info("two\nlines", user="Вася", chat_id=1)
    assert stream.getvalue().count("\n") == 1
    line = json.loads(stream.getvalue())
    assert list(line) == ["timestamp", "level", "logger", "event", "user", "chat_id"]
    assert (line["level"], line["logger"], line["event"], line["user"]) == ("info", "bot.test", "two\nlines", "Вася")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line["timestamp"])


def test_text_from_outside_cannot_forge_a_line_or_steer_the_terminal(restored: None) -> None:
    stream = io.StringIO()
    configure_logging("INFO", "console", stream=stream)
    structlog.get_logger("bot.test").info("a\n2026 forged", name="b\r\n\x1b[2Jc\x9b")
    assert stream.getvalue().count("\n") == 1
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", stream.getvalue())


class Unprintable:
    def __repr__(self) -> str:
        raise RuntimeError("canary")

    __str__ = __repr__


def test_what_cannot_be_formatted_does_not_raise_and_shows_nothing(log: Log) -> None:
    # The test runner's own handlers would raise at these.
    logging.getLogger().handlers[:] = [handler for handler in logging.getLogger().handlers if type(handler).__module__ == "bot.logs"]
    structlog.get_logger("bot.test").error("odd", value=Unprintable(), loop=[Unprintable()])
    template = "odd %d %s"
    logging.getLogger("other").error(template, "canary", "canary", "canary")
    logging.getLogger("other").error(Unprintable())
    round_about: list[Any] = []
    round_about.append(round_about)
    structlog.get_logger("bot.test").error("circle", value=round_about, surrogate="\ud800", key="\udfff")
    text = log.check()
    assert text.count("Unprintable without a description") == 2
    assert text.count("could not be formatted") == 2
    assert "circle" in text


def test_a_stream_that_is_gone_does_not_raise_and_tells_no_content(restored: None, capsys: pytest.CaptureFixture[str]) -> None:
    class Full(io.StringIO):
        def write(self, _text: str, /) -> int:
            raise OSError(28, "No space left on device")

    configure_logging("INFO", "console", SECRETS, stream=Full())
    structlog.get_logger("bot.test").error(f"lost ?token={OTHER_TOKEN}")
    assert capsys.readouterr().err == "A log line of bot.test could not be written (OSError).\n"


def test_a_stream_of_few_letters_gets_the_line_all_the_same(restored: None) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    configure_logging("INFO", "json", stream=stream)
    structlog.get_logger("bot.test").info("Вася")
    stream.flush()
    assert b"\\u0412" in raw.getvalue()
